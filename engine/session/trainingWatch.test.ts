import assert from 'node:assert/strict';
import { rng } from '../random/rng.ts';
import { createTrainingWatch, pixelVariance, type TrainingWatch } from './trainingWatch.ts';

describe('the watch over a training', () => {
  it('is silent while generator and discriminator compete', () => {
    const stream = rng(1, 0, 'losses');
    const watch = createTrainingWatch('Full precision', 'bce');
    const codes = play(watch, 2000, () => [1.1 + 0.3 * stream.normal(), 0.9 + 0.3 * stream.normal()]);
    assert.deepEqual(codes, []);
    for (let step = 0; step < 1000; step += 25) assert.deepEqual(watch.sample(step, step < 100 ? 0 : 0.6), []);
  });

  it('says once that the discriminator has won', () => {
    const watch = createTrainingWatch('Full precision', 'bce');
    const codes = play(watch, 600, (step) => (step < 200 ? [1.2, 0.8] : [0.02, 6]));
    assert.deepEqual(codes, ['SWP_WATCH_ONE_SIDED']);
  });

  it('says once that the losses run away, of a critic too, whose loss has no usual size', () => {
    const watch = createTrainingWatch('Full precision', 'wgan');
    const codes = play(watch, 600, (step) => [-0.5 * Math.exp(step / 60), Math.exp(step / 60)]);
    assert.deepEqual(codes, ['SWP_WATCH_DIVERGES']);
  });

  it('says that samples are alike after the second time, and not at the start', () => {
    const watch = createTrainingWatch('Full precision', 'bce');
    const codes = [0, 25, 50, 100, 125, 150].map((step) => watch.sample(step, 0.02).map(({ code }) => code));
    assert.deepEqual(codes, [[], [], [], [], ['SWP_WATCH_MODE_COLLAPSE'], []]);
    const other = createTrainingWatch('Full precision', 'bce');
    for (const [step, diversity] of [[100, 0.05], [125, 0.5], [150, 0.05]] as const) assert.deepEqual(other.sample(step, diversity), []); // prettier-ignore
    assert.match(createAndCollapse().message, /vary 2 % as much as real ones/);
  });

  it('measures how different the images of a set are', () => {
    assert.equal(pixelVariance(Float32Array.of(1, 2, 1, 2, 1, 2), 3), 0);
    // Pixels 0, 2 and 1, 5: variances 1 and 4.
    assert.equal(pixelVariance(Float32Array.of(0, 1, 2, 5), 2), 2.5);
  });
});

function play(watch: TrainingWatch, steps: number, losses: (step: number) => readonly [number, number]): string[] {
  return Array.from({ length: steps }, (_, i) => i + 1).flatMap((step) =>
    watch.step(step, ...losses(step)).map(({ code }) => code),
  );
}

function createAndCollapse() {
  const watch = createTrainingWatch('Setting E, seed 1', 'bce');
  watch.sample(200, 0.02);
  const [problem] = watch.sample(225, 0.02);
  assert.ok(problem);
  return problem;
}
