/**
 * Hostile and damaged archives and arrays: each is refused with words before anything is allocated for it,
 * and no bytes whatever make a reader throw or hang. Sound ones are built here byte by byte.
 */
import assert from 'node:assert/strict';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { npyFile, tarFile, zipFile } from './archiveFixtures.ts';
import { createByteReader } from './byteReader.ts';
import { chunksOf, randomBytesOf } from './randomBytes.ts';
import { npyValues, readNpyHeader, type NpyValues } from './readNpy.ts';
import { isTar, readTar as streamTar } from './readTar.ts';
import { isZip, readZip as readZipAt } from './readZip.ts';

const text = (words: string) => new TextEncoder().encode(words);

function changed(bytes: Uint8Array, at: number, value: number, width: 1 | 2 | 4 = 1): Uint8Array {
  const copy = new Uint8Array(bytes);
  const view = new DataView(copy.buffer);
  if (width === 1) view.setUint8(at, value);
  else if (width === 2) view.setUint16(at, value, true);
  else view.setUint32(at, value, true);
  return copy;
}

type Reading<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly reason: string };

/** In chunks of 100 bytes, so that every header and content lies across several. */
const readerOf = (bytes: Uint8Array) => createByteReader(chunksOf(bytes, 100));

async function readTar(
  bytes: Uint8Array,
): Promise<Reading<{ files: readonly { readonly name: string; readonly bytes: Uint8Array }[] }>> {
  const files = [];
  try {
    for await (const entry of streamTar(readerOf(bytes))) files.push({ name: entry.name, bytes: await entry.read() });
    return { ok: true, files };
  } catch (error) {
    return { ok: false, reason: (error as Error).message };
  }
}

async function readNpy(bytes: Uint8Array): Promise<Reading<{ shape: readonly number[]; values: NpyValues }>> {
  const reader = readerOf(bytes);
  const read = await readNpyHeader(reader);
  if (!read.ok) return read;
  const { shape, type, nBytes } = read.header;
  const follow = bytes.length - reader.position;
  if (follow !== nBytes) return { ok: false, reason: `its shape needs ${nBytes} bytes and ${follow} follow` };
  return { ok: true, shape, values: npyValues(await reader.take(nBytes), type) };
}

const readZip = (bytes: Uint8Array) => readZipAt(randomBytesOf(bytes));

describe('readTar', () => {
  const sound = tarFile([
    ['a.png', text('first')],
    [`${'deep/'.repeat(40)}b.png`, text('second, with a long name')],
    ['empty.png', new Uint8Array()],
  ]);
  it('reads files with short, long and no content', async () => {
    const read = await readTar(sound);
    assert.ok(read.ok && isTar(sound));
    assert.deepEqual(
      read.files.map(({ name, bytes }) => [name, new TextDecoder().decode(bytes)]),
      [
        ['a.png', 'first'],
        [`${'deep/'.repeat(40)}b.png`, 'second, with a long name'],
        ['empty.png', ''],
      ],
    );
  });
  it('leaves links, devices and folders out', async () => {
    const read = await readTar(
      tarFile([
        ['link', new Uint8Array(), '2'],
        ['dev', new Uint8Array(), '3'],
        ['dir/', new Uint8Array(), '5'],
        ['x', text('x')],
      ]),
    );
    assert.deepEqual(read.ok && read.files.map(({ name }) => name), ['x']);
  });
  for (const [name, bytes, words] of [
    ['a flipped name', changed(sound, 0, 0x7a), /wrong checksum/],
    ['a cut within a file', sound.subarray(0, 514), /cut off within/],
    ['no end mark', sound.subarray(0, 1024), /end mark is missing/],
    ['a size that is no number', tarFile([['a', text('x'), '0', 'zzzzzzzzzzz']]), /no sound size/],
    ['a size beyond the file', tarFile([['a', text('x'), '0', '77777777777']]), /cut off within/],
    ['a negative size', tarFile([['a', text('x'), '0', '-0000000001']]), /no sound size/],
  ] as const) {
    it(`refuses ${name}`, async () => {
      const read = await readTar(bytes);
      assert.ok(!read.ok);
      assert.match(read.reason, words);
    });
  }
});

describe('readZip', () => {
  const sound = zipFile([
    { name: 'a.npy', content: text('hello hello hello hello') },
    { name: 'b.npy', content: text('stored'), method: 0 },
  ]);
  const central = sound.lastIndexOf(0x02, sound.length - 40);
  /** The directory's first entry starts with its signature. */
  const directory = new DataView(sound.buffer).getUint32(sound.length - 6, true);
  it('reads packed and stored entries', () => {
    const read = readZip(sound);
    assert.ok(read.ok && isZip(sound) && central > 0);
    assert.deepEqual(
      read.entries.map((entry) => [entry.name, new TextDecoder().decode(entry.read())]),
      [
        ['a.npy', 'hello hello hello hello'],
        ['b.npy', 'stored'],
      ],
    );
  });
  it('gives an entry whole or as a stream, and both say what is wrong with a damaged one', async () => {
    const streamed = async (archive: Uint8Array) => {
      const read = readZip(archive);
      assert.ok(read.ok);
      const chunks = [];
      for await (const chunk of read.entries[0]?.stream() ?? []) chunks.push(chunk);
      return Buffer.concat(chunks).toString();
    };
    assert.equal(await streamed(sound), 'hello hello hello hello');
    const stored = zipFile([{ name: 'b.npy', content: text('stored'), method: 0 }]);
    await assert.rejects(streamed(changed(stored, 36, 0x7a)), /checksum is wrong/);
    const short = zlib.deflateRawSync(text('short'));
    await assert.rejects(streamed(zipFile([{ name: 'x', packed: short, unpackedBytes: 3 }])), /more than 3 bytes/);
    await assert.rejects(streamed(zipFile([{ name: 'x', packed: short, unpackedBytes: 9 }])), /5 of 9 bytes/);
  });
  it('says of a damaged entry what is wrong when it is read', () => {
    for (let at = 35; at < directory; at++) {
      const read = readZip(changed(sound, at, (sound[at] ?? 0) ^ 0x10));
      if (!read.ok) continue;
      for (const [i, entry] of read.entries.entries()) {
        try {
          const whole = ['hello hello hello hello', 'stored'][i];
          assert.equal(new TextDecoder().decode(entry.read()), whole);
        } catch (error) {
          assert.ok(error instanceof Error && error.name !== 'AssertionError', `byte ${at}: ${String(error)}`);
        }
      }
    }
  });
  it('stops a bomb that unpacks to more than it says', () => {
    const bomb = zlib.deflateRawSync(new Uint8Array(50_000_000));
    const read = readZip(zipFile([{ name: 'bomb', packed: bomb, unpackedBytes: 1000 }]));
    assert.ok(read.ok);
    const before = process.memoryUsage().rss;
    assert.throws(() => read.entries[0]?.read());
    assert.ok(process.memoryUsage().rss - before < 30_000_000);
  });
  const two = zipFile([
    { name: 'a', content: text('a'.repeat(50)) },
    { name: 'b', content: text('b'.repeat(50)) },
  ]);
  const firstOfTwo = new DataView(two.buffer).getUint32(two.length - 6, true);
  for (const [name, bytes, words] of [
    ['a cut end', sound.subarray(0, -5), /directory is missing/],
    ['a directory outside', changed(sound, sound.length - 6, 0xfffffff0, 4), /outside the file/],
    ['an encrypted entry', changed(sound, directory + 8, 1, 2), /encrypted/],
    ['an unknown method', changed(sound, directory + 10, 14, 2), /method 14/],
    ['a claim of 2 GiB from 20 bytes', changed(sound, directory + 24, 0x7fffffff, 4), /claims 2147483647 bytes/],
    ['a zip64 entry', changed(sound, directory + 24, 0xffffffff, 4), /4 GiB or more/],
    ['a header elsewhere', changed(sound, directory + 42, 3, 4), /no header/],
    ['content that runs into the directory', changed(sound, directory + 20, 5000, 4), /runs into the directory/],
    ['entries that overlap', changed(two, firstOfTwo + 46 + 1 + 42, 0, 4), /overlap/],
    ['more entries than there are', changed(sound, sound.length - 12, 9, 2), /entry 2 of its directory is damaged/],
  ] as const) {
    it(`refuses ${name}`, () => {
      const read = readZip(bytes);
      assert.ok(!read.ok, 'it was accepted');
      assert.match(read.reason, words);
    });
  }
});

describe('readNpy', () => {
  it('reads each type', async () => {
    const float = await readNpy(npyFile('<f4', [2, 2], new Uint8Array(Float32Array.of(0, 0.5, -1, 1).buffer)));
    assert.deepEqual(float, { ok: true, shape: [2, 2], values: Float32Array.of(0, 0.5, -1, 1) });
    const double = await readNpy(npyFile('<f8', [1], new Uint8Array(Float64Array.of(0.1).buffer)));
    assert.deepEqual(double, { ok: true, shape: [1], values: Float64Array.of(0.1) });
    const scalar = await readNpy(npyFile('|u1', [], Uint8Array.of(7)));
    assert.deepEqual(scalar, { ok: true, shape: [], values: Uint8Array.of(7) });
  });
  const raw = (header: string, data = new Uint8Array()) => npyFile('', [], data, header);
  for (const [name, bytes, words] of [
    ['a pickle', raw("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"), /never loaded/],
    [
      'a structured type',
      raw("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }"),
      /not the dictionary/,
    ],
    ['code instead of a dictionary', raw("__import__('os').system('x')"), /not the dictionary/],
    [
      'code as a value',
      raw("{'descr': '|u1', 'fortran_order': False, 'shape': (__import__('os'),), }"),
      /not the dictionary/,
    ],
    [
      'a key twice',
      raw("{'descr': '|u1', 'descr': '<f4', 'fortran_order': False, 'shape': (1,), }"),
      /not the dictionary/,
    ],
    ['a missing key', raw("{'descr': '|u1', 'shape': (1,), }"), /not the dictionary/],
    [
      'a claim of 32 GiB',
      raw("{'descr': '<f8', 'fortran_order': False, 'shape': (65536, 65536), }"),
      /needs 34359738368 bytes and 0 follow/,
    ],
    [
      'a size above 2^64',
      raw("{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,), }"),
      /not the dictionary/,
    ],
    [
      'a product that overflows',
      raw("{'descr': '|u1', 'fortran_order': False, 'shape': (4294967296, 4294967296, 4294967296), }"),
      /needs/,
    ],
    ['negative sizes', raw("{'descr': '|u1', 'fortran_order': False, 'shape': (-1,), }"), /not the dictionary/],
    [
      'Fortran order',
      raw("{'descr': '|u1', 'fortran_order': True, 'shape': (1, 1), }", new Uint8Array(1)),
      /Fortran order/,
    ],
    [
      'big-endian values',
      raw("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", new Uint8Array(4)),
      /big-endian/,
    ],
    [
      'an unknown type',
      raw("{'descr': '<c16', 'fortran_order': False, 'shape': (1,), }", new Uint8Array(16)),
      /"<c16"/,
    ],
    ['a long header', changed(npyFile('|u1', [1], new Uint8Array(1)), 8, 60_000, 2), /header claims 60000/],
    [
      'a header beyond the file',
      changed(npyFile('|u1', [1], new Uint8Array(1)), 8, 9_000, 2),
      /cut off within its header/,
    ],
    ['a tail', npyFile('|u1', [1], new Uint8Array(2)), /needs 1 bytes and 2 follow/],
    ['other bytes', new Uint8Array(100), /does not start/],
  ] as const) {
    it(`refuses ${name}`, async () => {
      const read = await readNpy(bytes);
      assert.ok(!read.ok, 'it was accepted');
      assert.match(read.reason, words);
    });
  }
});

describe('damaged at random', () => {
  const sounds = [
    tarFile([['a.png', text('content'.repeat(40))]]),
    zipFile([{ name: 'a.npy', content: text('content'.repeat(40)) }]),
    npyFile('<f4', [3, 2, 2], new Uint8Array(48)),
  ];
  it('no archive or array makes a reader throw', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...sounds),
        fc.array(fc.tuple(fc.nat(3000), fc.nat(255)), { maxLength: 5 }),
        fc.nat(3000),
        async (sound, changes, cut) => {
          const bytes = new Uint8Array(sound);
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          const part = bytes.subarray(0, cut);
          await readTar(part);
          readZip(part);
          await readNpy(part);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
