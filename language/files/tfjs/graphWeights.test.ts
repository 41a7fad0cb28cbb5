/**
 * TensorFlow graphs as converters write them, whose weights and sizes are computed on the way: dilated convolutions
 * between blocks, a dense layer of a sequence, attention, volumes. Every shape was compared with TensorFlow's.
 */
import assert from 'node:assert/strict';
import type { ModelReport } from '../../../core/report/analyzeReport.ts';
import { defaultSettings } from '../../settings.ts';
import { memoryFile } from '../byteSource.ts';
import { describeModelFile } from '../describeModelFile.ts';

interface Node {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: object;
}

interface Stored {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values?: readonly number[];
}

const text = (value: string) => ({ s: btoa(value) });
const strides = (...sizes: number[]) => ({ list: { i: sizes.map(String) } });

describe('a TensorFlow graph', () => {
  it('counts a bias of one number', () => {
    const model = modelOf(
      [1, 8],
      [
        { name: 'm', op: 'MatMul', input: ['x', 'kernel'] },
        { name: 'y', op: 'BiasAdd', input: ['m', 'bias'] },
      ],
      [
        { name: 'kernel', shape: [8, 1] },
        { name: 'bias', shape: [1] },
      ],
    );
    assert.deepEqual([model.totals.params, model.outputs], [9, [[1, 1]]]);
  });

  it('follows a dilated convolution of a sequence through its blocks, with the kernel that it makes', () => {
    const model = modelOf(
      [1, 12, 6],
      [
        { name: 'blocks', op: 'SpaceToBatchND', input: ['x', 'two', 'borders'] },
        { name: 'map', op: 'ExpandDims', input: ['blocks', 'one'] },
        { name: 'flat', op: 'ExpandDims', input: ['kernel', 'zero'] },
        {
          name: 'conv',
          op: 'Conv2D',
          input: ['map', 'flat'],
          attr: { padding: text('VALID'), strides: strides(1, 1, 1, 1) },
        },
        { name: 'line', op: 'Squeeze', input: ['conv'], attr: { squeeze_dims: strides(1) } },
        { name: 'y', op: 'BatchToSpaceND', input: ['line', 'two', 'crops'] },
      ],
      [
        { name: 'kernel', shape: [3, 6, 4] },
        { name: 'two', shape: [1], values: [2] },
        { name: 'one', shape: [], values: [1] },
        { name: 'zero', shape: [], values: [0] },
        { name: 'borders', shape: [1, 2], values: [4, 0] },
        { name: 'crops', shape: [1, 2], values: [0, 0] },
      ],
    );
    assert.deepEqual(model.outputs, [[1, 12, 4]]);
    const conv = model.layers.find(({ name }) => name === 'conv');
    assert.deepEqual([conv?.outputShape, conv?.params, conv?.macs], [[2, 1, 6, 4], 72, 72 * 12]);
    assert.deepEqual(
      model.findings.filter(({ code }) => code.startsWith('SW4')),
      [],
    );
  });

  it('follows the sizes of a dense layer of a sequence, batch open', () => {
    const model = modelOf(
      [-1, 10, 16],
      [
        { name: 'shape', op: 'Shape', input: ['x'] },
        { name: 'free', op: 'GatherV2', input: ['shape', 'places', 'zero'] },
        { name: 'rows', op: 'Prod', input: ['free', 'first'] },
        { name: 'both', op: 'Pack', input: ['rows', 'width'] },
        { name: 'table', op: 'Reshape', input: ['x', 'both'] },
        { name: 'm', op: 'MatMul', input: ['table', 'kernel'] },
        { name: 'back', op: 'ConcatV2', input: ['free', 'out', 'zero'] },
        { name: 'y', op: 'Reshape', input: ['m', 'back'] },
      ],
      [
        { name: 'kernel', shape: [16, 32] },
        { name: 'places', shape: [2], values: [0, 1] },
        { name: 'first', shape: [1], values: [0] },
        { name: 'zero', shape: [], values: [0] },
        { name: 'width', shape: [], values: [16] },
        { name: 'out', shape: [1], values: [32] },
      ],
    );
    assert.deepEqual([model.outputs, model.totals.macs, model.totals.partial], [[[1, 10, 32]], 5120, false]);
  });

  it('knows volumes and einsums', () => {
    const model = modelOf(
      [1, 8, 8, 8, 2],
      [
        {
          name: 'c',
          op: 'Conv3D',
          input: ['x', 'kernel'],
          attr: { padding: text('SAME'), strides: strides(1, 2, 2, 2, 1) },
        },
        {
          name: 'p',
          op: 'MaxPool3D',
          input: ['c'],
          attr: { padding: text('VALID'), ksize: strides(1, 2, 2, 2, 1), strides: strides(1, 2, 2, 2, 1) },
        },
        { name: 'y', op: 'Einsum', input: ['p', 'w'], attr: { equation: text('abcde,ef->abcdf') } },
      ],
      [
        { name: 'kernel', shape: [3, 3, 3, 2, 5] },
        { name: 'w', shape: [5, 7] },
      ],
    );
    assert.deepEqual(model.outputs, [[1, 2, 2, 2, 7]]);
    assert.equal(model.totals.params, 270 + 35);
    assert.equal(model.totals.macs, 270 * 64 + 8 * 35);
  });
});

function modelOf(input: readonly number[], nodes: readonly Node[], stored: readonly Stored[]): ModelReport {
  const dim = input.map((size) => ({ size: String(size) }));
  const weights = stored.map(({ name, shape, values }) => ({ name, shape, dtype: values ? 'int32' : 'float32' }));
  const json = {
    format: 'graph-model',
    modelTopology: {
      node: [
        { name: 'x', op: 'Placeholder', attr: { shape: { shape: { dim } } } },
        ...stored.map(({ name }) => ({ name, op: 'Const' })),
        ...nodes,
      ],
    },
    weightsManifest: [{ paths: ['w.bin'], weights }],
  };
  const bytes = stored.flatMap(({ shape, values }) => {
    const n = shape.reduce((total, size) => total * size, 1);
    return [new Uint8Array(Int32Array.from({ length: n }, (_unused, idx) => values?.[idx] ?? 0).buffer)];
  });
  const file = memoryFile(new TextEncoder().encode(JSON.stringify(json)), { 'w.bin': joined(bytes) });
  const read = describeModelFile(file, 'g/model.json', defaultSettings);
  assert.ok(read.ok, read.ok ? '' : read.problem.message);
  return read.value.models[0] ?? assert.fail('no model');
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
