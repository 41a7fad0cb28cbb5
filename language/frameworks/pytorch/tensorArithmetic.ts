/** Operators on tensors: with tensors by broadcasting, with numbers elementwise. */
import type { OpCall } from '../../../core/graph/ops.ts';
import type { BinaryOperator, CompareOperator } from '../../syntax/ast.ts';
import type { CallContext } from '../../interpreter/library.ts';
import { FALSE, TRUE, bool } from '../../interpreter/values.ts';
import type { Value } from '../../interpreter/values.ts';
import type { TensorObject } from './torchTensor.ts';
import { apply, tensorOf } from './torchTensor.ts';

const BROADCAST: Readonly<Record<string, 'add' | 'sub' | 'mul' | 'div'>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
};

export function binaryTensor(
  self: TensorObject,
  operator: BinaryOperator,
  other: Value,
  reflected: boolean,
  context: CallContext,
): Value | null {
  const tensor = tensorOf(other);
  if (tensor !== null) {
    const inputs = reflected ? [tensor, self] : [self, tensor];
    const op = BROADCAST[operator];
    if (op !== undefined) return apply(context, { op, attributes: {} }, inputs);
    if (operator === '@') return apply(context, { op: 'matmul', attributes: {} }, inputs);
    // The shape of any other elementwise operator is that of a sum.
    return apply(context, { op: 'add', attributes: {} }, inputs);
  }
  if (operator === '@' || other.kind === 'string' || other.kind === 'list') return null;
  if (other.kind === 'unknown') {
    // It may be a tensor that broadcasts to another shape.
    const call: OpCall = { op: 'unknown', attributes: { type: operator } };
    return apply(context, call, [self], { shape: null, unknown: other.reason });
  }
  return apply(context, scalarCall(operator, other, reflected), [self]);
}

function scalarCall(operator: BinaryOperator, other: Value, reflected: boolean): OpCall {
  const value = other.kind === 'number' ? other.value : null;
  const affine = (scale: number, offset: number): OpCall => ({ op: 'affine', attributes: { scale, offset } });
  if (value !== null) {
    if (operator === '+') return affine(1, value);
    if (operator === '*') return affine(value, 0);
    if (operator === '-') return reflected ? affine(-1, value) : affine(1, -value);
    if (operator === '/' && !reflected && value !== 0) return affine(1 / value, 0);
  }
  return { op: 'elementwise', attributes: { fn: reflected ? `number ${operator} x` : `x ${operator} number` } };
}

export function compareTensor(
  self: TensorObject,
  operator: CompareOperator,
  other: Value,
  context: CallContext,
): Value | null {
  if (operator === 'in' || operator === 'not in' || operator === 'instanceof') return null;
  if (other.kind === 'none') return operator === '==' ? FALSE : operator === '!=' ? TRUE : bool(false);
  const tensor = tensorOf(other);
  if (tensor !== null) return apply(context, { op: 'add', attributes: {} }, [self, tensor]);
  return apply(context, { op: 'elementwise', attributes: { fn: operator } }, [self]);
}
