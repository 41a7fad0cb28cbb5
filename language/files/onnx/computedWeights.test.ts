/**
 * ONNX files whose weights the graph computes or receives: exporters without constant folding write spectral norm,
 * recurrent gates and normalizations so. Nothing of that is an operator that cannot run, and what is open says why.
 */
import assert from 'node:assert/strict';
import type { ModelReport } from '../../../core/report/analyzeReport.ts';
import { defaultSettings } from '../../settings.ts';
import { memoryFile } from '../byteSource.ts';
import { describeModelFile } from '../describeModelFile.ts';
import { onnxBytes, type FixtureGraph, type FixtureNode } from './onnxFixture.ts';

const node = (type: string, inputs: readonly string[], output: string, attributes = {}): FixtureNode => ({
  type,
  name: output,
  inputs,
  outputs: [output],
  attributes,
});

describe('an ONNX file that computes its weights', () => {
  it('keeps the shapes of one weight that is read in two arrangements (a spectral norm)', () => {
    const model = modelOf({
      inputs: [{ name: 'x', dims: [1, 4, 6, 6] }],
      outputs: [{ name: 'y', dims: null }],
      weights: [
        { name: 'w', dims: [8, 4, 3, 3] },
        { name: 'u', dims: [36, 1] },
        { name: 'matrix', dims: [2], type: 'int64', values: [8, 36] },
      ],
      nodes: [
        node('Reshape', ['w', 'matrix'], 'flat'),
        node('MatMul', ['flat', 'u'], 'v'),
        node('ReduceMax', ['v'], 'sigma', { keepdims: 0 }),
        node('Div', ['w', 'sigma'], 'normed'),
        node('Conv', ['x', 'normed'], 'y', { pads: [1, 1, 1, 1] }),
      ],
    });
    assert.deepEqual(row(model, 'normed').outputShape, [8, 4, 3, 3]);
    assert.deepEqual([row(model, 'y').outputShape, row(model, 'y').macs], [[1, 8, 6, 6], 8 * 4 * 9 * 36]);
    assert.deepEqual(model.findings.filter(isWrong), []);
    assert.equal(model.totals.params, 8 * 4 * 9 + 36);
  });

  it('knows a recurrent layer by the shapes of its weights, wherever they come from', () => {
    const model = modelOf({
      inputs: [
        { name: 'x', dims: [5, 1, 4] },
        { name: 'w', dims: [1, 24, 4] },
        { name: 'r', dims: [1, 24, 6] },
      ],
      outputs: [
        { name: 'last', dims: null },
        { name: 'cell', dims: null },
      ],
      nodes: [{ type: 'LSTM', name: 'lstm', inputs: ['x', 'w', 'r'], outputs: ['', 'last', 'cell'], attributes: {} }],
    });
    assert.deepEqual(row(model, 'lstm').outputShape, [5, 1, 1, 6]);
    assert.deepEqual(model.outputs, [
      [1, 1, 6],
      [1, 1, 6],
    ]);
    assert.deepEqual(model.findings.filter(isWrong), []);
  });

  it('has the batch of a recurrent layer in front where its layout says so', () => {
    const model = modelOf({
      inputs: [{ name: 'x', dims: [1, 5, 4] }],
      outputs: [{ name: 'y', dims: null }],
      weights: [
        { name: 'w', dims: [1, 18, 4] },
        { name: 'r', dims: [1, 18, 6] },
      ],
      nodes: [node('GRU', ['x', 'w', 'r'], 'y', { layout: 1 })],
    });
    assert.deepEqual(model.outputs, [[1, 5, 1, 6]]);
  });

  for (const [type, nScales] of [
    ['LayerNormalization', 2],
    ['InstanceNormalization', 2],
    ['BatchNormalization', 4],
    ['GroupNormalization', 2],
  ] as const) {
    it(`${type} with a scale of unknown size keeps its shape, and says why nothing is counted`, () => {
      const scales = Array.from({ length: nScales }, (_unused, idx) => `s${idx}`);
      const model = modelOf({
        opset: 21,
        inputs: [{ name: 'x', dims: [1, 3, 4, 4] }, ...scales.map((name) => ({ name, dims: null }))],
        outputs: [{ name: 'y', dims: null }],
        nodes: [node(type, ['x', ...scales], 'y', { num_groups: 3 })],
      });
      assert.deepEqual(model.outputs, [[1, 3, 4, 4]]);
      assert.match(row(model, 'y').unknown ?? 'null', type === 'GroupNormalization' ? /null/ : /scale is not known/);
      assert.deepEqual(model.findings.filter(isWrong), []);
    });
  }

  it('does not guess the parts of a split whose sizes are computed', () => {
    const model = modelOf({
      inputs: [
        { name: 'x', dims: [1, 6] },
        { name: 'parts', dims: [2], type: 'int64' },
      ],
      outputs: [{ name: 'a', dims: null }],
      nodes: [{ type: 'Split', inputs: ['x', 'parts'], outputs: ['a', 'b'], attributes: { axis: 1 } }],
    });
    assert.deepEqual(model.outputs, [[1, '?']]);
  });

  it('says why every open size is open', () => {
    const model = modelOf({
      inputs: [
        { name: 'x', dims: [1, 3, 8, 8] },
        { name: 'sizes', dims: [4], type: 'int64' },
      ],
      outputs: [{ name: 'c', dims: null }],
      nodes: [
        node('Resize', ['x', '', '', 'sizes'], 'a'),
        node('Slice', ['a', 'sizes', 'sizes'], 'b'),
        node('NonZero', ['b'], 'c'),
      ],
    });
    for (const name of ['a', 'b', 'c']) assert.match(row(model, name).unknown ?? '', /computed while the model runs/);
  });
});

function modelOf(graph: FixtureGraph): ModelReport {
  const read = describeModelFile(memoryFile(onnxBytes(graph)), 'm.onnx', defaultSettings);
  assert.ok(read.ok, read.ok ? '' : read.problem.message);
  return read.value.models[0] ?? assert.fail('no model');
}

function row(model: ModelReport, name: string): ModelReport['layers'][number] {
  return model.layers.find((layer) => layer.name === name) ?? assert.fail(`no row ${name}`);
}

const isWrong = ({ code }: { readonly code: string }): boolean => /^SW4/.test(code);
