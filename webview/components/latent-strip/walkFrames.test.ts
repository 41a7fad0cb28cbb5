import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { frameIn, legFrames, positionWords, walkPosition } from './walkFrames.ts';

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

describe('frames in the picture of a way', () => {
  it('lie in rows of eight with one pixel around each', () => {
    const grid = { width: 8 * 33 + 1, height: 8 * 33 + 1 };
    assert.deepEqual(frameIn(grid, 0), { x: 1, y: 1, width: 32, height: 32 });
    assert.deepEqual(frameIn(grid, 10), { x: 67, y: 34, width: 32, height: 32 });
    assert.deepEqual(frameIn(grid, 63), { x: 232, y: 232, width: 32, height: 32 });
  });

  it('are not looked for in another picture', () => {
    assert.equal(frameIn({ width: 256, height: 256 }, 0), null);
    assert.equal(frameIn({ width: 0, height: 0 }, 0), null);
  });
});
