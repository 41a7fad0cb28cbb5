/** Arguments to parameters, by Python's rules (which contain JavaScript's). */
import { bindPattern } from './patterns.ts';
import { evaluate } from './expressions.ts';
import type { CallArguments } from './library.ts';
import type { Frame, Machine } from './machine.ts';
import type { Parameter } from '../syntax/ast.ts';
import { UNDEFINED, dict, list, tuple, unknown, unknownList } from './values.ts';
import type { FunctionValue, Value } from './values.ts';

export function bindParameters(machine: Machine, frame: Frame, callee: FunctionValue, args: CallArguments): void {
  const { parameters } = callee.definition;
  const used = new Set<string>();
  let position = 0;
  parameters.forEach((parameter, idx) => {
    const name = nameOf(parameter);
    if (parameter.kind === 'varPositional') {
      const rest = args.positional.slice(position);
      position = args.positional.length;
      bindPattern(machine, frame, parameter.target, restValue(frame, rest, args.open), 'declare');
      return;
    }
    if (parameter.kind === 'varKeyword') {
      const rest = dict([...args.keywords].filter(([key]) => !used.has(key)));
      rest.open = args.open;
      bindPattern(machine, frame, parameter.target, rest, 'declare');
      return;
    }
    let value: Value | undefined;
    if (parameter.kind === 'positional' && position < args.positional.length) {
      value = args.positional[position];
      position++;
    } else if (name !== null && args.keywords.has(name)) {
      value = args.keywords.get(name);
      used.add(name);
    }
    const isMissing = value === undefined || (frame.semantics.isLenient && value.kind === 'undefined');
    bindPattern(
      machine,
      frame,
      parameter.target,
      isMissing ? defaultFor(machine, frame, callee, parameter, idx, args) : (value as Value),
      'declare',
    );
  });
}

function nameOf(parameter: Parameter): string | null {
  return parameter.target.kind === 'namePattern' ? parameter.target.id : null;
}

function restValue(frame: Frame, rest: readonly Value[], open: string | null): Value {
  if (open !== null) return unknownList(open);
  return frame.semantics.selfBinding === 'this' ? list([...rest]) : tuple(rest);
}

function defaultFor(
  machine: Machine,
  frame: Frame,
  callee: FunctionValue,
  parameter: Parameter,
  idx: number,
  args: CallArguments,
): Value {
  if (args.open !== null) return unknown(args.open);
  // JavaScript evaluates defaults at the call, Python where the function is defined.
  if (frame.semantics.isLenient) {
    return parameter.defaultValue === null ? UNDEFINED : evaluate(machine, frame, parameter.defaultValue);
  }
  return callee.defaults[idx] ?? unknown(`the argument ${nameOf(parameter) ?? idx + 1} of ${callee.name} is not given`);
}
