/**
 * Layers models against TF.js itself: what `model.save` writes is read back with the shapes, the parameters and the
 * order that TF.js reports. Then the forms that only Keras writes, and files that contradict themselves.
 */
import assert from 'node:assert/strict';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-layers';
import type { ModelReport } from '../../../core/report/analyzeReport.ts';
import { defaultSettings } from '../../settings.ts';
import { memoryFile } from '../byteSource.ts';
import { describeModelFile } from '../describeModelFile.ts';
import { layersModelJson } from './modelJsonFixture.ts';

const { layers } = tf;

describe('a layers model that TF.js saved', () => {
  it('a generator: reads as TF.js counts it', async () => {
    await compare(
      tf.sequential({
        layers: [
          layers.dense({ units: 4 * 4 * 8, inputShape: [16], useBias: false }),
          layers.batchNormalization({}),
          layers.leakyReLU({ alpha: 0.2 }),
          layers.reshape({ targetShape: [4, 4, 8] }),
          layers.conv2dTranspose({ filters: 6, kernelSize: 5, strides: 2, padding: 'same', activation: 'relu' }),
          layers.upSampling2d({}),
          layers.conv2d({ filters: 3, kernelSize: [3, 2], strides: [1, 2], dilationRate: 1, activation: 'tanh' }),
        ],
      }),
    );
  });

  it('a classifier with every kind of pooling, padding and depthwise layers', async () => {
    await compare(
      tf.sequential({
        layers: [
          layers.zeroPadding2d({
            padding: [
              [1, 2],
              [0, 1],
            ],
            inputShape: [21, 19, 3],
          }),
          layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: 'same' }),
          layers.separableConv2d({ filters: 5, kernelSize: 3, strides: 2 }),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.averagePooling2d({ poolSize: 3, strides: 1, padding: 'same' }),
          layers.cropping2D({
            cropping: [
              [1, 0],
              [0, 1],
            ],
          }),
          layers.prelu({}),
          layers.dropout({ rate: 0.3 }),
          layers.globalAveragePooling2d({}),
          layers.repeatVector({ n: 3 }),
          layers.lstm({ units: 4, returnSequences: true, recurrentInitializer: 'glorotNormal' }),
          layers.gru({ units: 5, recurrentInitializer: 'glorotNormal' }),
          layers.layerNormalization({}),
          layers.dense({ units: 2, activation: 'softmax' }),
        ],
      }),
    );
  });

  it('a functional model with shared layers, joins and a model inside', async () => {
    const inner = tf.sequential({
      layers: [layers.conv2d({ filters: 4, kernelSize: 1, inputShape: [8, 8, 4], name: 'inner_conv' })],
    });
    const input = tf.input({ shape: [8, 8, 3] });
    const first = layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same' }).apply(input) as tf.SymbolicTensor;
    const shared = layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', name: 'shared' });
    const twice = shared.apply(shared.apply(first)) as tf.SymbolicTensor;
    const sum = layers.add().apply([first, inner.apply(twice) as tf.SymbolicTensor]) as tf.SymbolicTensor;
    const joined = layers.concatenate({ axis: -1 }).apply([sum, input]) as tf.SymbolicTensor;
    const report = await compare(tf.model({ inputs: input, outputs: [joined, sum] }));
    assert.equal(report.layers.find(({ name }) => name === 'shared')?.calls.length, 2);
    assert.ok(report.layers.some(({ name }) => name.endsWith('/inner_conv')));
  });
});

describe('a layers model', () => {
  it('as Keras 3 writes it', () => {
    const tensor = {
      class_name: '__keras_tensor__',
      config: { shape: [null, 4], dtype: 'float32', keras_history: ['in', 0, 0] },
    };
    const config = {
      layers: [
        { class_name: 'InputLayer', name: 'in', config: { name: 'in', batch_shape: [null, 4] }, inbound_nodes: [] },
        {
          class_name: 'Dense',
          name: 'out',
          config: { name: 'out', units: 3, use_bias: true, activation: { class_name: 'ReLU', config: {} } },
          inbound_nodes: [{ args: [tensor], kwargs: {} }],
        },
      ],
      input_layers: ['in', 0, 0],
      output_layers: ['out', 0, 0],
    };
    const report = modelOf({ modelTopology: { model_config: { class_name: 'Functional', config } } });
    assert.deepEqual([report.inputs, report.outputs, report.totals.params], [[[1, 4]], [[1, 3]], 15]);
  });

  it('counts a custom layer by the weights that the file stores for it', () => {
    const report = modelOf({
      modelTopology: {
        class_name: 'Sequential',
        config: [{ class_name: 'Wobble', config: { name: 'wobble', batch_input_shape: [null, 4] } }],
      },
      weightsManifest: [{ paths: ['w.bin'], weights: [{ name: 'wobble/kernel', shape: [4, 7], dtype: 'float32' }] }],
    });
    assert.deepEqual([report.layers[0]?.params, report.layers[0]?.macs], [28, null]);
    assert.match(report.layers[0]?.unknown ?? '', /does not know the layer Wobble/);
  });

  it('says where stored weights and configuration differ', () => {
    const json = JSON.parse(JSON.stringify(layersModelJson()).replace('"units":10', '"units":12')) as object;
    assert.match(
      modelOf(json).findings.find(({ code }) => code === 'SW401')?.message ?? '',
      /configuration needs 12, 256×12/,
    );
  });

  const refused: readonly (readonly [string, string, RegExp])[] = [
    ['nothing', '', /not plain JSON/],
    ['half a text', JSON.stringify(layersModelJson()).slice(0, 500), /not plain JSON/],
    ['a duplicate key', '{"modelTopology":{},"modelTopology":{}}', /appears twice/],
    ['brackets without end', `{"modelTopology":${'['.repeat(100_000)}`, /nested too deeply/],
    ['no layers', '{"modelTopology":{"model_config":{"class_name":"Sequential","config":{}}}}', /no list of layers/],
    ['a weight of negative size', manifest('[{"name":"a","shape":[-1],"dtype":"float32"}]'), /dimension of -1/],
    [
      'a weight whose size overflows',
      manifest('[{"name":"a","shape":[4294967296,4294967296],"dtype":"float32"}]'),
      /overflows/,
    ],
    [
      'two weights of one name',
      manifest('[{"name":"a","shape":[1],"dtype":"float32"},{"name":"a","shape":[1],"dtype":"float32"}]'),
      /two weights are named/,
    ],
    ['a weight of no type', manifest('[{"name":"a","shape":[1],"dtype":"float33"}]'), /has the type "float33"/],
    [
      'layers in a circle',
      JSON.stringify(layersModelJson()).replace('[[["image",0,0,{}]]]', '[[["shared",1,0,{}]]]'),
      /a circle/,
    ],
    [
      'a layer that is missing',
      JSON.stringify(layersModelJson()).replace('[["first",0,0,{}]]', '[["ghost",0,0,{}]]'),
      /which nothing gives/,
    ],
    ['models inside of models', nested(40), /nested too deeply|more than 12 deep/],
  ];
  for (const [name, text, words] of refused) {
    it(`with ${name} is refused in words`, () => {
      const read = describeModelFile(memoryFile(new TextEncoder().encode(text)), 'model.json', defaultSettings);
      assert.ok(!read.ok, 'it was accepted');
      assert.match(read.problem.message, words);
    });
  }

  it('is told from other JSON', () => {
    for (const text of ['{"name":"package"}', '[]', '{"class_name":"Cat"}']) {
      const read = describeModelFile(memoryFile(new TextEncoder().encode(text)), 'model.json', defaultSettings);
      assert.ok(!read.ok && read.problem.code === 'SWP_MODEL_JSON_NOT_A_MODEL');
    }
  });

  it('reads a line of five megabytes, and refuses what is far larger', () => {
    const long = `{"x":"${'a'.repeat(5_000_000)}","modelTopology":${JSON.stringify({ class_name: 'Sequential', config: [{ class_name: 'Dense', config: { units: 1, batch_input_shape: [null, 2] } }] })}}`;
    const before = process.cpuUsage();
    assert.equal(modelOf(JSON.parse(long) as object).totals.params, 3);
    // Of the processor: a machine that is busy with something else takes longer.
    const { user, system } = process.cpuUsage(before);
    assert.ok((user + system) / 1000 < 2000);
    const huge = { ...memoryFile(new Uint8Array()), size: 2 ** 31 };
    const read = describeModelFile(huge, 'model.json', defaultSettings);
    assert.ok(!read.ok && read.problem.code === 'SWP_MODEL_FILE_TOO_LARGE');
  });
});

/** Saves, reads, and compares with what TF.js says of the same model. */
async function compare(model: tf.LayersModel): Promise<ModelReport> {
  let json: object = {};
  await model.save({
    save: ({ modelTopology, weightSpecs }) => {
      json = {
        format: 'layers-model',
        modelTopology,
        weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
      };
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
    },
  });
  const report = modelOf(JSON.parse(JSON.stringify(json)) as object);
  const { params, nonTrainable, partial } = report.totals;
  assert.equal(partial, false);
  assert.equal(params + nonTrainable, model.countParams());
  const one = (shape: readonly (number | null)[]) => shape.map((dim) => dim ?? 1);
  assert.deepEqual(
    report.outputs,
    model.outputs.map(({ shape }) => one(shape)),
  );
  for (const layer of model.layers) {
    const row = report.layers.find(({ name }) => name === layer.name);
    if (row === undefined) continue; // Inputs and models inside have no row.
    assert.deepEqual(row.outputShape, one(tensorOf(layer).shape), layer.name);
    assert.equal((row.params ?? 0) + row.nonTrainable, layer.countParams(), layer.name);
  }
  assert.deepEqual(
    report.findings.filter(({ code }) => code.startsWith('SW4')),
    [],
  );
  return report;
}

function tensorOf(layer: tf.layers.Layer): tf.SymbolicTensor {
  const output = layer.inboundNodes.length > 1 ? layer.getOutputAt(0) : layer.output;
  return Array.isArray(output) ? (output[0] as tf.SymbolicTensor) : output;
}

function modelOf(json: object): ModelReport {
  const file = memoryFile(new TextEncoder().encode(JSON.stringify(json)));
  const read = describeModelFile(file, 'generator/model.json', defaultSettings);
  assert.ok(read.ok, read.ok ? '' : read.problem.message);
  return read.value.models[0] ?? assert.fail('no model');
}

function manifest(weights: string): string {
  return `{"modelTopology":{"class_name":"Sequential","config":[]},"weightsManifest":[{"paths":["w.bin"],"weights":${weights}}]}`;
}

function nested(depth: number): string {
  let model: object = { class_name: 'Sequential', config: [] };
  for (let i = 0; i < depth; i++) model = { class_name: 'Sequential', config: { layers: [model] } };
  return JSON.stringify({ modelTopology: model });
}
