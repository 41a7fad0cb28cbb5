import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Problem } from '../../core/problem.ts';
import { encodeGrid } from '../formats/png.ts';
import { prepareSession } from './prepareSession.ts';
import { readPlan } from './readPlan.ts';
import { toyPlan, toyProject, toySource, type ToyProject } from './toyProject.ts';

describe('preparing a session', () => {
  it('reads both networks, the images and the sums of the sources', async () => {
    await within({}, async (project) => {
      const prepared = await prepare(project);
      assert.ok(prepared.ok, prepared.ok ? '' : prepared.problem.message);
      const { generator, discriminator, images, sources } = prepared.value;
      assert.deepEqual([generator.name, discriminator.name, images.nImages], ['Generator', 'Discriminator', 48]);
      assert.deepEqual(Object.keys(sources), ['toy.py']);
      assert.match(sources['toy.py'] ?? '', /^[0-9a-f]{64}$/);
    });
  });

  it('reads the generators that settings name, and refuses those that do not fit', async () => {
    const stage = (setting: object, more: object = {}): Readonly<Record<string, unknown>> => ({
      stages: [{ id: 'table', family: 'settings', settings: [{ name: 'wide', layers: [2], ...setting }], ...more }],
    });
    await within(stage({ entry: 'Generator(width=40)' }), async (project) => {
      const wide = toySource
        .replace('latents=6', 'latents=6, width=24')
        .replace(
          'self.project = nn.Linear(latents, 384)',
          'self.width = width; self.project = nn.Linear(latents, 16 * width)',
        )
        .replace('BatchNorm2d(24)', 'BatchNorm2d(width)')
        .replace('ConvTranspose2d(24,', 'ConvTranspose2d(width,')
        .replace('(-1, 24,', '(-1, self.width,');
      project.write('toy.py', wide);
      const prepared = await prepare(project);
      assert.ok(prepared.ok, prepared.ok ? '' : prepared.problem.message);
      const [graph] = prepared.value.otherGenerators.values();
      assert.notEqual(graph, undefined);
      assert.equal(prepared.value.notes.length, 1);
    });
    await refused(stage({ entry: 'Discriminator()' }), null);
    await refused(stage({ entry: 'Generator()' }, { from: 'trained' }), 'SWP_PLAN_SETTING_GENERATOR');
  });

  it('says where a plan, a source or images are missing', async () => {
    await refused({}, 'SWP_PLAN_NOT_FOUND', (project) => rmSync(project.planPath));
    await refused({}, 'SWP_SOURCE_NOT_FOUND', (project) => rmSync(path.join(project.folder, 'toy.py')), /toy\.py$/);
    await refused(
      {},
      'SWP_IMAGES_NOT_FOUND',
      (project) => rmSync(path.join(project.folder, 'images.gz')),
      /images\.gz$/,
    );
  });

  it('refuses a plan that does not validate, with its line', async () => {
    const problem = await refused({ train: { batch: -1 } }, 'SWP_PLAN_WRONG_VALUE');
    assert.ok((problem.line ?? 0) > 1);
  });

  it('names the class or the line where the source has no such network', async () => {
    await refused(
      { generator: { ...toyPlan.generator, entry: 'Painter()' } },
      null,
      (project) => void project,
      /toy\.py$/,
    );
    await refused(
      {},
      null,
      (project) => project.write('toy.py', 'class Generator(nn.Module:\n    def __init__('),
      /toy\.py$/,
    );
  });

  it('refuses layers that it does not know or that do not fit, at their line', async () => {
    const changed = (from: string, to: string) => (project: ToyProject) =>
      project.write('toy.py', toySource.replace(from, to));
    const unknown = await refused({}, null, changed('nn.Tanh()', 'Mystery(3)'));
    assert.ok(unknown.message.includes('Mystery') && (unknown.line ?? 0) >= 5, JSON.stringify(unknown));
    const mismatch = await refused({}, null, changed('nn.ConvTranspose2d(24, 8', 'nn.ConvTranspose2d(23, 8'));
    assert.equal(mismatch.line, 12, JSON.stringify(mismatch));
  });

  it('refuses a generator that draws another size than the plan', async () => {
    const problem = await refused({ data: { ...toyPlan.data, size: 32 } }, 'SWP_NETWORKS_DO_NOT_FIT');
    assert.match(problem.message, /draws 16×16×1 .* 32×32×1/);
  });

  it('refuses fewer images than a batch, an empty folder and a folder of broken ones', async () => {
    await refused({ data: { ...toyPlan.data, limit: 3 } }, 'SWP_TOO_FEW_IMAGES');
    const folder = { data: { ...toyPlan.data, images: 'pictures' } };
    const made = (project: ToyProject): string => {
      const name = path.join(project.folder, 'pictures');
      mkdirSync(name);
      return name;
    };
    await refused(folder, 'SWP_IMAGES_EMPTY', (project) => void made(project));
    await refused(folder, 'SWP_IMAGES_TOO_MANY_BAD', (project) => {
      const name = made(project);
      const image = png();
      for (let i = 0; i < 10; i++) writeFileSync(path.join(name, `${i}.png`), i < 8 ? image : image.subarray(0, 40));
    });
  });
});

async function prepare(project: ToyProject) {
  const plan = await readPlan(project.planPath);
  return plan.ok ? prepareSession(plan.value.plan, plan.value.planPath) : plan;
}

async function within<T>(
  plan: Readonly<Record<string, unknown>>,
  action: (project: ToyProject) => Promise<T>,
): Promise<T> {
  const project = toyProject(plan);
  try {
    return await action(project);
  } finally {
    project.dispose();
  }
}

/** The problem of a project that `spoil` has spoilt. `code` null: any, as long as it says what to do. */
function refused(
  plan: Readonly<Record<string, unknown>>,
  code: string | null,
  spoil: (project: ToyProject) => void = () => undefined,
  file?: RegExp,
): Promise<Problem> {
  return within(plan, async (project) => {
    spoil(project);
    const prepared = await prepare(project);
    assert.ok(!prepared.ok, 'it should have been refused');
    const { problem } = prepared;
    if (code !== null) assert.equal(problem.code, code, problem.message);
    assert.ok(problem.message.length > 10 && problem.hint.length > 10);
    if (file) assert.match(problem.path ?? '', file);
    return problem;
  });
}

function png(): Uint8Array {
  const values = Float32Array.from({ length: 256 }, (_, i) => Math.sin(i));
  return encodeGrid({ values, nImages: 1, height: 16, width: 16, channels: 1 }, { columns: 1, gap: 0 });
}
