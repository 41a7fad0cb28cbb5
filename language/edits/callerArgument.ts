/**
 * Where a number that a helper passes on to a layer is written: `block(64, 128)` for `nn.Linear(features_in, features)`
 * inside `def block(features_in, features)`. Followed from parameter to argument along the callers that the analysis
 * reported, so one layer of a line that builds several can be told from the others. What is computed on the way, left
 * to a default or passed by a spread ends the search.
 */
import type { Layer } from '../../core/graph/modelGraph.ts';
import type { Argument, CallExpression, Expression, FunctionParts, Parameter, SourceModule } from '../syntax/ast.ts';
import { createLineMap } from '../syntax/lineMap.ts';
import { argumentOf, calledName, callsOnLine, functionsAround } from './findCall.ts';
import type { ImportPlace } from './importWrapper.ts';

export interface WrittenNumber {
  readonly place: ImportPlace;
  readonly value: Argument['value'];
}

/** `value` is an argument in the call that builds the layer; a string says why its number is not at a caller. */
export function callerArgument(
  place: ImportPlace,
  layer: Layer,
  value: Expression,
  placeOf: (file: string) => ImportPlace | null,
): WrittenNumber | string {
  let current: WrittenNumber = { place, value };
  for (const frame of layer.stack) {
    const passed = parameterOf(current.place.module, current.value);
    if (passed === null) break;
    const caller = placeOf(frame.file);
    const call = caller === null ? null : callOf(caller, frame.line, passed.names);
    if (caller === null || call === null) return `line ${frame.line} calls it in a way that is not followed`;
    const argument = argumentOf(call, passed.parameter, passed.position);
    if (argument === 'hidden' || argument === null)
      return `line ${frame.line} does not write ${passed.parameter} itself`;
    current = { place: caller, value: argument.value };
  }
  return current.value === value ? 'one line builds several layers, and each would need channels of its own' : current;
}

interface Passed {
  readonly parameter: string;
  /** Among the arguments of a call; -1: only by name. */
  readonly position: number;
  /** What callers call: the function, or the class that it constructs. */
  readonly names: readonly string[];
}

/** The parameter of the function around that a plain name stands for; null: it is something else. */
function parameterOf(module: SourceModule, value: Expression): Passed | null {
  if (value.kind !== 'name') return null;
  for (const { definition, owner } of functionsAround(module, value)) {
    const at = definition.parameters.findIndex((parameter) => nameOf(parameter) === value.id);
    if (at < 0) continue;
    const isConstructor = owner !== null && /^(__init__|constructor)$/.test(definition.name ?? '');
    const names = isConstructor ? [owner] : definition.name === null ? [] : [definition.name];
    const position = definition.parameters[at]?.kind === 'positional' ? at - selfCount(definition, owner, module) : -1;
    return { parameter: value.id, position, names };
  }
  return null;
}

function nameOf({ target }: Parameter): string | null {
  if (target.kind === 'namePattern') return target.id;
  return target.kind === 'defaultPattern' && target.target.kind === 'namePattern' ? target.target.id : null;
}

/** Python's methods take their object first. */
function selfCount({ decorators }: FunctionParts, owner: string | null, { language }: SourceModule): number {
  const isStatic = decorators.some((decorator) => decorator.kind === 'name' && decorator.id === 'staticmethod');
  return owner !== null && language === 'python' && !isStatic ? 1 : 0;
}

/** The one call of one of the names that begins on a line. */
function callOf({ module, text }: ImportPlace, line: number, names: readonly string[]): CallExpression | null {
  const calls = callsOnLine(module, createLineMap(text), line).filter((call) => names.includes(calledName(call) ?? ''));
  return calls.length === 1 ? (calls[0] ?? null) : null;
}
