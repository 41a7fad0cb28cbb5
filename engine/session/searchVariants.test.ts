/** Algorithm 1 by another reading than the default, and other weights than binary, through a whole session. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { validatePlan } from '../../core/plan/validatePlan.ts';
import { readPacked, type PackedModel } from '../formats/packedModel.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import { runToy, toySession, type ToyRun } from './sessionFixture.ts';

describe('a session by another plan', function () {
  this.timeout(240_000);
  before(async () => {
    assert.ok((await selectBackend({ backend: 'cpu', threads: null })).ok);
  });

  it('searches upwards, cumulatively, from scratch, by PSNR, and packs ternary weights', async () => {
    const search = {
      metric: 'psnr',
      threshold: { relative: 10 },
      order: 'dorAsc',
      from: 'scratch',
      mode: 'cumulative',
      steps: 1,
    };
    const { run, packed } = await toyRun(search, { rep: { kind: 'ternary' } });
    const decisions = run.events.flatMap((event) => (event.type === 'decision' ? [event.decision] : []));
    assert.deepEqual(
      decisions.map(({ layer }) => layer),
      ['main.5', 'fc', 'main.2'],
    );
    assert.ok(decisions.every(({ psnr, accepted }) => accepted && psnr !== undefined && (psnr.after ?? 0) > 0));
    const variants = run.events.flatMap((event) => (event.type === 'variant' ? [event.variant.layersG.join()] : []));
    assert.ok(variants.includes('main.5,fc') && variants.includes('main.5,fc,main.2'), variants.join(' '));
    assert.ok(run.events.some((event) => event.type === 'note' && event.text.startsWith('Superposition:')));
    const weight = packed.weights.get('main.2.weight');
    assert.ok(weight?.kind === 'planes' && weight.bits === 'ternary');
  });

  it('packs four bits where the plan says so, with a moving average and another loss', async () => {
    const train = { loss: 'lsgan', ema: 0.9, labelSmoothing: 0.1, generatorSteps: 2 };
    const { run, packed } = await toyRun({ select: { names: ['main.2'] }, steps: 1 }, { rep: { kind: 'int', bits: 4 } }, train); // prettier-ignore
    const weight = packed.weights.get('main.2.weight');
    assert.ok(weight?.kind === 'planes' && weight.bits === 4);
    // An eighth of 32 bits: 3,072 weights in 1,536 bytes.
    assert.equal(weight.planes.length, 1536);
    assert.ok(run.events.some((event) => event.type === 'note' && event.text.includes('read back from disk')));
  });
});

async function toyRun(
  search: Readonly<Record<string, unknown>>,
  precision: Readonly<Record<string, unknown>>,
  train: Readonly<Record<string, unknown>> = {},
): Promise<{ run: ToyRun; packed: PackedModel }> {
  const toy = await toySession();
  const plan = {
    ...toy.plan,
    train: { ...toy.plan.train, steps: 2, ...train },
    stages: [
      { id: 'find', family: 'search', repetitions: 2, threshold: 1000, ...search },
      { id: 'compress', family: 'precision', steps: 1, ...precision },
    ],
  };
  const valid = validatePlan(JSON.stringify(plan), toy.planPath);
  assert.ok(valid.ok, valid.ok ? '' : valid.problem.message);
  const run = await runToy({ prepared: { ...toy, plan: valid.value.plan } });
  assert.ok(run.outcome.ok, run.outcome.ok ? '' : run.outcome.problem.message);
  const file = run.disk.files().get(path.join(run.folder, 'model.safetensors'));
  const packed = readPacked(file ?? new Uint8Array());
  assert.ok(packed.ok);
  return { run, packed: packed.value };
}
