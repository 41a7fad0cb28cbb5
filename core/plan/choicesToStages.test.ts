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
