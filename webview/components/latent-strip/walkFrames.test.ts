import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { legFrames, positionWords, walkPosition } from './walkFrames.ts';

describe('positions on the way between latents', () => {
  it('are legs and frames, whatever was stored', () => {
    assert.deepEqual(walkPosition(0), { frame: 0, leg: 0, shown: 0 });
    assert.deepEqual(walkPosition(19), { frame: 19, leg: 2, shown: 3 });
    assert.deepEqual(walkPosition(1e6), { frame: 63, leg: 7, shown: 7 });
    for (const odd of [-4, NaN]) assert.equal(walkPosition(odd).frame, 0);
  });

  it('are said in words, the last leg leading back', () => {
    assert.equal(positionWords(walkPosition(8)), 'Latent 2');
    assert.equal(positionWords(walkPosition(11)), '3/8 of the way from latent 2 to latent 3');
    assert.equal(positionWords(walkPosition(63)), '7/8 of the way from latent 8 to latent 1');
  });

  it('show a leg with both of its ends', () => {
    assert.deepEqual(legFrames(0), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert.deepEqual(legFrames(7).slice(-2), [63, 0]);
  });
});
