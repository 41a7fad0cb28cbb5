import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { layersByRedundancy } from '../compress/layerOrder.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import { latentTensor } from '../train/latents.ts';
import { createNetwork, type Network } from '../train/network.ts';
import { prepareSession, type PreparedSession } from './prepareSession.ts';
import { readPlan } from './readPlan.ts';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../samples/dcgan');
const plans = ['slimwise.json', 'slimwise.keras.json', 'slimwise.tfjs.json'];

describe('the sample in PyTorch, Keras and TF.js', () => {
  const prepared = new Map<string, PreparedSession>();

  before(async () => {
    const backend = await selectBackend({ backend: 'cpu', threads: null });
    assert.ok(backend.ok);
    for (const name of plans) {
      const plan = await readPlan(path.join(folder, name));
      assert.ok(plan.ok, plan.ok ? '' : `${name}: ${plan.problem.message}`);
      const session = await prepareSession(plan.value.plan, plan.value.planPath);
      assert.ok(session.ok, session.ok ? '' : `${name}: ${session.problem.message}`);
      prepared.set(name, session.value);
    }
  });

  for (const name of plans) {
    it(`${name} becomes two networks of the same size, tried in the same order`, () => {
      const session = prepared.get(name);
      assert.ok(session);
      const ranked = layersByRedundancy(session.generator, {});
      assert.deepEqual(
        ranked.map(({ dor }) => dor.value),
        [240, 99, 64, -192],
      );
      const [generator, discriminator] = [make(session.generator), make(session.discriminator)];
      const sizes = (network: Network) => network.trainable.map(({ slot }) => slot.shape.join('×')).sort();
      const [firstG, firstD] = [prepared.get('slimwise.json')?.generator, prepared.get('slimwise.json')?.discriminator];
      assert.ok(firstG && firstD);
      assert.deepEqual(sizes(generator), sizes(make(firstG)));
      assert.deepEqual(sizes(discriminator), sizes(make(firstD)));

      const request = {
        distribution: 'normal',
        shape: generator.inputShape,
        count: 2,
        seed: 1,
        step: 0,
        purpose: 'test',
      } as const;
      const images = generator.forwardToImages(latentTensor(request), { training: true });
      assert.deepEqual(images.shape, [2, 32, 32, 1]);
      const judged = discriminator.forwardFromImages(images, { training: true, logits: true });
      assert.equal(judged.size, 2);
      assert.ok(Array.from(judged.dataSync()).every(Number.isFinite));
      assert.ok(Array.from(tf.max(tf.abs(images)).dataSync()).every((value) => value <= 1));
    });
  }
});

function make(graph: PreparedSession['generator']): Network {
  const network = createNetwork(graph, 1);
  assert.ok(network.ok, network.ok ? '' : network.problem.message);
  return network.value;
}
