import assert from 'node:assert/strict';
import { layerFingerprint, withNetwork } from '../../core/sensitivity/sensitivityFile.ts';
import { describeFile } from '../describeFile.ts';
import { describeAgain } from '../incremental/describeAgain.ts';
import { defaultSettings } from '../settings.ts';
import { memoryHost } from '../sourceHost.ts';

const source = (outputs: number): string => `import torch.nn as nn
class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.project = nn.Linear(8, ${outputs})
        self.head = nn.Linear(${outputs}, 4)
    def forward(self, z):
        return self.head(self.project(z))
# slimwise: Generator() input=(1,8)
`;

describe('SW204', () => {
  it('tells what was measured in place of what was predicted, and calls it stale once the layer changed', () => {
    const file = 'models/gan.py';
    const fingerprints = new Map(
      describeFile(memoryHost({ [file]: source(16) }), file, defaultSettings).models[0]?.rows.map(({ layer }) => [
        layer.name,
        layerFingerprint(layer),
      ]),
    );
    const rises = { project: [0.1, 0, 0, 0], head: [30, 12, 1, 0] };
    const table = withNetwork(null, {
      file: 'gan.py',
      model: 'Generator',
      sha256: '',
      run: 'r',
      swd: 40,
      nImages: 64,
      layers: Object.entries(rises).map(([name, ofLayer]) => ({
        name,
        fingerprint: fingerprints.get(name) ?? '',
        bits: [1, 2, 4, 8].map((bits, i) => ({ bits, psnr: 20, swd: 40 + (ofLayer[i] ?? 0), rise: ofLayer[i] ?? 0 })),
      })),
    });
    const hostOf = (outputs: number, measured: boolean) =>
      memoryHost({
        [file]: source(outputs),
        ...(measured ? { 'models/.slimwise/sensitivity.json': JSON.stringify(table) } : {}),
      });
    const messages = (description: ReturnType<typeof describeFile>): string[] =>
      description.models.flatMap(({ findings }) =>
        findings.flatMap(({ code, message }) => (code.startsWith('SW20') ? [`${code} ${message}`] : [])),
      );

    const predicted = describeAgain(hostOf(16, false), file, defaultSettings, null);
    assert.match(messages(predicted.description).join('\n'), /^SW201 Predicted sensitive[^\n]*'head'/);

    const measured = describeAgain(hostOf(16, true), file, defaultSettings, predicted);
    const [only, ...none] = messages(measured.description);
    assert.deepEqual(none, []);
    assert.match(only ?? '', /^SW204 'head' is sensitive to low precision \(medium\)\. Measured .* from 4 bits on/);
    const rows = measured.description.models[0]?.rows.map(({ row }) => [row.name, row.sensitivity?.basis]);
    assert.deepEqual(rows, [
      ['project', 'measured'],
      ['head', 'measured'],
    ]);

    const edited = describeAgain(hostOf(17, true), file, defaultSettings, measured);
    const said = messages(edited.description);
    assert.ok(said.some((text) => /^SW204 The sensitivity of 'project' was measured before it was changed/.test(text)), said.join('\n')); // prettier-ignore
    assert.ok(
      said.some((text) => text.startsWith('SW201')),
      'the prediction is back',
    );
    assert.deepEqual(messages(describeFile(hostOf(17, true), file, defaultSettings)), said);
  });
});
