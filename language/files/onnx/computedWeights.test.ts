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
    assert.deepEqual(
      model.layers.map(({ name, outputShape, params, macs }) => [name, outputShape, params, macs]),
      [['y', [1, 8, 6, 6], 8 * 4 * 9 + 36, 8 * 4 * 9 * 36]],
    );
    assert.deepEqual(model.findings.filter(isWrong), []);
  });

  it('gives the weights whose gates are put in another order to the recurrent layer, each once', () => {
    const list = (name: string, ...values: number[]) => ({
      name,
      dims: [values.length],
      type: 'int64' as const,
      values,
    });
    const half = (weight: string, output: string, from: string, to: string): FixtureNode =>
      node('Slice', [weight, from, to, 'first'], output);
    const model = modelOf({
      inputs: [{ name: 'x', dims: [5, 1, 4] }],
      outputs: [{ name: 'y', dims: null }],
      weights: [
        { name: 'w', dims: [18, 4] },
        { name: 'r', dims: [18, 6] },
        ...[list('first', 0), list('zero', 0), list('nine', 9), list('all', 18)],
      ],
      nodes: [
        ...['w', 'r'].flatMap((name) => [
          half(name, `${name}.a`, 'zero', 'nine'),
          half(name, `${name}.b`, 'nine', 'all'),
          node('Concat', [`${name}.b`, `${name}.a`], `${name}.turned`, { axis: 0 }),
          node('Unsqueeze', [`${name}.turned`, 'first'], `${name}.gates`),
        ]),
        node('GRU', ['x', 'w.gates', 'r.gates'], 'y'),
      ],
    });
    assert.deepEqual(
      model.layers.map(({ type, outputShape, params }) => [type, outputShape, params]),
      [['GRU', [5, 1, 1, 6], 18 * 4 + 18 * 6]],
    );
  });

  it('counts a stored list of one number, and no number without an axis', () => {
    const model = modelOf({
      inputs: [{ name: 'x', dims: [1, 3, 8] }],
      outputs: [{ name: 'y', dims: null }],
      weights: [
        { name: 'dense', dims: [8, 1] },
        { name: 'bias', dims: [1] },
        { name: 'half', dims: [], values: [0.5] },
      ],
      nodes: [node('MatMul', ['x', 'dense'], 'a'), node('Add', ['a', 'bias'], 'b'), node('Mul', ['b', 'half'], 'y')],
    });
    assert.equal(model.totals.params, 8 + 1);
    assert.deepEqual(model.outputs, [[1, 3, 1]]);
  });

  it('knows the shape and the multiply-adds of an einsum', () => {
    const product = (equation: string, other: readonly number[]) =>
      modelOf({
        inputs: [
          { name: 'x', dims: [1, 2, 5, 4] },
          { name: 'w', dims: [...other] },
        ],
        outputs: [{ name: 'y', dims: null }],
        nodes: [node('Einsum', ['x', 'w'], 'y', { equation })],
      });
    const attended = product('bhqk, bhsk -> bhqs', [1, 2, 7, 4]);
    assert.deepEqual([attended.outputs, attended.totals.macs], [[[1, 2, 5, 7]], 2 * 5 * 7 * 4]);
    assert.deepEqual(product('bhqk,bhsk', [1, 2, 7, 4]).outputs, [[5, 7]]);
    assert.match(row(product('b...k,ks->b...s', [4, 3]), 'y').unknown ?? '', /not followed/);
    assert.match(
      product('bhqk,ks->bhqs', [3, 9])
        .findings.map(({ message }) => message)
        .join(),
      /letter k is 4 and 3/,
    );
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
