/**
 * Sets that are read from disk give the batches of sets in memory, bit for bit, whatever they are stored as; and the
 * cache behind them is bounded, made again when it is stale or damaged, and leaves nothing behind when it cannot be
 * written.
 */
import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { encode } from 'fast-png';
import { ProblemError } from '../../core/rpc/rpc.ts';
import { npyFile, tarFile, zipFile } from '../formats/archiveFixtures.ts';
import { memoryDisk, type MemoryDisk } from '../runs/memoryDisk.ts';
import { realDisk } from '../runs/diskPort.ts';
import { processes } from '../runs/runStoreFixture.ts';
import { rng } from '../random/rng.ts';
import { cacheFiles } from './imageCache.ts';
import { batchAt, imagesAt, releaseImages, type ImageSet } from './imageSet.ts';
import { openImages, type ImageRequest } from './openImages.ts';
import { prepareImages, type CachePlace, type CachePorts } from './prepareImages.ts';

let root = '';
let cache = '';
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'slimwise-streamed-'));
  cache = path.join(root, 'cache');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const side = 12;
const noise = (image: number): Uint8Array => {
  const stream = rng(5, image, 'test image');
  return Uint8Array.from({ length: side * side * 3 }, () => stream.int(256));
};
const png = (image: number): Uint8Array => encode({ width: side, height: side, channels: 3, data: noise(image) });
const inMemory = { memoryBytes: 2 ** 30, cacheBytes: 2 ** 30 };
const onDisk = { memoryBytes: 0, cacheBytes: 2 ** 30 };

function put(name: string, bytes: Uint8Array): string {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
}

function putFolder(count: number, name = 'images'): string {
  for (let i = 0; i < count; i++) put(`${name}/${i}.png`, png(i));
  return path.join(root, name);
}

async function open(request: ImageRequest, limits: typeof inMemory): Promise<ImageSet> {
  const opened = await openImages(request, cache, limits);
  assert.ok(opened.ok, JSON.stringify(opened));
  return opened.value;
}

/** The same set both ways, with the same batches and the same images. */
async function sameBothWays(request: ImageRequest): Promise<ImageSet> {
  const held = await open(request, inMemory);
  const streamed = await open(request, onDisk);
  assert.ok(held.pixels instanceof Uint8Array && !(streamed.pixels instanceof Uint8Array));
  const { pixels: _held, ...expected } = held;
  const { pixels: _streamed, ...found } = streamed;
  assert.deepEqual(found, expected);
  for (const step of [0, 1, 7, 5_000]) {
    const position = { seed: 3, step, batchSize: 16, purpose: 'real' };
    assert.deepEqual(batchAt(streamed, position), batchAt(held, position));
  }
  const all = Uint32Array.from({ length: held.nImages }, (_, i) => i);
  assert.deepEqual(imagesAt(streamed, all), imagesAt(held, all));
  releaseImages(streamed);
  return held;
}

describe('a set that is read from disk', function () {
  this.timeout(60_000);
  const named = (order: readonly number[]) => order.map((i) => [`d/${i}.png`, png(i)] as const);

  it('of a folder, in the order of names, bad images skipped', async () => {
    const folder = putFolder(150);
    put('images/77b.png', new Uint8Array(9));
    const { nImages, skipped } = await sameBothWays({ path: folder, size: 8, channels: 1 });
    assert.deepEqual([nImages, skipped.map(({ file }) => file)], [150, ['77b.png']]);
  });
  it('of a tar.gz whose entries are in another order, with a limit that bad images shift', async () => {
    const shuffled = rng(1, 0, 'order').permutation(240);
    const entries = named([...shuffled]).map(([name, bytes]) =>
      name === 'd/105.png' ? ([name, new Uint8Array(4)] as const) : ([name, bytes] as const),
    );
    const file = put('images.tar.gz', gzipSync(tarFile(entries)));
    const { nImages, skipped } = await sameBothWays({ path: file, size: side, channels: 3, limit: 120 });
    assert.deepEqual([nImages, skipped.map(({ file }) => file)], [120, ['d/105.png']]);
    await sameBothWays({ path: put('plain.tar', tarFile(entries)), size: 8, channels: 3 });
  });
  it('of a zip, an npz and an npy, packed or not', async () => {
    const pixels = Uint8Array.from(Array.from({ length: 40 }, (_, i) => [...noise(i)]).flat());
    const array = npyFile('|u1', [40, side, side, 3], pixels);
    const zipped = zipFile(named([2, 0, 1, 10]).map(([name, content]) => ({ name, content })));
    await sameBothWays({ path: put('images.zip', zipped), size: side, channels: 3 });
    await sameBothWays({
      path: put('packed.npz', zipFile([{ name: 'images.npy', content: array }])),
      size: 8,
      channels: 3,
    });
    await sameBothWays({
      path: put('stored.npz', zipFile([{ name: 'images.npy', content: array, method: 0 }])),
      size: 8,
      channels: 1,
    });
    const floats = new Uint8Array(Float32Array.from(pixels, (value) => value / 127.5 - 1).buffer);
    await sameBothWays({ path: put('first.npy', npyFile('<f4', [40, 3, side, side], floats)), size: 16, channels: 3 });
  });
  it('of IDX, packed or not', async () => {
    const header = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 90, 0, 0, 0, side, 0, 0, 0, side);
    const idx = Buffer.concat([header, ...Array.from({ length: 90 }, (_, i) => noise(i).subarray(0, side * side))]);
    await sameBothWays({ path: put('a.idx', idx), size: 16, channels: 1 });
    await sameBothWays({ path: put('a.idx.gz', gzipSync(idx)), size: side, channels: 1, limit: 50 });
  });
  it('is refused above 1 % bad, and where the file is cut off, with the words of a set in memory', async () => {
    const folder = putFolder(100);
    put('images/x.png', new Uint8Array(3));
    put('images/y.png', new Uint8Array(3));
    const cut = put('cut.tar.gz', gzipSync(tarFile(named([0, 1, 2]))).subarray(0, 900));
    for (const source of [folder, cut, path.join(root, 'gone')]) {
      const request = { path: source, size: 8, channels: 1 } as const;
      const [held, streamed] = [await openImages(request, cache, inMemory), await openImages(request, cache, onDisk)];
      assert.ok(!held.ok && !streamed.ok);
      assert.deepEqual(streamed.problem, held.problem);
    }
    assert.deepEqual(entries(), []);
  });
  it('says so when its file is gone bad under it', async () => {
    const streamed = await open({ path: putFolder(6), size: 8, channels: 1 }, onDisk);
    truncateSync(path.join(cache, entries()[0] ?? '', cacheFiles.pixels), 100);
    assert.throws(
      () => imagesAt(streamed, [5]),
      (error) => error instanceof ProblemError && error.problem.code === 'SWP_IMAGE_CACHE_LOST',
    );
    releaseImages(streamed);
    releaseImages(streamed);
  });
});

/** Folders in the cache. */
function entries(): readonly string[] {
  return readdirSync(root).includes('cache') ? readdirSync(cache).filter((name) => !name.startsWith('.git')) : [];
}

describe('the cache of decoded images', function () {
  this.timeout(60_000);
  const reading = (change: Partial<ImageRequest> = {}) => {
    const progress: number[] = [];
    const request = {
      path: path.join(root, 'images'),
      size: 8,
      channels: 1 as const,
      onProgress: (done: number) => progress.push(done),
      ...change,
    };
    return { request, progress };
  };

  it('is used again without decoding, and made again when a file changes, replacing the old entry', async () => {
    putFolder(120);
    const first = reading();
    const before = await open(first.request, onDisk);
    const [entry] = entries();
    assert.deepEqual(first.progress, [100]);
    const again = reading();
    assert.equal((await open(again.request, onDisk)).fingerprint, before.fingerprint);
    assert.deepEqual(again.progress, []);
    const changed = put('images/5.png', png(900));
    utimesSync(changed, new Date(1e12), new Date(1e12));
    assert.notEqual((await open(reading().request, onDisk)).fingerprint, before.fingerprint);
    assert.ok(entries().length === 1 && entries()[0] !== entry);
    await open(reading({ size: 9 }).request, onDisk);
    assert.equal(entries().length, 2, 'another fit is another entry');
  });

  it('is made again when any part of it is damaged', async () => {
    putFolder(120);
    const { fingerprint } = await open(reading().request, onDisk);
    const inEntry = (name: string) => path.join(cache, entries()[0] ?? '', name);
    const flip = (bytes: Buffer, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
    for (const damage of [
      () => writeFileSync(inEntry(cacheFiles.pixels), flip(readFileSync(inEntry(cacheFiles.pixels)), 4_000)),
      () => truncateSync(inEntry(cacheFiles.pixels), 64),
      () => rmSync(inEntry(cacheFiles.pixels)),
      () => writeFileSync(inEntry(cacheFiles.record), '{"format":1'),
      () => writeFileSync(inEntry(cacheFiles.record), '{"format":0}'),
    ]) {
      damage();
      const rebuilt = reading();
      assert.equal((await open(rebuilt.request, onDisk)).fingerprint, fingerprint);
      assert.deepEqual(rebuilt.progress, [100]);
      assert.equal(entries().length, 1);
    }
  });

  it('takes no more room than it may: what was not used for longest goes first', async () => {
    for (const name of ['a', 'b', 'c']) putFolder(10, name);
    const bytes = 10 * 64;
    const limits = { memoryBytes: 0, cacheBytes: 2 * bytes };
    const use = (name: string) => open(reading({ path: path.join(root, name) }).request, limits);
    await use('a');
    const [a] = entries();
    await use('b');
    const b = entries().find((name) => name !== a);
    // The date of the last use, without waiting for clocks.
    utimesSync(path.join(cache, a ?? '', cacheFiles.record), new Date(2e12), new Date(2e12));
    await use('c');
    assert.deepEqual([entries().length, entries().includes(a ?? ''), entries().includes(b ?? '')], [2, true, false]);
    const tooLarge = await openImages(reading({ path: path.join(root, 'a'), size: 32 }).request, cache, limits);
    assert.equal(tooLarge.ok ? '' : tooLarge.problem.code, 'SWP_IMAGES_TOO_LARGE');
  });

  it('leaves nothing behind when it is stopped, before or in the middle', async () => {
    putFolder(300);
    const early = new AbortController();
    early.abort();
    const refused = await openImages(reading({ signal: early.signal }).request, cache, onDisk);
    assert.equal(refused.ok ? '' : refused.problem.code, 'SWP_IMAGES_CANCELLED');
    const stop = new AbortController();
    const { request } = reading({ onProgress: () => stop.abort(), signal: stop.signal });
    const ports: CachePorts = { disk: realDisk, processes: processes(9), nowMs: () => 0 };
    const stopped = await prepareImages(request, { folder: cache, mostBytes: 1e9 }, ports);
    assert.equal(stopped.ok ? '' : stopped.problem.code, 'SWP_IMAGES_CANCELLED');
    assert.deepEqual(entries(), []);
  });

  it('removes what dead processes left, and leaves alone what a living one is writing', async () => {
    putFolder(3);
    const left = (name: string, pid: number) =>
      put(`cache/${name}/lock`, new TextEncoder().encode(JSON.stringify({ pid, host: 'h', startTime: '1' })));
    left('.tmp-7-0', 7);
    left('.tmp-8-0', 8);
    const ports: CachePorts = { disk: realDisk, processes: processes(9, new Set([7])), nowMs: () => 0 };
    const prepared = await prepareImages(reading().request, { folder: cache, mostBytes: 1e6 }, ports);
    assert.ok(prepared.ok, JSON.stringify(prepared));
    assert.deepEqual([entries().includes('.tmp-7-0'), entries().includes('.tmp-8-0')], [false, true]);
  });
});

describe('a disk that fails under the cache', function () {
  this.timeout(60_000);
  const place: CachePlace = { folder: '/cache', mostBytes: 1e9 };
  const prepare = (disk: MemoryDisk, change: Partial<ImageRequest> = {}) =>
    prepareImages({ path: path.join(root, 'images'), size: 8, channels: 1, ...change }, place, {
      disk,
      processes: processes(1),
      nowMs: () => 0,
    });
  const files = (disk: MemoryDisk) => [...disk.files().keys()].filter((name) => !name.endsWith('.gitignore'));

  it('that is full before or during the decoding is a problem that loses nothing', async () => {
    putFolder(250);
    put('other/a.png', png(1));
    const disk = memoryDisk({ capacityBytes: 1e6 });
    assert.ok((await prepare(disk, { path: path.join(root, 'other') })).ok);
    const before = files(disk);
    const room = disk.usedBytes();
    disk.setCapacity(room + 250 * 64 - 1);
    const refused = await prepare(disk);
    assert.equal(refused.ok ? '' : refused.problem.code, 'SWP_IMAGE_CACHE_FULL');
    disk.setCapacity(1e6);
    const cut = await prepare(disk, {
      onProgress: (done) => void (done === 200 && disk.setCapacity(disk.usedBytes() + 10)),
    });
    assert.equal(cut.ok ? '' : cut.problem.code, 'SWP_IMAGE_CACHE_FULL');
    assert.deepEqual(files(disk), before, 'what was begun is gone, what was there is not');
    disk.setCapacity(1e6);
    assert.ok((await prepare(disk)).ok, 'with room again it is made');
  });

  it('at any call gives a problem or a sound set, and the next try a sound one', async () => {
    putFolder(5);
    const sound = await prepare(memoryDisk());
    assert.ok(sound.ok);
    const count = memoryDisk();
    await prepare(count);
    for (let failAt = 1; failAt <= count.nCalls(); failAt++) {
      const disk = memoryDisk({ failAt, code: 'EIO' });
      const first = await prepare(disk);
      if (first.ok) assert.equal(first.value.record.fingerprint, sound.value.record.fingerprint, `call ${failAt}`);
      else assert.match(first.problem.code, /^SWP_(IMAGE_CACHE|DISK|RUN_LOCKED)/, `call ${failAt}`);
      const second = await prepare(disk);
      assert.ok(second.ok, `after call ${failAt}: ${JSON.stringify(second)}`);
      assert.equal(second.value.record.fingerprint, sound.value.record.fingerprint, `call ${failAt}`);
    }
  });
});
