/**
 * Whole GAN steps on the lazy backend against TF.js's `cpu` backend and, because two float32 backends may
 * agree by sharing an error, against the same kernels in float64. `compareTrajectories.ts` has the measure;
 * no tensor is left out.
 *
 * None needs to be. Adam divides a gradient by its own size, so a parameter whose true gradient is 0 (a bias
 * that batch normalization takes out again) would be moved by rounding noise alone, by up to the learning
 * rate a step, and agree with nothing. The networks here have none: `handGenerator`'s only bias before a
 * normalization is one per position of a 4×4 map, of which the normalization takes out the mean alone.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { prepareSession } from '../../engine/session/prepareSession.ts';
import { readPlan } from '../../engine/session/readPlan.ts';
import type { BackendName } from '../../engine/tensors/selectBackend.ts';
import { selectBackend } from '../../engine/tensors/selectBackend.ts';
import { worstDifference } from './compareTrajectories.ts';
import type { TinyGan, Trajectory } from './ganTrajectory.ts';
import { nTrajectorySteps, recordTrajectory, trainerOf, trajectoryOfEngine } from './ganTrajectory.ts';

/** What the two float32 backends may differ by. */
const tolerance = 1e-4;
/** After 20 steps ours may be this much further from float64 than TF.js's own, whose sums run in sequence. */
const allowedExcess = 4;

describe('a GAN on the lazy backend and on the cpu backend', () => {
  for (const gan of ['tfjs', 'engine'] as const satisfies readonly TinyGan[]) {
    describe(`${nTrajectorySteps} steps of a tiny GAN (${gan})`, () => {
      let cpu: Trajectory;
      let ours: Trajectory;

      before(async () => {
        cpu = await onBackend('cpu', () => recordTrajectory(gan));
        ours = await onBackend('onnxruntime', () => recordTrajectory(gan));
      });

      it('agree in losses, gradients and weights within 1e-4', () => {
        assert.equal(ours.losses.length, nTrajectorySteps);
        assertWithin(ours, cpu, tolerance);
      });

      it('are as near to float64 as those of the cpu backend', () => {
        const inFloat64 = JSON.parse(
          execFileSync(process.execPath, ['--import=tsx', script, gan], { encoding: 'utf8', maxBuffer: 1 << 28 }),
        ) as Trajectory;
        const isFloat64 = inFloat64.weights.flat(2).some((value) => value !== Math.fround(value));
        assert.ok(isFloat64, 'the reference was computed in float32');
        assertWithin(ours, inFloat64, tolerance);
        const [worstOfCpu, worstOfOurs] = [worstDifference(cpu, inFloat64).by, worstDifference(ours, inFloat64).by];
        assert.ok(worstOfOurs < allowedExcess * worstOfCpu, `${worstOfOurs} against ${worstOfCpu}`);
      }).timeout(120_000);
    });
  }

  it('the sample: all gradients of one step agree within 1e-4', async () => {
    const plan = await readPlan(fileURLToPath(new URL('../../samples/dcgan/slimwise.json', import.meta.url)));
    assert.ok(plan.ok);
    const session = await prepareSession(plan.value.plan, plan.value.planPath);
    assert.ok(session.ok);
    const { generator, discriminator, images } = session.value;
    // The networks are the sample's own; the `cpu` backend would take minutes for its batch of 32.
    const step = (): Trajectory => {
      const trajectory = trajectoryOfEngine(trainerOf(generator, discriminator, { images, batch: 2 }), 1);
      // Adam's first step moves weights by the sign of a gradient, also of one that is all but 0.
      return { ...trajectory, weights: [] };
    };
    const expected = await onBackend('cpu', step);
    const actual = await onBackend('onnxruntime', step);
    assert.ok(expected.gradients[0]?.every((gradient) => gradient.some((value) => value !== 0)));
    assertWithin(actual, expected, tolerance);
  }).timeout(180_000);
});

const script = fileURLToPath(new URL('./float64Trajectory.ts', import.meta.url));

function assertWithin(actual: Trajectory, expected: Trajectory, limit: number): void {
  const { by, where } = worstDifference(actual, expected);
  assert.ok(by < limit, `${where}: relative difference ${by}`);
}

async function onBackend<T>(backend: BackendName, use: () => T): Promise<T> {
  const selected = await selectBackend({ backend, threads: 2 });
  assert.ok(selected.ok, selected.ok ? '' : selected.problem.message);
  return use();
}
