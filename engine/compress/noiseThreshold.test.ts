import assert from 'node:assert/strict';
import { noiseThreshold } from './noiseThreshold.ts';

describe('the threshold of Algorithm 1', () => {
  it('is the prediction limit of one more repetition', () => {
    const noise = noiseThreshold([30, 40, 50], 'noise');
    assert.equal(noise.mean, 40);
    assert.equal(noise.deviation, 10);
    assert.ok(Math.abs(noise.threshold - 2.92 * 10 * Math.sqrt(4 / 3)) < 1e-9);
    assert.match(noise.how, /s = 10\.00 over 3 repetitions/);
  });

  it('stays above a share of the mean when repetitions agree by chance, and says so', () => {
    const noise = noiseThreshold([40, 40, 40], 'noise');
    assert.equal(noise.threshold, 2);
    assert.match(noise.how, /below 5 % of the mean/);
  });

  it('is the plan’s own number where it gives one', () => {
    assert.equal(noiseThreshold([30, 50], 3).threshold, 3);
  });

  it('is a share of the mean where the plan says so', () => {
    const noise = noiseThreshold([30, 50], { relative: 0.2 });
    assert.equal(noise.threshold, 8);
    assert.match(noise.how, /20 % of the mean/);
  });

  it('needs at least two repetitions', () => {
    assert.throws(() => noiseThreshold([30], 'noise'), RangeError);
  });
});
