/**
 * Exports are run by the libraries that they are for: ONNX files by ONNX Runtime, layers models by TF.js. What
 * they draw is held against the packed runtime, in both frameworks' orders and for each way a window can lie.
 */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { io } from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ModelGraph } from '../../../core/graph/modelGraph.ts';
import type { ConvTransposeAttributes } from '../../../core/graph/ops.ts';
import { packGenerator } from '../../compress/packGenerator.ts';
import { openPackedGenerator } from '../../kernels/packedGenerator.ts';
import { rng } from '../../random/rng.ts';
import { selectBackend } from '../../tensors/selectBackend.ts';
import { handGenerator, handGraph, type HandStep } from '../../train/handGraph.ts';
import { createNetwork } from '../../train/network.ts';
import { codedWeight, readPacked, writePacked, type PackedWeight } from '../packedModel.ts';
import type { PackedBits } from '../weightPlanes.ts';
import { exportPacked, type ExportTarget } from './exportPacked.ts';

/** Agreed with the packed runtime; exact but for the order of additions. */
const allowed = 1e-4;

describe('an exported model', function () {
  this.timeout(60_000);
  before(async () => {
    assert.ok((await selectBackend({ backend: 'cpu', threads: null })).ok);
  });

  for (const framework of ['pytorch', 'keras'] as const) {
    const graph = handGenerator({ latents: 5, channels: [6, 4], colours: 3, framework });
    for (const target of ['onnx', 'tfjs'] as const) {
      it(`draws what the packed model draws: ${framework} as ${target}`, async () => {
        await agrees(packed(graph, ['fc', 'main.2']), target);
      });
    }
  }

  const windows: readonly Partial<ConvTransposeAttributes>[] = [
    { kernel: [5, 5], stride: [2, 2], padding: [2, 2], outputPadding: [1, 1] },
    { kernel: [4, 4], stride: [1, 1], padding: [0, 0] },
    { kernel: [3, 5], stride: [1, 1], padding: [1, 2] },
    { kernel: [4, 4], stride: [2, 2], padding: [1, 1], bias: true },
  ];
  for (const window of windows) {
    it(`crops as the source does: ${JSON.stringify(window)}`, async () => {
      for (const target of ['onnx', 'tfjs'] as const) await agrees(packed(deconvGraph(window), ['up']), target);
    });
  }

  it('as int8 ONNX keeps coded weights exact and names what stays fp32', async () => {
    const file = packed(handGenerator({ latents: 5, channels: [6, 4], colours: 1 }), ['fc', 'main.2', 'main.5']);
    const exported = await exportPacked(file, 'onnx-int8', 'model');
    assert.ok(exported.ok, exported.ok ? '' : exported.problem.message);
    const { quantized, kept, difference } = exported.value;
    const all = [...quantized, ...kept.map(({ layer }) => layer)].sort();
    assert.deepEqual(all, ['fc', 'main.2', 'main.5']);
    assert.ok(
      kept.every(({ why }) => why.length > 10),
      JSON.stringify(kept),
    );
    assert.ok(quantized.includes('main.2'), 'a transposed convolution computes from int8 weights');
    // Weights lose nothing; the latents, as uint8, do.
    assert.ok(difference !== null && difference < 0.05, `${difference}`);
    const drawn = await drawOnnx(exported.value.files.get('model.onnx'), file);
    assert.ok(worst(drawn.expected, drawn.actual) <= difference * 2 + 1e-3);
  });

  for (const bits of ['ternary', 2, 4, 7, 8] as const) {
    it(`holds ${bits === 'ternary' ? 'ternary' : `${bits}-bit`} weights`, async () => {
      const graph = handGenerator({ latents: 5, channels: [6, 4], colours: 1 });
      const file = coded(packed(graph, []), bits, { 'fc.weight': 0, 'main.2.weight': 1 });
      for (const target of ['onnx', 'tfjs'] as const) await agrees(file, target);
      const int8 = await exportPacked(file, 'onnx-int8', 'm');
      assert.ok(int8.ok && (int8.value.difference ?? 1) < 0.05, int8.ok ? `${int8.value.difference}` : '');
    });
  }

  it('as int8 is about a quarter of fp32', async () => {
    const file = packed(handGenerator({ latents: 64, channels: [64, 32], colours: 1 }), ['fc', 'main.2']);
    const bytes = async (target: ExportTarget): Promise<number> => {
      const exported = await exportPacked(file, target, 'm');
      assert.ok(exported.ok);
      return exported.value.files.get('m.onnx')?.length ?? 0;
    };
    const [full, small] = [await bytes('onnx'), await bytes('onnx-int8')];
    assert.ok(small < 0.4 * full, `${small} of ${full} bytes`);
  });

  it('names the layer that a format does not have', async () => {
    const steps: HandStep[] = [{ op: 'activation', attributes: { fn: 'mish' }, shape: [1, 2, 4, 4], name: 'odd' }];
    const graph = handGraph({ name: 'G', framework: 'pytorch', input: [1, 2, 4, 4], steps });
    for (const target of ['onnx', 'tfjs'] as const) {
      const exported = await exportPacked(packed(graph, []), target, 'm');
      assert.ok(!exported.ok && exported.problem.code === 'SWP_EXPORT_OPERATOR');
      assert.match(exported.problem.message, /mish/);
    }
  });
});

async function agrees(file: Uint8Array, target: 'onnx' | 'tfjs'): Promise<void> {
  const exported = await exportPacked(file, target, 'model');
  assert.ok(exported.ok, exported.ok ? '' : exported.problem.message);
  const { files, difference } = exported.value;
  const { expected, actual } =
    target === 'onnx' ? await drawOnnx(files.get('model.onnx'), file) : await drawTfjs(files, file);
  const spread = Math.max(...expected) - Math.min(...expected);
  assert.ok(spread > 0.05, `images that say something: ${spread}`);
  assert.ok(worst(expected, actual) < allowed, `${target}: ${worst(expected, actual)}`);
  if (target === 'onnx') assert.ok(difference !== null && difference < allowed);
}

interface Drawn {
  /** Channels last, by the packed runtime. */
  readonly expected: Float32Array;
  readonly actual: Float32Array;
}

const nImages = 3;

async function reference(file: Uint8Array) {
  const generator = await openPackedGenerator(file);
  assert.ok(generator.ok, generator.ok ? '' : generator.problem.message);
  const latents = rng(7, 0, 'export test').fillNormal(new Float32Array(nImages * generator.value.latentSize));
  return { latents, expected: generator.value.generate(latents), image: generator.value.image };
}

async function drawOnnx(model: Uint8Array | undefined, file: Uint8Array): Promise<Drawn> {
  assert.ok(model);
  const { latents, expected, image } = await reference(file);
  const session = await InferenceSession.create(model);
  const [first] = session.inputMetadata;
  assert.ok(first?.isTensor);
  const dims = [nImages, ...first.shape.slice(1).map(Number)];
  const { output } = await session.run({ input: new Tensor('float32', latents, dims) });
  assert.ok(output);
  const values = tf.tensor(output.data as Float32Array, output.dims.slice());
  const channelsFirst = output.dims[1] === image.channels && output.dims[3] !== image.channels;
  const last = channelsFirst ? tf.transpose(values, [0, 2, 3, 1]) : values;
  return { expected, actual: last.dataSync() as Float32Array };
}

async function drawTfjs(files: ReadonlyMap<string, Uint8Array>, file: Uint8Array): Promise<Drawn> {
  const { latents, expected } = await reference(file);
  const json = JSON.parse(new TextDecoder().decode(files.get('model.json'))) as {
    modelTopology: object;
    weightsManifest: { paths: string[]; weights: io.WeightsManifestEntry[] }[];
  };
  const [group] = json.weightsManifest;
  assert.ok(group);
  const shards = group.paths.map((path) => Buffer.from(files.get(path) ?? assert.fail(path)));
  const data = Uint8Array.from(Buffer.concat(shards)).buffer;
  const model = await loadLayersModel(
    io.fromMemory({ modelTopology: json.modelTopology, weightSpecs: group.weights, weightData: data }),
  );
  const shape = [nImages, ...(model.inputs[0]?.shape.slice(1) ?? []).map(Number)];
  const drawn = model.predict(tf.tensor(latents, shape)) as tf.Tensor;
  return { expected, actual: drawn.dataSync() as Float32Array };
}

function worst(a: Float32Array, b: Float32Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? NaN))), 0);
}

/** With weights and statistics that are nowhere trivial. */
function packed(graph: ModelGraph, binarized: readonly string[]): Uint8Array {
  const network = createNetwork(graph, 1);
  assert.ok(network.ok, network.ok ? '' : network.problem.message);
  const random = rng(2, 0, 'weights');
  const weights = network.value.readWeights().map((weight) => {
    const variance = /var/.test(weight.name);
    return { ...weight, data: weight.data.map(() => (variance ? 0.5 + random.uniform() : random.normal() * 0.3)) };
  });
  assert.ok(network.value.writeWeights(weights).ok);
  return packGenerator({ network: network.value, weights, binarized, plan: {}, sources: {} });
}

/** The named weights, by their axis of output channels, in `bits`. */
function coded(file: Uint8Array, bits: PackedBits, layers: Readonly<Record<string, number>>): Uint8Array {
  const model = readPacked(file);
  assert.ok(model.ok);
  const weights = new Map<string, PackedWeight>(model.value.weights);
  for (const [name, outAxis] of Object.entries(layers)) {
    const weight = weights.get(name);
    assert.ok(weight?.kind === 'float', name);
    weights.set(name, codedWeight(bits, weight.shape, outAxis, weight.values));
  }
  return writePacked({ ...model.value, weights });
}

/** A vector as an image of 3×4×4, one transposed convolution, a leaky relu and a tanh. */
function deconvGraph(window: Partial<ConvTransposeAttributes>): ModelGraph {
  const attributes: ConvTransposeAttributes = {
    inChannels: 3,
    outChannels: 1,
    kernel: [4, 4],
    stride: [2, 2],
    padding: [1, 1],
    dilation: [1, 1],
    groups: 1,
    bias: false,
    outputPadding: [0, 0],
    ...window,
  };
  const length = (axis: number): number =>
    3 * (attributes.stride[axis] ?? 1) +
    (attributes.kernel[axis] ?? 1) +
    (attributes.outputPadding[axis] ?? 0) -
    2 * Number((attributes.padding as readonly number[])[axis] ?? 0);
  const shape = [1, 1, length(0), length(1)];
  return handGraph({
    name: 'G',
    framework: 'pytorch',
    input: [1, 48],
    steps: [
      { op: 'reshape', attributes: { shape: [-1, 3, 4, 4] }, shape: [1, 3, 4, 4] },
      { op: 'conv2d_transpose', attributes, name: 'up', shape },
      { op: 'activation', attributes: { fn: 'leaky_relu', alpha: 0.2 }, shape },
      { op: 'activation', attributes: { fn: 'tanh' }, shape },
    ],
  });
}
