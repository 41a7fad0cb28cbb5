/** For the runtime's tests: the images of a packed file as the runtime and as the training engine draw them. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import { unpackedGenerator } from '../compress/unpackedGenerator.ts';
import { rng } from '../random/rng.ts';
import { createNetwork, type Network } from '../train/network.ts';
import type { PackedGenerator } from './packedGenerator.ts';
import { loadGenerator } from './runtime.ts';

/** The design asks this of the fp32 tables. */
const tolerance = 1e-4;

/** Draws `count` images with both and compares; the runtime's generator. */
export async function compareWithEngine(file: Uint8Array, count: number): Promise<PackedGenerator> {
  const generator = await loadGenerator(file);
  const network = unpackedGenerator(file);
  assert.ok(network.ok);
  const latents = rng(5, 0, 'z').fillNormal(new Float32Array(count * generator.latentSize));
  const input = tf.tensor(latents, [count, ...network.value.inputShape.slice(1)]);
  const images = network.value.forwardToImages(input, { training: false });
  const expected = Float32Array.from(images.dataSync());
  const { height, width, channels } = generator.image;
  assert.deepEqual(images.shape, [count, height, width, channels]);
  const difference = largestDifference(generator.generate(latents), expected);
  assert.ok(difference <= tolerance, `${difference} away from the engine`);
  const spread = Math.max(...expected) - Math.min(...expected);
  assert.ok(spread > 0.1, 'images must differ from a constant for this test to say anything');
  network.value.dispose();
  return generator;
}

/** Weights and running statistics that are nowhere trivial, and small enough that tanh does not saturate. */
export function randomNetwork(graph: ModelGraph): Network {
  const network = createNetwork(graph, 1);
  assert.ok(network.ok);
  const random = rng(2, 0, 'weights');
  const weights = network.value.readWeights().map((weight) => {
    const variance = /var/.test(weight.name);
    return { ...weight, data: weight.data.map(() => (variance ? 0.5 + random.uniform() : random.normal() * 0.1)) };
  });
  assert.ok(network.value.writeWeights(weights).ok);
  return network.value;
}

export function largestDifference(a: Float32Array, b: Float32Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? NaN))), 0);
}
