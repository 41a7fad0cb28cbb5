/** Images in archives and arrays open as the same pixels that a folder or an IDX file gives. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { encode } from 'fast-png';
import { npyFile, tarFile, zipFile } from '../formats/archiveFixtures.ts';
import { openImages } from './openImages.ts';

let root = '';
before(() => {
  root = mkdtempSync(path.join(tmpdir(), 'slimwise-archives-'));
});
after(() => rmSync(root, { recursive: true, force: true }));

const png = (value: number) => encode({ width: 4, height: 4, channels: 1, data: new Uint8Array(16).fill(value) });

async function open(bytes: Uint8Array, channels: 1 | 3 = 1) {
  const file = path.join(root, 'images');
  writeFileSync(file, bytes);
  const opened = await openImages({ path: file, size: 4, channels });
  if (!opened.ok) return opened;
  const { pixels } = opened.value;
  assert.ok(pixels instanceof Uint8Array, 'a small set is held in memory');
  return { ok: true, value: { ...opened.value, pixels } } as const;
}

async function pixels(bytes: Uint8Array, channels: 1 | 3 = 1): Promise<readonly number[]> {
  const opened = await open(bytes, channels);
  assert.ok(opened.ok, JSON.stringify(opened));
  return Array.from({ length: opened.value.nImages }, (_, i) => opened.value.pixels[i * 16 * channels] ?? NaN);
}

async function refusal(bytes: Uint8Array): Promise<string> {
  const opened = await open(bytes);
  assert.ok(!opened.ok, 'it was accepted');
  return `${opened.problem.code} ${opened.problem.message}`;
}

describe('archives of images', () => {
  const entries = [
    ['d/b.png', png(2)],
    ['a.png', png(1)],
    ['labels.txt', new Uint8Array(3)],
    ['../../x.png', png(3)],
  ] as const;
  it('tar, tar.gz and zip: by sorted names, other files left alone, names never used as paths', async () => {
    assert.deepEqual(await pixels(tarFile(entries)), [3, 1, 2]);
    assert.deepEqual(await pixels(gzipSync(tarFile(entries))), [3, 1, 2]);
    assert.deepEqual(await pixels(zipFile(entries.map(([name, content]) => ({ name, content })))), [3, 1, 2]);
  });
  it('with damaged entries: skipped and listed within 1 %, refused above', async () => {
    const many = Array.from({ length: 150 }, (_, i) => ({ name: `${i}.png`, content: png(i) }));
    const opened = await open(zipFile([...many, { name: 'x.png', packed: new Uint8Array(9), unpackedBytes: 100 }]));
    assert.ok(opened.ok);
    assert.deepEqual(
      opened.value.skipped.map(({ file }) => file),
      ['x.png'],
    );
    assert.match(await refusal(zipFile([{ name: 'x.png', content: new Uint8Array(5) }])), /TOO_MANY_BAD/);
  });
  it('without images, or cut off, are refused', async () => {
    assert.match(await refusal(tarFile([['readme', new Uint8Array(1)]])), /SWP_IMAGES_EMPTY/);
    assert.match(await refusal(tarFile(entries).subarray(0, 700)), /SWP_IMAGES_UNREADABLE .*cut off/);
    assert.match(await refusal(gzipSync(tarFile(entries)).subarray(0, 100)), /SWP_IMAGES_UNREADABLE .*unpack/);
  });
});

describe('arrays of images', () => {
  const flat = (values: readonly number[], each: number) =>
    values.flatMap((value) => new Array<number>(each).fill(value));
  it('uint8 as they are, uint16 by their upper byte', async () => {
    assert.deepEqual(await pixels(npyFile('|u1', [2, 4, 4], Uint8Array.from(flat([7, 9], 16)))), [7, 9]);
    assert.deepEqual(
      await pixels(npyFile('<u2', [1, 4, 4], new Uint8Array(new Uint16Array(16).fill(0x7f7f).buffer))),
      [127],
    );
  });
  it('floats in [0, 1], [−1, 1] and [0, 255], seen from the values', async () => {
    const float = (values: readonly number[]) =>
      npyFile('<f4', [2, 4, 4], new Uint8Array(Float32Array.from(flat(values, 16)).buffer));
    assert.deepEqual(await pixels(float([0, 1])), [0, 255]);
    assert.deepEqual(await pixels(float([-1, 1])), [0, 255]);
    assert.deepEqual(await pixels(float([0, 200])), [0, 200]);
    assert.match(await refusal(float([-3, 1])), /SWP_IMAGES_UNSUPPORTED .*from -3 to 1/);
    assert.match(await refusal(float([NaN, 1])), /not finite/);
  });
  it('channels first and last give the same colours', async () => {
    const last = npyFile(
      '|u1',
      [1, 4, 4, 3],
      Uint8Array.from({ length: 48 }, (_, i) => [10, 20, 30][i % 3] ?? 0),
    );
    const first = npyFile('|u1', [1, 3, 4, 4], Uint8Array.from(flat([10, 20, 30], 16)));
    const [a, b] = [await open(last, 3), await open(first, 3)];
    assert.ok(a.ok && b.ok && a.value.fingerprint === b.value.fingerprint);
    assert.deepEqual([...a.value.pixels.subarray(0, 3)], [10, 20, 30]);
  });
  it('of an npz: the one with a usual name, else the largest', async () => {
    const array = (value: number, n: number) => npyFile('|u1', [n, 4, 4], new Uint8Array(16 * n).fill(value));
    assert.deepEqual(
      await pixels(
        zipFile([
          { name: 'test.npy', content: array(1, 3) },
          { name: 'x_train.npy', content: array(2, 1) },
        ]),
      ),
      [2],
    );
    assert.deepEqual(
      await pixels(
        zipFile([
          { name: 'few.npy', content: array(1, 1) },
          { name: 'many.npy', content: array(2, 2) },
        ]),
      ),
      [2, 2],
    );
  });
  it('of labels, pickles and damaged files are refused', async () => {
    assert.match(await refusal(npyFile('|u1', [5], new Uint8Array(5))), /SWP_IMAGES_UNSUPPORTED .*shape \(5\)/);
    assert.match(await refusal(npyFile('|O', [1], new Uint8Array(8))), /pickle/);
    const damaged = zipFile([{ name: 'x.npy', packed: new Uint8Array(30), unpackedBytes: 100 }]);
    assert.match(await refusal(damaged), /SWP_IMAGES_UNREADABLE .*x\.npy/);
  });
});
