/** Which variant is looked at, and what is said of each. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { LayerDecision, VariantInfo } from '../../../core/session/runEvent.ts';
import { initialRunState, type RunState, type VariantState } from '../../../core/session/runState.ts';
import { selectedVariant, shortLabel, verdictOf } from './variants.ts';

const variants = [
  variant({ id: 'full', kind: 'full' }, 3),
  variant({ id: 'layer-a', kind: 'single', layersG: ['a'] }, 3),
  variant({ id: 'layer-b', kind: 'single', layersG: ['b'] }, 1),
  variant({ id: 'layer-c', kind: 'single', layersG: ['c'] }, 0),
  variant({ id: 'final', kind: 'final', layersG: ['a'] }, 0),
];

describe('the variant that is shown', () => {
  it('is the one that trains, until one is chosen', () => {
    const run = { ...initialRunState, status: 'running', current: 'layer-b', variants } as const;
    assert.equal(selectedVariant(run, null)?.info.id, 'layer-b');
    assert.equal(selectedVariant(run, 'full')?.info.id, 'full');
    assert.equal(selectedVariant(run, 'of an older run')?.info.id, 'layer-b');
  });

  it('is the result when the run is finished, and nothing before there are variants', () => {
    const run = { ...initialRunState, status: 'finished', current: 'layer-b', variants } as const;
    assert.equal(selectedVariant(run, null)?.info.id, 'final');
    assert.equal(selectedVariant(initialRunState, null), null);
  });
});

describe('what is said of a variant', () => {
  const run: RunState = {
    ...initialRunState,
    status: 'running',
    current: 'layer-b',
    variants,
    decisions: [decision('a', true, true), decision('c', false, false)],
  };
  const verdicts = (state: RunState): string[] => variants.map((each) => verdictOf(state, each));

  it('follows the decisions of Algorithm 1', () => {
    assert.deepEqual(verdicts(run), ['trained', 'accepted', 'training', 'notTried', 'waiting']);
    assert.deepEqual(verdicts({ ...run, status: 'cancelled' }), [
      'trained',
      'accepted',
      'trained',
      'notTried',
      'waiting',
    ]);
  });

  it('looks at the layer that was added, where layers are tried cumulatively', () => {
    const both = variant({ id: 'layer-c', kind: 'single', layersG: ['a', 'c'] }, 2);
    assert.equal(
      verdictOf({ ...run, decisions: [decision('a', true, true), decision('c', true, false)] }, both),
      'rejected',
    );
    assert.equal(shortLabel(both.info), '+ c');
  });

  it('has short names for tight places', () => {
    const labels = [...variants, variant({ id: 'repeat-2', kind: 'repeat' }, 0)].map((each) => shortLabel(each.info));
    assert.deepEqual(labels, ['Full precision', 'Only a', 'Only b', 'Only c', 'Compressed', 'Repetition 2']);
  });
});

function variant(info: Partial<VariantInfo>, nLosses: number): VariantState {
  return {
    info: { id: 'x', label: 'X', kind: 'single', layersG: [], layersD: [], steps: 3, ...info },
    losses: Array.from({ length: nLosses }, (_, i) => ({ step: i + 1, lossD: 1, lossG: 1 })),
    samples: [],
    evaluations: [],
  };
}

function decision(layer: string, tried: boolean, accepted: boolean): LayerDecision {
  return {
    layer,
    type: 'Conv2d',
    dor: 1,
    formula: 'conv',
    swdBefore: 1,
    swdAfter: 1,
    noise: 1,
    threshold: 1,
    accepted,
    tried,
    why: '',
  };
}
