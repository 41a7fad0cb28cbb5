import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AnalyzeReport, ModelReport } from '../../core/report/analyzeReport.ts';
import { callCli } from './callCli.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const slimwise = (args: readonly string[], cwd = root) => callCli(cwd, args);

async function reportOf(file: string, ...options: readonly string[]): Promise<AnalyzeReport> {
  const { code, out, err } = await slimwise(['analyze', file, '--json', ...options]);
  assert.equal(code, 0, err);
  return JSON.parse(out) as AnalyzeReport;
}

describe('slimwise analyze', () => {
  it('gives the sample its published redundancies, with lines, shapes, parameters and MACs', async () => {
    const report = await reportOf('samples/dcgan/dcgan_torch.py');
    assert.equal(report.version, 1);
    const generator = report.models.find(({ name }) => name === 'Generator');
    assert.ok(generator);
    const costed = generator.layers.filter(({ dor }) => dor !== null);
    assert.deepEqual(
      costed.map(({ op, dor, outputShape, params, macs }) => [op, dor?.value, outputShape, params, macs]),
      [
        ['dense', 99, [1, 4096], 413_696, 409_600],
        ['conv2d_transpose', 240, [1, 128, 8, 8], 524_288, 8_388_608],
        ['conv2d_transpose', 64, [1, 64, 16, 16], 131_072, 8_388_608],
        ['conv2d_transpose', -192, [1, 1, 32, 32], 1025, 262_144],
      ],
    );
    assert.equal(generator.file, 'samples/dcgan/dcgan_torch.py');
    for (const { line, endLine, column } of costed) assert.ok(0 < line && line <= endLine && 0 <= column);
    assert.deepEqual(
      generator.findings.map(({ code }) => code),
      ['SW101', 'SW201'],
    );
  });

  it('gives the TF.js twin the same numbers', async () => {
    const [torch, tfjs] = await Promise.all(
      ['samples/dcgan/dcgan_torch.py', 'samples/dcgan/dcgan_tfjs.ts'].map((file) => reportOf(file)),
    );
    const numbers = (model: ModelReport | undefined) =>
      model?.layers
        .filter(({ params }) => (params ?? 0) > 0)
        .map(({ op, params, nonTrainable, macs, dor, bytes }) => ({ op, params, nonTrainable, macs, dor, bytes }));
    for (const idx of [0, 1]) {
      const twin = numbers(tfjs?.models[idx]);
      assert.ok(twin !== undefined && twin.length > 3);
      assert.deepEqual(byKind(twin), byKind(numbers(torch?.models[idx]) ?? []));
    }
  });

  it('prints a table for people, with totals', async () => {
    const { code, out } = await slimwise(['analyze', 'samples/dcgan/dcgan_torch.py']);
    assert.equal(code, 0);
    assert.match(out, /line {2}layer +type +output +parameters +MACs +DoR/);
    assert.match(out, /ConvTranspose2d +1×32×32 +1\.02K +262K +−192/);
    assert.match(out, /1\.07M parameters \(and 896 not trained\), 17\.4M MACs/);
    assert.ok(out.split('\n').every((line) => line === line.trimEnd()));
  });

  it('ends with 1 over the budget and with 0 within it', async () => {
    const run = (budget: string) => slimwise(['analyze', 'samples/dcgan/dcgan_torch.py', '--budget', budget]);
    assert.equal((await run('4MiB')).code, 1);
    assert.equal((await run('4.5 MiB')).code, 0);
    assert.match((await run('microcontroller')).out, /over the limit \(Microcontroller/);
  });

  it('builds the model that it is told to', async () => {
    const { models } = await reportOf(
      'samples/dcgan/dcgan_torch.py',
      '--entry',
      'Generator(64, 32, 3)',
      '--input',
      '1,64',
    );
    assert.deepEqual(
      models.map(({ name, inputs, outputs }) => [name, inputs, outputs]),
      [['Generator', [[1, 64]], [[1, 3, 32, 32]]]],
    );
  });

  it('ends with 2 and says what to do where it cannot answer', async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [['analyze'], /Say which file or folder/],
      [['analyze', 'nowhere.py'], /SWP_CLI_PATH_NOT_FOUND/],
      [['analyze', 'README.md'], /SWP_CLI_NOT_A_SOURCE/],
      [['analyze', 'samples', '--budget', 'much'], /neither a size/],
      [['analyze', 'samples', '--input', '1,x'], /is no shape/],
      [['analyze', 'samples', '--unknown'], /SWP_CLI_USAGE/],
      [['analyze', 'samples/dcgan/dcgan_torch.py', '--entry', 'Nothing()'], /SWP_CLI_ENTRY_NOT_FOUND/],
      [['nonsense'], /no command 'nonsense'/],
    ];
    for (const [args, words] of cases) {
      const { code, err } = await slimwise(args);
      assert.equal(code, 2, args.join(' '));
      assert.match(err, words);
    }
  });

  it('reads notebooks, and names the cell and the line', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'slimwise-'));
    try {
      const code = (source: string) => ({ cell_type: 'code', metadata: {}, outputs: [], source });
      const define =
        'class A(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(3, 2)\n    def forward(self, x):\n        return self.fc(x)';
      const cells = [
        { cell_type: 'markdown', metadata: {}, source: '# A' },
        code('%pip install torch\nimport torch, torch.nn as nn'),
        code(define),
        code('A()(torch.randn(1, 3))'),
      ];
      writeFileSync(join(folder, 'a.ipynb'), JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }));
      writeFileSync(join(folder, 'b.ipynb'), '{"cells": [}');
      const { out } = await slimwise(['analyze', '.', '--json'], folder);
      const [model] = (JSON.parse(out) as AnalyzeReport).models;
      assert.deepEqual([model?.file, model?.cell, model?.line], ['a.ipynb', 2, 1]);
      assert.deepEqual([model?.layers[0]?.cell, model?.layers[0]?.line], [2, 4]);
      const table = await slimwise(['analyze', 'a.ipynb'], folder);
      assert.match(table.out, /a\.ipynb:2:1/);
      assert.match(table.out, /cell:line {2}layer[\s\S]* 2:4 {2}fc/);
      const broken = await slimwise(['analyze', 'b.ipynb'], folder);
      assert.equal(broken.code, 2);
      assert.match(broken.err, /SWP_CLI_NOT_A_NOTEBOOK/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("looks through folders, past other people's code", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'slimwise-'));
    try {
      const text =
        'import torch.nn as nn\nnet = nn.Sequential(nn.Linear(3, 2))\nclass A(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(3, 2)\n    def forward(self, x):\n        return self.fc(x)\n';
      for (const path of ['a.py', 'sub/b.py', 'node_modules/x/c.py', '.venv/d.py']) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      const { out } = await slimwise(['analyze', '.', '--json'], folder);
      const files = new Set((JSON.parse(out) as AnalyzeReport).models.map(({ file }) => file));
      assert.deepEqual([...files].sort(), ['a.py', 'sub/b.py']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** Layers grouped by operator: the twins put batch norm and reshape in their own order. */
function byKind<T extends { readonly op: string }>(layers: readonly T[]): Readonly<Record<string, readonly T[]>> {
  const groups: Record<string, T[]> = {};
  for (const layer of layers) (groups[layer.op] ??= []).push(layer);
  return groups;
}
