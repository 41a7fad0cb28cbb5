/**
 * The reduction of a run's events: every point kept, repeats harmless, input never changed, time that
 * counts only work, and long journals in linear time.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunEvent, RunEventBody, VariantInfo } from './runEvent.ts';
import { initialRunState, reduceRun, reduceRunAll } from './runState.ts';

const full: VariantInfo = { id: 'full', label: 'Full', kind: 'full', layersG: [], layersD: [], steps: 100 };

describe('reduceRun', () => {
  it('gives the same state event by event and all at once', () => {
    const events = journal([started(), step(1), step(2), sample(2), step(3), { type: 'paused' }]);
    assert.deepEqual(reduceRunAll(initialRunState, events), events.reduce(reduceRun, initialRunState));
  });

  it('ignores events that it has already seen', () => {
    const events = journal([started(), step(1), step(2)]);
    const once = reduceRunAll(initialRunState, events);
    assert.deepEqual(reduceRunAll(once, events), once);
  });

  it('never changes the state that it was given', () => {
    const before = reduceRunAll(initialRunState, journal([started(), step(1)]));
    const frozen = structuredClone(before);
    reduceRunAll(before, journal([started(), step(1), step(2), step(3)]));
    assert.deepEqual(before, frozen);
  });

  it('replaces points at and beyond a step that comes again after a resume', () => {
    const events = journal([started(), step(1), step(2), step(3), started(), step(2)]);
    const losses = reduceRunAll(initialRunState, events).variants[0]?.losses.map((point) => point.step);
    assert.deepEqual(losses, [1, 2]);
  });

  it('counts the time worked, not the time paused or between a crash and the resume', () => {
    const bodies: RunEventBody[] = [
      started(),
      step(1),
      { type: 'paused' },
      { type: 'resumed' },
      step(2),
      started(),
      step(3),
    ];
    const times = [0, 1_000, 2_000, 60_000, 61_000, 500_000, 501_000];
    const events = journal(bodies).map((event, i) => ({ ...event, at: times[i] ?? 0 }));
    assert.equal(reduceRunAll(initialRunState, events).workedMs, 4_000);
  });

  it('reads 200,000 steps in well under the time that quadratic copying would take', () => {
    const events = journal([started(), ...Array.from({ length: 200_000 }, (_, i) => step(i + 1))]);
    // Processor time: a busy machine must not fail this. Copying each time takes more than half a minute of it.
    const before = process.cpuUsage();
    const state = reduceRunAll(initialRunState, events);
    assert.equal(state.variants[0]?.losses.length, 200_000);
    assert.ok(process.cpuUsage(before).user < 10e6);
  });
});

function journal(bodies: readonly RunEventBody[]): RunEvent[] {
  return bodies.map((body, i) => ({ ...body, at: 1_000 * i, seq: i + 1 }));
}

function started(): RunEventBody {
  return {
    type: 'started',
    backend: 'cpu',
    backendWhy: 'asked for',
    threads: 1,
    variants: [full],
    expectedSeconds: 1,
    expectedBytes: 1,
    nImages: 1,
    resumedFromStep: null,
  };
}

function step(at: number): RunEventBody {
  return { type: 'step', variant: 'full', step: at, lossD: 1, lossG: 2, stepMs: 1 };
}

function sample(at: number): RunEventBody {
  return { type: 'sample', variant: 'full', step: at, file: `${at}.png` };
}
