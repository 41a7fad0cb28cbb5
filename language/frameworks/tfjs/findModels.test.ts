import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ModelReport } from '../../../core/report/analyzeReport.ts';
import { costModel } from '../../report/buildReport.ts';
import { memoryHost } from '../../sourceHost.ts';
import { findTfjsModels, type FindOptions } from './findModels.ts';

type Report = Omit<ModelReport, 'findings'>;

function reports(
  text: string,
  options: FindOptions = {},
  others: Readonly<Record<string, string>> = {},
): readonly Report[] {
  const { graphs } = findTfjsModels(memoryHost({ 'src/gan.ts': text, ...others }), 'src/gan.ts', options);
  return graphs.map((graph) => costModel(graph, { convFormula: 'published' }).report);
}

/** `type output params macs`, with `?` for what is not known. */
function rows(report: Report | undefined): readonly string[] {
  assert.ok(report);
  return report.layers.map(
    ({ type, outputShape, params, macs }) =>
      `${type} ${outputShape?.slice(1).join('×') ?? '?'} ${params ?? '?'} ${macs ?? '?'}`,
  );
}

describe('findTfjsModels', () => {
  it("reads the sample like its PyTorch twin, names in TF.js' own way", () => {
    const text = readFileSync(new URL('../../../samples/dcgan/dcgan_tfjs.ts', import.meta.url), 'utf8');
    const [generator, discriminator] = reports(text);
    assert.deepEqual(
      generator?.layers.filter(({ dor }) => dor !== null).map(({ name, dor, line }) => [name, dor?.value, line]),
      [
        ['dense_Dense1', 99, 14],
        ['conv2d_transpose_Conv2DTranspose1', 240, 18],
        ['conv2d_transpose_Conv2DTranspose2', 64, 21],
        ['conv2d_transpose_Conv2DTranspose3', -192, 24],
      ],
    );
    assert.equal(generator.totals.params, 1_070_977);
    assert.equal(generator.totals.macs, 17_448_960);
    assert.deepEqual([generator.inputs, generator.outputs], [[[1, 100]], [[1, 32, 32, 1]]]);
    assert.equal(discriminator?.totals.params, 661_313);
    assert.equal(discriminator.layers[0]?.name, 'conv2d_Conv2D1');
  });

  it('takes arguments from the calls it finds, also in files beside it', () => {
    const builder = `import * as tf from '@tensorflow/tfjs';
      export function build(size: number, { units = 8, ...rest } = {}) {
        const input = tf.input({ shape: [size] });
        const out = tf.layers.dense({ units, ...rest }).apply(input) as tf.SymbolicTensor;
        return tf.model({ inputs: input, outputs: out });
      }`;
    const other =
      "import { build } from './gan'; async function main() { const model = build(12, { useBias: false }); }";
    assert.deepEqual(rows(reports(builder, {}, { 'src/train.ts': other })[0]), ['InputLayer 12 0 0', 'Dense 8 96 96']);
    assert.equal(reports(builder, {}, { 'src/train.ts': other })[0]?.instantiation, 'build(12, { useBias: false })');
    const [alone] = reports(builder);
    assert.deepEqual(rows(alone), ['InputLayer ? 0 0', 'Dense 8 ? ?']);
    assert.equal(alone?.totals.partial, true);
    assert.deepEqual(rows(reports(builder, { entries: ['build(3)'] })[0]), ['InputLayer 3 0 0', 'Dense 8 32 24']);
  });

  it('follows configuration arrays, spreads, and layers applied by reduce', () => {
    const [report] = reports(`import tf from '@tensorflow/tfjs-node';
      const defaults = { kernelSize: 3, padding: 'same', strides: 2 };
      const configs = [{ filters: 8 }, { filters: 16, strides: 1 }].map((c) => ({ ...defaults, ...c }));
      function critic() {
        const x = tf.input({ shape: [16, 16, 3] });
        const y = [...configs.map((c) => tf.layers.conv2d(c)), tf.layers.flatten()].reduce((t, layer) => layer.apply(t), x);
        return tf.model({ inputs: x, outputs: y });
      }
      critic();`);
    assert.deepEqual(rows(report), [
      'InputLayer 16×16×3 0 0',
      'Conv2D 8×8×8 224 13824',
      'Conv2D 8×8×16 1168 73728',
      'Flatten 1024 0 0',
    ]);
  });

  it('follows tf given as an argument or kept on this, classes, guards and defaults by ??', () => {
    const [report] = reports(`export class Gan {
      constructor(private tf: any, opts: { latent?: number; norm?: boolean } = {}) {
        this.latent = opts.latent ?? 10;
        this.norm = opts.norm ?? true;
      }
      buildGenerator() {
        const model = this.tf.sequential();
        model.add(this.tf.layers.dense({ units: 4 * 4 * 2, inputShape: [this.latent], activation: 'relu' }));
        if (this.norm) model.add(this.tf.layers.batchNormalization());
        model.add(this.tf.layers.reshape({ targetShape: [4, 4, 2] }));
        model.add(this.tf.layers.upSampling2d({ size: [2, 2] }));
        return model;
      }
    }
    function main(tf) { const gan = new Gan(tf, { latent: 7 }); gan.buildGenerator(); }`);
    assert.equal(report?.name, 'Gan.buildGenerator');
    assert.deepEqual(rows(report), [
      'Dense 32 256 224',
      'BatchNormalization 32 64 0',
      'Reshape 4×4×2 0 0',
      'UpSampling2D 8×8×2 0 0',
    ]);
  });

  it('counts a nested model once, under the model that it is part of', () => {
    const found = reports(`function build(tf) {
      const body = tf.sequential({ layers: [tf.layers.dense({ units: 6, inputShape: [4] })] });
      const a = tf.input({ shape: [4] });
      const b = tf.input({ shape: [4] });
      const sum = tf.layers.add().apply([body.apply(a), body.apply(b)]);
      return tf.model({ inputs: [a, b], outputs: sum });
    }`);
    assert.equal(found.length, 1);
    const dense = found[0]?.layers.find(({ type }) => type === 'Dense');
    assert.deepEqual([dense?.type, dense?.params, dense?.macs, dense?.calls.length], ['Dense', 30, 48, 2]);
  });

  it('says what does not fit, at the line that builds the layer', () => {
    const { graphs } = findTfjsModels(
      memoryHost({
        'a.js': `function build(tf) {
  const m = tf.sequential();
  m.add(tf.layers.conv2d({ inputShape: [8, 8, 3], filters: 4, kernelSize: 9 }));
  m.add(tf.layers.reshape({ targetShape: [5, 5] }));
  return m;
}`,
      }),
      'a.js',
      {},
    );
    assert.deepEqual(
      graphs[0]?.faults.map(({ kind, site }) => [kind, site.line]),
      [['shapeMismatch', 3]],
    );
  });

  it('keeps a layer added under an unknown condition from being guessed', () => {
    const found = reports(`function build(tf, deep) {
      const m = tf.sequential();
      m.add(tf.layers.dense({ units: 2, inputShape: [3] }));
      if (deep) m.add(tf.layers.dense({ units: 5 }));
      return m;
    }`);
    assert.deepEqual(found, []);
  });

  it('obeys a comment that says how a model is built', () => {
    const [report] = reports(`// slimwise: build(5)
      function build(n) { return tf.sequential({ layers: [tf.layers.dense({ units: n, inputShape: [n] })] }); }`);
    assert.deepEqual(rows(report), ['Dense 5 30 25']);
  });

  it('has defaults of a command line for what the file reads from it', () => {
    const [report] = reports(`const argparse = require('argparse');
      let tf;
      function parse() {
        const parser = new argparse.ArgumentParser({});
        parser.addArgument('--latentSize', { type: 'int', defaultValue: 9 });
        parser.addArgument('--gpu', { action: 'storeTrue' });
        return parser.parseArgs();
      }
      function build(n) { return tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [n] })] }); }
      async function run() {
        const args = parse();
        if (args.gpu) tf = require('@tensorflow/tfjs-node-gpu');
        else tf = require('@tensorflow/tfjs-node');
        const g = build(args.latentSize);
      }`);
    assert.deepEqual(rows(report), ['Dense 1 10 9']);
  });

  it('gives recurrent layers their last step, or all steps where they return them', () => {
    const [report] = reports(`function build(tf) {
      return tf.sequential({ layers: [
        tf.layers.lstm({ units: 4, inputShape: [10, 3], returnSequences: true }),
        tf.layers.gru({ units: 5 }),
        tf.layers.dense({ units: 2 }),
      ] });
    }`);
    assert.deepEqual(
      report?.layers.map(({ outputShape }) => outputShape),
      [
        [1, 10, 4],
        [1, 5],
        [1, 2],
      ],
    );
    assert.equal(report.layers[0]?.params, 4 * (4 * 3 + 4 * 4 + 4));
  });

  it('goes past a getter that refuses until data is loaded', () => {
    const [report] = reports(`import * as tf from '@tensorflow/tfjs';
      class Data { rows = null; get width() { if (this.rows == null) throw new Error('load first'); return this.rows[0].length; } }
      const data = new Data();
      export function build() { return tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [data.width] })] }); }`);
    assert.deepEqual(rows(report), ['Dense 3 ? ?']);
  });

  it('follows what runs when the page is ready', () => {
    const [report] = reports(`import * as tf from '@tensorflow/tfjs';
      document.addEventListener('DOMContentLoaded', async () => {
        const model = tf.sequential({ name: 'net' });
        model.add(tf.layers.dense({ units: 3, inputShape: [2] }));
      });`);
    assert.equal(report?.name, 'net');
    assert.deepEqual(rows(report), ['Dense 3 9 6']);
  });

  it('survives endless loops and recursion', () => {
    const text =
      "function a(tf) { while (true) { tf.sequential(); } } function b(tf) { return b(tf); } const tf = require('tf');";
    const before = process.cpuUsage();
    assert.doesNotThrow(() => reports(text));
    // Of the processor: a machine that is busy with something else takes longer.
    const { user, system } = process.cpuUsage(before);
    assert.ok((user + system) / 1000 < 2000);
  });
});
