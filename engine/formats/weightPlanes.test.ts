/** Ternary and k-bit weights: the documented bits, the documented values, and nothing believed that was not checked. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { rng } from '../random/rng.ts';
import { handGenerator } from '../train/handGraph.ts';
import { codedWeight, readPacked, weightValues, writePacked, type PackedWeight } from './packedModel.ts';
import { readSafetensors, uint8Tensor, writeSafetensors, type StoredTensor } from './safetensors.ts';
import { nearestLevel, packLevels, planeBits, weightScales, type PlaneBits } from './weightPlanes.ts';

const shape = [3, 5, 3];

describe('ternary and k-bit weights', () => {
  it('are the documented bits', () => {
    // One output channel of three values, then another: outAxis 1 of [3, 2].
    const ternary = packLevels('ternary', [3, 2], 1, Int16Array.of(-1, 1, 0, 0, 1, -1));
    assert.deepEqual([...ternary], [0b110, 0b011, /**/ 0b100, 0b001]);
    const twoBits = packLevels(2, [1, 4], 0, Int16Array.of(-3, -1, 1, 3));
    assert.deepEqual([...twoBits], [0b1010, 0b1100]);
  });

  it('lie on their grid at the nearest place, and a value on the grid stays', () => {
    fc.assert(
      fc.property(fc.constantFrom(...planeBits), fc.nat(2), fc.nat(1000), (bits, outAxis, seed) => {
        const random = rng(seed, 0, 'any');
        const values = random.fillNormal(new Float32Array(45));
        const scales = Float32Array.from({ length: shape[outAxis] ?? 0 }, () => 0.05 + random.uniform());
        const weight = codedWeight(bits, shape, outAxis, values, scales);
        const stored = weightValues(weight);
        const inner = shape.slice(outAxis + 1).reduce((product, size) => product * size, 1);
        const grid = levels(bits);
        values.forEach((value, i) => {
          const scale = scales[Math.floor(i / inner) % (shape[outAxis] ?? 1)] ?? NaN;
          const away = Math.abs((stored[i] ?? NaN) - value);
          for (const level of grid) assert.ok(away <= Math.abs(level * scale - value) + 1e-5, `${bits} at ${i}`);
        });
        assert.deepEqual(weightValues(codedWeight(bits, shape, outAxis, stored, scales)), stored);
      }),
      { numRuns: 60 },
    );
  });

  it('lose less with every bit, on scales of their own', () => {
    const values = rng(3, 0, 'any')
      .fillNormal(new Float32Array(4000))
      .map((value) => value * 0.02);
    const error = (bits: 1 | PlaneBits): number => {
      const stored = weightValues(codedWeight(bits, [4, 1000], 0, values));
      return stored.reduce((sum, value, i) => sum + (value - (values[i] ?? NaN)) ** 2, 0) / 4000 / 0.02 ** 2;
    };
    const errors = ([1, 'ternary', 2, 3, 4, 5, 6, 7, 8] as const).map(error);
    errors.slice(1).forEach((e, i) => assert.ok(e < (errors[i] ?? 0), `${errors.join(' ')}`));
    // Max 1960: a normal distribution on two bits keeps all but 0.1188 of its variance, on four 0.01154.
    assert.ok(Math.abs((errors[2] ?? 0) - 0.1188) < 0.01 && Math.abs((errors[4] ?? 0) - 0.01154) < 0.002);
  });

  it('take the ternary scale from the values above the threshold', () => {
    // Mean magnitude 1.5, threshold 1.05.
    assert.deepEqual([...weightScales('ternary', [4], 0, new Float32Array(4))], [0, 0, 0, 0]);
    assert.deepEqual([...weightScales('ternary', [1, 4], 0, Float32Array.of(1, -3, 0, 2))], [2.5]);
    const stored = weightValues(codedWeight('ternary', [1, 4], 0, Float32Array.of(1, -3, 0, 2)));
    assert.deepEqual([...stored], [0, -2.5, 0, 2.5]);
    assert.equal(nearestLevel(2, 0, 0), 1);
  });
});

describe('a packed model with ternary and k-bit weights', () => {
  const weights = new Map<string, PackedWeight>(
    planeBits.map((bits) => {
      const values = rng(1, 0, String(bits)).fillNormal(new Float32Array(45));
      return [`w${bits}`, codedWeight(bits, shape, 1, values)];
    }),
  );
  const graph = handGenerator({ latents: 3, channels: [4], colours: 1 });
  const file = writePacked({ graph, weights, plan: null, sources: {} });
  const sound = readSafetensors(file);
  assert.ok(sound.ok);
  const { tensors, metadata } = sound.value;

  it('reads back as it was written and states version 2; without them a file stays at version 1', () => {
    const read = readPacked(file);
    assert.ok(read.ok, JSON.stringify(read));
    assert.deepEqual(read.value.weights, weights);
    assert.equal(metadata.get('version'), '2');
    const plain = readSafetensors(writePacked({ graph, weights: new Map(), plan: null, sources: {} }));
    assert.ok(plain.ok && plain.value.metadata.get('version') === '1');
  });

  it('takes as many bits as it says', () => {
    for (const bits of planeBits) {
      const planes = tensors.get(`w${bits}.planes`);
      assert.deepEqual(planes?.shape, [bits === 'ternary' ? 2 : bits, 5, 2]);
    }
  });

  const described = (change: object): Uint8Array =>
    withMetadata('planes', JSON.stringify({ ...JSON.parse(metadata.get('planes') ?? ''), ...change }));
  const withMetadata = (key: string, value: string): Uint8Array =>
    writeSafetensors(tensors, new Map(metadata).set(key, value));
  const withTensor = (name: string, tensor: StoredTensor): Uint8Array =>
    writeSafetensors(new Map(tensors).set(name, tensor), metadata);
  const wrong = uint8Tensor([2, 5, 2], new Uint8Array(20).fill(1, 10));
  const attacks: readonly (readonly [string, () => Uint8Array, RegExp])[] = [
    ['a number of bits that nobody has', () => described({ w2: { shape, outAxis: 1, bits: 9 } }), /no known number/],
    ['bits that are a text', () => described({ w2: { shape, outAxis: 1, bits: '2' } }), /no known number/],
    ['one bit among the planes', () => described({ w2: { shape, outAxis: 1, bits: 1 } }), /no known number/],
    ['more planes than there are', () => described({ w2: { shape, outAxis: 1, bits: 3 } }), /needs planes of 3×5×2/],
    ['fewer planes than there are', () => described({ w3: { shape, outAxis: 1, bits: 2 } }), /needs planes of 2×5×2/],
    ['planes of no object', () => described({ w2: 7 }), /not described/],
    ['an axis that is none', () => described({ w2: { shape, outAxis: 1.5, bits: 2 } }), /channel axis/],
    ['a list that is no JSON', () => withMetadata('planes', '{'), /ternary and k-bit weights is not readable/],
    ['a list in a version without it', () => withMetadata('version', '1'), /is U8 and no plane/],
    [
      'a weight in both lists',
      () => withMetadata('binary', JSON.stringify({ w2: { shape: [3, 10, 3], outAxis: 1 } })),
      /needs planes of 10×2/,
    ],
    ['weights that are + and − at once', () => withTensor('wternary.planes', wrong), /positive and negative/],
    [
      'bits in the padding of the last plane',
      () => withTensor('w2.planes', uint8Tensor([2, 5, 2], new Uint8Array(20).fill(255, 19))),
      /padding/,
    ],
  ];
  for (const [name, make, words] of attacks) {
    it(`is refused with ${name}`, () => {
      const read = readPacked(make());
      assert.ok(!read.ok, 'it was accepted');
      assert.equal(read.problem.code, 'SWP_PACKED_MODEL_UNREADABLE');
      assert.match(read.problem.message, words);
    });
  }
});

function levels(bits: PlaneBits): readonly number[] {
  if (bits === 'ternary') return [-1, 0, 1];
  return Array.from({ length: 2 ** bits }, (_, code) => 2 * code - (2 ** bits - 1));
}
