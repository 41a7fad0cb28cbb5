/**
 * The distance against closed forms, against known pyramid values (made with SciPy's `convolve`, mode
 * `mirror`, as the reference code does), and against a slow, plain implementation written here from the
 * definition, on the same patches.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { rng } from '../random/rng.ts';
import { laplacianPyramid, pyramidDown, pyramidSizes, pyramidUp } from './laplacianPyramid.ts';
import { psnr } from './psnr.ts';
import { createFloatSorter } from './sortFloats.ts';
import { prepareSwd, slicedDistance, slicedWasserstein } from './swd.ts';
import { describe as describePatches, type Descriptors, type SwdImages } from './swdDescriptors.ts';
import { estimateSwdSeconds, imagesForSeconds } from './swdTime.ts';
import { plainSlicedWasserstein } from './plainSwd.ts';

/** Smooth random images, so that the levels of a pyramid differ. */
function someImages(seed: number, nImages: number, size: number, channels: 1 | 3, contrast = 1): SwdImages {
  const values = new Float32Array(nImages * size * size * channels);
  const stream = rng(seed, 0, 'images');
  for (let image = 0; image < nImages; image++) {
    for (let channel = 0; channel < channels; channel++) {
      const [fx, fy, phase, shift] = [stream.normal(), stream.normal(), stream.uniform() * 6, stream.normal() * 0.3];
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++) {
          const wave = Math.sin((fx * x + fy * y) / 3 + phase) * 0.5 + shift + stream.normal() * 0.1;
          values[((image * size + y) * size + x) * channels + channel] = Math.max(-1, Math.min(1, wave * contrast));
        }
      }
    }
  }
  return { values, nImages, size, channels };
}

describe('the Laplacian pyramid', () => {
  const plane = {
    size: 32,
    values: Float32Array.from({ length: 1024 }, (_, i) => (i * i * 7 + i * 13) % 251),
  };
  it('has SciPy’s values, borders mirrored', () => {
    const down = pyramidDown(plane);
    const near = (actual: number | undefined, expected: number) =>
      assert.ok(Math.abs((actual ?? NaN) - expected) < 1e-3, `${actual} is not ${expected}`);
    for (const [y, x, expected] of [
      [0, 0, 34.421875],
      [0, 15, 157.25],
      [7, 9, 87.578125],
      [15, 15, 133.54296875],
    ] as const) {
      near(down.values[y * 16 + x], expected);
    }
    const [finest] = laplacianPyramid(plane);
    for (const [y, x, expected] of [
      [0, 0, -60.554931640625],
      [0, 31, -43.4306640625],
      [13, 17, -54.765625],
      [31, 31, -120.54296875],
      [30, 1, -55.286376953125],
    ] as const) {
      near(finest?.values[y * 32 + x], expected);
    }
  });
  it('adds up to the image again', () => {
    const levels = laplacianPyramid(plane);
    const rebuilt = levels.reduceRight((smaller, level) => {
      const up = pyramidUp(smaller);
      return { size: level.size, values: level.values.map((value, i) => value + (up.values[i] ?? NaN)) };
    });
    rebuilt.values.forEach((value, i) => assert.ok(Math.abs(value - (plane.values[i] ?? NaN)) < 1e-3));
  });
  it('has levels down to 16, and one where halving is not possible', () => {
    assert.deepEqual([128, 64, 32, 16, 28, 24, 8, 50].map(pyramidSizes), [
      [128, 64, 32, 16],
      [64, 32, 16],
      [32, 16],
      [16],
      [28],
      [24],
      [8],
      [50, 25],
    ]);
  });
  it('keeps a flat image out of all levels but the last', () => {
    const [fine, coarse] = laplacianPyramid({ size: 32, values: new Float32Array(1024).fill(7) });
    assert.ok(fine?.values.every((value) => Math.abs(value) < 1e-5));
    assert.ok(coarse?.values.every((value) => Math.abs(value - 7) < 1e-5));
  });
});

describe('sorting floats', () => {
  it('orders as the built-in sort does: negatives, zeros, infinities, tiny numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true }), { maxLength: 3000 }), (numbers) => {
        const values = Float32Array.from(numbers);
        const expected = values.slice().sort();
        createFloatSorter(3000).sort(values);
        // The built-in sort puts −0 before 0, as bits do.
        assert.deepEqual(values, expected);
      }),
    );
  });
});

describe('the sliced distance of patches', () => {
  const nPatches = 4_000;
  const nValues = 49;
  const gaussian = (purpose: string, scale = 1): Descriptors => {
    const values = rng(1, 0, purpose).fillNormal(new Float32Array(nPatches * nValues));
    return { nPatches, nValues, values: values.map((value) => value * scale) };
  };
  /** Mean of |first coordinate| of a random unit vector in 49 dimensions: Γ(49/2) / (√π Γ(50/2)). */
  const meanCosine = 0.1145774;

  it('is 0 for a set and itself', () => {
    const a = gaussian('a');
    assert.equal(slicedDistance(a, a, 1, 0), 0);
  });
  it('of a shifted copy is the shift’s length times the mean of |cos|', () => {
    const a = gaussian('a');
    const shifted = { ...a, values: a.values.map((value, i) => (Math.floor(i / nPatches) === 24 ? value + 5 : value)) };
    const measured = slicedDistance(a, shifted, 1, 0);
    // 512 directions: the mean of |cos| has a standard error of 0.0038.
    assert.ok(Math.abs(measured - 5 * meanCosine) < 5 * 3 * 0.0038, `${measured} is not near ${5 * meanCosine}`);
  });
  it('between N(0, 1) and N(0, 2²) is √(2/π), whatever the direction', () => {
    const measured = slicedDistance(gaussian('a'), gaussian('b', 2), 1, 0);
    assert.ok(Math.abs(measured - Math.sqrt(2 / Math.PI)) < 0.02, String(measured));
  });
  it('is symmetric, up to rounding', () => {
    const [a, b] = [gaussian('a'), gaussian('b', 1.3)];
    assert.ok(Math.abs(slicedDistance(a, b, 1, 0) - slicedDistance(b, a, 1, 0)) < 1e-9);
  });
});

describe('the sliced Wasserstein distance of images', () => {
  for (const channels of [1, 3] as const) {
    it(`agrees with the plain implementation within 1 %, ${channels} channel(s)`, () => {
      const [a, b] = [someImages(1, 5, 32, channels), someImages(2, 5, 32, channels, 0.6)];
      const fast = slicedWasserstein(a, b, { seed: 9 });
      const plain = plainSlicedWasserstein(a, b, 9);
      assert.deepEqual(
        fast.levels.map(({ resolution }) => resolution),
        [32, 16],
      );
      fast.levels.forEach(({ swd }, level) => {
        const expected = plain[level] ?? NaN;
        assert.ok(expected > 10 && Math.abs(swd - expected) < 0.001 * expected, `${swd} is not ${expected}`);
      });
      assert.ok(Math.abs(fast.swd - plain.reduce((sum, value) => sum + value, 0) / plain.length) < 0.001 * fast.swd);
    });
  }
  it('is 0 for a set and itself', () => {
    const a = someImages(1, 8, 32, 1);
    assert.equal(slicedWasserstein(a, a, { seed: 1 }).swd, 0);
  });
  it('does not see brightness and contrast of a whole set: each set is normalised', () => {
    const a = someImages(1, 8, 32, 1);
    const dim = { ...a, values: a.values.map((value) => value * 0.6 + 0.2) };
    const other = slicedWasserstein(a, someImages(2, 8, 32, 1), { seed: 1 }).swd;
    assert.ok(slicedWasserstein(a, dim, { seed: 1 }).swd < 0.2 * other);
  });
  it('gives the same from a prepared set, again and again', () => {
    const [a, b, c] = [someImages(1, 8, 16, 1), someImages(2, 8, 16, 1), someImages(3, 8, 16, 1)];
    const prepared = prepareSwd(a, { seed: 4 });
    const first = prepared.compare(b);
    assert.deepEqual(prepared.compare(c), slicedWasserstein(a, c, { seed: 4 }));
    assert.deepEqual(prepared.compare(b), first);
    assert.notEqual(first.swd, slicedWasserstein(a, b, { seed: 5 }).swd);
  });
  it('grows with the difference', () => {
    const a = someImages(1, 16, 32, 1);
    const disturb = rng(1, 0, 'noise').fillNormal(new Float32Array(a.values.length));
    const at = (amount: number) =>
      slicedWasserstein(
        a,
        { ...a, values: a.values.map((value, i) => value + amount * (disturb[i] ?? 0)) },
        { seed: 1 },
      ).swd;
    const [small, middle, large] = [at(0.05), at(0.2), at(0.8)];
    assert.ok(0 < small && 2 * small < middle && 1.2 * middle < large, `${small} ${middle} ${large}`);
  });
  it('stays finite for a generator that draws one flat image', () => {
    const a = someImages(1, 8, 32, 1);
    const flat = { ...a, values: new Float32Array(a.values.length).fill(0.3) };
    assert.ok(Number.isFinite(slicedWasserstein(a, flat, { seed: 1 }).swd));
  });
  it('refuses sets that differ in number or size, and images smaller than a patch', () => {
    assert.throws(() => slicedWasserstein(someImages(1, 2, 16, 1), someImages(1, 3, 16, 1), { seed: 1 }), RangeError);
    assert.throws(() => slicedWasserstein(someImages(1, 2, 4, 1), someImages(1, 2, 4, 1), { seed: 1 }), RangeError);
  });
  it('normalises every channel to mean 0 and deviation 1', () => {
    for (const { values, nPatches } of describePatches(someImages(1, 16, 32, 3), 1)) {
      for (let channel = 0; channel < 3; channel++) {
        const part = values.subarray(channel * 49 * nPatches, (channel + 1) * 49 * nPatches);
        const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
        const variance = part.reduce((sum, value) => sum + value * value, 0) / part.length;
        assert.ok(Math.abs(mean) < 1e-4 && Math.abs(variance - 1) < 1e-3);
      }
    }
  });
});

describe('the time of a comparison', () => {
  const timed = { workload: { nImages: 512, size: 32, channels: 1 as const }, seconds: 2 };
  it('scales with images, levels and channels', () => {
    assert.equal(estimateSwdSeconds({ nImages: 1024, size: 32, channels: 1 }, timed), 4);
    assert.equal(estimateSwdSeconds({ nImages: 512, size: 64, channels: 1 }, timed), 3);
    assert.ok(estimateSwdSeconds({ nImages: 512, size: 32, channels: 3 }, timed) > 4);
  });
  it('gives the images that fit a budget', () => {
    assert.equal(imagesForSeconds(1, 2048, 64, timed), 256);
    assert.equal(imagesForSeconds(100, 2048, 64, timed), 2048);
    assert.equal(imagesForSeconds(0.001, 2048, 64, timed), 64);
  });
});

describe('psnr', () => {
  it('is 20 dB for an error of a tenth of the range, and infinite for none', () => {
    assert.ok(Math.abs(psnr(Float32Array.of(0, 0.5), Float32Array.of(0.2, 0.3)) - 20) < 1e-5);
    assert.equal(psnr(Float32Array.of(1), Float32Array.of(1)), Infinity);
    assert.throws(() => psnr(new Float32Array(1), new Float32Array(2)), RangeError);
  });
});
