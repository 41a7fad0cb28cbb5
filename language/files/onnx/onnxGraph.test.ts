/**
 * ONNX graphs against a real runtime: for each operator, the shape that ONNX Runtime gives is the shape that the
 * reader predicts. Then costs by hand, shared and external weights, and what a file may leave open.
 */
import assert from 'node:assert/strict';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { defaultSettings } from '../../settings.ts';
import type { ModelReport } from '../../../core/report/analyzeReport.ts';
import type { Shape } from '../../../core/graph/shape.ts';
import { memoryFile } from '../byteSource.ts';
import { describeModelFile } from '../describeModelFile.ts';
import { onnxBytes, smallGenerator, type FixtureGraph, type FixtureTensor } from './onnxFixture.ts';

type Attributes = NonNullable<FixtureGraph['nodes'][number]['attributes']>;

interface Case {
  readonly type: string;
  readonly input: readonly number[];
  readonly weights?: readonly FixtureTensor[];
  readonly attributes?: Attributes;
  readonly opset?: number;
  /** More outputs than one, of which the last is looked at. */
  readonly nOutputs?: number;
}

const sizes = (name: string, ...values: number[]): FixtureTensor => ({
  name,
  dims: [values.length],
  type: 'int64',
  values,
});
const w = (...dims: number[]): FixtureTensor => ({ name: `w${dims.join('x')}`, dims });

const cases: readonly Case[] = [
  { type: 'Conv', input: [1, 6, 9, 7], weights: [w(4, 6, 3, 3)] },
  { type: 'Conv', input: [1, 6, 9, 7], weights: [w(4, 6, 3, 3)], attributes: { strides: [2, 3], pads: [1, 0, 2, 1] } },
  { type: 'Conv', input: [1, 6, 9, 7], weights: [w(4, 3, 3, 2)], attributes: { group: 2, dilations: [2, 1] } },
  {
    type: 'Conv',
    input: [1, 6, 10, 7],
    weights: [w(6, 1, 3, 3)],
    attributes: { group: 6, auto_pad: 'SAME_UPPER', strides: [2, 2] },
  },
  { type: 'Conv', input: [1, 2, 11], weights: [w(5, 2, 4)], attributes: { auto_pad: 'SAME_LOWER' } },
  { type: 'Conv', input: [1, 2, 5, 6, 7], weights: [w(3, 2, 2, 2, 2)], attributes: { auto_pad: 'VALID' } },
  {
    type: 'ConvTranspose',
    input: [1, 6, 5, 4],
    weights: [w(6, 3, 4, 4)],
    attributes: { strides: [2, 2], pads: [1, 1, 1, 1] },
  },
  {
    type: 'ConvTranspose',
    input: [1, 6, 5, 4],
    weights: [w(6, 3, 3, 3)],
    attributes: { strides: [2, 3], pads: [0, 1, 1, 1], output_padding: [1, 2] },
  },
  { type: 'ConvTranspose', input: [1, 6, 5, 4], weights: [w(6, 2, 3, 3)], attributes: { group: 2, dilations: [2, 2] } },
  {
    type: 'ConvTranspose',
    input: [1, 6, 5, 4],
    weights: [w(6, 3, 3, 3)],
    attributes: { strides: [2, 2], auto_pad: 'SAME_UPPER' },
  },
  {
    type: 'ConvTranspose',
    input: [1, 6, 5, 4],
    weights: [w(6, 3, 2, 2)],
    attributes: { strides: [3, 3], auto_pad: 'VALID' },
  },
  {
    type: 'ConvTranspose',
    input: [1, 6, 5, 4],
    weights: [w(6, 3, 3, 3)],
    attributes: { strides: [2, 2], output_shape: [10, 8] },
  },
  { type: 'Gemm', input: [1, 12], weights: [w(12, 5)] },
  { type: 'Gemm', input: [1, 12], weights: [w(5, 12), w(5)], attributes: { transB: 1 } },
  { type: 'MatMul', input: [1, 7, 12], weights: [w(12, 5)] },
  { type: 'MatMul', input: [1, 7, 12], weights: [w(3, 12, 2)] },
  { type: 'MaxPool', input: [1, 3, 10, 9], attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [0, 1, 1, 0] } },
  { type: 'MaxPool', input: [1, 3, 10, 9], attributes: { kernel_shape: [3, 2], strides: [2, 2], ceil_mode: 1 } },
  {
    type: 'AveragePool',
    input: [1, 3, 10, 9],
    attributes: { kernel_shape: [2, 2], auto_pad: 'SAME_UPPER', strides: [2, 2] },
  },
  { type: 'GlobalAveragePool', input: [1, 3, 10, 9] },
  { type: 'GlobalMaxPool', input: [1, 3, 10] },
  {
    type: 'BatchNormalization',
    input: [1, 3, 4, 4],
    weights: ['s', 'b', 'm', 'v'].map((name) => ({ name, dims: [3] })),
  },
  { type: 'InstanceNormalization', input: [1, 3, 4, 4], weights: ['s', 'b'].map((name) => ({ name, dims: [3] })) },
  {
    type: 'LayerNormalization',
    input: [1, 6, 4, 5],
    weights: ['s', 'b'].map((name) => ({ name, dims: [4, 5] })),
    attributes: { axis: 2 },
  },
  { type: 'PRelu', input: [1, 3, 4, 4], weights: [w(3, 1, 1)] },
  { type: 'LeakyRelu', input: [1, 3, 4], attributes: { alpha: { float: 0.2 } } },
  { type: 'Softmax', input: [1, 3, 4] },
  { type: 'GridSample', input: [1, 3, 4, 6], weights: [w(1, 5, 7, 2)] },
  { type: 'TopK', input: [1, 3, 9], weights: [sizes('k', 4)], nOutputs: 2 },
  { type: 'LpPool', input: [1, 3, 10, 9], attributes: { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 0] } },
  { type: 'ReduceProd', input: [1, 3, 4], attributes: { axes: [2] } },
  { type: 'Add', input: [1, 3, 4, 4], weights: [w(3, 1, 1)] },
  { type: 'Mul', input: [1, 3, 1, 4], weights: [w(2, 1, 5, 1)] },
  { type: 'Where', input: [1, 3], weights: [], opset: 17 },
  { type: 'Reshape', input: [1, 24], weights: [sizes('s', 0, 2, -1, 3)] },
  { type: 'Reshape', input: [1, 4, 6], weights: [sizes('s', -1, 8)] },
  { type: 'Flatten', input: [1, 4, 6] },
  { type: 'Flatten', input: [1, 4, 6, 2], attributes: { axis: 2 } },
  { type: 'Flatten', input: [1, 4, 6, 2], attributes: { axis: -1 } },
  { type: 'Transpose', input: [1, 4, 6, 2], attributes: { perm: [0, 2, 3, 1] } },
  { type: 'Transpose', input: [1, 4, 6] },
  { type: 'Squeeze', input: [1, 1, 6, 1], weights: [sizes('axes', 1, -1)] },
  { type: 'Unsqueeze', input: [1, 6], weights: [sizes('axes', 0, 3)] },
  { type: 'Concat', input: [1, 6, 2], weights: [w(1, 3, 2)], attributes: { axis: 1 } },
  {
    type: 'Slice',
    input: [1, 10, 7],
    weights: [sizes('b', 2, -3), sizes('e', 9223372036854775000, -1), sizes('a', 1, 2), sizes('s', 3, 1)],
  },
  { type: 'Slice', input: [1, 10], weights: [sizes('b', 8), sizes('e', -20), sizes('a', 1), sizes('s', -2)] },
  { type: 'Gather', input: [1, 10, 3], weights: [sizes('i', 0, 4)], attributes: { axis: 1 } },
  { type: 'Pad', input: [1, 3, 5, 5], weights: [sizes('p', 0, 0, 1, 2, 0, 0, 3, -1)] },
  { type: 'Expand', input: [1, 3, 1], weights: [sizes('s', 2, 1, 4)] },
  { type: 'Tile', input: [1, 3, 2], weights: [sizes('r', 1, 2, 3)] },
  { type: 'DepthToSpace', input: [1, 12, 3, 2], attributes: { blocksize: 2 } },
  { type: 'SpaceToDepth', input: [1, 3, 4, 6], attributes: { blocksize: 2 } },
  {
    type: 'Resize',
    input: [1, 3, 5, 7],
    weights: [
      { name: 'roi', dims: [0] },
      { name: 'by', dims: [4], values: [1, 1, 2.5, 1.5] },
    ],
  },
  { type: 'ReduceMean', input: [1, 3, 5, 7], attributes: { axes: [2, 3], keepdims: 0 } },
  { type: 'ReduceMax', input: [1, 3, 5], attributes: { axes: [-1] } },
  { type: 'ReduceSum', input: [1, 3, 5], weights: [sizes('axes', 1)] },
  { type: 'ArgMax', input: [1, 3, 5], attributes: { axis: 1, keepdims: 0 } },
  { type: 'Split', input: [1, 7, 2], weights: [sizes('parts', 3, 4)], attributes: { axis: 1 }, nOutputs: 2 },
  {
    type: 'GroupNormalization',
    input: [1, 6, 4],
    weights: ['s', 'b'].map((name) => ({ name, dims: [6] })),
    attributes: { num_groups: 2 },
    opset: 21,
  },
  {
    type: 'LSTM',
    input: [5, 1, 4],
    weights: [w(2, 24, 4), w(2, 24, 6)],
    attributes: { hidden_size: 6, direction: 'bidirectional' },
  },
  { type: 'GRU', input: [5, 1, 4], weights: [w(1, 18, 4), w(1, 18, 6)], attributes: { hidden_size: 6 } },
  { type: 'CumSum', input: [1, 4], weights: [{ name: 'axis', dims: [], type: 'int64', values: [1] }] },
];

describe('shapes of ONNX operators are those of ONNX Runtime', () => {
  for (const [idx, { type, input, weights = [], attributes = {}, opset = 17, nOutputs = 1 }] of cases.entries()) {
    it(`${idx + 1}: ${type} of ${input.join('×')} ${JSON.stringify(attributes)}`, async () => {
      const outputs = Array.from({ length: nOutputs }, (_unused, at) => `y${at}`);
      const last = outputs[outputs.length - 1] ?? 'y0';
      const isWhere = type === 'Where';
      const bytes = onnxBytes({
        opset,
        inputs: [{ name: 'x', dims: [...input] }],
        outputs: [{ name: last, dims: null, type: type === 'ArgMax' || type === 'TopK' ? 'int64' : 'float' }],
        weights,
        nodes: [
          ...(isWhere ? [{ type: 'Less', inputs: ['x', 'x'], outputs: ['less'] }] : []),
          {
            type,
            inputs: isWhere ? ['less', 'x', 'x'] : ['x', ...weights.map(({ name }) => name)],
            outputs,
            attributes,
          },
        ],
      });
      const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 });
      const size = input.reduce((total, dim) => total * dim, 1);
      const ran = await session.run({ x: new Tensor('float32', new Float32Array(size), input) });
      assert.deepEqual(modelOf(bytes).outputs, [ran[last]?.dims]);
    });
  }
});

describe('an ONNX model', () => {
  const model = modelOf(onnxBytes(smallGenerator()));
  const row = (name: string) => model.layers.find((layer) => layer.name === name) ?? assert.fail(`no row ${name}`);

  it('has a row per operator, named by its weights', () => {
    const names = model.layers.map(({ name }) => name);
    assert.deepEqual(names, ['project', 'to-map', 'up.0', 'norm', 'relu', 'up.1', 'tanh']);
    assert.equal(model.name, 'generator');
  });

  it('has batch 1 where the file leaves it open, and all shapes', () => {
    assert.deepEqual([model.inputs, model.outputs], [[[1, 16]], [[1, 1, 16, 16]]]);
  });

  it('counts parameters, MACs on the input grid, DoR and bytes', () => {
    assert.deepEqual(
      [row('up.0').params, row('up.0').macs, row('up.0').dor?.value],
      [32 * 8 * 16, 32 * 8 * 16 * 16, 32 - 16],
    );
    assert.equal(row('up.1').dor?.value, 8 - 64);
    assert.deepEqual([row('project').params, row('project').macs], [512 * 16 + 512, 512 * 16]);
    assert.deepEqual([row('norm').params, row('norm').nonTrainable], [16, 16]);
    const params = 512 * 17 + 32 * 8 * 16 + 16 + 8 * 16 + 1;
    assert.deepEqual([model.totals.params, model.totals.nonTrainable], [params, 16]);
    assert.equal(model.totals.bytes.fp32, 4 * (params + 16));
    assert.equal(model.totals.partial, false);
  });

  it('carries the findings of any model', () => {
    assert.ok(model.findings.some(({ code, layer }) => code === 'SW101' && layer === 'up.1'));
  });

  it('takes other input shapes on demand', () => {
    const resized = modelOf(onnxBytes(convolution({ inputs: [{ name: 'x', dims: ['n', 3, 'h', 'w'] }] })), [
      [1, 3, 8, 8],
    ]);
    assert.deepEqual(resized.outputs, [[1, 4, 8, 8]]);
  });

  it('leaves sizes open that the file leaves open, with channels and parameters exact', () => {
    const open = modelOf(onnxBytes(convolution({ inputs: [{ name: 'x', dims: ['n', 3, 'h', 'w'] }] })));
    assert.deepEqual(open.outputs, [[1, 4, '?', '?']]);
    assert.equal(open.layers[0]?.params, 4 * 3 * 9);
    assert.equal(open.layers[0]?.macs, null);
    assert.equal(open.totals.partial, true);
  });

  it('counts a layer that runs twice once, and its runs both', () => {
    const twice = modelOf(
      onnxBytes({
        inputs: [{ name: 'x', dims: [1, 4, 8, 8] }],
        outputs: [{ name: 'b', dims: null }],
        weights: [{ name: 'w', dims: [4, 4, 3, 3] }],
        nodes: ['a', 'b'].map((name, idx) => ({ ...conv(idx === 0 ? 'x' : 'a', name) })),
      }),
    );
    assert.equal(twice.layers.length, 1);
    assert.equal(twice.totals.params, 4 * 4 * 9);
    assert.equal(twice.totals.macs, 2 * 4 * 4 * 9 * 64);
  });

  it('counts weights that stand in another file, and does not open it', () => {
    const weights = [{ name: 'w', dims: [4, 3, 3, 3], data: 'external' }] as const;
    const bytes = onnxBytes(convolution({ weights }));
    const refuse = () => assert.fail('a file was opened');
    const read = describeModelFile({ ...memoryFile(bytes), beside: refuse }, 'm.onnx', defaultSettings);
    assert.ok(read.ok);
    assert.equal(read.value.models[0]?.totals.params, 108);
    assert.ok(read.value.facts.some(({ value }) => value.includes('not opened')));
  });

  it('reads weights by their place: a gigabyte of them takes no memory', () => {
    const graph = onnxBytes(convolution({ weights: [{ name: 'w', dims: [4, 3, 3, 3] }] }));
    let longest = 0;
    const file = memoryFile(graph);
    const counted = {
      ...file,
      read: (offset: number, length: number) => ((longest = Math.max(longest, length)), file.read(offset, length)),
    };
    assert.ok(describeModelFile(counted, 'm.onnx', defaultSettings).ok);
    assert.ok(longest <= 64 * 1024);
  });

  it('keeps an operator that it does not know as a row with its reason and weights', () => {
    const model = modelOf(
      onnxBytes({
        inputs: [{ name: 'x', dims: [1, 4] }],
        outputs: [{ name: 'y', dims: [1, 9] }],
        weights: [{ name: 'w', dims: [4, 9] }],
        nodes: [{ type: 'Frobnicate', domain: 'org.example', inputs: ['x', 'w'], outputs: ['y'] }],
      }),
    );
    assert.match(model.layers[0]?.unknown ?? '', /does not know the operator org\.example\.Frobnicate/);
    assert.deepEqual([model.layers[0]?.params, model.layers[0]?.macs], [36, null]);
    assert.deepEqual(model.outputs, [[1, 9]]);
    assert.equal(model.totals.partial, true);
  });

  it('says where shapes contradict each other', () => {
    const model = modelOf(onnxBytes(convolution({ inputs: [{ name: 'x', dims: [1, 5, 8, 8] }] })));
    assert.match(model.findings.find(({ code }) => code === 'SW401')?.message ?? '', /3 input channels, gets 5/);
  });

  it('says which node cannot run', () => {
    const model = modelOf(onnxBytes(convolution({ attributes: { strides: [0, 1] } })));
    assert.match(model.findings.map(({ message }) => message).join(), /strides are \[0, 1\]/);
    assert.equal(model.totals.partial, true);
  });

  it('sorts nodes that stand out of order', () => {
    const graph = smallGenerator();
    const model = modelOf(onnxBytes({ ...graph, nodes: [...graph.nodes].reverse() }));
    assert.deepEqual(model.outputs, [[1, 1, 16, 16]]);
  });
});

function modelOf(bytes: Uint8Array, inputs?: readonly Shape[]): ModelReport {
  const read = describeModelFile(memoryFile(bytes), 'models/generator.onnx', defaultSettings, inputs ? { inputs } : {});
  assert.ok(read.ok, read.ok ? '' : read.problem.message);
  return read.value.models[0] ?? assert.fail('no model');
}

function conv(input: string, output: string, attributes: Attributes = {}): FixtureGraph['nodes'][number] {
  return { type: 'Conv', inputs: [input, 'w'], outputs: [output], attributes: { pads: [1, 1, 1, 1], ...attributes } };
}

function convolution(change: Partial<FixtureGraph> & { readonly attributes?: Attributes }): FixtureGraph {
  return {
    inputs: [{ name: 'x', dims: [1, 3, 8, 8] }],
    outputs: [{ name: 'y', dims: null }],
    weights: [{ name: 'w', dims: [4, 3, 3, 3] }],
    nodes: [conv('x', 'y', change.attributes)],
    ...change,
  };
}
