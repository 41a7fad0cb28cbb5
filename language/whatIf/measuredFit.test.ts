/**
 * "Fit this budget" by what a run measured: exact against trying everything, per layer where only some layers are as
 * they were measured, and never in a mixture of units.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import { fitLayers, fitModel } from '../../core/plan/fitModel.ts';
import { modelSensitivity } from '../../core/plan/layerSensitivity.ts';
import { layerFingerprint, type NetworkSensitivity } from '../../core/sensitivity/sensitivityFile.ts';
import { readFixture } from '../edits/editCases.ts';
import { describeFile } from '../describeFile.ts';
import { defaultSettings } from '../settings.ts';
import { memoryHost, type SourceHost } from '../sourceHost.ts';
import { whatIf } from './whatIf.ts';

/** Rises of SWD at 1, 2, 4 and 8 bits: against the prediction, main.8 minds the least and fc the most. */
const rises: Readonly<Record<string, readonly number[]>> = {
  fc: [80, 60, 40, 20],
  'main.2': [9, 5, 3, 0.5],
  'main.5': [12, 6, 2, 0.2],
  'main.8': [0.4, 0.2, 0.1, -0.3],
};

const text = readFixture('pytorch', 'before');

function graphOf(host: SourceHost): ModelGraph {
  const [model] = describeFile(host, 'generator.py', defaultSettings).models;
  assert.ok(model);
  return model.graph;
}

function measuredOf(graph: ModelGraph, names: readonly string[]): NetworkSensitivity {
  const layers = graph.layers.flatMap((layer) => {
    if (!names.includes(layer.name)) return [];
    const bits = [1, 2, 4, 8].map((count, idx) => {
      const rise = rises[layer.name]?.[idx] ?? 0;
      return { bits: count, psnr: 20, swd: 40 + rise, rise };
    });
    return [{ name: layer.name, fingerprint: layerFingerprint(layer), bits }];
  });
  return { file: 'generator.py', model: 'Generator', sha256: 'ab', run: 'r1', swd: 40, nImages: 512, layers };
}

function hostWith(measured: NetworkSensitivity, source = text): SourceHost {
  const file = JSON.stringify({ version: 1, networks: [measured] });
  return memoryHost({ 'generator.py': source, '.slimwise/sensitivity.json': file });
}

const graph = graphOf(memoryHost({ 'generator.py': text }));
const all = measuredOf(graph, Object.keys(rises));

describe('fitting a budget by measurements', () => {
  it('is what trying everything finds, at three budgets', () => {
    const { layers, fixedBytes } = fitLayers(graph, { measured: all });
    const full = layers.reduce((sum, { options }) => sum + (options[0]?.bytes ?? 0), fixedBytes);
    for (const share of [0.05, 0.2, 0.6]) {
      const limit = Math.floor(full * share);
      let least = Infinity;
      const visit = (idx: number, bytes: number, cost: number): void => {
        const layer = layers[idx];
        if (layer === undefined) {
          if (bytes <= limit) least = Math.min(least, cost);
          return;
        }
        for (const option of layer.options) visit(idx + 1, bytes + option.bytes, cost + option.sensitivity);
      };
      visit(0, fixedBytes, 0);
      const fitted = fitModel(graph, limit, { measured: all });
      assert.equal(fitted?.sensitivity, least);
      assert.equal(fitted?.basis, 'measured');
      assert.ok(fitted.layers.every(({ basis }) => basis === 'measured'));
    }
  });

  it('chooses other bits than a prediction, and counts a fall of the distance as nothing', () => {
    const bitsOf = (measured: NetworkSensitivity | null): unknown =>
      fitModel(graph, 1_100_000, { measured })?.layers.map(({ bits }) => bits);
    assert.deepEqual(bitsOf(null), [8, 8, 32, 32]);
    assert.deepEqual(bitsOf(all), [8, 8, 32, 8]);
    const last = graph.layers.find(({ name }) => name === 'main.8');
    assert.ok(last);
    assert.equal(modelSensitivity(graph, all).costsOf(last)?.at(8), 0);
  });

  it('predicts what was not measured in the unit of what was, and says so', () => {
    const some = measuredOf(graph, ['fc', 'main.2']);
    const sensitivity = modelSensitivity(graph, some);
    assert.equal(sensitivity.basis, 'mixed');
    const fitted = fitModel(graph, 200_000, { measured: some });
    assert.deepEqual(
      fitted?.layers.map(({ name, basis }) => [name, basis]),
      [
        ['fc', 'measured'],
        ['main.2', 'measured'],
        ['main.5', 'predicted'],
        ['main.8', 'predicted'],
      ],
    );
    assert.match(fitted?.layers.at(-1)?.why ?? '', /predicted: it was not measured/);
    // The factor is that of the measured layers: between those of each alone.
    const factors = graph.layers.flatMap((layer) => {
      const own = modelSensitivity(graph, measuredOf(graph, [layer.name]));
      const other = graph.layers.find(({ name }) => name === 'main.8');
      const cost = other === undefined ? null : own.costsOf(other)?.at(1);
      return layer.name === 'fc' || layer.name === 'main.2' ? [cost ?? NaN] : [];
    });
    const last = graph.layers.find(({ name }) => name === 'main.8');
    const cost = last === undefined ? NaN : (sensitivity.costsOf(last)?.at(1) ?? NaN);
    assert.ok(Math.min(...factors) < cost && cost < Math.max(...factors), `${cost} of ${factors.join()}`);
  });
});

describe('the what-if table of a measured model', () => {
  const ask = (host: SourceHost, sensitivity?: 'predicted', sha256 = 'ab') => {
    const { models } = describeFile(host, 'generator.py', defaultSettings);
    const query = { model: null, choices: [], budgetBytes: 1_100_000, fit: true };
    const options = { convFormula: 'published', sha256 } as const;
    const report = whatIf(models, { ...query, ...(sensitivity === undefined ? {} : { sensitivity }) }, options);
    assert.ok('rows' in report);
    assert.ok(report.fit !== null && 'layers' in report.fit);
    return { ...report, fit: report.fit };
  };

  it('shows what was measured, and fits by it unless predictions are asked for', () => {
    const { measured, rows, fit } = ask(hostWith(all));
    assert.deepEqual(measured, { run: 'r1', nImages: 512, swd: 40, nLayers: 4, nAll: 4, isEdited: false });
    assert.deepEqual(
      rows[3]?.options.map((option) => option.measured),
      [null, null, -0.3, 0.1, 0.2, null, 0.4],
    );
    assert.equal(fit.basis, 'measured');
    const predicted = ask(hostWith(all), 'predicted').fit;
    assert.equal(predicted.basis, 'predicted');
    assert.notDeepEqual(
      fit.layers.map(({ bits }) => bits),
      predicted.layers.map(({ bits }) => bits),
    );
  });

  it('goes on holding for layers that are built as they were, and says that the source was edited', () => {
    const edited = text.replace('kernel_size=3', 'kernel_size=5').replace(/^( +)padding=1,$/m, '$1padding=2,');
    const { measured, fit } = ask(hostWith(all, edited), undefined, 'cd');
    assert.deepEqual([measured?.nLayers, measured?.nAll, measured?.isEdited], [3, 4, true]);
    assert.equal(fit.basis, 'mixed');
    const conv = fit.layers.find(({ name }) => name === 'main.5');
    assert.equal(conv?.basis, 'predicted');
    assert.match(conv?.why ?? '', /built differently from when it was measured/);
  });

  it('has nothing measured of another model, or of layers that have all changed', () => {
    assert.equal(ask(hostWith({ ...all, model: 'Other' })).measured, null);
    const stale = { ...all, layers: all.layers.map((layer) => ({ ...layer, fingerprint: 'other' })) };
    const { measured, fit } = ask(hostWith(stale));
    assert.equal(measured, null);
    assert.equal(fit.basis, 'predicted');
  });
});
