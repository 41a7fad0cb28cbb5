/** Batches follow from the step alone, and every image comes once per epoch. */
import assert from 'node:assert/strict';
import { batchAt, batchIndices, imagesAt, type ImageSet } from './imageSet.ts';

const position = (step: number, batchSize = 4) => ({ seed: 3, step, batchSize, purpose: 'real' });

describe('batches', () => {
  it('show every image once per epoch, in another order each time, across partial batches', () => {
    const n = 10;
    const drawn = Array.from({ length: 10 }, (_, step) => [...batchIndices(n, position(step))]).flat();
    const epochs = [0, 1, 2, 3].map((epoch) => drawn.slice(epoch * n, (epoch + 1) * n));
    for (const epoch of epochs)
      assert.deepEqual(
        [...epoch].sort((a, b) => a - b),
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      );
    assert.equal(new Set(epochs.map(String)).size, 4);
  });
  it('are the same whether or not the steps before them were drawn', () => {
    const late = [...batchIndices(1000, position(12_345))];
    for (let step = 0; step < 50; step++) batchIndices(1000, position(step));
    assert.deepEqual([...batchIndices(1000, position(12_345))], late);
  });
  it('differ by seed and purpose', () => {
    const base = position(0, 32);
    const draws = [base, { ...base, seed: 4 }, { ...base, purpose: 'swd' }].map((p) => String(batchIndices(1000, p)));
    assert.equal(new Set(draws).size, 3);
  });
  it('may be larger than the set', () => {
    assert.deepEqual([...batchIndices(2, position(0, 5))].filter((i) => i === 0).length >= 2, true);
  });
  it('hold images in [-1, 1], N, H, W, C', () => {
    const set: ImageSet = {
      nImages: 2,
      size: 1,
      channels: 3,
      pixels: Uint8Array.of(0, 51, 255, 255, 204, 0),
      fingerprint: '',
      skipped: [],
    };
    const values = imagesAt(set, [1, 0]);
    assert.deepEqual(
      [...values].map((value) => Math.round(value * 10) / 10),
      [1, 0.6, -1, -1, -0.6, 1],
    );
    assert.equal(batchAt(set, position(0, 3)).length, 9);
  });
});
