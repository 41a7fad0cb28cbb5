/**
 * Evaluating expressions. Total: what cannot be known is an unknown value with its reason; only an
 * explicit `raise` inside a call, and an exhausted budget, leave by exception.
 */
import type { Expression } from '../syntax/ast.ts';
import { indexValue, iterateValue } from './access.ts';
import { getAttribute } from './attributes.ts';
import { runBoth, joinValues } from './branches.ts';
import { evaluateCall } from './callExpressions.ts';
import { defineClass } from './classes.ts';
import { makeFunction } from './functions.ts';
import { evaluateComprehension } from './comprehensions.ts';
import type { Frame, Machine } from './machine.ts';
import { step } from './machine.ts';
import { binaryValue, compareValues, unaryValue } from './operators.ts';
import { bindPattern } from './patterns.ts';
import { lookup } from './scope.ts';
import { truthOf } from './access.ts';
import {
  ELLIPSIS,
  FALSE,
  MAX_JOINED_TEXT,
  NONE,
  TRUE,
  UNDEFINED,
  bool,
  dict,
  external,
  float,
  int,
  keyOf,
  list,
  string,
  tuple,
  unknown,
  unknownList,
} from './values.ts';
import type { DictValue, SetValue, Value } from './values.ts';

export function evaluate(machine: Machine, frame: Frame, expression: Expression): Value {
  step(machine);
  switch (expression.kind) {
    case 'name':
      return evaluateName(machine, frame, expression.id);
    case 'number':
      return expression.isInteger ? int(expression.value) : float(expression.value);
    case 'string':
      return string(expression.value);
    case 'template':
      return evaluateTemplate(machine, frame, expression);
    case 'true':
      return TRUE;
    case 'false':
      return FALSE;
    case 'none':
      return NONE;
    case 'undefined':
      return UNDEFINED;
    case 'ellipsis':
      return ELLIPSIS;
    case 'list':
    case 'tuple':
    case 'set':
      return evaluateSequence(machine, frame, expression.kind, expression.items);
    case 'dict':
      return evaluateDict(machine, frame, expression);
    case 'call':
      return evaluateCall(machine, frame, expression);
    case 'member': {
      if (expression.object.kind === 'name' && expression.object.id === 'super' && frame.owner !== null) {
        return getAttribute(
          machine,
          { kind: 'super', class: frame.owner, self: frame.self ?? NONE },
          expression.property,
        );
      }
      const object = evaluate(machine, frame, expression.object);
      if (expression.optional && isNullish(object)) return UNDEFINED;
      return getAttribute(machine, object, expression.property);
    }
    case 'index': {
      const object = evaluate(machine, frame, expression.object);
      if (expression.optional && isNullish(object)) return UNDEFINED;
      return indexValue(machine, object, evaluateIndex(machine, frame, expression.index));
    }
    case 'slice':
      return evaluateIndex(machine, frame, expression);
    case 'unary':
      return evaluateUnary(machine, frame, expression);
    case 'binary':
      return binaryValue(
        machine,
        expression.operator,
        evaluate(machine, frame, expression.left),
        evaluate(machine, frame, expression.right),
      );
    case 'logical':
      return evaluateLogical(machine, frame, expression);
    case 'compare':
      return evaluateCompare(machine, frame, expression);
    case 'ternary': {
      const truth = truthOf(machine, evaluate(machine, frame, expression.test));
      if (truth !== null) return evaluate(machine, frame, truth ? expression.whenTrue : expression.whenFalse);
      return eitherOf(
        machine,
        () => evaluate(machine, frame, expression.whenTrue),
        () => evaluate(machine, frame, expression.whenFalse),
      );
    }
    case 'lambda':
      return makeFunction(machine, frame, expression.definition);
    case 'class':
      return defineClass(machine, frame, expression.definition);
    case 'comprehension':
      return evaluateComprehension(machine, frame, expression);
    case 'spread':
      return evaluate(machine, frame, expression.value);
    case 'assignExpression':
      return evaluateAssignment(machine, frame, expression);
    case 'await':
      return evaluate(machine, frame, expression.value);
    case 'yield': {
      const value = expression.value === null ? NONE : evaluate(machine, frame, expression.value);
      if (frame.yields === null) return NONE;
      if (!expression.delegate) frame.yields.push(value);
      else {
        const items = iterateValue(machine, value, 'of');
        if (items === null) frame.uncertainLoop = true;
        else frame.yields.push(...items);
      }
      return NONE;
    }
    case 'comma': {
      let last: Value = UNDEFINED;
      for (const item of expression.items) last = evaluate(machine, frame, item);
      return last;
    }
    case 'unknown':
      return unknown(expression.what === 'syntax error' ? 'the source does not parse here' : expression.what);
  }
}

export function isNullish(value: Value): boolean {
  return value.kind === 'none' || value.kind === 'undefined';
}

/** Runs both alternatives of something undecided and joins their values. */
function eitherOf(machine: Machine, left: () => Value, right: () => Value): Value {
  const reason = 'it depends on a condition that is not known';
  const outcome = runBoth(machine, reason, left, right);
  if (outcome.left.kind === 'raised') return outcome.right.kind === 'done' ? outcome.right.value : unknown(reason);
  if (outcome.right.kind === 'raised') return outcome.left.value;
  return joinValues(machine, outcome.left.value, outcome.right.value, reason);
}

export function evaluateName(machine: Machine, frame: Frame, name: string): Value {
  const found = lookup(frame.scope, name);
  if (found !== undefined) return found;
  if (name === 'this') return frame.self ?? UNDEFINED;
  const known = frame.semantics.global(name);
  if (known !== null) return known;
  if (name === '__name__') return string(frame.unit.name);
  if (name === '__file__') return string(frame.unit.path);
  for (const path of frame.unit.stars) {
    const full = `${path}.${name}`;
    for (const library of machine.libraries) {
      const constant = library.constant?.(full, machine.context) ?? null;
      if (constant !== null) return constant;
      if (library.knows?.(full) === true) return external(full);
    }
  }
  return unknown(`the name ${name} is not defined here`);
}

function evaluateTemplate(
  machine: Machine,
  frame: Frame,
  expression: Extract<Expression, { kind: 'template' }>,
): Value {
  let text = '';
  let reason: string | null = null;
  for (const part of expression.parts) {
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    const value = evaluate(machine, frame, part.value);
    const formatted = frame.semantics.format(value, part.spec);
    if (formatted === null) reason ??= value.kind === 'unknown' ? value.reason : 'a part of this text is not known';
    else text += formatted;
  }
  if (text.length > MAX_JOINED_TEXT) reason ??= 'the text is too long';
  return reason === null ? string(text) : unknown(reason);
}

function evaluateItems(
  machine: Machine,
  frame: Frame,
  items: readonly Expression[],
): { items: Value[]; open: string | null } {
  const values: Value[] = [];
  let open: string | null = null;
  for (const item of items) {
    const value = evaluate(machine, frame, item);
    if (item.kind !== 'spread') {
      values.push(value);
      continue;
    }
    const spread = iterateValue(machine, value, 'of');
    if (spread === null) open ??= value.kind === 'unknown' ? value.reason : 'what is unpacked here is not known';
    else values.push(...spread);
  }
  return { items: values, open };
}

function evaluateSequence(
  machine: Machine,
  frame: Frame,
  kind: 'list' | 'tuple' | 'set',
  expressions: readonly Expression[],
): Value {
  const { items, open } = evaluateItems(machine, frame, expressions);
  if (kind === 'set') {
    const value: SetValue = { kind: 'set', entries: new Map(), unknown: open };
    for (const item of items) {
      const key = keyOf(item);
      if (key === null) value.unknown ??= 'an element is not known';
      else value.entries.set(key, item);
    }
    return value;
  }
  if (open !== null) return kind === 'list' ? unknownList(open) : unknown(open);
  return kind === 'list' ? list(items) : tuple(items);
}

function evaluateDict(machine: Machine, frame: Frame, expression: Extract<Expression, { kind: 'dict' }>): Value {
  const value: DictValue = dict();
  for (const entry of expression.entries) {
    const item = evaluate(machine, frame, entry.value);
    if (entry.key === null) {
      if (item.kind === 'dict') {
        for (const [key, inner] of item.entries) value.entries.set(key, inner);
        value.open ??= item.open;
      } else if (!isNullish(item)) {
        value.open ??= 'what is unpacked here is not known';
      }
      continue;
    }
    const key = evaluate(machine, frame, entry.key);
    const text = keyOf(key);
    if (text === null) value.open ??= 'a key is not known';
    else value.entries.set(text, { key, value: item });
  }
  return value;
}

/** An index, with slices as values of their own. */
export function evaluateIndex(machine: Machine, frame: Frame, index: Expression): Value {
  if (index.kind === 'slice') {
    const bound = (part: Expression | null): Value | null => (part === null ? null : evaluate(machine, frame, part));
    return { kind: 'slice', lower: bound(index.lower), upper: bound(index.upper), step: bound(index.step) };
  }
  if (index.kind === 'tuple' && index.items.some((item) => item.kind === 'slice')) {
    return tuple(index.items.map((item) => evaluateIndex(machine, frame, item)));
  }
  return evaluate(machine, frame, index);
}

function evaluateUnary(machine: Machine, frame: Frame, expression: Extract<Expression, { kind: 'unary' }>): Value {
  const operand = evaluate(machine, frame, expression.operand);
  switch (expression.operator) {
    case 'not': {
      const truth = truthOf(machine, operand);
      return truth === null ? unknown('it depends on a condition that is not known') : bool(!truth);
    }
    case 'void':
      return UNDEFINED;
    case 'delete':
      return TRUE;
    case 'typeof':
      return typeName(operand);
    default:
      return unaryValue(machine, expression.operator, operand);
  }
}

function typeName(value: Value): Value {
  switch (value.kind) {
    case 'unknown':
    case 'external':
      return unknown('the type of something that is not known');
    case 'undefined':
    case 'string':
    case 'number':
    case 'function':
      return string(value.kind);
    case 'bool':
      return string('boolean');
    case 'builtin':
    case 'bound':
    case 'class':
      return string('function');
    default:
      return string('object');
  }
}

function evaluateLogical(machine: Machine, frame: Frame, expression: Extract<Expression, { kind: 'logical' }>): Value {
  const left = evaluate(machine, frame, expression.left);
  const right = (): Value => evaluate(machine, frame, expression.right);
  if (expression.operator === 'nullish') {
    if (left.kind === 'unknown') return eitherOf(machine, () => left, right);
    return isNullish(left) ? right() : left;
  }
  const truth = truthOf(machine, left);
  if (truth === null) {
    // `unknown and False` is false in a condition, whatever the unknown is.
    const other = eitherOf(machine, right, () => left);
    if (other.kind !== 'unknown') return other;
    const alone = left.kind === 'unknown' ? left : other;
    return decidesAlone(machine, frame, expression) ?? alone;
  }
  return truth === (expression.operator === 'and') ? right() : left;
}

function decidesAlone(
  machine: Machine,
  frame: Frame,
  expression: Extract<Expression, { kind: 'logical' }>,
): Value | null {
  const { right } = expression;
  const isPure = right.kind === 'compare' || right.kind === 'name' || right.kind === 'member' || right.kind === 'unary';
  if (!isPure) return null;
  const value = evaluate(machine, frame, right);
  const truth = truthOf(machine, value);
  if (truth === null) return null;
  return truth === (expression.operator === 'and') ? null : bool(truth);
}

function evaluateCompare(machine: Machine, frame: Frame, expression: Extract<Expression, { kind: 'compare' }>): Value {
  let left = evaluate(machine, frame, expression.first);
  let undecided: Value | null = null;
  for (const link of expression.links) {
    const right = evaluate(machine, frame, link.operand);
    const result = compareValues(machine, link.operator, left, right);
    const truth = result.kind === 'bool' ? result.value : null;
    if (expression.links.length === 1) return result;
    if (truth === false) return FALSE;
    if (truth === null) undecided ??= result;
    left = right;
  }
  return undecided ?? TRUE;
}

function evaluateAssignment(
  machine: Machine,
  frame: Frame,
  expression: Extract<Expression, { kind: 'assignExpression' }>,
): Value {
  if (expression.operator === null) {
    const value = evaluate(machine, frame, expression.value);
    bindPattern(machine, frame, expression.target, value, 'assign');
    return value;
  }
  const { target, operator } = expression;
  const before =
    target.kind === 'namePattern'
      ? evaluateName(machine, frame, target.id)
      : target.kind === 'placePattern'
        ? evaluate(machine, frame, target.place)
        : unknown('this is not assignable');
  if (operator === 'nullish' || operator === 'and' || operator === 'or') {
    const truth = operator === 'nullish' ? !isNullish(before) : truthOf(machine, before);
    if (truth !== (operator === 'and')) return before;
    const value = evaluate(machine, frame, expression.value);
    bindPattern(machine, frame, target, value, 'assign');
    return value;
  }
  const after = binaryValue(machine, operator, before, evaluate(machine, frame, expression.value));
  bindPattern(machine, frame, target, after, 'assign');
  return expression.postfix ? before : after;
}
