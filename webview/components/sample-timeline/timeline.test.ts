/** One slider over several grids: every logged step is a stop, and each grid is labelled with its own step. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { VariantState } from '../../../core/session/runState.ts';
import { success, failure } from '../../../core/result.ts';
import { createSampleSource } from './sampleSource.ts';
import { chosenStep, shownStep, stopIndex, timelineSteps } from './timeline.ts';

describe('the sample timeline', () => {
  it('stops at every step that any shown variant logged, step 0 too', () => {
    assert.deepEqual(timelineSteps([variant([0, 50, 100]), variant([0, 25, 50]), null]), [0, 25, 50, 100]);
  });

  it('shows a variant at its nearest earlier step, or its first', () => {
    const { samples } = variant([10, 50, 100]);
    assert.deepEqual(
      [0, 10, 49, 50, 70, 1000].map((stop) => shownStep(samples, stop)),
      [10, 10, 10, 50, 50, 100],
    );
    assert.equal(shownStep([], 5), null);
  });

  it('follows the newest step while nothing is chosen, and again at the right end', () => {
    const steps = [0, 25, 50];
    assert.equal(stopIndex(steps, null), 2);
    assert.equal(stopIndex([...steps, 75], null), 3);
    assert.equal(chosenStep(steps, 2), null);
    assert.equal(chosenStep(steps, 1), 25);
  });

  it('stays at a chosen step while the run goes on, and near it when its variant changes', () => {
    assert.equal(stopIndex([0, 25, 50, 75], 25), 1);
    assert.equal(stopIndex([0, 40, 80], 50), 1);
    assert.equal(stopIndex([60, 80], 50), 0);
    assert.equal(stopIndex([], 50), -1);
  });

  it('addresses each of 1,500 steps', () => {
    const steps = timelineSteps([variant(Array.from({ length: 1500 }, (_, i) => 10 * i))]);
    for (let i = 0; i < 1499; i++) assert.equal(stopIndex(steps, chosenStep(steps, i)), i);
  });
});

describe('the source of samples', () => {
  it('asks for each grid once, and again after a failure', async () => {
    const asked: string[] = [];
    let works = false;
    const source = createSampleSource(
      {
        sample: (id, step) => {
          asked.push(`${id} ${step}`);
          const problem = { code: 'SWP_GONE', message: 'Gone.', hint: 'Look.' };
          return Promise.resolve(works ? success({ uri: `uri:${step}` }) : failure(problem));
        },
        realSample: () => Promise.resolve(success({ uri: 'uri:real' })),
      },
      () => undefined,
    );
    const key = { variant: 'full', step: 25 };
    assert.equal(source.image(key).state, 'loading');
    assert.equal(source.image(key).state, 'loading');
    await settled();
    assert.equal(source.image(key).state, 'failed');
    works = true;
    source.retry();
    source.image(key);
    await settled();
    assert.deepEqual(source.image(key), { state: 'ready', uri: 'uri:25' });
    assert.deepEqual(asked, ['full 25', 'full 25']);

    source.image({ ...key, revision: 99 });
    await settled();
    assert.equal(asked.length, 3, 'a resumed run has drawn this step again');
  });
});

function variant(steps: readonly number[]): VariantState {
  return {
    info: { id: 'v', label: 'V', kind: 'single', layersG: [], layersD: [], steps: 100 },
    losses: [],
    samples: steps.map((step) => ({ step, file: `${step}.png` })),
    evaluations: [],
  };
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
