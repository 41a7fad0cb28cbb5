/** Operators on any values: operator methods of instances, then foreign objects, then the language's own. */
import type { BinaryOperator, CompareOperator } from '../syntax/ast.ts';
import { specialMethod, truthOf } from './access.ts';
import { callValue } from './calls.ts';
import { positional } from './library.ts';
import type { Machine } from './machine.ts';
import { negated, partOf, unknownResult } from './unknownNumbers.ts';
import { bool, sameValue, unknown } from './values.ts';
import type { Value } from './values.ts';

export function unaryValue(machine: Machine, operator: '-' | '+' | '~', operand: Value): Value {
  if (operand.kind === 'unknown') return operator === '-' ? negated(operand) : partOf(operand);
  if (operand.kind === 'foreign') {
    return operand.object.unary?.(operator, machine.context) ?? unknown(`${operator} of a ${operand.object.typeName}`);
  }
  return machine.current.unary(operator, operand) ?? unknown(`${operator} of a ${operand.kind} is not known`);
}

export function binaryValue(machine: Machine, operator: BinaryOperator, left: Value, right: Value): Value {
  if (left.kind === 'foreign') {
    const result = left.object.binary?.(operator, right, false, machine.context) ?? null;
    if (result !== null) return result;
  }
  if (right.kind === 'foreign') {
    const result = right.object.binary?.(operator, left, true, machine.context) ?? null;
    if (result !== null) return result;
  }
  const special = callOperator(machine, operator, left, right);
  if (special !== null) return special;
  if (left.kind === 'unknown' || right.kind === 'unknown') return unknownResult(operator, left, right);
  const result = machine.current.binary(operator, left, right, machine.context);
  return result ?? unknown(`a ${left.kind} ${operator} a ${right.kind} is not known`);
}

function callOperator(
  machine: Machine,
  operator: BinaryOperator | CompareOperator,
  left: Value,
  right: Value,
): Value | null {
  if (left.kind !== 'instance' && right.kind !== 'instance') return null;
  const forward = machine.current.operatorMethod(operator, false);
  if (left.kind === 'instance' && forward !== null) {
    const method = specialMethod(machine, left, forward);
    if (method !== null) return callValue(machine, method, positional(right));
  }
  const reflected = machine.current.operatorMethod(operator, true);
  if (right.kind === 'instance' && reflected !== null) {
    const method = specialMethod(machine, right, reflected);
    if (method !== null) return callValue(machine, method, positional(left));
  }
  return null;
}

export function compareValues(machine: Machine, operator: CompareOperator, left: Value, right: Value): Value {
  if (operator === 'is' || operator === 'is not') {
    const same = isIdentical(machine, left, right);
    return same === null ? unknown('it depends on something that is not known') : bool(same === (operator === 'is'));
  }
  if (left.kind === 'foreign') {
    const result = left.object.compare?.(operator, right, machine.context) ?? null;
    if (result !== null) return result;
  }
  const special = callOperator(machine, operator, left, right);
  if (special !== null) {
    if (operator !== 'not in') return special;
    const truth = truthOf(machine, special);
    return truth === null ? special : bool(!truth);
  }
  const result = machine.current.compare(operator, left, right, machine.context);
  if (result !== null) return result;
  if (left.kind === 'unknown') return left;
  if (right.kind === 'unknown') return right;
  return unknown('it depends on something that is not known');
}

/** Object identity, as far as it is known: `x is None`, `type(a) is B`. */
function isIdentical(machine: Machine, left: Value, right: Value): boolean | null {
  if (left.kind === 'unknown' || right.kind === 'unknown') return null;
  if (left.kind === 'external' || right.kind === 'external') {
    // A name outside the workspace may stand for anything but is not None.
    if (left.kind === 'none' || right.kind === 'none') return false;
    if (sameValue(left, right)) return true;
    if (left.kind !== 'external' || right.kind !== 'external') return null;
    const equal = machine.current.compare('==', left, right, machine.context);
    return equal?.kind === 'bool' ? equal.value : null;
  }
  if (left.kind !== right.kind) return false;
  return sameValue(left, right);
}
