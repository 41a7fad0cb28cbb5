/**
 * The gradient of every operator that the engine trains, on the lazy backend, against central differences of
 * the same network in float64, along random directions in its input and in each of its weights; and the
 * gradient of its squared gradient, which WGAN-GP trains with.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { currentOrtBackend } from '../../engine/tensors/registerBackend.ts';
import { selectBackend } from '../../engine/tensors/selectBackend.ts';
import { operatorTable } from '../../engine/train/operatorTable.ts';
import { caseNumbers, functionsOf, operatorCases } from './operatorCases.ts';

/** By `case order argument`, one difference per direction. */
export type Differences = Record<string, readonly number[]>;

/** Of the sum of the products' absolute values, so that what cancels does not hide what is wrong. */
const tolerance = 2e-5;

describe('the gradients of the operators that train', () => {
  let expected: Differences = {};

  before(async function () {
    this.timeout(120_000);
    const script = fileURLToPath(new URL('./float64Differences.ts', import.meta.url));
    const output = execFileSync(process.execPath, ['--import=tsx', script], { encoding: 'utf8', maxBuffer: 1 << 26 });
    expected = JSON.parse(output) as Differences;
    const selected = await selectBackend({ backend: 'onnxruntime', threads: 2 });
    assert.ok(selected.ok, selected.ok ? '' : selected.problem.message);
  });

  it('are all checked here', () => {
    const checked = new Set<string>(operatorCases.map(({ op }) => op));
    assert.deepEqual(
      Object.keys(operatorTable).filter((op) => !checked.has(op)),
      [],
    );
  });

  for (const operatorCase of operatorCases) {
    for (const order of ['first', 'second'] as const) {
      if (order === 'second' && operatorCase.once === true) continue;
      const what = order === 'first' ? 'the gradient' : 'the gradient of the squared gradient';
      it(`${operatorCase.name}: ${what} equals the central difference in float64`, () => {
        const functions = functionsOf(operatorCase);
        for (const [argument, gradient] of functions.gradients(order)) {
          const differences = expected[`${operatorCase.name} ${order} ${argument}`] ?? [];
          assert.ok(differences.length > 0);
          differences.forEach((difference, k) => {
            const products = caseNumbers(gradient.length, 50 + k).map((d, i) => d * (gradient[i] ?? NaN));
            const actual = products.reduce((sum, product) => sum + product, 0);
            const size = products.reduce((sum, product) => sum + Math.abs(product), 0);
            assert.ok(
              Math.abs(actual - difference) <= tolerance * Math.max(size, 1),
              `${argument}: ${actual} instead of ${difference}`,
            );
          });
        }
        functions.dispose();
      });
    }
  }

  it('use no kernel that runs on the host', () => {
    assert.deepEqual(currentOrtBackend()?.report().hostFallbacks, {});
  });
});
