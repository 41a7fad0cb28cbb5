import assert from 'node:assert/strict';
import { isRunEvent } from './runEventGuard.ts';

const step = { type: 'step', at: 1, seq: 7, variant: 'full', step: 3, lossD: 0.5, lossG: 1.5, stepMs: 20 };
const variant = { id: 'full', label: 'Full precision', kind: 'full', layersG: [], layersD: [], steps: 10 };

describe('isRunEvent', () => {
  it('accepts events of every shape that the reduction reads', () => {
    assert.ok(isRunEvent(step));
    assert.ok(isRunEvent({ type: 'variant', at: 1, seq: 1, variant }));
    assert.ok(isRunEvent({ type: 'paused', at: 1, seq: 2 }));
    assert.ok(
      isRunEvent({
        type: 'started',
        at: 1,
        seq: 1,
        backend: 'cpu',
        backendWhy: '',
        threads: 1,
        variants: [variant],
        expectedSeconds: 1,
        expectedBytes: 1,
        nImages: 1,
        resumedFromStep: null,
      }),
    );
  });

  const refused: readonly (readonly [string, unknown])[] = [
    ['nothing', undefined],
    ['a list', [step]],
    ['a type of a newer version', { ...step, type: 'gradients' }],
    ['a type that is a property of every object', { ...step, type: 'constructor' }],
    ['no sequence number', { ...step, seq: undefined }],
    ['a fraction as sequence number', { ...step, seq: 1.5 }],
    ['a loss that is text', { ...step, lossD: '0.5' }],
    ['a step without its variant', { ...step, variant: undefined }],
    ['a start whose variants are not variants', { type: 'started', at: 1, seq: 1, variants: [null] }],
    ['a failure without a problem', { type: 'failed', at: 1, seq: 1 }],
  ];
  for (const [what, value] of refused) {
    it(`refuses ${what}`, () => assert.equal(isRunEvent(value), false));
  }
});
