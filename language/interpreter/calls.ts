/**
 * Calling any value: functions of the workspace, classes, instances, what libraries know, and unknowns.
 * A call never throws for what the source says, except by an explicit `raise` (RaisedError) or when the
 * budget is used up; too deep a recursion is unknown.
 */
import { externalBases, findBase, findMember, getAttribute } from './attributes.ts';
import { instantiate } from './classes.ts';
import { joinValues } from './branches.ts';
import { bindParameters } from './parameters.ts';
import type { CallArguments } from './library.ts';
import { withoutFirst } from './library.ts';
import type { Frame, Machine } from './machine.ts';
import { step } from './machine.ts';
import { createScope } from './scope.ts';
import { runStatements } from './statements.ts';
import { partOf, unknownNumber } from './unknownNumbers.ts';
import { NONE, UNDEFINED, iterator, unknown, unknownList } from './values.ts';
import type { FunctionValue, InstanceValue, Value } from './values.ts';

/** An exception that the source raises itself. */
export class RaisedError extends Error {
  readonly value: Value;
  /** Raised under a condition that is not known, or because of something unknown. */
  constructor(value: Value, message: string) {
    super(message);
    this.value = value;
  }
}

export function callValue(machine: Machine, callee: Value, args: CallArguments): Value {
  step(machine);
  switch (callee.kind) {
    case 'unknown':
      return partOf(callee);
    case 'builtin':
      return callee.call(args, machine.context);
    case 'bound':
      return callee.callee.kind === 'function'
        ? callFunction(machine, callee.callee, args, callee.self)
        : callValue(machine, callee.callee, { ...args, positional: [callee.self, ...args.positional] });
    case 'function':
      return callFunction(machine, callee, args, null);
    case 'class':
      return instantiate(machine, callee, args);
    case 'instance': {
      for (const observer of machine.observers) observer.calling?.(callee, args);
      try {
        return callInstance(machine, callee, args);
      } finally {
        for (const observer of machine.observers) observer.called?.(callee);
      }
    }
    case 'foreign':
      return callee.object.call?.(args, machine.context) ?? unknown(`calling a ${callee.object.typeName} is not known`);
    case 'external':
      return callExternal(machine, callee.path, args);
    case 'super':
      return callValue(machine, getAttribute(machine, callee, machine.current.constructorName), args);
    default:
      return unknown(`a ${callee.kind} cannot be called`);
  }
}

function callInstance(machine: Machine, callee: InstanceValue, args: CallArguments): Value {
  if (findMember(callee.class, '__call__') !== null) {
    return callValue(machine, getAttribute(machine, callee, '__call__'), args);
  }
  for (const base of externalBases(machine, callee.class)) {
    const result = base.call?.(callee, args, machine.context) ?? null;
    if (result !== null) return result;
  }
  return callee.foreign?.call?.(args, machine.context) ?? unknown(`a ${callee.class.name} cannot be called`);
}

function callExternal(machine: Machine, path: string, args: CallArguments): Value {
  for (const library of machine.libraries) {
    const result = library.call?.(path, args, machine.context) ?? null;
    if (result !== null) return result;
  }
  const [self] = args.positional;
  const suffix = `.${machine.current.constructorName}`;
  if (path.endsWith(suffix) && self?.kind === 'instance') {
    findBase(machine, path.slice(0, -suffix.length))?.construct?.(self, withoutFirst(args), machine.context);
    return NONE;
  }
  const reason = `${path} is not part of the workspace`;
  return GIVES_NUMBER.test(path) ? unknownNumber(reason) : unknown(reason);
}

/** Places of crops are drawn by these, and rounded. */
const GIVES_NUMBER = /(^|\.)(randint|randrange|uniform|random|floor|ceil|trunc|rint)$/;

export function callFunction(machine: Machine, callee: FunctionValue, args: CallArguments, self: Value | null): Value {
  const { definition } = callee;
  for (const observer of machine.observers) observer.entered?.(callee);
  if (machine.depth >= machine.limits.depth) return unknown('the calls nest too deeply');
  const semantics = callee.unit.semantics;
  const scope = createScope('function', callee.scope);
  const passesSelf = self !== null && semantics.selfBinding === 'parameter';
  const all = passesSelf ? { ...args, positional: [self, ...args.positional] } : args;
  const frame: Frame = {
    unit: callee.unit,
    scope,
    semantics,
    self: definition.thisBinding === 'lexical' ? callee.lexicalThis : self,
    firstArgument: passesSelf ? self : (args.positional[0] ?? null),
    owner: callee.owner,
    functionName: callee.owner === null ? callee.name : `${callee.owner.name}.${callee.name}`,
    pendingReturns: [],
    yields: definition.isGenerator ? [] : null,
    uncertainLoop: false,
    depth: machine.depth + 1,
  };
  const previous = machine.current;
  machine.current = semantics;
  machine.depth++;
  try {
    bindParameters(machine, frame, callee, all);
    const completion = runStatements(machine, frame, definition.body);
    const missing = semantics.isLenient ? UNDEFINED : NONE;
    let result: Value = completion.kind === 'return' ? completion.value : missing;
    for (const pending of frame.pendingReturns) {
      result = joinValues(machine, pending, result, 'it depends on a condition that is not known');
    }
    if (frame.yields === null) return result;
    return frame.uncertainLoop
      ? { ...unknownList('how often it yields is not known'), items: frame.yields.slice(0, 1), isIterator: true }
      : iterator(frame.yields);
  } finally {
    machine.depth--;
    machine.current = previous;
  }
}
