/** Cropping, resampling and channel conversion, against hand-computed pixels and properties. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fitImage, resampleWeights } from './resizeImage.ts';

const image = (width: number, height: number, data: readonly number[], channels: 1 | 3 = 1) => ({
  width,
  height,
  channels,
  data: Uint8Array.from(data),
});

describe('fitImage', () => {
  it('takes the centre square', () => {
    assert.deepEqual([...fitImage(image(4, 2, [9, 1, 2, 9, 9, 3, 4, 9]), 2, 1)], [1, 2, 3, 4]);
    assert.deepEqual([...fitImage(image(1, 3, [9, 5, 9]), 1, 1)], [5]);
  });
  it('shrinks by averaging areas, also by parts of pixels', () => {
    assert.deepEqual([...fitImage(image(2, 2, [0, 100, 100, 200]), 1, 1)], [100]);
    // 3 → 2: the middle pixel counts half for each side.
    assert.deepEqual([...fitImage(image(3, 3, [0, 90, 180, 0, 90, 180, 0, 90, 180]), 2, 1)], [30, 150, 30, 150]);
  });
  it('enlarges linearly between pixel centres, edges held', () => {
    assert.deepEqual([...fitImage(image(2, 2, [0, 100, 0, 100]), 4, 1)].slice(0, 4), [0, 25, 75, 100]);
  });
  it('converts colour to luma and grey to three equal channels', () => {
    assert.deepEqual([...fitImage(image(1, 1, [255, 0, 0], 3), 1, 1)], [76]);
    assert.deepEqual([...fitImage(image(1, 1, [0, 255, 0], 3), 1, 1)], [150]);
    assert.deepEqual([...fitImage(image(1, 1, [0, 0, 255], 3), 1, 1)], [29]);
    assert.deepEqual([...fitImage(image(1, 1, [77]), 1, 3)], [77, 77, 77]);
  });
  it('leaves flat images flat at every size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 70 }),
        fc.nat(255),
        (w, h, size, value) => {
          const fitted = fitImage(image(w, h, new Array<number>(w * h).fill(value)), size, 1);
          assert.ok(fitted.length === size * size && fitted.every((pixel) => pixel === value));
        },
      ),
    );
  });
});

describe('resampleWeights', () => {
  it('uses only pixels that exist, and each list sums to 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 }), (from, to) => {
        for (const { first, values } of resampleWeights(from, to)) {
          assert.ok(first >= 0 && first + values.length <= from && values.every((value) => value > -1e-9));
          assert.ok(Math.abs(values.reduce((sum, value) => sum + value, 0) - 1) < 1e-9);
        }
      }),
    );
  });
});
