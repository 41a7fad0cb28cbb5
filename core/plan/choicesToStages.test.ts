import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { choicesToStages } from './choicesToStages.ts';

describe('stages of a plan from choices by layer', () => {
  it('has a stage for each number of bits, with its layers by name', () => {
    const { stages, unsaid, notRun } = choicesToStages(
      [
        { layer: 'fc', action: { kind: 'bits', bits: 1 } },
        { layer: 'main.2', action: { kind: 'bits', bits: 4 } },
        { layer: 'main.5', action: { kind: 'bits', bits: 1 } },
        { layer: 'main.8', action: { kind: 'bits', bits: 32 } },
      ],
      'G',
    );
    assert.deepEqual(stages, [
      {
        id: 'binarize',
        family: 'precision',
        module: 'G',
        rep: { kind: 'binary' },
        select: { names: ['fc', 'main.5'] },
      },
      {
        id: 'quantize4',
        family: 'precision',
        module: 'G',
        rep: { kind: 'int', bits: 4 },
        select: { names: ['main.2'] },
      },
    ]);
    assert.deepEqual(unsaid, []);
    assert.equal(notRun, 'a second precision stage');
  });

  it('prunes first, then factors, then takes bits away; a width is a share of the channels before', () => {
    const { stages, unsaid, notRun } = choicesToStages(
      [
        { layer: 'a', action: { kind: 'bits', bits: 8 } },
        { layer: 'a', action: { kind: 'rewrite', rewrite: { kind: 'lowRank', rank: 12 } } },
        { layer: 'b', action: { kind: 'channels', channels: 43 }, channels: 64 },
        { layer: 'c', action: { kind: 'prune', granularity: 'channel', share: 0.25 } },
        { layer: 'd', action: { kind: 'prune', granularity: 'weight', share: 0.9 } },
        { layer: 'e', action: { kind: 'channels', channels: 65 }, channels: 64 },
      ],
      'G',
    );
    const said = stages as readonly { id: string; select: { names: string[] }; granularity?: string }[];
    assert.deepEqual(
      said.map(({ id, select, granularity }) => [id, granularity, select.names]),
      [
        ['pruneChannels33', 'channel', ['b']],
        ['pruneChannels25', 'channel', ['c']],
        ['pruneWeights90', 'weight', ['d']],
        ['rank12', undefined, ['a']],
        ['quantize8', undefined, ['a']],
      ],
    );
    assert.deepEqual(unsaid, ['the width of e']);
    assert.match(notRun ?? '', /pruning by magnitude/);
  });

  it('says what a plan cannot say', () => {
    const { stages, unsaid, notRun } = choicesToStages(
      [
        { layer: 'a', action: { kind: 'channels', channels: 8 } },
        { layer: 'b', action: { kind: 'rewrite', rewrite: { kind: 'separable' } } },
        { layer: 'c', action: { kind: 'bits', bits: 16 } },
        { layer: 'c', action: { kind: 'bits', bits: 'ternary' } },
      ],
      'D',
    );
    assert.deepEqual(unsaid, ['the width of a', 'the replacement of b']);
    assert.equal(stages.length, 1);
    assert.equal(notRun, null);
  });
});
