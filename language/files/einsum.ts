/** The shape and the multiply-adds of an einsum: each letter has the size that an operand gives it. */
import type { OpCall } from '../../core/graph/ops.ts';
import type { Dim, Shape } from '../../core/graph/shape.ts';
import { product } from '../../core/shape/shapeResult.ts';
import { notComputed, type Converted, type FileOperator } from './fileOperator.ts';

/** `bhqk,bhkd->bhqd`; without an ellipsis. Of one operand nothing is multiplied; of two, each letter is a loop. */
export function einsum<T extends FileOperator>(equationOf: (op: T) => string): (op: T) => Converted | string {
  return (op) => {
    const { all } = op;
    const [left = '', right] = equationOf(op).replaceAll(' ', '').split('->');
    const operands = left.split(',');
    const unknown = { call: { op: 'unknown', attributes: { type: 'Einsum' } } as OpCall, inputs: all };
    const isPlain =
      operands.every((letters) => /^[A-Za-z]{0,32}$/.test(letters)) && /^[A-Za-z]{0,32}$/.test(right ?? '');
    if (!isPlain) return { ...unknown, shape: null, unknown: 'the equation of this einsum is not followed' };
    if (operands.length !== all.length) return `its equation has ${operands.length} operands of ${all.length}`;
    const sizes = new Map<string, Dim>();
    for (const [idx, letters] of operands.entries()) {
      const shape = op.shape(all[idx]);
      if (shape !== null && shape.length !== letters.length)
        return `its equation names ${letters} of ${shape.join('×')}`;
      for (const [axis, letter] of [...letters].entries()) {
        const size = shape?.[axis] ?? '?';
        const known = sizes.get(letter) ?? '?';
        if (known === '?' || known === 1) sizes.set(letter, size);
        else if (size !== '?' && size !== 1 && size !== known) return `its letter ${letter} is ${known} and ${size}`;
      }
    }
    const shape: Shape = [...(right ?? lettersOnce(left))].map((letter) => sizes.get(letter) ?? '?');
    const loops = product([...sizes.values()]);
    const macs = operands.length === 2 && loops !== '?' ? loops : operands.length === 1 ? 0 : null;
    const call: OpCall = { op: 'unknown', attributes: { type: 'Einsum', ...(macs === null ? {} : { macs }) } };
    return { call, inputs: all, shape, ...(macs === null ? { unknown: notComputed } : {}) };
  };
}

/** Without an arrow the result has the letters that stand once, in the order of the alphabet. */
function lettersOnce(left: string): readonly string[] {
  const letters = [...left.replaceAll(',', '')];
  return letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter)).sort();
}
