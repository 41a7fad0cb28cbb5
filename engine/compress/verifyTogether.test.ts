import assert from 'node:assert/strict';
import { verifyTogether } from './verifyTogether.ts';

describe('the accepted layers together', () => {
  it('stay as they are when they are within the limit', async () => {
    assert.deepEqual(await verify(['a', 'b'], [40]), { layers: ['a', 'b'], attempt: 1, value: 40, withdrawn: [] });
  });

  it('lose the least redundant one until they are', async () => {
    const result = await verify(['a', 'b', 'c', 'd'], [50, 45, 40]);
    assert.deepEqual(result, { layers: ['a', 'b'], attempt: 3, value: 40, withdrawn: ['d', 'c'] });
  });

  it('end as they are after a few attempts, or with one layer', async () => {
    const many = await verify(['a', 'b', 'c', 'd', 'e'], [50, 50, 50, 50]);
    assert.deepEqual(many, { layers: ['a', 'b', 'c'], attempt: 3, value: 50, withdrawn: ['e', 'd'] });
    const one = await verify(['a'], [50, 50]);
    assert.deepEqual(one, { layers: ['a'], attempt: 1, value: 50, withdrawn: [] });
    assert.equal((await verify([], [50, 50]))?.attempt, 1);
  });

  it('are nothing when the user cancelled', async () => {
    assert.equal(await verify(['a', 'b'], [50]), null);
  });
});

/** Values in the order of attempts; when they run out the user cancels. The limit is 41. */
async function verify(layers: readonly string[], values: readonly number[]) {
  const withdrawn: string[] = [];
  const result = await verifyTogether({
    layers,
    limit: 41,
    measure: (_, attempt) => Promise.resolve(values[attempt - 1] ?? null),
    withdraw: (layer) => withdrawn.push(layer),
  });
  return result && { ...result, withdrawn };
}
