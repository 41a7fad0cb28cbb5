/** The published networks as a session prepares them: the document's numbers, and a few steps at an eighth of the width. */
import assert from 'node:assert/strict';
import { layerDor } from '../../core/dor/layerDor.ts';
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import { validatePlan } from '../../core/plan/validatePlan.ts';
import { createNetwork } from '../train/network.ts';
import { createGanTrainer } from '../train/ganStep.ts';
import { lossSettings } from '../../core/plan/trainFields.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import { endStep } from '../tensors/step.ts';
import { prepareSession, type PreparedSession } from './prepareSession.ts';
import { toyProject, type ToyProject } from './toyProject.ts';

describe('the published networks', function () {
  this.timeout(120_000);
  let project: ToyProject;
  before(() => (project = toyProject()));
  after(() => project.dispose());

  // Kernels of the deconvolutions: 25 · Σ c_i · c_o. A run of PBGen's reproduces eq. (3) from these.
  const published = [
    ['dcgan-512', [496, 192, -128, -960], 4_305_600, 2 * (512 + 256 + 128 + 64), 512],
    ['dcgan-1024', [1008, 448, 0, -896], 17_212_800, 2 * (512 + 256 + 128), 1024],
  ] as const;
  for (const [network, dors, nKernel, nNorm, channels] of published) {
    it(`${network} has the published degrees of redundancy and parameters`, async () => {
      const { generator, discriminator } = await prepared({ network, data: colour });
      assert.deepEqual(dorsOf(generator, 'conv2d_transpose'), dors);
      assert.deepEqual(dorsOf(discriminator, 'conv2d'), [11, 1472, 2944, 5888]);
      const projection = 101 * 16 * channels;
      const biases = channels / 2 + channels / 4 + channels / 8 + 3;
      assert.equal(nParameters(generator), projection + nKernel + biases + nNorm);
    });
  }

  it('train and draw at an eighth of the width, on 16×16 images', async () => {
    assert.ok((await selectBackend({ backend: 'cpu', threads: null })).ok);
    const session = await prepared({ network: { preset: 'dcgan-512', scale: 0.125 } });
    const { plan, images } = session;
    const [generator, discriminator] = [session.generator, session.discriminator].map((graph) => {
      const made = createNetwork(graph, plan.seed);
      assert.ok(made.ok, made.ok ? '' : made.problem.message);
      return made.value;
    });
    assert.ok(generator && discriminator);
    const kernel = generator.readWeights().find(({ name }) => name === 'conv1.weight')?.data ?? new Float32Array(1);
    const deviation = Math.sqrt(kernel.reduce((sum, value) => sum + value * value, 0) / kernel.length);
    assert.ok(Math.abs(deviation - 0.02) < 5e-4, `N(0, 0.02), not ${deviation}`);
    const trainer = createGanTrainer({
      generator,
      discriminator,
      images,
      batch: plan.train.batch,
      generatorSteps: plan.train.generatorSteps,
      loss: lossSettings(plan.train),
      latents: plan.train.latents,
      optimizer: plan.train.optimizer,
      rateAt: () => 1,
      seed: plan.seed,
      purpose: 'test',
      transformsG: new Map(),
      transformsD: new Map(),
      endStep,
    });
    for (let step = 0; step < 2; step++) {
      const { lossD, lossG } = trainer.step(step);
      assert.ok(Number.isFinite(lossD) && Number.isFinite(lossG));
    }
    // Two updates of G in a step, one of D.
    assert.deepEqual([trainer.adamG.readState().updates, trainer.adamD.readState().updates], [4, 2]);
    trainer.dispose();
    generator.dispose();
    discriminator.dispose();
  });

  const colour = { images: 'images.gz', size: 64, channels: 3, limit: 40 };
  async function prepared(change: Readonly<Record<string, unknown>>): Promise<PreparedSession> {
    const plan = {
      schema: 1,
      data: { images: 'images.gz', size: 16, channels: 1, limit: 40 },
      train: { batch: 4 },
      stages: [{ id: 'table', family: 'settings' }],
      ...change,
    };
    const valid = validatePlan(JSON.stringify(plan), project.planPath);
    assert.ok(valid.ok, valid.ok ? '' : valid.problem.message);
    const session = await prepareSession(valid.value.plan, project.planPath);
    assert.ok(session.ok, session.ok ? '' : session.problem.message);
    assert.deepEqual(Object.keys(session.value.sources), [valid.value.plan.generator.source]);
    return session.value;
  }
});

function dorsOf(graph: ModelGraph, op: string): readonly (number | null)[] {
  return graph.layers.flatMap((layer) =>
    layer.op === op ? [layerDor(graph, layer, { conv: 'published' })?.value ?? null] : [],
  );
}

function nParameters({ layers }: ModelGraph): number {
  const trainable = layers.flatMap(({ weights }) => (weights ?? []).filter((weight) => weight.trainable));
  return trainable.reduce((sum, { shape }) => sum + shape.reduce((product, dim) => product * dim, 1), 0);
}
