import assert from 'node:assert/strict';
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import type { OpCall } from '../../core/graph/ops.ts';
import type { DescribedModel } from '../describeFile.ts';
import { costModel } from '../report/buildReport.ts';
import { chainGraph, conv2d, deconv2d, dense, publishedDcgan, relu } from '../report/chainGraph.ts';
import { inlayHints } from './inlayHints.ts';
import { maxLabelLength } from './layerLabel.ts';

function described(graph: ModelGraph): DescribedModel {
  return { ...costModel(graph, { convFormula: 'published' }), findings: [] };
}

function labels(graph: ModelGraph): string[] {
  return inlayHints([described(graph)], 'model.py').map(({ line, label }) => `${line} ${label}`);
}

describe('inlayHints', () => {
  it('says shape, parameters, MACs and redundancy of each layer', () => {
    assert.deepEqual(labels(publishedDcgan()), [
      '10 → 256×8×8 · 3.28M · 52.4M MAC · DoR +496',
      '11 → 128×16×16 · 819K · 52M MAC · DoR +192',
      '12 → 64×32×32 · 205K · 52.4M MAC · DoR −128',
      '13 → 3×64×64 · 4.80K · 4.92M MAC · DoR −960',
    ]);
  });

  it('shows what is not known as ?', () => {
    const graph = chainGraph({
      input: [1, 100, '?', '?'],
      layers: [{ type: 'ConvTranspose2d', call: deconv2d({ from: 100, to: 64 }) }],
    });
    assert.deepEqual(labels(graph), ['10 → 64×?×? · 102K · ? MAC · DoR ?']);
  });

  it('is silent after layers that change nothing, and short after those that change the shape', () => {
    const graph = chainGraph({
      input: [1, 64],
      layers: [
        { type: 'ReLU', call: relu },
        { type: 'Unflatten', call: { op: 'reshape', attributes: { shape: [-1, 4, 4, 4] } } },
      ],
    });
    assert.deepEqual(labels(graph), ['11 → 4×4×4']);
  });

  it('speaks for several layers of one line together, and for each at the line that calls', () => {
    const conv = (from: number, to: number) => conv2d({ from, to });
    const graph = chainGraph({
      input: [1, 1, 64, 64],
      layers: [
        { type: 'Conv2d', call: conv(1, 16), line: 3, stack: [20] },
        { type: 'LeakyReLU', call: relu, line: 4, stack: [20] },
        { type: 'Conv2d', call: conv(16, 32), line: 3, stack: [21] },
        { type: 'LeakyReLU', call: relu, line: 4, stack: [21] },
        { type: 'Conv2d', call: conv(32, 64), line: 3, stack: [22] },
      ],
    });
    assert.deepEqual(labels(graph), [
      '3 ×3: 1→16 … 32→64 · 41.2K · 4.46M MAC',
      '20 → 16×32×32 · 256 · 262K MAC · DoR 0',
      '21 → 32×16×16 · 8.19K · 2.1M MAC · DoR +224',
      '22 → 64×8×8 · 32.8K · 2.10M MAC · DoR +448',
    ]);
  });

  it('says how many layers a line builds that are all alike', () => {
    const block = (stack: number) => ({
      type: 'Conv2d',
      call: conv2d({ from: 8, to: 8, kernel: 3, stride: 1 }),
      line: 3,
      stack: [stack],
    });
    const graph = chainGraph({ input: [1, 8, 64, 64], layers: [block(20), block(20), block(21)] });
    assert.deepEqual(labels(graph), [
      '3 ×3 each: 8×64×64 · 576 · DoR +64',
      '20 ×2 each: 8×64×64 · 576 · DoR +64',
      '21 → 8×64×64 · 576 · 2.36M MAC · DoR +64',
    ]);
  });

  it('says channels once where all have the same, and shapes of layers without weights', () => {
    const conv = (kernel: number) => ({
      type: 'Conv2d',
      call: conv2d({ from: 8, to: 8, kernel, stride: 1, padding: 1 }),
      line: 3,
    });
    const half: OpCall = { op: 'reshape', attributes: { shape: [-1, 4, 8, 16] } };
    const back: OpCall = { op: 'reshape', attributes: { shape: [-1, 8, 8, 8] } };
    const reshaped = [half, back].map((call) => ({ type: 'Unflatten', call, line: 4 }));
    const graph = chainGraph({ input: [1, 8, 8, 8], layers: [conv(3), ...reshaped, conv(5)] });
    assert.deepEqual(labels(graph), ['3 ×2: 8→8 · 2.18K · 94.5K MAC', '4 ×2: 4×8×16 … 8×8×8']);
  });

  it('counts the layers of a model once that a combined model lists again, under whatever names', () => {
    const layers = (prefix: string) =>
      [4, 6].map((to, idx) => ({
        type: 'Linear',
        name: `${prefix}${idx}`,
        call: dense(idx === 0 ? 3 : 4, to),
        line: 3,
        stack: [20],
      }));
    const critic = chainGraph({ input: [1, 3], layers: layers('dense_') });
    const combined = chainGraph({ name: 'Combined', input: [1, 3], layers: layers('critic_dense_') });
    const [, atCall] = inlayHints([described(critic), described(combined)], 'model.py');
    assert.deepEqual(atCall, { ...atCall, line: 20, label: '×2: 3→4 … 4→6 · 46 · 36 MAC' });
  });

  it('keeps two digits of MACs where they fit, and leaves them out rather than rounding them away', () => {
    const label = (from: number, side: number) =>
      labels(
        chainGraph({
          input: [1, from, side, side],
          layers: [{ type: 'Conv2d', call: conv2d({ from, to: from, kernel: 3, stride: 1, padding: 1 }) }],
        }),
      );
    assert.deepEqual(label(256, 64), ['10 →256×64×64 · 590K · 2.4G MAC · DoR +2048']);
    assert.deepEqual(label(1024, 128), ['10 → 1024×128×128 · 9.44M · DoR +8192']);
  });

  it('counts a layer that runs several times', () => {
    const graph = chainGraph({
      input: [1, 8, 4, 4],
      layers: [{ type: 'Conv2d', call: conv2d({ from: 8, to: 8, kernel: 3, stride: 1 }), nRuns: 3 }],
    });
    assert.deepEqual(labels(graph), ['10 → 8×4×4 · 576 · 27.6K MAC · ×3 · DoR +64']);
  });

  it('says when a layer with weights is never run', () => {
    const graph = chainGraph({
      input: [1, 4],
      layers: [
        { type: 'Linear', call: dense(4, 4) },
        { type: 'Linear', call: dense(4, 4), nRuns: 0 },
      ],
    });
    assert.deepEqual(labels(graph)[1], '11 never run · 20');
  });

  it('never exceeds the width, whatever the sizes', () => {
    const sizes = [1, 3, 64, 999, 4096, 99_999];
    for (const from of sizes) {
      for (const to of sizes) {
        for (const side of [1, 64, 1024, 9999]) {
          const graph = chainGraph({
            input: [1, from, side, side],
            layers: [
              { type: 'ConvTranspose2d', call: deconv2d({ from, to }), line: 3, stack: [9] },
              { type: 'Conv2d', call: conv2d({ from: to, to: from }), line: 3, stack: [9], nRuns: 12 },
            ],
          });
          for (const hint of inlayHints([described(graph)], 'model.py')) {
            assert.ok(hint.label.length <= maxLabelLength, hint.label);
          }
        }
      }
    }
  });
});
