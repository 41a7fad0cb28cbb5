/**
 * The gradient of every operator that the engine trains, on the lazy backend, against central differences of
 * the same network in float64, along random directions in its input and in each of its weights; and the
 * gradient of its squared gradient, which WGAN-GP trains with.
 */
import assert from 'node:assert/strict';
import { currentOrtBackend } from '../../engine/tensors/registerBackend.ts';
import { selectBackend } from '../../engine/tensors/selectBackend.ts';
import { operatorTable } from '../../engine/train/operatorTable.ts';
import { operatorCases } from './operatorCases.ts';
import { differencesInFloat64, worstGradient, type Differences } from './operatorDifferences.ts';

/** Of the sum of the products' absolute values. */
const tolerance = 2e-5;

describe('the gradients of the operators that train', () => {
  let expected: Differences = {};

  before(async function () {
    this.timeout(120_000);
    expected = differencesInFloat64();
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
        const { by, argument } = worstGradient(operatorCase, order, expected);
        assert.ok(by <= tolerance, `${argument}: ${by}`);
      });
    }
  }

  it('use no kernel that runs on the host', () => {
    assert.deepEqual(currentOrtBackend()?.report().hostFallbacks, {});
  });
});
