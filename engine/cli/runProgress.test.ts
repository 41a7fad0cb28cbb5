import assert from 'node:assert/strict';
import type { RunEvent, RunEventBody } from '../../core/session/runEvent.ts';
import { initialRunState, reduceRun } from '../../core/session/runState.ts';
import { createRunProgress } from './runProgress.ts';

const started: RunEventBody = {
  type: 'started',
  backend: 'onnxruntime',
  backendWhy: '',
  threads: 1,
  variants: [{ id: 'full', label: 'Full precision', kind: 'full', layersG: [], layersD: [], steps: 100 }],
  expectedSeconds: 300,
  expectedBytes: 700 * 2 ** 20,
  nImages: 10_000,
  resumedFromStep: null,
};

describe('the progress of a run on the command line', () => {
  it('is one moving line on a terminal, with losses, time left and what is being done', () => {
    const text = shown(true, [
      started,
      { type: 'variant', variant: started.variants[0] as (typeof started.variants)[number] },
      { type: 'step', variant: 'full', step: 25, lossD: 0.5, lossG: 1.25, stepMs: 200 },
      { type: 'progress', stepsDone: 25, stepsTotal: 100, secondsLeft: 240, doing: 'Full precision' },
    ]);
    assert.match(text, /Expected: 5 min and 700 MiB of memory, on onnxruntime with 1 thread, 10,000 images\.\n/);
    assert.ok(
      text.endsWith('\r\x1b[K[######                  ]   25 %  25/100  G 1.25  D 0.50  4 min left  Full pr…'),
      JSON.stringify(text),
    );
  });

  it('never wraps, because a wrapped line could not be erased', () => {
    const doing = 'All accepted layers, with a binarized discriminator, attempt 2';
    const text = shown(true, [{ type: 'progress', stepsDone: 25, stepsTotal: 100, secondsLeft: 240, doing }]);
    const line = text.slice(text.lastIndexOf('\x1b[K') + 3);
    assert.equal(line.length, 79);
    assert.ok(line.endsWith('…'));
  });

  it('is a line for every tenth of the steps where output goes to a file', () => {
    const events = Array.from({ length: 100 }, (_, i): RunEventBody => ({
      type: 'progress',
      stepsDone: i + 1,
      stepsTotal: 100,
      secondsLeft: 99 - i,
      doing: 'x',
    }));
    const lines = shown(false, events).trim().split('\n');
    assert.equal(lines.length, 10);
    assert.ok(!lines.some((line) => line.includes('\r')));
  });
});

function shown(isTerminal: boolean, bodies: readonly RunEventBody[]): string {
  let text = '';
  const progress = createRunProgress({
    cwd: '/',
    env: {},
    isTerminal,
    out: (part) => (text += part),
    err: () => undefined,
  });
  let state = initialRunState;
  bodies.forEach((body, i) => {
    const event: RunEvent = { ...body, at: i, seq: i + 1 };
    state = reduceRun(state, event);
    progress.show(event, state);
  });
  return text;
}
