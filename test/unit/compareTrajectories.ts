/**
 * How far two trajectories of `ganTrajectory.ts` lie apart. The measure is, for every tensor on its own, the
 * Euclidean norm of the difference over that of the reference.
 */
import assert from 'node:assert/strict';
import type { Trajectory } from './ganTrajectory.ts';

export interface Worst {
  readonly by: number;
  readonly where: string;
}

/** The largest of all relative differences in losses, gradients and weights, and whose it is. */
export function worstDifference(actual: Trajectory, expected: Trajectory): Worst {
  let most: Worst = { by: 0, where: 'everything is equal' };
  const note = (by: number, where: string): void => {
    // A difference that is not a number is the worst there is.
    if (!(by <= most.by)) most = { by: Number.isNaN(by) ? Infinity : by, where };
  };
  assert.equal(actual.losses.length, expected.losses.length);
  expected.losses.forEach((losses, step) => {
    losses.forEach((loss, i) => note(relative([actual.losses[step]?.[i] ?? NaN], [loss]), `loss ${i}, step ${step}`));
  });
  for (const kind of ['gradients', 'weights'] as const) {
    assert.equal(actual[kind].length, expected[kind].length);
    expected[kind].forEach((tensors, step) => {
      assert.equal(actual[kind][step]?.length, tensors.length);
      tensors.forEach((tensor, i) => {
        const name = kind === 'weights' ? expected.names[i] : String(i);
        note(relative(actual[kind][step]?.[i] ?? [], tensor), `${kind} ${name}, step ${step}`);
      });
    });
  }
  return most;
}

function relative(actual: readonly number[], expected: readonly number[]): number {
  assert.equal(actual.length, expected.length);
  let [norm, difference] = [0, 0];
  expected.forEach((value, i) => {
    norm += value ** 2;
    difference += (value - (actual[i] ?? NaN)) ** 2;
  });
  return difference === 0 ? 0 : Math.sqrt(difference / norm);
}
