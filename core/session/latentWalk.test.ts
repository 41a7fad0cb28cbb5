import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { latentBetween, nWalkFrames, nWalkLatents, planLatents, walkLatents, walkStride } from './latentWalk.ts';
import { frameIn } from './walkGrid.ts';

describe('the way between fixed latents', () => {
  it('goes from one to the other along the sphere, and straight where they are uniform', () => {
    const [from, to] = [Float32Array.of(3, 0, 0), Float32Array.of(0, 4, 0)];
    assert.ok(near(latentBetween(from, to, 0, 'normal'), from));
    assert.ok(near(latentBetween(from, to, 1, 'normal'), to));
    const half = latentBetween(from, to, 0.5, 'normal');
    assert.ok(Math.abs(norm(half) - 3.5) < 1e-5, `length ${norm(half)}`);
    assert.ok(Math.abs((half[0] ?? 0) - (half[1] ?? 0)) < 1e-5);
    assert.ok(near(latentBetween(from, to, 0.5, 'uniform'), Float32Array.of(1.5, 2, 0)));
    for (const t of [0, 0.3, 1]) assert.ok(near(latentBetween(from, from, t, 'normal'), from), 'nothing to walk');
  });

  it('passes every fixed latent at the beginning of a leg, and comes back to the first', () => {
    const size = 5;
    const fixed = Float32Array.from({ length: nWalkLatents * size }, (_, i) => Math.sin(1 + 3 * i));
    const way = walkLatents(fixed, size, 'normal');
    assert.equal(way.length, nWalkFrames * size);
    const frame = (i: number): Float32Array => way.slice(i * size, (i + 1) * size);
    const latent = (i: number): Float32Array => fixed.slice(i * size, (i + 1) * size);
    for (let leg = 0; leg < nWalkLatents; leg++) {
      assert.ok(near(frame(leg * walkStride), latent(leg)), `leg ${leg} begins with its latent`);
    }
    const expected = latentBetween(latent(nWalkLatents - 1), latent(0), (walkStride - 1) / walkStride, 'normal');
    assert.ok(near(frame(nWalkFrames - 1), expected), 'the last leg leads to the first latent');
  });

  it('takes the distribution from the plan, and normal where a record has none', () => {
    assert.equal(planLatents({ train: { latents: 'uniform' } }), 'uniform');
    assert.equal(planLatents({ train: { latents: 'normal' } }), 'normal');
    for (const plan of [null, 3, {}, { train: 'none' }]) assert.equal(planLatents(plan), 'normal');
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

function near(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => Math.abs(value - (b[i] ?? NaN)) < 1e-5);
}

function norm(values: Float32Array): number {
  return Math.hypot(...values);
}
