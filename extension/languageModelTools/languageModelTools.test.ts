/** What language models give is read or answered in words, and what they get is bounded; the manifest names the tools. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import type { AnalyzeReport } from '../../core/report/analyzeReport.ts';
import type { WhatIfReport, WhatIfTotals } from '../../core/report/whatIfReport.ts';
import { defaultSettings } from '../../language/settings.ts';
import { describeFile, toReport } from '../../language/describeFile.ts';
import { memoryHost } from '../../language/sourceHost.ts';
import { maxAnswerLength, reportText, simulationText } from './reportText.ts';
import { readAnalyzeInput, readSimulateInput } from './toolInput.ts';

const modelOf = (layers: string): string => `
import torch.nn as nn

class G(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(${layers})

    def forward(self, x):
        return self.main(x)
`;

const report = (layers: string, channels: number): AnalyzeReport => {
  const options = { entries: ['G()'], inputs: [[1, channels, 8, 8]] };
  return toReport(describeFile(memoryHost({ 'g.py': modelOf(layers) }), 'g.py', defaultSettings, options));
};

describe('tools for language models', () => {
  it('reads what a model asks', () => {
    assert.deepEqual(readAnalyzeInput({ file: 'g.py', entry: 'G()', input: [1, 100] }), {
      value: { file: 'g.py', entry: 'G()', input: [1, 100] },
    });
    const choices = [{ layer: 'main.0', action: { kind: 'bits', bits: 1 } }];
    assert.deepEqual(readSimulateInput({ file: 'g.py', choices }), {
      value: { file: 'g.py', model: null, choices, budgetBytes: null },
    });
  });

  it('says in words which field is wrong', () => {
    const wrong = (read: ReturnType<typeof readAnalyzeInput> | ReturnType<typeof readSimulateInput>): string =>
      'wrong' in read ? read.wrong : 'right';
    assert.match(wrong(readAnalyzeInput(null)), /not an object/);
    assert.match(wrong(readAnalyzeInput({})), /^file must be/);
    assert.match(wrong(readAnalyzeInput({ file: 'g.py', input: [1, -3] })), /^input must be/);
    assert.match(wrong(readSimulateInput({ file: 'g.py' })), /^Give choices, or budgetBytes/);
    assert.match(wrong(readSimulateInput({ file: 'g.py', budgetBytes: 1.5 })), /^budgetBytes must be/);
    const good = { layer: 'a', action: { kind: 'bits', bits: 4 } };
    const bad = { layer: 'b', action: { kind: 'bits', bits: 3.5 } };
    assert.match(wrong(readSimulateInput({ file: 'g.py', choices: [good, bad] })), /^choices\[1\] is not of the form/);
    assert.match(wrong(readSimulateInput({ file: 'g.py', choices: 'all' })), /^choices is not of the form/);
  });

  it('gives exact numbers of every layer, with its line', () => {
    const text = reportText(
      report('nn.ConvTranspose2d(100, 64, 4), nn.ReLU(), nn.ConvTranspose2d(64, 1, 4, 2, 1)', 100),
    );
    assert.match(text, /^## \w+ \(pytorch, g\.py:\d+\)/);
    assert.match(text, /\| main\.0 \| 7 \| ConvTranspose2d \| \[1, 64, 11, 11\] \| 102464 \| \d+ \| 409856 \|/);
    assert.match(text, /103489 trainable parameters/);
  });

  it('cuts a long answer and says what is left out', () => {
    const layers = Array.from({ length: 600 }, () => 'nn.Conv2d(8, 8, 3, padding=1)').join(', ');
    const long = reportText(report(layers, 8));
    assert.ok(long.length < maxAnswerLength + 200);
    assert.match(long, /… \d+ more lines are left out\. Ask for one model/);
  });

  it('tells a simulation with its budget, refusals and whether the source can follow', () => {
    const totals: WhatIfTotals = {
      bytes: 4000,
      macs: 10,
      params: 1000,
      peakBytes: 64,
      bounds: { weights: false, macs: true, peak: false },
      accountings: [],
    };
    const simulated: WhatIfReport = {
      model: 'G',
      models: ['G'],
      rows: [],
      before: totals,
      after: { ...totals, bytes: 500 },
      verdict: { budgetBytes: 400, fits: false, leftBytes: -100 },
      choices: [{ layer: 'a', action: { kind: 'bits', bits: 1 } }],
      refusals: [{ layer: 'b', kind: 'channels', reason: 'its channels are grouped' }],
      fit: null,
      suggestions: [],
      measured: null,
    };
    const text = simulationText(simulated, { refused: 'a comment stands between' });
    for (const part of [
      'Before: weights 4000 bytes, at least 10 MACs, 1000 parameters',
      'After: weights 500 bytes',
      'Budget of 400 bytes: exceeded by 100.',
      'refused: channels of b: its channels are grouped',
      'The source cannot be edited so: a comment stands between.',
    ])
      assert.ok(text.includes(part), `${part}\n${text}`);
    assert.match(simulationText(simulated, {}), /The source can be edited so; the user applies it/);
  });

  it('are contributed with schemas of their inputs', () => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      contributes: { languageModelTools: { name: string; modelDescription: string; inputSchema: object }[] };
    };
    const { languageModelTools: tools } = manifest.contributes;
    assert.deepEqual(
      tools.map(({ name }) => name),
      ['slimwise_analyze_model', 'slimwise_simulate_plan'],
    );
    for (const { modelDescription } of tools) assert.match(modelDescription, /changes nothing|nothing is run/i);
  });
});
