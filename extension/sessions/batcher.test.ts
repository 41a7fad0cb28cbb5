import assert from 'node:assert/strict';
import { Batcher } from './batcher.ts';

describe('Batcher', () => {
  it('hands on what came within an interval, in order and once', async () => {
    const delivered: (readonly number[])[] = [];
    const batcher = new Batcher<number>(5, (values) => delivered.push(values));
    batcher.add([1]);
    batcher.add([2, 3]);
    batcher.add([]);
    assert.deepEqual(delivered, []);
    while (delivered.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(delivered, [[1, 2, 3]]);
    batcher.add([4]);
    batcher.flush();
    assert.deepEqual(delivered, [[1, 2, 3], [4]]);
    batcher.add([5]);
    batcher.clear();
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(delivered.length, 2);
  });
});
