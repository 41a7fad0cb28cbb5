/** The what-if table against figures worked out by hand, and against the search for a budget that it shows. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { fitModel } from '../../core/plan/fitModel.ts';
import { readChoices, type WhatIfChoice, type WhatIfQuery, type WhatIfReport } from '../../core/report/whatIfReport.ts';
import { memoryHost } from '../sourceHost.ts';
import { describeFile, type DescribedModel } from '../describeFile.ts';
import { readFixture } from '../edits/editCases.ts';
import { costModel } from '../report/buildReport.ts';
import { publishedDcgan } from '../report/chainGraph.ts';
import { defaultSettings } from '../settings.ts';
import { whatIf } from './whatIf.ts';

const none: WhatIfQuery = { model: null, choices: [], budgetBytes: null, fit: false };

function modelsOf(text: string): readonly DescribedModel[] {
  return describeFile(memoryHost({ 'generator.py': text }), 'generator.py', defaultSettings).models;
}

const models = modelsOf(readFixture('pytorch', 'before'));

function ask(query: Partial<WhatIfQuery>, from = models): WhatIfReport {
  const result = whatIf(from, { ...none, ...query });
  assert.ok('rows' in result, 'refused' in result ? result.refused : '');
  return result;
}

const bits = (layer: string, value: 1 | 4 | 32): WhatIfChoice => ({ layer, action: { kind: 'bits', bits: value } });

describe('the what-if table', () => {
  it('has a row per kernel with its bytes at each number of bits', () => {
    const { rows, before, after } = ask({});
    assert.deepEqual(
      rows.map(({ name, dor, maxRank, channels }) => [name, dor, maxRank, channels]),
      [
        ['fc', 99, 98, 8192],
        ['main.2', 64, 113, 64],
        ['main.5', 544, 30, 32],
        ['main.8', -224, 10, 1],
      ],
    );
    const conv = rows.find(({ name }) => name === 'main.2');
    // 128·64·4·4 weights without bias; one fp32 scale for each of 64 channels below 16 bits.
    assert.deepEqual(
      conv?.options.map((option) => option.bytes),
      [524_288, 262_144, 131_328, 65_792, 33_024, 33_024, 16_640],
    );
    const costs = conv?.options.map(({ sensitivity }) => sensitivity ?? NaN) ?? [];
    assert.deepEqual(costs.slice(0, 2), [0, 0]);
    // Two bits cost less than three values, three values less than one bit.
    const [two = 0, ternary = 0, one = 0] = costs.slice(4);
    assert.ok(two < ternary && ternary < one, costs.join());
    assert.deepEqual(after, before);
  });

  it('adds choices up, and says what equation (3) counts', () => {
    const { before, after, rows, choices } = ask({ choices: [bits('main.2', 1), bits('fc', 1)] });
    const saved = rows.reduce((sum, row) => sum + (row.bytes ?? 0) - (row.bytesAfter ?? 0), 0);
    assert.equal(before.bytes - after.bytes, saved);
    assert.equal(before.macs, after.macs);
    assert.equal(choices.length, 2);
    assert.equal(rows.find(({ name }) => name === 'main.2')?.bitsAfter, 1);
    const all = after.accountings.at(-1);
    assert.ok(all !== undefined && all.nBinarized > 0 && all.memoryRatio > 1);
    assert.ok(before.accountings.every(({ nBinarized }) => nBinarized === 0));
  });

  it('follows a width through the layers after it', () => {
    const { rows, before, after } = ask({
      choices: [{ layer: 'main.2', action: { kind: 'channels', channels: 32 } }],
    });
    const next = rows.find(({ name }) => name === 'main.5');
    assert.ok(next !== undefined && next.bytesAfter !== null && next.bytes !== null && next.bytesAfter < next.bytes);
    assert.ok((next.dorAfter ?? 0) < (next.dor ?? 0));
    assert.ok(after.macs < before.macs && after.params < before.params && after.peakBytes <= before.peakBytes);
  });

  it('counts a pair that stands for one layer in that row', () => {
    const { rows } = ask({
      choices: [{ layer: 'main.2', action: { kind: 'rewrite', rewrite: { kind: 'lowRank', rank: 8 } } }],
    });
    const row = rows.find(({ name }) => name === 'main.2');
    assert.equal(row?.bytesAfter, 4 * (128 * 8 + 8 * 64 * 16));
    assert.equal(row?.dorAfter, null);
  });

  it('prunes channels as a width, and weights without a change of MACs', () => {
    const prune = (granularity: 'channel' | 'weight', share: number): WhatIfChoice => ({
      layer: 'main.2',
      action: { kind: 'prune', granularity, share },
    });
    const narrow = ask({ choices: [{ layer: 'main.2', action: { kind: 'channels', channels: 48 } }] });
    const channels = ask({ choices: [prune('channel', 0.25)] });
    assert.deepEqual(channels.after, narrow.after);
    assert.deepEqual(channels.rows.map(({ channelsAfter }) => channelsAfter).slice(1, 3), [48, 32]);

    const { rows, after, before, choices } = ask({ choices: [prune('weight', 0.9), bits('main.2', 4)] });
    const row = rows.find(({ name }) => name === 'main.2');
    assert.equal(row?.prunedShareAfter, 0.9);
    assert.equal(after.macs, before.macs);
    assert.equal(after.params, before.params);
    // 131072 weights: 117964 are zero, and 460 fillers at most stand for runs of 256; 4 bits and 8 of distance.
    assert.equal(row.bytesAfter, Math.ceil(((131_072 - 117_964 + 460) * 12) / 8) + 64 * 4);
    assert.equal(choices.length, 2);

    const { refusals } = ask({ choices: [prune('weight', 0.5), bits('main.2', 1)] });
    assert.match(refusals[0]?.reason ?? '', /one bit has no zero/);
  });

  it('says why a choice cannot be carried out, and goes on with the others', () => {
    const { refusals, choices, after, before } = ask({
      choices: [{ layer: 'main.8', action: { kind: 'channels', channels: 9 } }, bits('fc', 1), bits('gone', 1)],
    });
    assert.deepEqual(
      refusals.map(({ layer, kind }) => [layer, kind]),
      [
        ['main.8', 'channels'],
        ['gone', 'bits'],
      ],
    );
    assert.match(refusals[0]?.reason ?? '', /output of the model/);
    assert.deepEqual(
      choices.map(({ layer }) => layer),
      ['fc'],
    );
    assert.ok(after.bytes < before.bytes);
  });

  it('judges the bytes of a model whose image size nothing states, and says that only its MACs and peak are not known', () => {
    const open = modelsOf(`import torch.nn as nn

class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.up = nn.ConvTranspose2d(16, 8, 4, 2, 1, bias=False)

    def forward(self, x):
        return self.up(x)
`);
    const { after, verdict } = ask({ budgetBytes: 10_000 }, open);
    assert.deepEqual(after.bounds, { weights: false, macs: true, peak: true });
    assert.deepEqual(verdict, { budgetBytes: 10_000, fits: true, leftBytes: 10_000 - 16 * 8 * 16 * 4 });
    const unread = modelsOf(`import torch.nn as nn
import elsewhere

class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.up = nn.ConvTranspose2d(16, elsewhere.width, 4, 2, 1, bias=False)
        self.out = nn.Conv2d(8, 3, 1, bias=False)

    def forward(self, x):
        return self.out(self.up(x))
`);
    assert.equal(ask({ budgetBytes: 10_000 }, unread).verdict?.fits, null);
  });

  it('fits a budget as the command line does, with a reason for each layer', () => {
    const budgetBytes = 400_000;
    const { fit, after, verdict, choices } = ask({ budgetBytes, fit: true, choices: [bits('fc', 4)] });
    assert.ok(fit !== null && 'layers' in fit);
    const [model] = models;
    assert.ok(model);
    const wanted = fitModel(model.graph, budgetBytes);
    assert.deepEqual(
      fit.layers.map((layer) => [layer.name, layer.bits]),
      wanted?.layers.map((layer) => [layer.name, layer.bits]),
    );
    assert.equal(after.bytes, wanted?.bytes);
    assert.deepEqual(verdict, { budgetBytes, fits: true, leftBytes: budgetBytes - after.bytes });
    assert.ok(fit.layers.every(({ why }) => why.startsWith('DoR')));
    assert.ok(choices.every(({ action }) => action.kind === 'bits'));
    const none = ask({ budgetBytes: 100, fit: true }).fit;
    assert.ok(none !== null && 'refused' in none);
  });

  it('gives one line one number of bits where it builds several layers', () => {
    const text = [
      'import torch.nn as nn',
      'class Generator(nn.Module):',
      '    def __init__(self):',
      '        super().__init__()',
      '        self.body = nn.Sequential(*[nn.Linear(64, 64) for _ in range(3)])',
      '    def forward(self, x):',
      '        return self.body(x)',
      '# slimwise: Generator() input=(1,64)',
      '',
    ].join('\n');
    const own = modelsOf(text);
    const { rows, after } = ask({ choices: [{ layer: rows0(own), action: { kind: 'bits', bits: 1 } }] }, own);
    assert.deepEqual(
      rows.map(({ shared, bitsAfter }) => [shared, bitsAfter]),
      [
        [3, 1],
        [3, 1],
        [3, 1],
      ],
    );
    const { fit, verdict } = ask({ budgetBytes: after.bytes + 600, fit: true }, own);
    assert.ok(fit !== null && 'layers' in fit);
    assert.equal(new Set(fit.layers.map((layer) => layer.bits)).size, 1);
    assert.equal(verdict?.fits, true);
  });

  it('never calls widening a saving, and shows what leaving the layer costs instead', () => {
    const { suggestions } = ask({});
    const [whole] = suggestions;
    assert.match(whole?.title ?? '', /^Binarize the 3 layers/);
    assert.ok(whole?.isSaving && whole.bytes < 0);
    const wider = suggestions.find(({ title }) => title.startsWith('Widen'));
    assert.equal(wider?.isSaving, false);
    assert.match(wider?.note ?? '', /with main\.8 left as it is/);
    const applied = ask({ choices: wider?.choices ?? [] });
    assert.deepEqual(applied.refusals, []);
    assert.equal(applied.after.bytes - applied.before.bytes, wider?.bytes);
    assert.ok((applied.rows.find(({ name }) => name === 'main.8')?.dorAfter ?? -1) >= 0);
  });

  it('has the arithmetic of PBGen\u2019s Fig. 12: widening CONV4 takes more than leaving it', () => {
    const own = { ...costModel(publishedDcgan(), { convFormula: 'published' }), findings: [] };
    const last = own.graph.layers.at(-1)?.name ?? '';
    const wider = ask({}, [own]).suggestions.find(({ title }) => title.includes(`so that ${last} has`));
    assert.match(wider?.title ?? '', /to 1024 channels/);
    assert.match(wider?.note ?? '', /^No saving.*\(0\.0541 and 0\.0323 of/);
    assert.equal(wider?.isSaving, false);
  });

  it('has nothing to say without a model', () => {
    assert.deepEqual(whatIf([], none), { refused: 'there is no model in this file' });
    assert.deepEqual(whatIf(models, { ...none, model: 'Other' }), { refused: 'there is no model Other' });
  });
});

describe('choices from outside', () => {
  it('keeps what is a choice', () => {
    const sound = [
      bits('fc', 4),
      { layer: 'a', action: { kind: 'rewrite', rewrite: { kind: 'lowRank', rank: 3 } } },
      { layer: 'a', action: { kind: 'rewrite', rewrite: { kind: 'separable' } } },
      { layer: 'a', action: { kind: 'channels', channels: 8 } },
      { layer: 'a', action: { kind: 'prune', granularity: 'weight', share: 0.5 } },
    ];
    const unsound = [
      { layer: 'a', action: { kind: 'prune', granularity: 'weight', share: 1 } },
      { layer: 'a', action: { kind: 'prune', granularity: 'block', share: 0.5 } },
      null,
      { layer: 1, action: sound[0]?.action },
      { layer: 'a', action: { kind: 'bits', bits: 31 } },
      { layer: 'a', action: { kind: 'channels', channels: -1 } },
      { layer: 'a', action: { kind: 'rewrite', rewrite: { kind: 'lowRank', rank: 0.5 } } },
      { layer: 'a', action: { kind: 'rewrite', rewrite: { kind: 'prune' } } },
    ];
    assert.deepEqual(readChoices([...unsound, ...sound]), sound);
    assert.deepEqual(readChoices('all'), []);
  });
});

function rows0(own: readonly DescribedModel[]): string {
  return own[0]?.rows.find(({ layer }) => layer.op === 'dense')?.layer.name ?? '';
}
