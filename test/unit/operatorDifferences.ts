/**
 * Compares the gradients of `operatorCases.ts` on the selected backend with central differences in float64,
 * along random directions in the input and in each weight.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { caseNumbers, functionsOf, type OperatorCase, type Order } from './operatorCases.ts';

/** By `case order argument`, one difference per direction. */
export type Differences = Record<string, readonly number[]>;

export const nDirections = 3;

/** Computed by a process of its own, in which every float is 64 bits wide. */
export function differencesInFloat64(): Differences {
  const script = fileURLToPath(new URL('./float64Differences.ts', import.meta.url));
  const output = execFileSync(process.execPath, ['--import=tsx', script], { encoding: 'utf8', maxBuffer: 1 << 26 });
  return JSON.parse(output) as Differences;
}

export function keyOf({ name }: OperatorCase, order: Order, argument: string): string {
  return `${name} ${order} ${argument}`;
}

export function directionOf(size: number, k: number): readonly number[] {
  return caseNumbers(size, 50 + k);
}

/** The worst difference, relative to the sum of the products' absolute values, so that what cancels hides nothing. */
export function worstGradient(
  operatorCase: OperatorCase,
  order: Order,
  expected: Differences,
): { readonly by: number; readonly argument: string } {
  let worst = { by: 0, argument: '' };
  const functions = functionsOf(operatorCase);
  for (const [argument, gradient] of functions.gradients(order)) {
    const differences = expected[keyOf(operatorCase, order, argument)];
    if (differences?.length !== nDirections) throw new Error(`No differences for ${operatorCase.name}, ${argument}`);
    differences.forEach((difference, k) => {
      const products = directionOf(gradient.length, k).map((d, i) => d * (gradient[i] ?? NaN));
      const actual = products.reduce((sum, product) => sum + product, 0);
      const size = products.reduce((sum, product) => sum + Math.abs(product), 0);
      const by = Math.abs(actual - difference) / Math.max(size, 1);
      if (!(by <= worst.by)) worst = { by: Number.isNaN(by) ? Infinity : by, argument };
    });
  }
  functions.dispose();
  return worst;
}
