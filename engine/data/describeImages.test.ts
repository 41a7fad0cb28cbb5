/** Describing a set: what is counted, what is bad, statistics of what a run would see, and sampling that says so. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'mocha';
import { suggestedFit } from '../../core/data/imagesDescription.ts';
import { encode } from 'fast-png';
import { describeImages } from './describeImages.ts';

describe('a description of images', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'slimwise-data-'));
    const grey = (width: number, height: number, value: number): Uint8Array =>
      encode({ width, height, channels: 1, depth: 8, data: new Uint8Array(width * height).fill(value) });
    for (let i = 0; i < 6; i++) writeFileSync(path.join(folder, `a${i}.png`), grey(8, 8, i < 3 ? 0 : 200));
    writeFileSync(path.join(folder, 'b.png'), grey(16, 8, 100));
    const red = new Uint8Array(64 * 3).map((_, i) => (i % 3 === 0 ? 255 : 0));
    writeFileSync(path.join(folder, 'c.png'), encode({ width: 8, height: 8, channels: 3, depth: 8, data: red }));
    writeFileSync(path.join(folder, 'broken.png'), 'no picture');
    writeFileSync(path.join(folder, 'labels.txt'), 'not an image');
  });
  after(() => rmSync(folder, { recursive: true }));

  const described = async (request: object) => {
    const result = await describeImages({ path: folder, most: 2000, ...request });
    assert.ok(result.ok, JSON.stringify(result));
    return result.value;
  };

  it('counts images, sizes and colours, and lists bad files with the reason', async () => {
    const found = await described({});
    assert.deepEqual([found.nFound, found.nRead, found.nGrey, found.nColour], [9, 9, 7, 1]);
    assert.deepEqual(found.sizes, [
      { width: 8, height: 8, count: 7 },
      { width: 16, height: 8, count: 1 },
    ]);
    assert.deepEqual(
      found.bad.map(({ file }) => file),
      ['broken.png'],
    );
    assert.match(found.bad[0]?.reason ?? '', /neither PNG nor JPEG/);
    assert.equal(found.fitted.channels, 3, 'one image has colour');
  });

  it('gives mean and deviation per channel of what a run would see', async () => {
    const { mean, deviation } = await described({ size: 8, channels: 3 });
    // 3 × 0, 3 × 200, 1 × 100 in every channel, and one red image.
    const red = (3 * 0 + 3 * 200 + 100 + 255) / 8;
    const green = (3 * 0 + 3 * 200 + 100) / 8;
    assert.deepEqual(
      mean.map((value) => Number(value.toFixed(6))),
      [red, green, green].map((value) => Number(value.toFixed(6))),
    );
    const expected = Math.sqrt((3 * red ** 2 + 3 * (200 - red) ** 2 + (100 - red) ** 2 + (255 - red) ** 2) / 8);
    assert.ok(Math.abs((deviation[0] ?? 0) - expected) < 1e-6);
  });

  it('previews as many as there are, and samples large sets evenly', async () => {
    const few = await described({ size: 8, channels: 1, most: 4 });
    assert.deepEqual([few.nFound, few.nRead], [9, 4]);
    assert.match(few.preview ?? '', /^iVBOR/);
  });

  it('suggests a size that generators have, and colour where there is any', () => {
    const of = (width: number, nColour = 0) => suggestedFit({ sizes: [{ width, height: width, count: 1 }], nColour });
    assert.deepEqual(
      [of(28), of(64, 2), of(250), of(9)],
      [
        { size: 32, channels: 1 },
        { size: 64, channels: 3 },
        { size: 128, channels: 1 },
        { size: 16, channels: 1 },
      ],
    );
  });

  it('says what is wrong with a path that holds none', async () => {
    const result = await describeImages({ path: path.join(folder, 'nothing'), most: 10 });
    assert.equal(result.ok ? '' : result.problem.code, 'SWP_IMAGES_NOT_FOUND');
  });
});
