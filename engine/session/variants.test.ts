import assert from 'node:assert/strict';
import { validatePlan } from '../../core/plan/validatePlan.ts';
import { toyPlan } from './toyProject.ts';
import { finalVariant, learningRateFactor, repeatVariants, sessionSizes, singleVariant } from './variants.ts';

const plan = validatePlan(
  JSON.stringify({
    ...toyPlan,
    train: { steps: 600, batch: 32, sampleEvery: 25, checkpointEvery: 100 },
    stages: [
      { id: 'find', family: 'search', repetitions: 4, steps: 150 },
      { id: 'binarize', family: 'precision', rep: { kind: 'binary' }, steps: 200 },
    ],
    evaluation: { nImages: 512 },
  }),
  'slimwise.json',
);

describe('the variants of a run', () => {
  it('train as the plan says, or much less in a short run', () => {
    assert.ok(plan.ok);
    assert.deepEqual(sessionSizes(plan.value.plan, false), {
      fullSteps: 600,
      repeatSteps: 150,
      singleSteps: 150,
      finalSteps: 200,
      settingSteps: 600,
      repetitions: 4,
      batch: 32,
      nImages: 512,
      sampleEvery: 25,
      checkpointEvery: 100,
    });
    const short = sessionSizes(plan.value.plan, true);
    assert.deepEqual([short.fullSteps, short.repeatSteps, short.singleSteps, short.batch], [100, 25, 25, 16]);
    assert.deepEqual([short.repetitions, short.nImages], [3, 128]);
  });

  it('have names that a person and a file system understand', () => {
    assert.ok(plan.ok);
    const sizes = sessionSizes(plan.value.plan, false);
    assert.deepEqual(
      repeatVariants(sizes).map(({ id }) => id),
      ['repeat-1', 'repeat-2', 'repeat-3', 'repeat-4'],
    );
    assert.equal(singleVariant(sizes, 'main.2', []).label, 'Only main.2 binarized');
    assert.deepEqual(singleVariant(sizes, 'c', ['a', 'b']).layersG, ['a', 'b', 'c']);
    assert.equal(finalVariant(sizes, 2, ['a'], ['d']).id, 'final-2');
  });

  it('are compared after the learning rate has fallen to nothing, which at full precision it does not', () => {
    assert.deepEqual(
      [0, 75, 120].map((step) => learningRateFactor({ kind: 'single', steps: 150 }, step)),
      [1, 0.5, 1 - 120 / 150],
    );
    assert.equal(learningRateFactor({ kind: 'full', steps: 150 }, 149), 1);
    assert.deepEqual(
      [0, 50, 75].map((step) => learningRateFactor({ kind: 'setting', steps: 100 }, step)),
      [1, 1, 0.5],
    );
  });
});
