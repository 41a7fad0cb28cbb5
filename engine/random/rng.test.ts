/** Known answers for the generator, exactness of the quantile, and the properties that runs rely on. */
import assert from 'node:assert/strict';
import { naturalLogarithm, normalQuantile } from './normalQuantile.ts';
import { philox4x32 } from './philox.ts';
import { rng } from './rng.ts';

describe('philox4x32', () => {
  // Random123's known-answer vectors for philox4x32, 10 rounds.
  const vectors = [
    { counter: [0, 0, 0, 0], key: [0, 0], words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
    {
      counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      key: [0xffffffff, 0xffffffff],
      words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ] as const;
  for (const { counter, key, words } of vectors) {
    it(`gives the published words for counter ${counter[0].toString(16)}…`, () => {
      const out = new Uint32Array(4);
      philox4x32(out, counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
      assert.deepEqual([...out], [...words]);
    });
  }
});

describe('normalQuantile', () => {
  for (const [p, x] of [
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.001, -3.090232306167813],
    [1e-10, -6.361340902404056],
    [0.25, -0.674489750196082],
  ] as const) {
    it(`is ${x} at ${p}`, () => assert.ok(Math.abs(normalQuantile(p) - x) < 1e-13 * Math.max(1, Math.abs(x))));
  }
  it('uses a logarithm that agrees with Math.log to two units in the last place', () => {
    for (let x = 1e-12; x < 1e6; x *= 1.37) {
      const expected = Math.log(x);
      assert.ok(Math.abs(naturalLogarithm(x) - expected) <= 4.5e-16 * Math.abs(expected) + 1e-17, `ln ${x}`);
    }
  });
});

describe('rng', () => {
  it('draws the same numbers for the same seed, step and purpose', () => {
    const draw = () => [...rng(7, 3, 'latents').fillNormal(new Float32Array(9))];
    assert.deepEqual(draw(), draw());
  });
  it('is fixed for ever: stored runs depend on these words', () => {
    const stream = rng(1, 0, 'latents');
    assert.deepEqual(
      [stream.uint32(), stream.uint32(), stream.uint32(), stream.uint32(), stream.uint32()],
      [2242033707, 3159870864, 438365299, 3173978511, 3967656630],
    );
  });
  it('draws other numbers when the seed, the step or the purpose differs', () => {
    const words = [rng(1, 0, 'a'), rng(2, 0, 'a'), rng(2 ** 40 + 1, 0, 'a'), rng(1, 1, 'a'), rng(1, 0, 'b')].map((r) =>
      r.uint32(),
    );
    assert.equal(new Set(words).size, words.length);
  });
  it('has the moments of the normal and the uniform distribution', () => {
    const n = 200_000;
    const normal = rng(11, 0, 'moments').fillNormal(new Float32Array(n));
    const mean = normal.reduce((sum, x) => sum + x, 0) / n;
    const variance = normal.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n;
    const fourth = normal.reduce((sum, x) => sum + (x - mean) ** 4, 0) / n;
    assert.ok(Math.abs(mean) < 0.01 && Math.abs(variance - 1) < 0.015 && Math.abs(fourth - 3) < 0.1);
    const uniform = rng(11, 1, 'moments').fillUniform(new Float32Array(n), -1, 1);
    assert.ok(uniform.every((x) => -1 <= x && x <= 1));
    assert.ok(Math.abs(uniform.reduce((sum, x) => sum + x, 0) / n) < 0.006);
  });
  it('permutes: every number once, in another order for another step', () => {
    const order = rng(5, 0, 'shuffle').permutation(1000);
    assert.deepEqual(
      [...order].sort((a, b) => a - b),
      Array.from({ length: 1000 }, (_, i) => i),
    );
    assert.notDeepEqual([...order], [...rng(5, 1, 'shuffle').permutation(1000)]);
  });
  it('draws whole numbers evenly', () => {
    const counts = new Array<number>(7).fill(0);
    const stream = rng(3, 0, 'dice');
    for (let i = 0; i < 70_000; i++) {
      const face = stream.int(7);
      counts[face] = (counts[face] ?? 0) + 1;
    }
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    assert.ok(chiSquare < 22.5, `χ² ${chiSquare} with 6 degrees of freedom`);
  });
  it('refuses seeds and steps outside its range', () => {
    assert.throws(() => rng(-1, 0, 'x'), RangeError);
    assert.throws(() => rng(1.5, 0, 'x'), RangeError);
    assert.throws(() => rng(1, 2 ** 32, 'x'), RangeError);
    assert.throws(() => rng(1, 0, 'x').int(0), RangeError);
  });
});
