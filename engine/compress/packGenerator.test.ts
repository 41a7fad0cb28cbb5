import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { readPacked } from '../formats/packedModel.ts';
import { rng } from '../random/rng.ts';
import { handGenerator } from '../train/handGraph.ts';
import { createNetwork, type Network } from '../train/network.ts';
import { layerBytes, packGenerator } from './packGenerator.ts';
import { permuteAxes, inverseAxes } from './permuteAxes.ts';
import { unpackedGenerator } from './unpackedGenerator.ts';
import { bwnCoding, transformsFor } from './weightCoding.ts';
import { selectBackend } from '../tensors/selectBackend.ts';

describe('a packed generator', () => {
  before(async () => {
    const backend = await selectBackend({ backend: 'cpu', threads: null });
    assert.ok(backend.ok);
  });

  it('draws the images of the trained network, in both layouts', () => {
    for (const framework of ['pytorch', 'keras'] as const) {
      const network = trained(framework);
      const binarized = ['fc', 'main.2'];
      const file = packGenerator({ network, weights: network.readWeights(), binarized, plan: {}, sources: {} });
      const loaded = unpackedGenerator(file);
      assert.ok(loaded.ok, loaded.ok ? '' : loaded.problem.message);
      const latents = tf.tensor(rng(5, 0, 'z').fillNormal(new Float32Array(15)), [3, 5]);
      const expected = network.forwardToImages(latents, {
        training: false,
        transforms: transformsFor(network, binarized, bwnCoding('xnor')),
      });
      const drawn = loaded.value.forwardToImages(latents, { training: false });
      assert.ok(largestDifference(expected, drawn) < 1e-5);
      const unbinarized = network.forwardToImages(latents, { training: false });
      assert.ok(
        largestDifference(expected, unbinarized) > 1e-3,
        'binarizing must matter for this test to say anything',
      );
    }
  });

  it('stores one bit per binarized weight and scales per output channel', () => {
    const network = trained('pytorch');
    const weights = network.readWeights();
    const read = readPacked(packGenerator({ network, weights, binarized: ['main.2'], plan: {}, sources: {} }));
    assert.ok(read.ok);
    const kernel = read.value.weights.get('main.2.weight');
    assert.ok(kernel?.kind === 'binary');
    // PyTorch's [in 6, out 4, 4, 4]: four rows of 96 bits.
    assert.deepEqual(
      [kernel.shape, kernel.outAxis, kernel.planes.length, kernel.scales.length],
      [[6, 4, 4, 4], 1, 48, 4],
    );
    const rows = layerBytes(network, weights, ['main.2']);
    assert.deepEqual(
      rows.find((row) => row.name === 'main.2'),
      { name: 'main.2', bytesBefore: 6 * 4 * 16 * 4, bytesAfter: 48 + 16 },
    );
    assert.deepEqual(
      rows.find((row) => row.name === 'main.0'),
      { name: 'main.0', bytesBefore: 6 * 4 * 4, bytesAfter: 6 * 2 * 4 },
    );
  });

  it('as floats draws the same images bit for bit', () => {
    const network = trained('pytorch');
    const loaded = unpackedGenerator(
      packGenerator({ network, weights: network.readWeights(), binarized: [], plan: {}, sources: {} }),
    );
    assert.ok(loaded.ok);
    assert.deepEqual(loaded.value.readWeights(), network.readWeights());
  });

  it('without one of its weights is refused by name', () => {
    const network = trained('pytorch');
    const weights = network.readWeights().filter((weight) => weight.name !== 'fc.weight');
    const loaded = unpackedGenerator(packGenerator({ network, weights, binarized: [], plan: {}, sources: {} }));
    assert.ok(!loaded.ok && loaded.problem.code === 'SWP_WEIGHTS_MISSING');
    assert.match(loaded.problem.message, /fc\.weight/);
  });
});

describe('axes on the host', () => {
  it('move as tf.transpose moves them, and back', () => {
    const shape = [2, 3, 4, 5];
    const data = Float32Array.from({ length: 120 }, (_, i) => i);
    for (const axes of [
      [3, 2, 0, 1],
      [0, 1, 2, 3],
      [1, 0, 3, 2],
    ]) {
      const moved = permuteAxes({ shape, data }, axes);
      const expected = tf.transpose(tf.tensor(data, shape), axes);
      assert.deepEqual([moved.shape, [...moved.data]], [expected.shape, [...expected.dataSync()]]);
      assert.deepEqual(permuteAxes(moved, inverseAxes(axes)), { shape, data });
    }
  });
});

/** A generator with weights and running statistics that are nowhere trivial. */
function trained(framework: 'pytorch' | 'keras'): Network {
  const network = createNetwork(handGenerator({ latents: 5, channels: [6, 4], colours: 1, framework }), 1);
  assert.ok(network.ok);
  const random = rng(2, 0, 'weights');
  const weights = network.value.readWeights().map((weight) => {
    const variance = /var/.test(weight.name);
    return { ...weight, data: weight.data.map(() => (variance ? 0.5 + random.uniform() : random.normal() * 0.3)) };
  });
  assert.ok(network.value.writeWeights(weights).ok);
  return network.value;
}

function largestDifference(a: tf.Tensor, b: tf.Tensor): number {
  return tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] ?? NaN;
}
