import assert from 'node:assert/strict';
import { rng } from '../random/rng.ts';
import { featureMoments, frechetDistance, inceptionScore, type FeatureMoments } from './frechet.ts';

const near = (actual: number, expected: number, within = 1e-9): void =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);

describe('the Fréchet distance', () => {
  it('is ‖Δμ‖² + Σ(σ₁ − σ₂)² where the features are independent', () => {
    near(frechetDistance(diagonal([0, 0], [1, 4]), diagonal([3, 4], [1, 4])), 25);
    near(frechetDistance(diagonal([0, 0], [1, 4]), diagonal([0, 0], [9, 1])), (1 - 3) ** 2 + (2 - 1) ** 2);
  });

  it('has the closed form of two correlated pairs: tr(Σ₁Σ₂)^½ = √(tr Σ₁Σ₂ + 2·√det Σ₁Σ₂)', () => {
    const a = moments([0, 0], [2, 0.5, 0.5, 1]);
    const b = moments([1, -1], [1, -0.3, -0.3, 3]);
    const trace = 2 * 1 + 2 * (0.5 * -0.3) + 1 * 3;
    const root = Math.sqrt(trace + 2 * Math.sqrt((2 - 0.25) * (3 - 0.09)));
    near(frechetDistance(a, b), 2 + 3 + 4 - 2 * root);
    near(frechetDistance(b, a), frechetDistance(a, b));
  });

  it('is 0 for a set against itself, also where features are constant, and small for two draws of one law', () => {
    const draw = (name: string) => {
      const values = rng(1, 0, name).fillNormal(new Float32Array(4000 * 6));
      for (let row = 0; row < 4000; row++) values[row * 6 + 5] = 7;
      return featureMoments({ nRows: 4000, nFeatures: 6, values });
    };
    near(frechetDistance(draw('a'), draw('a')), 0, 1e-6);
    const between = frechetDistance(draw('a'), draw('b'));
    assert.ok(0 < between && between < 0.05, String(between));
  });

  it('measures drawn normal features to within their scatter', () => {
    const values = rng(2, 0, 'wide').fillNormal(new Float32Array(20_000 * 3));
    const moved = values.map((x, i) => (i % 3 === 0 ? 2 * x + 1 : x));
    const of = (set: Float32Array) => featureMoments({ nRows: 20_000, nFeatures: 3, values: set });
    near(frechetDistance(of(values), of(moved)), 1 + 1, 0.05);
  });

  it('needs no more images than features, and is the same both ways', () => {
    const of = (name: string) =>
      featureMoments({ nRows: 20, nFeatures: 50, values: rng(4, 0, name).fillNormal(new Float32Array(20 * 50)) });
    const [a, b] = [of('a'), of('b')];
    near(frechetDistance(a, a), 0, 1e-4);
    const between = frechetDistance(a, b);
    assert.ok(between > 10);
    near(frechetDistance(b, a), between, 1e-6 * between);
  });
});

describe('the inception score', () => {
  it('is 1 where every image looks alike, and the number of classes where each is sure and all are there', () => {
    const same = { nRows: 4, nFeatures: 2, values: Float32Array.of(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5) };
    near(inceptionScore(same, 2).mean, 1);
    const sure = { nRows: 6, nFeatures: 3, values: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1) }; // prettier-ignore
    near(inceptionScore(sure, 2).mean, 3, 1e-9);
    near(inceptionScore(sure, 2).deviation, 0, 1e-9);
  });

  it('has its definition’s value between', () => {
    // p(y) = (0.5, 0.5); KL of (0.9, 0.1) is 0.9·ln 1.8 + 0.1·ln 0.2.
    const rows = { nRows: 2, nFeatures: 2, values: Float32Array.of(0.9, 0.1, 0.1, 0.9) };
    near(inceptionScore(rows, 1).mean, Math.exp(0.9 * Math.log(1.8) + 0.1 * Math.log(0.2)), 1e-6);
  });
});

function diagonal(mean: readonly number[], variances: readonly number[]): FeatureMoments {
  const n = mean.length;
  return moments(mean, Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? (variances[i / (n + 1)] ?? 0) : 0))); // prettier-ignore
}

function moments(mean: readonly number[], covariance: readonly number[]): FeatureMoments {
  return { nFeatures: mean.length, mean: Float64Array.from(mean), covariance: Float64Array.from(covariance) };
}
