import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readChoices, type WhatIfChoice, type WhatIfRow } from '../../core/report/whatIfReport.ts';
import { changeText, choiceOf, initialView, restoreView, sortedRows, withChoice, withChoices } from './whatIfState.ts';

const oneBit: WhatIfChoice['action'] = { kind: 'bits', bits: 1 };

describe('choices of the what-if page', () => {
  it('has one choice of a kind for a layer, widths before bits', () => {
    let choices = withChoice([], 'a', 'bits', oneBit);
    choices = withChoice(choices, 'b', 'channels', { kind: 'channels', channels: 8 });
    choices = withChoice(choices, 'a', 'bits', { kind: 'bits', bits: 4 });
    assert.deepEqual(
      choices.map(({ layer, action }) => [layer, action.kind]),
      [
        ['b', 'channels'],
        ['a', 'bits'],
      ],
    );
    assert.equal(choiceOf(choices, 'a', 'bits')?.bits, 4);
    assert.equal(choiceOf(choices, 'b', 'bits'), null);
    assert.deepEqual(withChoice(choices, 'a', 'bits', null).length, 1);
  });

  it('takes several choices at once, each in the place of another of its kind', () => {
    const before = withChoice([], 'a', 'bits', oneBit);
    const prune = { kind: 'prune', granularity: 'channel', share: 0.5 } as const;
    const added: readonly WhatIfChoice[] = [
      { layer: 'a', action: { kind: 'bits', bits: 4 } },
      { layer: 'a', action: prune },
    ];
    assert.deepEqual(withChoices(before, added), [
      { layer: 'a', action: prune },
      { layer: 'a', action: { kind: 'bits', bits: 4 } },
    ]);
  });

  it('sorts by what is saved, and leaves what is not known for last', () => {
    const row = (name: string, bytes: number | null, bytesAfter: number | null): WhatIfRow =>
      ({ name, bytes, bytesAfter, dor: bytes }) as WhatIfRow;
    const rows = [row('unknown', null, null), row('little', 10, 9), row('much', 8, 1)];
    const names = (sort: 'saving' | 'bytes' | 'order'): string[] => sortedRows(rows, sort).map(({ name }) => name);
    assert.deepEqual(names('saving'), ['much', 'little', 'unknown']);
    assert.deepEqual(names('bytes'), ['little', 'much', 'unknown']);
    assert.deepEqual(names('order'), ['unknown', 'little', 'much']);
  });

  it('writes changes with their sign', () => {
    assert.deepEqual([changeText(-2048), changeText(0), changeText(1500, 'count')], ['−2.00 KiB', '±0', '+1.50K']);
  });

  it('restores what is sound of a kept view', () => {
    const kept = { source: 'g.py', model: 'G', choices: [{ layer: 'a', action: oneBit }, 7], sort: 'size', device: 3 };
    assert.deepEqual(restoreView(kept, readChoices), {
      source: 'g.py',
      view: { ...initialView, model: 'G', choices: [{ layer: 'a', action: oneBit }] },
    });
    assert.deepEqual(restoreView('broken', readChoices), { source: null, view: initialView });
  });
});
