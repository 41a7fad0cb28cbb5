import assert from 'node:assert/strict';
import { initialRunState, type RunState } from '../../core/session/runState.ts';
import type { RunStatus } from '../../core/session/runRecord.ts';
import { record } from '../testing.ts';
import { canResume, newestFirst, progressText, runDescription, shownStatus, type ShownStatus } from './shownRun.ts';

const summary = {
  fileBytesBefore: 4_283_908,
  fileBytesAfter: 180_000,
  ratio: 23.8,
  swdFull: 36.9,
  swdFinal: 37.24,
  noise: 0.5,
  threshold: 1,
  withinThreshold: true,
  binarizedG: [],
  binarizedD: [],
  secondsTotal: 300,
};

function facts(
  recorded: RunStatus,
  told: RunState['status'],
  change: {
    live?: boolean;
    held?: boolean;
    responding?: boolean;
    cancelling?: boolean;
    state?: Partial<RunState>;
  } = {},
) {
  const { live = false, responding = true, cancelling = false, held = live, state = {} } = change;
  return {
    record: record({ status: recorded }),
    state: { ...initialRunState, status: told, ...state },
    live,
    responding,
    cancelling,
    held,
  };
}

describe('shownStatus', () => {
  const cases: readonly (readonly [string, ReturnType<typeof facts>, ShownStatus])[] = [
    ['a run that an engine of this window works on', facts('running', 'running', { live: true }), 'running'],
    ['one that has not said anything yet', facts('running', 'starting', { live: true }), 'starting'],
    ['one whose engine is silent', facts('running', 'running', { live: true, responding: false }), 'notResponding'],
    ['one that was asked to end', facts('running', 'running', { live: true, cancelling: true }), 'cancelling'],
    ['a paused one', facts('paused', 'paused', { live: true }), 'paused'],
    ['one that a terminal works on', facts('running', 'running', { held: true }), 'elsewhere'],
    ['one whose process was killed', facts('running', 'running'), 'interrupted'],
    ['one that was killed before its first event', facts('running', 'starting'), 'interrupted'],
    ['one that was killed while it was paused', facts('paused', 'paused'), 'interrupted'],
    ['one killed between its last event and its record', facts('running', 'finished'), 'finished'],
    ['one that its record calls interrupted', facts('interrupted', 'running'), 'interrupted'],
    ['a cancelled one', facts('cancelled', 'cancelled'), 'cancelled'],
    ['a failed one whose journal was lost', facts('failed', 'starting'), 'failed'],
    ['a finished one whose engine is still ending', facts('finished', 'finished', { held: true }), 'finished'],
  ];
  for (const [what, given, expected] of cases) {
    it(`shows ${what} as ${expected}`, () => assert.equal(shownStatus(given), expected));
  }

  it('lets only what has stopped short go on', () => {
    const resumable = ['interrupted', 'cancelled', 'failed', 'running', 'finished', 'elsewhere', 'paused'] as const;
    assert.deepEqual(
      resumable.filter((status) => canResume(status)),
      ['interrupted', 'cancelled', 'failed'],
    );
  });
});

describe('what is said about a run', () => {
  const progress = { stepsDone: 340, stepsTotal: 1_000, secondsLeft: 118, doing: 'Full precision' };

  it('says how far it is and how long it takes, and no more than is known', () => {
    assert.equal(progressText({ ...initialRunState, progress }), '34 % · 1 min 58 s left');
    assert.equal(progressText({ ...initialRunState, progress: { ...progress, secondsLeft: Infinity } }), '34 %');
    assert.equal(progressText({ ...initialRunState, progress: { ...progress, stepsTotal: 0 } }), '');
    assert.equal(progressText(initialRunState), '');
  });

  it('says what a finished run came to', () => {
    assert.equal(
      runDescription(facts('finished', 'finished', { state: { summary } })),
      '23.8× smaller · SWD 36.9 → 37.2',
    );
  });

  it('says at which step an interrupted run stands', () => {
    assert.equal(
      runDescription(facts('running', 'running', { state: { progress } })),
      'interrupted · step 340 of 1000',
    );
  });

  it('lists the newest run first', () => {
    const runs = ['2026-11-20', '2026-11-22', '2026-11-21'].map((createdAt) => ({ record: record({ createdAt }) }));
    assert.deepEqual(
      runs.sort(newestFirst).map((run) => run.record.createdAt.slice(8)),
      ['22', '21', '20'],
    );
  });
});
