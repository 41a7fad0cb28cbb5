import assert from 'node:assert/strict';
import { chainGraph, conv2d, deconv2d, dense, publishedDcgan, relu } from './chainGraph.ts';
import { costModel } from './buildReport.ts';

const published = { convFormula: 'published' } as const;

describe('costModel', () => {
  it('gives the published generator its degrees of redundancy and MACs', () => {
    const { report } = costModel(publishedDcgan(), published);
    assert.deepEqual(
      report.layers.map((row) => row.dor?.value),
      [496, 192, -128, -960],
    );
    assert.deepEqual(
      report.layers.map((row) => row.macs),
      [52_428_800, 52_428_800, 52_428_800, 4_915_200],
    );
    assert.deepEqual(report.outputs, [[1, 3, 64, 64]]);
    assert.equal(report.totals.macs, 162_201_600);
    assert.equal(report.totals.params, 4_305_600);
    assert.equal(report.totals.bytes.fp32, 4 * 4_305_600);
    assert.equal(report.totals.partial, false);
  });

  it('counts a layer that runs several times once, with every run under calls', () => {
    const call = conv2d({ from: 8, to: 8, kernel: 3, stride: 1, padding: 1 });
    const { report } = costModel(
      chainGraph({ input: [1, 8, 4, 4], layers: [{ call, type: 'Conv2d', nRuns: 3 }] }),
      published,
    );
    assert.equal(report.layers.length, 1);
    assert.equal(report.layers[0]?.calls.length, 3);
    assert.equal(report.layers[0]?.macs, 3 * 8 * 8 * 9 * 16);
    assert.equal(report.totals.params, 8 * 8 * 9);
  });

  it('lists rows in the order of execution, and layers that never run last', () => {
    const graph = chainGraph({
      input: [1, 4],
      layers: [
        { call: dense(4, 4), type: 'Linear', name: 'spare', nRuns: 0 },
        { call: dense(4, 2), type: 'Linear', name: 'fc' },
        { call: relu, type: 'ReLU', name: 'act' },
      ],
    });
    const { report } = costModel(graph, published);
    assert.deepEqual(
      report.layers.map(({ name, op, unused }) => [name, op, unused]),
      [
        ['fc', 'dense', false],
        ['act', 'relu', false],
        ['spare', 'dense', true],
      ],
    );
    assert.equal(report.layers[2]?.macs, 0);
    assert.equal(report.totals.params, 4 * 2 + 2 + 4 * 4 + 4);
    assert.equal(report.totals.partial, false);
  });

  it('does not call a layer unused when the run could not be followed', () => {
    const site = { file: 'model.py', line: 20, column: 0, endLine: 20, endColumn: 9 };
    const graph = chainGraph({
      input: [1, 4],
      layers: [{ call: dense(4, 4), type: 'Linear', nRuns: 0 }],
      faults: [{ kind: 'notFollowed', message: 'the loop has no known count', site, layer: null }],
    });
    const { report } = costModel(graph, published);
    assert.equal(report.layers[0]?.unused, false);
    assert.equal(report.layers[0]?.macs, null);
    assert.equal(report.totals.partial, true);
  });

  it('keeps unknown as unknown: parameters exact, the rest null and the totals partial', () => {
    const { report } = costModel(
      chainGraph({
        input: [1, 64, '?', '?'],
        layers: [{ call: deconv2d({ from: 64, to: 32 }), type: 'ConvTranspose2d' }],
      }),
      published,
    );
    const [row] = report.layers;
    assert.deepEqual(row?.outputShape, [1, 32, '?', '?']);
    assert.equal(row?.params, 64 * 32 * 16);
    assert.equal(row?.macs, null);
    assert.equal(row?.dor, null);
    assert.equal(report.totals.partial, true);
  });

  it('selects the derived convolution formula', () => {
    const graph = chainGraph({
      input: [1, 3, 64, 64],
      layers: [{ call: conv2d({ from: 3, to: 64, kernel: 5, stride: 2, padding: 2 }), type: 'Conv2d' }],
    });
    assert.deepEqual(costModel(graph, published).report.layers[0]?.dor, { value: 11, formula: 'conv' });
    assert.deepEqual(costModel(graph, { convFormula: 'derived' }).report.layers[0]?.dor, {
      value: 75 - 32 * 32,
      formula: 'conv-derived',
    });
  });

  it('predicts sensitivity, and says that it is a prediction', () => {
    const { report } = costModel(publishedDcgan(), published);
    assert.deepEqual(
      report.layers.map((row) => [row.sensitivity?.level, row.sensitivity?.basis]),
      [
        ['low', 'predicted'],
        ['low', 'predicted'],
        ['high', 'predicted'],
        ['high', 'predicted'],
      ],
    );
    assert.match(report.layers[3]?.sensitivity?.why ?? '', /output layer/);
  });
});
