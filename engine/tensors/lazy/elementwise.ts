/**
 * Elementwise work in whatever order of dimensions the largest operands already have. A convolution's
 * output thus stays channels-first through bias, normalization and activation; only small operands
 * (a bias, a scalar) are brought into that order, which for them is a reshape.
 */
import type { GraphBuilder } from './graphBuilder.ts';
import { broadcastDims } from './graphBuilder.ts';
import type { Operand, Sym } from './operand.ts';
import { identityPerm, plainOperand, repeatedOperand, samePerm, sizeOf } from './operand.ts';

/** `compute` receives the operands' symbols in one common order, ready for ONNX's broadcasting. */
export function elementwise(
  graph: GraphBuilder,
  operands: readonly Operand[],
  compute: (...syms: Sym[]) => Sym,
): Operand {
  const shape = operands.reduce<readonly number[]>((dims, operand) => broadcastDims(dims, operand.shape), []);
  const perm = commonPerm(operands, shape);
  const result = compute(...operands.map((operand) => inOrder(graph, operand, perm)));
  return repeatedOperand(result, perm, shape);
}

/** The order that needs the fewest transposes of operands of full size; TF.js's own on a tie. */
export function commonPerm(operands: readonly Operand[], shape: readonly number[]): readonly number[] {
  const size = sizeOf(shape);
  const full = operands.filter((operand) => operand.shape.length === shape.length && sizeOf(operand.shape) === size);
  let best = identityPerm(shape.length);
  let bestHits = full.filter((operand) => has(operand, best)).length;
  for (const operand of full) {
    for (const { perm } of operand.forms) {
      const hits = full.filter((other) => has(other, perm)).length;
      if (hits > bestHits) {
        best = perm;
        bestHits = hits;
      }
    }
  }
  return best;
}

export function inOrder(graph: GraphBuilder, operand: Operand, perm: readonly number[]): Sym {
  const rank = perm.length;
  const { compact } = operand;
  if (operand.forms.length === 0 && compact !== undefined) {
    if (sizeOf(compact.sym.dims) === 1 && compact.sym.dims.length <= rank) return compact.sym;
    const plainSmall = graph.transpose(
      compact.sym,
      identityPerm(operand.shape.length).map((i) => compact.perm.indexOf(i)),
    );
    return inOrder(graph, plainOperand(plainSmall), perm);
  }
  if (operand.shape.length === rank) return graph.form(operand, perm);
  const plain = graph.plain(operand);
  if (sizeOf(operand.shape) === 1 && operand.shape.length < rank) return plain;
  const padded = [...new Array<number>(rank - operand.shape.length).fill(1), ...operand.shape];
  return graph.form(plainOperand(graph.reshape(plain, padded)), perm);
}

function has(operand: Operand, perm: readonly number[]): boolean {
  return operand.forms.some((form) => samePerm(form.perm, perm));
}
