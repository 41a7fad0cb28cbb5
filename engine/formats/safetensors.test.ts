/**
 * The reader against files that are wrong in every way the format allows, and round trips for every dtype
 * and shape. Each refusal is checked by its words, so that one fault cannot hide behind another.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { float32Tensor, float32Values, readSafetensors, writeSafetensors, type StoredTensor } from './safetensors.ts';
import { parseStrictJson } from '../../core/json/strictJson.ts';

function file(
  header: string,
  dataBytes: number,
  declared = BigInt(new TextEncoder().encode(header).length),
): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, declared, true);
  bytes.set(text, 8);
  return bytes;
}

const f32 = (shape: number[], begin: number, end: number) =>
  `{"dtype":"F32","shape":${JSON.stringify(shape)},"data_offsets":[${begin},${end}]}`;

describe('readSafetensors refuses', () => {
  const attacks: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['nothing', new Uint8Array(), /0 bytes, too few/],
    ['half a length', new Uint8Array(5), /5 bytes, too few/],
    ['a header longer than the file', file('{}', 0, 50n), /claims 50 bytes and the file has only 2/],
    ['a header above 100 MB', file('{}', 0, 100_000_001n), /above the limit/],
    ['a header of 2^63 bytes', file('{}', 0, 2n ** 63n), /above the limit/],
    ['an empty header', file('', 0), /claims 0 bytes/],
    ['a header that is an array', file('[]', 0), /does not start with '\{'/],
    ['a header with a leading space', file(' {}', 0), /does not start with '\{'/],
    ['a header that is not UTF-8', Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff, 0x7d), /not UTF-8/],
    ['a header that ends early', file('{"a":', 0), /not plain JSON/],
    ['text after the header', file('{}x', 0), /something follows/],
    ['a duplicate name', file(`{"a":${f32([1], 0, 4)},"a":${f32([1], 4, 8)}}`, 8), /"a" appears twice/],
    ['an escaped duplicate name', file(`{"a":${f32([1], 0, 4)},"\\u0061":${f32([1], 4, 8)}}`, 8), /"a" appears twice/],
    ['deep nesting', file(`{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`, 0), /nested too deeply/],
    [
      'an integer above 2^53',
      file(`{"a":{"dtype":"F32","shape":[9007199254740993],"data_offsets":[0,4]}}`, 4),
      /too large/,
    ],
    ['overlapping tensors', file(`{"a":${f32([2], 0, 8)},"b":${f32([2], 4, 12)}}`, 12), /"b" overlaps/],
    ['two names for the same bytes', file(`{"a":${f32([2], 0, 8)},"b":${f32([2], 0, 8)}}`, 8), /overlaps/],
    ['a hole', file(`{"a":${f32([1], 0, 4)},"b":${f32([1], 8, 12)}}`, 12), /hole of 4 bytes before tensor "b"/],
    ['a hole at the start', file(`{"a":${f32([1], 4, 8)}}`, 8), /hole of 4 bytes before tensor "a"/],
    ['a tail', file(`{"a":${f32([1], 0, 4)}}`, 7), /3 bytes follow the last tensor/],
    ['a tail without tensors', file('{}', 1), /1 bytes follow/],
    ['a tensor beyond the end', file(`{"a":${f32([4], 0, 16)}}`, 8), /ends after the file does/],
    ['an end before the beginning', file(`{"a":${f32([1], 4, 0)}}`, 4), /ends before it begins/],
    ['negative offsets', file(`{"a":${f32([1], -4, 0)}}`, 4), /no pair of offsets/],
    ['fractional offsets', file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4.5]}}', 4), /no pair of offsets/],
    ['three offsets', file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}', 4), /no pair of offsets/],
    ['a shape that needs other bytes', file(`{"a":${f32([3], 0, 8)}}`, 8), /needs 12 bytes by its shape and has 8/],
    ['a shape that overflows', file(`{"a":${f32([2 ** 32, 2 ** 32], 0, 4)}}`, 4), /overflows/],
    ['a shape that overflows beside a zero', file(`{"a":${f32([2 ** 40, 2 ** 40, 0], 0, 0)}}`, 0), /overflows/],
    ['a negative size', file(`{"a":${f32([-1], 0, 4)}}`, 4), /not a list of whole numbers/],
    ['too many dimensions', file(`{"a":${f32(new Array<number>(99).fill(1), 0, 4)}}`, 4), /99 dimensions/],
    [
      'an unknown dtype',
      file('{"a":{"dtype":"F4_E2M1","shape":[4],"data_offsets":[0,4]}}', 4),
      /unknown dtype "F4_E2M1"/,
    ],
    [
      'a dtype of the prototype',
      file('{"a":{"dtype":"toString","shape":[4],"data_offsets":[0,4]}}', 4),
      /unknown dtype/,
    ],
    ['a missing dtype', file('{"a":{"shape":[1],"data_offsets":[0,4]}}', 4), /unknown dtype/],
    [
      'an unknown field',
      file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"file":"x"}}', 4),
      /unknown field "file"/,
    ],
    ['a tensor that is a number', file('{"a":7}', 0), /not described by an object/],
    ['metadata that is a list', file('{"__metadata__":[]}', 0), /__metadata__ is not an object/],
    ['metadata that is a number', file('{"__metadata__":{"n":1}}', 0), /metadata "n" is not a string/],
  ];
  for (const [name, bytes, words] of attacks) {
    it(name, () => {
      const read = readSafetensors(bytes);
      assert.ok(!read.ok, 'it was accepted');
      assert.equal(read.problem.code, 'SWP_SAFETENSORS_UNREADABLE');
      assert.match(read.problem.message, words);
    });
  }

  it('and keeps prototypes as they are', () => {
    const read = readSafetensors(file(`{"__proto__":${f32([1], 0, 4)}}`, 4));
    assert.ok(read.ok && read.value.tensors.has('__proto__'));
    assert.equal(({} as Record<string, unknown>)['dtype'], undefined);
  });
});

describe('safetensors', () => {
  const widths = {
    F64: 8,
    F32: 4,
    F16: 2,
    BF16: 2,
    I64: 8,
    I32: 4,
    I16: 2,
    I8: 1,
    U64: 8,
    U32: 4,
    U16: 2,
    U8: 1,
    BOOL: 1,
  } as const;
  const tensor = fc
    .record({
      dtype: fc.constantFrom(...(Object.keys(widths) as (keyof typeof widths)[])),
      shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
      fill: fc.integer({ min: 0, max: 255 }),
    })
    .map(({ dtype, shape, fill }): StoredTensor => {
      const n = shape.reduce((product, size) => product * size, widths[dtype]);
      return { dtype, shape, bytes: new Uint8Array(n).fill(fill) };
    });
  const name = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => text !== '__metadata__');

  it('reads what it wrote: every dtype, scalars, empty tensors, any names', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, tensor), { maxLength: 6 }),
        fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ maxLength: 20 })),
        (tensors, metadata) => {
          const written = new Map(tensors);
          const labels = new Map(Object.entries(metadata));
          const read = readSafetensors(writeSafetensors(written, labels));
          assert.ok(read.ok, JSON.stringify(read));
          assert.deepEqual(new Map([...read.value.tensors].sort()), new Map([...written].sort()));
          assert.deepEqual(read.value.metadata, labels);
        },
      ),
    );
  });

  it('never throws, whatever bytes it is given', () => {
    const sound = writeSafetensors(new Map([['weight', float32Tensor([2, 2], Float32Array.of(1, 2, 3, 4))]]));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { maxLength: 4 }),
        fc.nat(sound.length),
        (changes, cut) => {
          const bytes = new Uint8Array(sound);
          for (const [at, byte] of changes) bytes[at] = byte;
          readSafetensors(bytes.subarray(0, cut));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('gives float values that own their memory, also from a view at an odd offset', () => {
    const bytes = writeSafetensors(new Map([['w', float32Tensor([2], Float32Array.of(0.5, -2))]]));
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    const read = readSafetensors(shifted.subarray(1));
    assert.ok(read.ok);
    const stored = read.value.tensors.get('w');
    assert.ok(stored);
    const values = float32Values(stored);
    shifted.fill(0);
    assert.deepEqual([...values], [0.5, -2]);
  });

  it('reads a file made by the reference library, where one is at hand', () => {
    const reference = new URL('../../../shared/pretrained/fashion_dcgan_generator.safetensors', import.meta.url);
    if (!existsSync(reference)) return console.warn('      (no pretrained models here: only our own files were read)');
    const read = readSafetensors(readFileSync(reference));
    assert.ok(read.ok);
    const nValues = [...read.value.tensors.values()].reduce((sum, { bytes }) => sum + bytes.length / 4, 0);
    assert.ok(nValues >= 966_593, `${nValues} values`);
  });
});

describe('parseStrictJson', () => {
  it('agrees with JSON.parse on JSON, up to duplicates and exactness', () => {
    const plain = (value: unknown): unknown =>
      value instanceof Map
        ? Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]))
        : Array.isArray(value)
          ? value.map(plain)
          : value;
    fc.assert(
      fc.property(fc.json({ maxDepth: 4, noUnicodeString: false }), (text) => {
        const parsed = parseStrictJson(text);
        if (!parsed.ok) return assert.match(parsed.reason, /too large/);
        assert.deepEqual(JSON.stringify(plain(parsed.value)), JSON.stringify(JSON.parse(text)));
      }),
    );
  });
  for (const text of ['', '{', '01', '1.', '"\\x"', '"a', '{"a" 1}', '[1,]', '{,}', 'nul', '1 2', '"\n"', '1e999']) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseStrictJson(text).ok, false));
  }
});
