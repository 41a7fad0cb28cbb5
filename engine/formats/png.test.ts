/** Grids: every image where it belongs, values mapped to bytes, gaps between. */
import assert from 'node:assert/strict';
import { decode } from 'fast-png';
import { encodeGrid, toByte } from './png.ts';

describe('encodeGrid', () => {
  it('places images row by row with gaps', () => {
    const values = Float32Array.from({ length: 3 * 2 * 2 }, (_, i) => [-1, 0, 1][Math.floor(i / 4)] as number);
    const png = decode(encodeGrid({ values, nImages: 3, height: 2, width: 2, channels: 1 }, { columns: 2, gap: 1 }));
    assert.deepEqual([png.width, png.height, png.channels], [7, 7, 1]);
    const row = (y: number) => [...png.data.slice(y * 7, y * 7 + 7)];
    assert.deepEqual(row(0), [72, 72, 72, 72, 72, 72, 72]);
    assert.deepEqual(row(1), [72, 0, 0, 72, 128, 128, 72]);
    assert.deepEqual(row(4), [72, 255, 255, 72, 72, 72, 72]);
  });
  it('keeps the channels of colour images in order', () => {
    const values = Float32Array.of(1, 0, -1, /**/ -1, 1, 1);
    const png = decode(encodeGrid({ values, nImages: 2, height: 1, width: 1, channels: 3 }, { columns: 8, gap: 0 }));
    assert.deepEqual([png.width, png.height, [...png.data]], [2, 1, [255, 128, 0, 0, 255, 255]]);
  });
  it('clips what lies outside and draws NaN black', () => {
    assert.deepEqual([-3, -1, 0, 1, 3, NaN].map(toByte), [0, 0, 128, 255, 255, 0]);
  });
  it('inverts the scaling of batches for all 256 values', () => {
    for (let byte = 0; byte < 256; byte++) assert.equal(toByte(Math.fround(byte / 127.5 - 1)), byte);
  });
  it('refuses values that do not fit the shape', () => {
    const images = { values: new Float32Array(5), nImages: 1, height: 2, width: 2, channels: 1 } as const;
    assert.throws(() => encodeGrid(images, { columns: 1, gap: 0 }), RangeError);
  });
});
