import assert from 'node:assert/strict';
import path from 'node:path';
import { validatePlan } from '../../core/plan/validatePlan.ts';
import type { SettingResult } from '../../core/session/runEvent.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import { handGenerator } from '../train/handGraph.ts';
import type { PreparedSession } from './prepareSession.ts';
import { runToy, toySession, type ToyRun } from './sessionFixture.ts';

describe('an experiment', function () {
  this.timeout(120_000);
  let prepared: PreparedSession;
  let whole: ToyRun;

  before(async () => {
    assert.ok((await selectBackend({ backend: 'cpu', threads: null })).ok);
    prepared = await experiment({});
    whole = await runToy({ prepared });
  });

  it('trains every setting with every seed and measures each against full precision of its seed', () => {
    assert.ok(whole.outcome.ok && whole.outcome.value.status === 'finished');
    const results = resultsOf(whole);
    assert.deepEqual(
      results.map(({ setting, seed, layersG, layersD }) => [setting, seed, layersG.length, layersD.length]),
      [
        ['A', 1, 0, 0],
        ['B', 1, 1, 0],
        ['both', 1, 2, 2],
        ['A', 2, 0, 0],
        ['B', 2, 1, 0],
        ['both', 2, 2, 2],
      ],
    );
    for (const { setting, psnr, levels, swd, fileBytes, model, balance, stepMs } of results) {
      assert.equal(psnr === null, setting === 'A');
      assert.ok(Math.abs(levels.reduce((sum, level) => sum + level.swd, 0) / levels.length - swd) < 1e-9);
      assert.equal(fileBytes, file(whole, model).length);
      assert.ok(balance?.ratio !== null && stepMs > 0);
    }
    const [a, b, both] = results;
    assert.ok(a && b && both && a.fileBytes > b.fileBytes && b.fileBytes > both.fileBytes);
    assert.equal(a.eq3[0]?.ratio, 1);
    // The deconvolutions 24→8 and 8→1 with 4×4 kernels: 3,072 and 128 weights.
    assert.equal(b.eq3[0]?.ratio, (32 * 3200) / (3072 + 32 * 128));
    assert.equal(both.eq3[0]?.ratio, 32);
    assert.deepEqual(file(whole, 'model.fp32.safetensors'), file(whole, 'model-A-seed1.safetensors'));
  });

  it('gives every setting of one seed the same start and the same images, whatever else is in the plan', async () => {
    const twins = await experiment({
      settings: [
        { name: 'A', layers: [] },
        { name: 'B', layers: [1] },
      ],
      seeds: [7],
    });
    const [a] = resultsOf(await runToy({ prepared: twins }));
    const other = await experiment({ settings: [{ name: 'alone', layers: [] }], seeds: [7] });
    const [alone] = resultsOf(await runToy({ prepared: other }));
    assert.equal(a?.swd, alone?.swd, 'what a setting is called changes nothing');
    assert.notEqual(a?.swd, resultsOf(whole)[0]?.swd);
  });

  it('killed at any moment goes on to the same results, but for the time', async () => {
    for (const [variant, step] of [
      ['B-seed1', 3],
      ['both-seed2', 2],
    ] as const) {
      const killed = await runToy({
        prepared,
        onEvent: (event) => {
          if (event.type === 'step' && event.variant === variant && event.step === step) throw new Error('killed');
        },
      });
      assert.ok(!killed.outcome.ok);
      const rest = await runToy({ prepared, disk: killed.disk, folder: killed.folder });
      assert.ok(rest.outcome.ok && rest.outcome.value.status === 'finished');
      const together = [...resultsOf(killed), ...resultsOf(rest)];
      assert.deepEqual(together.map(timeless), resultsOf(whole).map(timeless), `${variant} ${step}`);
      assert.deepEqual(file(rest, 'model.safetensors'), file(whole, 'model.safetensors'));
    }
  });

  it('trains a wider generator where a setting names one, and offers the plan’s own', async () => {
    const wide = 'Generator(width=40)';
    const settings = [
      { name: 'E', layers: [2] },
      { name: 'E-wide', layers: [2], entry: wide },
      { name: 'A-wide', layers: [], entry: wide },
    ];
    const narrow = await experiment({ settings, seeds: [1] });
    const generator = handGenerator({ latents: 6, channels: [40, 8], colours: 1 });
    const session = { ...narrow, otherGenerators: new Map([[wide, generator]]) };
    const run = await runToy({ prepared: session });
    assert.ok(run.outcome.ok && run.outcome.value.status === 'finished');
    assert.deepEqual(run.outcome.value.summary.binarizedG.length <= 1, true);
    const results = resultsOf(run);
    assert.deepEqual(
      results.map(({ setting, entry, psnr }) => [setting, entry, psnr === null]),
      [
        ['A', undefined, true],
        ['E', undefined, false],
        ['E-wide', wide, true],
        ['A-wide', wide, true],
      ],
    );
    // Deconvolutions 24→8 and 8→1, and 40→8 and 8→1, with 4×4 kernels.
    assert.deepEqual(
      results.map(({ eq3 }) => eq3[0]?.n),
      [3200, 3200, 5248, 5248],
    );
    const killed = await runToy({
      prepared: session,
      onEvent: (event) => {
        if (event.type === 'step' && event.variant === 'E-wide-seed1' && event.step === 3) throw new Error('killed');
      },
    });
    const rest = await runToy({ prepared: session, disk: killed.disk, folder: killed.folder });
    assert.ok(rest.outcome.ok && rest.outcome.value.status === 'finished');
    assert.deepEqual([...resultsOf(killed), ...resultsOf(rest)].map(timeless), results.map(timeless));
  });

  it('can start each setting from trained weights of its seed', async () => {
    const trained = await experiment({ from: 'trained', seeds: [1], settings: [{ name: 'A', layers: [] }] });
    const run = await runToy({ prepared: trained });
    assert.ok(run.outcome.ok && run.outcome.value.status === 'finished');
    const names = run.events.flatMap((event) => (event.type === 'variant' ? [event.variant.id] : []));
    assert.deepEqual(names, ['base-seed1', 'A-seed1']);
    assert.ok(file(run, 'base-seed1.safetensors').length > 0);
  });
});

async function experiment(stage: Readonly<Record<string, unknown>>): Promise<PreparedSession> {
  const toy = await toySession();
  const settings = [
    { name: 'B', layers: [1] },
    { name: 'both', layers: [1, 2], binarizeD: true },
  ];
  const plan = {
    ...toy.plan,
    train: { ...toy.plan.train, steps: 4 },
    stages: [{ id: 'table', family: 'settings', settings, seeds: [1, 2], ...stage }],
  };
  const valid = validatePlan(JSON.stringify(plan), toy.planPath);
  assert.ok(valid.ok, valid.ok ? '' : valid.problem.message);
  return { ...toy, plan: valid.value.plan };
}

function resultsOf({ events }: ToyRun): SettingResult[] {
  return events.flatMap((event) => (event.type === 'setting' ? [event.result] : []));
}

function timeless({ stepMs, ...result }: SettingResult): Omit<SettingResult, 'stepMs'> {
  assert.ok(stepMs >= 0);
  return result;
}

function file({ disk, folder }: ToyRun, name: string): Uint8Array {
  const bytes = disk.files().get(path.join(folder, name));
  assert.ok(bytes, `${name} is not in the run folder`);
  return bytes;
}
