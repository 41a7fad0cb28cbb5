/** A layers model and a graph model as JSON, for tests: small, and as TF.js and its converter write them. */

/** Functional: two runs of a shared layer, joined, with a nested Sequential at the end. */
export function layersModelJson(): object {
  const conv = (name: string, filters: number) => ({
    class_name: 'Conv2D',
    name,
    config: {
      name,
      filters,
      kernel_size: [3, 3],
      strides: [1, 1],
      padding: 'same',
      use_bias: true,
      activation: 'relu',
    },
  });
  const model = {
    name: 'net',
    layers: [
      {
        class_name: 'InputLayer',
        name: 'image',
        config: { name: 'image', batch_input_shape: [null, 8, 8, 3] },
        inbound_nodes: [],
      },
      { ...conv('first', 4), inbound_nodes: [[['image', 0, 0, {}]]] },
      { ...conv('shared', 4), inbound_nodes: [[['first', 0, 0, {}]], [['shared', 0, 0, {}]]] },
      {
        class_name: 'Add',
        name: 'sum',
        config: { name: 'sum' },
        inbound_nodes: [
          [
            ['first', 0, 0, {}],
            ['shared', 1, 0, {}],
          ],
        ],
      },
      {
        class_name: 'Sequential',
        name: 'head',
        config: {
          name: 'head',
          layers: [
            { class_name: 'Flatten', config: { name: 'flat', batch_input_shape: [null, 8, 8, 4] } },
            { class_name: 'Dense', config: { name: 'score', units: 10, activation: 'softmax' } },
          ],
        },
        inbound_nodes: [[['sum', 0, 0, {}]]],
      },
    ],
    input_layers: [['image', 0, 0]],
    output_layers: [['head', 0, 0]],
  };
  return {
    format: 'layers-model',
    generatedBy: 'TensorFlow.js tfjs-layers v4.22.0',
    modelTopology: { keras_version: 'tfjs-layers 4.22.0', model_config: { class_name: 'Model', config: model } },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: [
          { name: 'first/kernel', shape: [3, 3, 3, 4], dtype: 'float32' },
          { name: 'first/bias', shape: [4], dtype: 'float32' },
          { name: 'shared/kernel', shape: [3, 3, 4, 4], dtype: 'float32' },
          { name: 'shared/bias', shape: [4], dtype: 'float32' },
          { name: 'score/kernel', shape: [256, 10], dtype: 'float32' },
          { name: 'score/bias', shape: [10], dtype: 'float32' },
        ],
      },
    ],
  };
}

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
const ints = (...values: number[]) => ({ list: { i: values.map(String) } });
const constant = (name: string) => ({ name, op: 'Const', attr: { dtype: { type: 'DT_FLOAT' } } });

/** A dense layer, a reshape by a stored shape, a transposed convolution, a fused convolution, a fold of shapes. */
export function graphModelJson(): object {
  const weights = [
    { name: 'dense/kernel', shape: [8, 64], dtype: 'float32' },
    { name: 'dense/bias', shape: [64], dtype: 'float32' },
    { name: 'to', shape: [4], dtype: 'int32' },
    { name: 'up/size', shape: [4], dtype: 'int32' },
    { name: 'up/kernel', shape: [3, 3, 6, 4], dtype: 'float32' },
    { name: 'out/kernel', shape: [3, 3, 6, 2], dtype: 'float32' },
    { name: 'out/bias', shape: [2], dtype: 'float32' },
  ];
  const window = { strides: ints(1, 2, 2, 1), padding: { s: base64('SAME') }, data_format: { s: base64('NHWC') } };
  const node = [
    { name: 'z', op: 'Placeholder', attr: { shape: { shape: { dim: [{ size: '-1' }, { size: '8' }] } } } },
    ...weights.map(({ name }) => constant(name)),
    {
      name: 'dense',
      op: '_FusedMatMul',
      input: ['z', 'dense/kernel', 'dense/bias'],
      attr: { fused_ops: { list: { s: [base64('BiasAdd'), base64('Relu')] } } },
    },
    { name: 'map', op: 'Reshape', input: ['dense', 'to'] },
    { name: 'up', op: 'Conv2DBackpropInput', input: ['up/size', 'up/kernel', 'map'], attr: window },
    {
      name: 'out',
      op: '_FusedConv2D',
      input: ['up', 'out/kernel', 'out/bias', '^dense'],
      attr: { ...window, strides: ints(1, 1, 1, 1), fused_ops: { list: { s: [base64('BiasAdd')] } } },
    },
    { name: 'image', op: 'Tanh', input: ['out:0'] },
  ];
  return {
    format: 'graph-model',
    convertedBy: 'TensorFlow.js Converter v4.22.0',
    modelTopology: { node, versions: {} },
    signature: { inputs: { z: { name: 'z:0' } }, outputs: { image: { name: 'image:0' } } },
    weightsManifest: [{ paths: ['group1-shard1of2.bin', 'group1-shard2of2.bin'], weights }],
  };
}

/** The files that the graph model's manifest names: zeros, but for the two shapes. */
export function graphModelShards(): Record<string, Uint8Array> {
  const nFloats = 8 * 64 + 64;
  const bytes = new Uint8Array(4 * (nFloats + 8 + 3 * 3 * 6 * 4 + 3 * 3 * 6 * 2 + 2));
  new Int32Array(bytes.buffer, 4 * nFloats, 8).set([-1, 4, 4, 4, 1, 8, 8, 6]);
  // The first file ends in the middle of a shape.
  const cut = 4 * nFloats + 6;
  return { 'group1-shard1of2.bin': bytes.slice(0, cut), 'group1-shard2of2.bin': bytes.slice(cut) };
}
