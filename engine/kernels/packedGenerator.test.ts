import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { packGenerator } from '../compress/packGenerator.ts';
import { readPacked, writePacked } from '../formats/packedModel.ts';
import { readSafetensors, float32Values } from '../formats/safetensors.ts';
import { rng } from '../random/rng.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import { handGenerator, handGraph, type HandStep } from '../train/handGraph.ts';
import { createNetwork, type NamedWeight, type Network } from '../train/network.ts';
import { inverseAxes, permuteAxes } from '../compress/permuteAxes.ts';
import { compareWithEngine, largestDifference, randomNetwork } from './compareWithEngine.ts';
import { openPackedGenerator } from './packedGenerator.ts';
import { GeneratorError, loadGenerator } from './runtime.ts';

describe('the packed runtime', () => {
  before(async () => {
    const backend = await selectBackend({ backend: 'cpu', threads: null });
    assert.ok(backend.ok);
  });

  for (const framework of ['pytorch', 'keras'] as const) {
    it(`draws the engine's images from a packed ${framework} DCGAN`, async () => {
      const network = randomNetwork(handGenerator({ latents: 10, channels: [24, 12], colours: 3, framework }));
      for (const binarized of [['fc', 'main.2'], ['main.2', 'main.5'], []]) {
        const file = packGenerator({ network, weights: network.readWeights(), binarized, plan: {}, sources: {} });
        const drawn = await compareWithEngine(file, 11);
        assert.equal(drawn.layers.filter((layer) => layer.bits).length, binarized.length);
      }
      network.dispose();
    });
  }

  it('draws the images of ternary and k-bit layers, and of a mixture', async () => {
    for (const framework of ['pytorch', 'keras'] as const) {
      const network = randomNetwork(handGenerator({ latents: 10, channels: [24, 12], colours: 3, framework }));
      const weights = network.readWeights();
      for (const codings of [
        { fc: 'ternary', 'main.2': 2 },
        { fc: 3, 'main.2': 'ternary', 'main.5': 8 },
        { fc: 1, 'main.2': 4 },
      ] as const) {
        const file = packGenerator({
          network,
          weights,
          binarized: Object.keys(codings),
          codings: new Map(Object.entries(codings).map(([layer, bits]) => [layer, { bits }])),
          plan: {},
          sources: {},
        });
        const drawn = await compareWithEngine(file, 3);
        assert.equal(drawn.layers.filter((layer) => layer.bits).length, Object.keys(codings).length);
      }
      network.dispose();
    }
  });

  it('draws what a network of convolutions, residuals and resizes draws', async () => {
    const image = (c: number, size: number): number[] => [1, c, size, size];
    const conv = (inChannels: number, outChannels: number, k: number, stride: number) => ({
      inChannels,
      outChannels,
      kernel: [k, k],
      stride: [stride, stride],
      padding: [k >> 1, k >> 1],
      dilation: [1, 1],
      groups: 1,
      bias: true,
    });
    const norm = { features: 9, eps: 1e-3, momentum: 0.1, scale: true, center: true, trackStats: true };
    const steps: HandStep[] = [
      { op: 'reshape', attributes: { shape: [-1, 3, 6, 6] }, shape: image(3, 6) },
      { op: 'conv2d', attributes: conv(3, 9, 5, 1), name: 'c0', shape: image(9, 6) },
      { op: 'activation', attributes: { fn: 'leaky_relu', alpha: 0.2 }, shape: image(9, 6) },
      { op: 'conv2d', attributes: conv(9, 9, 3, 1), name: 'c1', shape: image(9, 6) },
      { op: 'batch_norm', attributes: norm, name: 'n1', shape: image(9, 6) },
      { op: 'add', attributes: {}, from: [3, 5], shape: image(9, 6) },
      { op: 'batch_norm', attributes: norm, name: 'n2', shape: image(9, 6) },
      { op: 'activation', attributes: { fn: 'relu' }, shape: image(9, 6) },
      { op: 'upsample', attributes: { scale: [2, 2], size: null, mode: 'nearest' }, shape: image(9, 12) },
      { op: 'conv2d', attributes: conv(9, 3, 3, 2), name: 'c2', shape: image(3, 6) },
      { op: 'activation', attributes: { fn: 'sigmoid' }, shape: image(3, 6) },
    ];
    const network = randomNetwork(handGraph({ name: 'Residual', input: [1, 108], steps }));
    const binarized = ['c1', 'c2'];
    const file = packGenerator({ network, weights: network.readWeights(), binarized, plan: {}, sources: {} });
    await compareWithEngine(file, 3);
    network.dispose();
  });

  it('on int8 activations stays close to fp32 and does not depend on the batch', async () => {
    const network = randomNetwork(handGenerator({ latents: 10, channels: [24, 12], colours: 1 }));
    const binarized = ['fc', 'main.2'];
    const generator = await loadGenerator(
      packGenerator({ network, weights: network.readWeights(), binarized, plan: {}, sources: {} }),
    );
    const latents = rng(4, 0, 'z').fillNormal(new Float32Array(9 * 10));
    const exact = generator.generate(latents);
    const rounded = generator.generate(latents, { precision: 'int8' });
    const difference = largestDifference(exact, rounded);
    assert.ok(0 < difference && difference < 0.1, `int8 is ${difference} away`);
    const third = generator.generate(latents.subarray(20, 30), { precision: 'int8' });
    assert.deepEqual(third, rounded.subarray(2 * 256, 3 * 256));
    network.dispose();
  });

  it('keeps no more in memory than the file has', async () => {
    const network = randomNetwork(handGenerator({ latents: 100, channels: [128, 64, 32], colours: 1 }));
    const binarized = ['fc', 'main.2', 'main.5'];
    const file = packGenerator({ network, weights: network.readWeights(), binarized, plan: {}, sources: {} });
    const generator = await loadGenerator(file);
    generator.generate(new Float32Array(100));
    const { residentBytes, peakActivationBytes, peakRunBytes } = generator.memory();
    assert.ok(residentBytes <= file.length * 1.03, `${residentBytes} of ${file.length} bytes`);
    assert.ok(0 < peakActivationBytes && peakActivationBytes < peakRunBytes);
    network.dispose();
  });

  it('holds the weights once: nothing of the file stays outside the memory of the kernels', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const network = randomNetwork(handGenerator({ latents: 100, channels: [256, 64, 16], colours: 1 }));
    const settled = async (): Promise<number> => {
      for (let i = 0; i < 3; i++) {
        collect();
        await new Promise((resolve) => setImmediate(resolve));
      }
      return process.memoryUsage().arrayBuffers;
    };
    const file = packGenerator({ network, weights: network.readWeights(), binarized: [], plan: {}, sources: {} });
    const before = await settled();
    const generator = await loadGenerator(file);
    generator.generate(new Float32Array(100));
    const { residentBytes } = generator.memory();
    const grown = (await settled()) - before;
    // Node does not count the kernels' memory among these, so they are what else is held.
    assert.ok(grown < residentBytes / 50, `${grown} bytes beside ${residentBytes}`);
    network.dispose();
  });

  it('refuses what it has no kernels for by the name of the layer', async () => {
    const steps: HandStep[] = [{ op: 'activation', attributes: { fn: 'gelu' }, shape: [1, 4] }];
    const network = randomNetwork(handGraph({ name: 'Odd', input: [1, 4], steps }));
    const file = packGenerator({ network, weights: [], binarized: [], plan: {}, sources: {} });
    const opened = await openPackedGenerator(file);
    assert.ok(!opened.ok && opened.problem.code === 'SWP_RUNTIME_OPERATOR');
    await assert.rejects(loadGenerator(file), GeneratorError);
    await assert.rejects(loadGenerator(new Uint8Array(9)), (error: GeneratorError) => error.problem.hint.length > 0);
  });

  it('refuses shapes that do not fit each other, before it allocates for them', async () => {
    const network = randomNetwork(handGenerator({ latents: 5, channels: [6, 4], colours: 1 }));
    const file = packGenerator({ network, weights: network.readWeights(), binarized: ['fc'], plan: {}, sources: {} });
    const packed = readPacked(file);
    assert.ok(packed.ok);
    const { graph } = packed.value;
    const lies: readonly (readonly number[])[] = [
      [1, 6, 4, 5],
      [1, 6, 4000, 4000],
      [1, 2 ** 40, 4, 4],
      [1, 5],
      [1, 1, 1, 96],
    ];
    for (const id of graph.nodes.slice(1).map((node) => node.id)) {
      for (const shape of lies) {
        const nodes = graph.nodes.map((node) => (node.id === id ? { ...node, shape } : node));
        const opened = await openPackedGenerator(writePacked({ ...packed.value, graph: { ...graph, nodes } }));
        assert.ok(!opened.ok && /SWP_RUNTIME/.test(opened.problem.code), `node ${id} with ${shape.join('×')}`);
      }
    }
    network.dispose();
  });

  it('refuses a file that lacks a weight', async () => {
    const network = randomNetwork(handGenerator({ latents: 5, channels: [6, 4], colours: 1 }));
    const weights = network.readWeights().filter((weight) => weight.name !== 'main.2.weight');
    const opened = await openPackedGenerator(
      packGenerator({ network, weights, binarized: ['fc'], plan: {}, sources: {} }),
    );
    assert.ok(!opened.ok && opened.problem.code === 'SWP_RUNTIME_WEIGHT');
    network.dispose();
  });

  const pretrained = path.resolve(
    import.meta.dirname,
    '../../../shared/pretrained/fashion_dcgan_generator.safetensors',
  );
  if (existsSync(pretrained)) {
    it('draws the images of a real pretrained generator, packed', async () => {
      const network = pretrainedNetwork(pretrained);
      for (const binarized of [[], ['dense_5'], ['dense_5', 'conv2d_transpose_4']]) {
        const file = packGenerator({ network, weights: network.readWeights(), binarized, plan: {}, sources: {} });
        await compareWithEngine(file, 5);
      }
      network.dispose();
    });
  } else {
    console.warn('    (no pretrained generator beside the project: that comparison is left out)');
  }
});

/** The graph of `fashion_dcgan_generator.keras.json`, written by hand, with its weights. */
function pretrainedNetwork(file: string): Network {
  const norm = (features: number) => ({
    features,
    eps: 1e-3,
    momentum: 0.01,
    scale: true,
    center: true,
    trackStats: true,
  });
  const deconv = (inChannels: number, outChannels: number) => ({
    inChannels,
    outChannels,
    kernel: [4, 4],
    stride: [2, 2],
    padding: 'same' as const,
    dilation: [1, 1],
    groups: 1,
    bias: true,
    outputPadding: [0, 0],
  });
  const leaky = { op: 'activation', attributes: { fn: 'leaky_relu', alpha: 0.2 } } as const;
  const steps: HandStep[] = [
    {
      op: 'dense',
      attributes: { inFeatures: 128, outFeatures: 6272, bias: true },
      name: 'dense_5',
      shape: [1, 6272],
    },
    { op: 'batch_norm', attributes: norm(6272), name: 'batch_normalization_4', shape: [1, 6272] },
    { ...leaky, shape: [1, 6272] },
    { op: 'reshape', attributes: { shape: [-1, 7, 7, 128] }, shape: [1, 7, 7, 128] },
    { op: 'conv2d_transpose', attributes: deconv(128, 64), name: 'conv2d_transpose_4', shape: [1, 14, 14, 64] },
    { op: 'batch_norm', attributes: norm(64), name: 'batch_normalization_5', shape: [1, 14, 14, 64] },
    { ...leaky, shape: [1, 14, 14, 64] },
    { op: 'conv2d_transpose', attributes: deconv(64, 1), name: 'conv2d_transpose_5', shape: [1, 28, 28, 1] },
    { op: 'activation', attributes: { fn: 'sigmoid' }, shape: [1, 28, 28, 1] },
  ];
  const network = createNetwork(handGraph({ name: 'Generator', framework: 'keras', input: [1, 128], steps }), 0);
  assert.ok(network.ok);
  const read = readSafetensors(readFileSync(file));
  assert.ok(read.ok);
  const { tensors } = read.value;
  const weights = network.value.slots.map((slot): NamedWeight => {
    const [layer = '', role = ''] = slot.name.split('.');
    const stored = [...tensors].find(([name]) => name.includes(layer) && name.includes(role))?.[1];
    assert.ok(stored, `${slot.name} among ${[...tensors.keys()].join(', ')}`);
    const moved = permuteAxes({ shape: stored.shape, data: float32Values(stored) }, inverseAxes(slot.frameworkAxes));
    return { name: slot.name, ...moved };
  });
  const written = network.value.writeWeights(weights);
  assert.ok(written.ok, written.ok ? '' : written.problem.message);
  return network.value;
}
