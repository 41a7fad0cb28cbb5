/** Calls as written: callee with its object, arguments left to right, `super`. Keeps the stack of call sites. */
import type { Argument, Expression } from '../syntax/ast.ts';
import { iterateValue } from './access.ts';
import { getAttribute } from './attributes.ts';
import { callFunction, callValue } from './calls.ts';
import { evaluate, evaluateName, isNullish } from './expressions.ts';
import type { CallArguments } from './library.ts';
import type { Frame, Machine } from './machine.ts';
import { lookup } from './scope.ts';
import { UNDEFINED, unknown } from './values.ts';
import type { Value } from './values.ts';

/** Call arguments, evaluated left to right. */
export function evaluateArguments(machine: Machine, frame: Frame, args: readonly Argument[]): CallArguments {
  const positional: Value[] = [];
  const keywords = new Map<string, Value>();
  let open: string | null = null;
  for (const arg of args) {
    const value = evaluate(machine, frame, arg.value);
    if (arg.kind === 'keyword') keywords.set(arg.name ?? '', value);
    else if (arg.kind === 'positional') positional.push(value);
    else if (arg.kind === 'spread') {
      const items = iterateValue(machine, value, 'of');
      if (items === null)
        open ??= value.kind === 'unknown' ? value.reason : 'the arguments unpacked here are not known';
      else positional.push(...items);
    } else if (value.kind === 'dict') {
      for (const entry of value.entries.values()) {
        if (entry.key.kind === 'string') keywords.set(entry.key.value, entry.value);
      }
      open ??= value.open;
    } else {
      open ??= value.kind === 'unknown' ? value.reason : 'the arguments unpacked here are not known';
    }
  }
  return { positional, keywords, open };
}

export function evaluateCall(machine: Machine, frame: Frame, expression: Extract<Expression, { kind: 'call' }>): Value {
  const { callee } = expression;
  let self: Value | null = null;
  let target: Value;
  if (callee.kind === 'name' && callee.id === 'super' && lookup(frame.scope, 'super') === undefined) {
    return evaluateSuper(machine, frame, expression);
  }
  if (callee.kind === 'member' && callee.object.kind !== 'name') {
    self = evaluate(machine, frame, callee.object);
    if (callee.optional && isNullish(self)) return UNDEFINED;
    target = getAttribute(machine, self, callee.property);
  } else if (callee.kind === 'member' && callee.object.kind === 'name' && callee.object.id !== 'super') {
    self = evaluateName(machine, frame, callee.object.id);
    if (callee.optional && isNullish(self)) return UNDEFINED;
    target = getAttribute(machine, self, callee.property);
  } else {
    target = evaluate(machine, frame, callee);
  }
  if (expression.optional && isNullish(target)) return UNDEFINED;
  const args = evaluateArguments(machine, frame, expression.args);
  if (callee.kind === 'member' && frame.semantics.selfBinding === 'this' && self !== null) {
    const settled = settledPromise(machine, callee.property, self, target, args);
    if (settled !== null) return settled;
  }
  machine.callSites.push({ unit: frame.unit, span: expression, functionName: frame.functionName });
  try {
    if (target.kind === 'function' && frame.semantics.selfBinding === 'this' && self !== null) {
      return callFunction(machine, target, args, self);
    }
    return callValue(machine, target, args);
  } finally {
    machine.callSites.pop();
  }
}

/** Promises are what they settle to, here: `then` of a value that has none of its own calls back with it. */
function settledPromise(machine: Machine, name: string, self: Value, target: Value, args: CallArguments): Value | null {
  if (target.kind !== 'undefined' || isNullish(self)) return null;
  const [callback] = args.positional;
  if (name === 'then' && callback !== undefined) {
    return callValue(machine, callback, { positional: [self], keywords: new Map(), open: null });
  }
  return name === 'catch' || name === 'finally' ? self : null;
}

/** Python's `super()` and `super(Class, self)`; JavaScript's `super(...)` calls the base's constructor. */
function evaluateSuper(machine: Machine, frame: Frame, expression: Extract<Expression, { kind: 'call' }>): Value {
  if (frame.semantics.selfBinding === 'this') {
    if (frame.owner === null || frame.self === null) return unknown('super outside of a class');
    const parent: Value = { kind: 'super', class: frame.owner, self: frame.self };
    const args = evaluateArguments(machine, frame, expression.args);
    machine.callSites.push({ unit: frame.unit, span: expression, functionName: frame.functionName });
    try {
      return callValue(machine, getAttribute(machine, parent, frame.semantics.constructorName), args);
    } finally {
      machine.callSites.pop();
    }
  }
  const [cls, self] = evaluateArguments(machine, frame, expression.args).positional;
  const from = cls?.kind === 'class' ? cls : frame.owner;
  const of = self ?? frame.firstArgument;
  if (from === null || of === null) return unknown('super outside of a class');
  return { kind: 'super', class: from, self: of };
}
