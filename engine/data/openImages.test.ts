/**
 * Real files on a real disk: good ones of every kind become the same pixels everywhere, bad ones are
 * skipped with their reason, and too many bad ones are refused.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { encode } from 'fast-png';
import { sampleJpeg } from './imageFixtures.ts';
import { locateJpegWasm } from './locateJpegWasm.ts';
import { openImages, type ImageRequest } from './openImages.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'slimwise-images-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const grey = (value: number, size = 4) =>
  encode({ width: size, height: size, channels: 1, data: new Uint8Array(size * size).fill(value) });

function put(name: string, bytes: Uint8Array): void {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  writeFileSync(path.join(root, name), bytes);
}

async function open(change: Partial<ImageRequest> = {}) {
  const opened = await openImages({ path: root, size: 4, channels: 1, ...change });
  assert.ok(opened.ok, JSON.stringify(opened));
  const { pixels } = opened.value;
  assert.ok(pixels instanceof Uint8Array, 'a small set is held in memory');
  return { ...opened.value, pixels };
}

async function refusal(change: Partial<ImageRequest> = {}) {
  const opened = await openImages({ path: root, size: 4, channels: 1, ...change });
  assert.ok(!opened.ok, 'it was accepted');
  return opened.problem;
}

/** 200 good images, so that one or two bad ones are within 1 %. */
function putMany(): void {
  for (let i = 0; i < 200; i++) put(`good/${String(i).padStart(3, '0')}.png`, grey(i));
}

function idx(sizes: readonly number[], nBytes: number, type = 8): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * sizes.length + nBytes);
  bytes.set([0, 0, type, sizes.length]);
  for (const [i, size] of sizes.entries()) new DataView(bytes.buffer).setUint32(4 + 4 * i, size);
  for (let i = 0; i < nBytes; i++) bytes[4 + 4 * sizes.length + i] = i % 251;
  return bytes;
}

describe('a folder of images', () => {
  it('is read in the order of its paths, subfolders too, and other files are left alone', async () => {
    put('b.png', grey(20));
    put('a/z.PNG', grey(10));
    put('labels.csv', new Uint8Array(3));
    put('.hidden.png', new Uint8Array(3));
    const set = await open();
    assert.deepEqual([set.nImages, set.pixels[0], set.pixels[16], set.skipped], [2, 10, 20, []]);
  });
  it('has a fingerprint of its pixels, not of its names or encodings', async () => {
    put('a.png', grey(9));
    const first = (await open()).fingerprint;
    assert.match(first, /^[0-9a-f]{64}$/);
    rmSync(path.join(root, 'a.png'));
    put('other.png', encode({ width: 4, height: 4, channels: 3, data: new Uint8Array(48).fill(9) }));
    assert.equal((await open()).fingerprint, first);
    put('other.png', grey(10));
    assert.notEqual((await open()).fingerprint, first);
  });
  it('reads JPEG beside PNG, by content and not by name', async () => {
    put('jpeg-named.png', await sampleJpeg(64, 48, [200, 30, 30]));
    put('png-named.jpg', encode({ width: 8, height: 8, channels: 3, data: new Uint8Array(192).fill(7) }));
    const set = await open({ size: 8, channels: 3 });
    assert.deepEqual(set.skipped, []);
    const [red = 0, green = 0, blue = 0] = set.pixels;
    assert.ok(
      Math.abs(red - 200) <= 3 && Math.abs(green - 30) <= 3 && Math.abs(blue - 30) <= 3,
      `${red} ${green} ${blue}`,
    );
    assert.equal(set.pixels[192], 7);
  });
  it('takes mixed sizes, sixteen bits, palettes and transparency', async () => {
    put('1-wide.png', encode({ width: 8, height: 4, channels: 1, data: new Uint8Array(32).fill(50) }));
    put('2-deep.png', encode({ width: 4, height: 4, channels: 1, depth: 16, data: new Uint16Array(16).fill(0x8080) }));
    put('3-clear.png', encode({ width: 4, height: 4, channels: 4, data: new Uint8Array(64).fill(0) }));
    put('4-half.png', encode({ width: 4, height: 4, channels: 2, data: new Uint8Array(32).fill(128) }));
    const set = await open();
    assert.deepEqual(set.skipped, []);
    assert.deepEqual(
      [0, 1, 2, 3].map((i) => set.pixels[i * 16]),
      [50, 0x80, 255, 191],
    );
  });
  it('stops at the limit', async () => {
    putMany();
    const progress: number[] = [];
    const set = await open({ limit: 150, onProgress: (done) => progress.push(done) });
    assert.deepEqual([set.nImages, progress], [150, [100]]);
  });
});

describe('bad images', () => {
  const sound = grey(5, 16);
  const bad: readonly (readonly [string, () => Uint8Array | Promise<Uint8Array>, RegExp])[] = [
    ['empty', () => new Uint8Array(), /empty/],
    ['cut in its header', () => sound.subarray(0, 20), /cut off within its header/],
    ['cut in its pixels', () => sound.subarray(0, sound.length - 20), /cut off/],
    ['with a flipped bit', () => sound.map((byte, i) => (i === 45 ? byte ^ 1 : byte)), /damaged/],
    ['of text', () => new TextEncoder().encode('<svg/>'), /neither PNG nor JPEG/],
    [
      'of 100,000 × 100,000 pixels',
      () => {
        const bytes = new Uint8Array(sound);
        new DataView(bytes.buffer).setUint32(16, 100_000);
        new DataView(bytes.buffer).setUint32(20, 100_000);
        return bytes;
      },
      /100000×100000 pixels, above the limit/,
    ],
    ['of no pixels', () => sound.map((byte, i) => (16 <= i && i < 20 ? 0 : byte)), /0×16 pixels/],
    [
      'a JPEG cut in half',
      async () => (await sampleJpeg(32, 32, [1, 2, 3])).subarray(0, 300),
      /cut off|damaged|no JPEG/,
    ],
    [
      'a JPEG of segments without end',
      () => Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 0, 0xff, 0xe0, 0, 0),
      /segments|cut off/,
    ],
  ];
  for (const [name, make, reason] of bad) {
    it(`${name}: skipped, listed with the reason`, async () => {
      putMany();
      put('bad.png', await make());
      const set = await open();
      assert.equal(set.nImages, 200);
      assert.deepEqual(
        set.skipped.map(({ file }) => file),
        ['bad.png'],
      );
      assert.match(set.skipped[0]?.reason ?? '', reason);
    });
  }
  it('are refused above 1 %, naming them', async () => {
    putMany();
    for (const name of ['x.png', 'y.png', 'z.png']) put(name, new Uint8Array());
    const problem = await refusal();
    assert.equal(problem.code, 'SWP_IMAGES_TOO_MANY_BAD');
    assert.match(problem.message, /^3 of 203 images .* x\.png: the file is empty; y\.png/);
  });
  it('alone are refused too', async () => {
    put('x.png', new Uint8Array());
    assert.equal((await refusal()).code, 'SWP_IMAGES_TOO_MANY_BAD');
  });
});

describe('odd folders', () => {
  it('links to files are read; loops, broken links and pipes are not followed', async function () {
    if (process.platform === 'win32') return;
    putMany();
    symlinkSync(path.join(root, 'good/000.png'), path.join(root, 'linked.png'));
    symlinkSync(root, path.join(root, 'good/loop'));
    symlinkSync(path.join(root, 'gone.png'), path.join(root, 'broken.png'));
    execFileSync('mkfifo', [path.join(root, 'pipe.png')]);
    const set = await open();
    assert.equal(set.nImages, 201);
    assert.deepEqual(set.skipped.map(({ file }) => file).sort(), ['broken.png', 'pipe.png']);
  });
  it('missing, empty, without images: a problem each', async () => {
    assert.equal((await refusal({ path: path.join(root, 'gone') })).code, 'SWP_IMAGES_NOT_FOUND');
    assert.equal((await refusal()).code, 'SWP_IMAGES_EMPTY');
    put('readme.txt', new Uint8Array(4));
    assert.equal((await refusal()).code, 'SWP_IMAGES_EMPTY');
    if (existsSync('/dev/null')) assert.equal((await refusal({ path: '/dev/null' })).code, 'SWP_IMAGES_UNSUPPORTED');
  });
});

describe('an IDX file', () => {
  it('is read plain and compressed, and 28 becomes 32 by interpolation', async () => {
    put('plain.idx', idx([3, 28, 28], 3 * 784));
    put('packed.idx.gz', gzipSync(idx([3, 28, 28], 3 * 784)));
    const plain = await open({ path: path.join(root, 'plain.idx'), size: 32 });
    const packed = await open({ path: path.join(root, 'packed.idx.gz'), size: 32 });
    assert.deepEqual([plain.nImages, plain.pixels.length], [3, 3 * 1024]);
    assert.equal(plain.fingerprint, packed.fingerprint);
    assert.equal((await open({ path: path.join(root, 'plain.idx'), limit: 2 })).nImages, 2);
  });
  for (const [name, bytes, code, words] of [
    ['labels', idx([5], 5), 'SWP_IMAGES_UNSUPPORTED', /1 dimensions/],
    ['floats', idx([1, 2, 2], 16, 0x0d), 'SWP_IMAGES_UNSUPPORTED', /type 0xd/],
    ['cut short', idx([3, 28, 28], 100), 'SWP_IMAGES_UNREADABLE', /promises 2352 bytes of pixels and 100 follow/],
    ['a tail', idx([1, 2, 2], 5), 'SWP_IMAGES_UNREADABLE', /promises 4/],
    ['4 billion images', idx([0xffffffff, 0xffff, 0xffff], 4), 'SWP_IMAGES_UNREADABLE', /promises/],
    ['no images', idx([0, 28, 28], 0), 'SWP_IMAGES_UNREADABLE', /no images/],
    ['a damaged archive', gzipSync(idx([1, 2, 2], 4)).subarray(0, 20), 'SWP_IMAGES_UNREADABLE', /unpack/],
    ['text', new TextEncoder().encode('hello'), 'SWP_IMAGES_UNSUPPORTED', /./],
  ] as const) {
    it(`of ${name} is refused`, async () => {
      put('file', bytes);
      const problem = await refusal({ path: path.join(root, 'file') });
      assert.equal(problem.code, code);
      assert.match(problem.message, words);
    });
  }
  it('reads the shipped sample: Fashion-MNIST’s 10,000 images', async function () {
    const sample = fileURLToPath(new URL('../../samples/dcgan/data/t10k-images-idx3-ubyte.gz', import.meta.url));
    if (!existsSync(sample)) return console.warn('      (no sample images here)');
    const set = await open({ path: sample, size: 28 });
    assert.equal(set.nImages, 10_000);
    let sum = 0;
    for (const value of set.pixels) sum += value;
    const mean = sum / set.pixels.length / 255;
    assert.ok(Math.abs(mean - 0.2868) < 0.002, `mean ${mean}`);
  });
});

describe('the JPEG decoder', () => {
  it('is found beside a bundle, in a folder without node_modules', async function () {
    this.timeout(30_000);
    const bundle = path.join(root, 'bundle.mjs');
    buildSync({
      stdin: {
        contents: `import { openImages } from './openImages.ts'; console.log(JSON.stringify(await openImages({ path: process.argv[2], size: 2, channels: 1 }), (k, v) => (v instanceof Uint8Array ? [...v] : v)));`,
        resolveDir: path.dirname(fileURLToPath(import.meta.url)),
      },
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'esm',
      banner: { js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url);" },
    });
    mkdirSync(path.join(root, 'wasm'));
    cpSync(locateJpegWasm(), path.join(root, 'wasm', 'mozjpeg_dec.wasm'));
    put('images/a.jpg', await sampleJpeg(16, 16, [90, 90, 90]));
    const said = execFileSync(process.execPath, [bundle, path.join(root, 'images')], { encoding: 'utf8' });
    const opened = JSON.parse(said) as { ok: boolean; value: { pixels: number[] } };
    assert.ok(opened.ok && opened.value.pixels.every((value) => Math.abs(value - 90) <= 2), said);
  });
});
