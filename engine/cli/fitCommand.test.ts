/** `slimwise fit` with and without measurements beside the source, through the command line's own entry. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { layerFingerprint } from '../../core/sensitivity/sensitivityFile.ts';
import { analyzeFile } from '../../language/analyze.ts';
import { memoryHost } from '../../language/sourceHost.ts';
import { callCli } from './callCli.ts';

const fixture = fileURLToPath(new URL('../../test/fixtures/edits/pytorch/before.py', import.meta.url));
const text = readFileSync(fixture, 'utf8');

describe('slimwise fit', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'slimwise-fit-'));
    copyFileSync(fixture, join(folder, 'generator.py'));
    writeFileSync(join(folder, 'requirements.txt'), 'torch\n');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const fit = (...args: readonly string[]) => callCli(folder, ['fit', 'generator.py', '--budget', '1074KiB', ...args]);

  /** Every layer loses the same at few bits, but the named one, which loses nothing. */
  const measure = (names: readonly string[], robust: string): void => {
    const [graph] = analyzeFile(memoryHost({ 'generator.py': text }), 'generator.py').graphs;
    assert.ok(graph);
    const layers = graph.layers.flatMap((layer) => {
      if (!names.includes(layer.name)) return [];
      const bits = [1, 2, 4, 8].map((count) => {
        const rise = layer.name === robust ? 0 : 10 / count;
        return { bits: count, psnr: 20, swd: 40 + rise, rise };
      });
      return [{ name: layer.name, fingerprint: layerFingerprint(layer), bits }];
    });
    const sha256 = createHash('sha256').update(text).digest('hex');
    const network = { file: 'generator.py', model: 'Generator', sha256, run: 'r7', swd: 40, nImages: 512, layers };
    mkdirSync(join(folder, '.slimwise'), { recursive: true });
    const file = { version: 1, networks: [network] };
    writeFileSync(join(folder, '.slimwise', 'sensitivity.json'), JSON.stringify(file));
  };

  it('predicts where nothing was measured, and says that for every layer', async () => {
    const { code, out } = await fit();
    assert.equal(code, 0);
    assert.match(out, /summed sensitivity [\d.e-]+ \(predicted\)/);
    assert.equal(out.match(/ predicted {2}/g)?.length, 4);
    const refused = await fit('--sensitivity', 'measured');
    assert.equal(refused.code, 2);
    assert.match(refused.err, /No layer of Generator was measured as it is built now/);
    assert.equal((await fit('--sensitivity', 'guessed')).code, 2);
  });

  it('goes by measurements where they hold, and leaves them aside where that is asked for', async () => {
    measure(['fc', 'main.2', 'main.5', 'main.8'], 'fc');
    const { out } = await fit();
    assert.match(out, /\(SWD ×10³, measured on run r7 over 512 images\)/);
    assert.equal(out.match(/ measured {2}/g)?.length, 4);
    assert.match(out, /^ +fc +1 /m);
    assert.doesNotMatch(out, /was edited/);
    const predicted = await fit('--sensitivity', 'predicted');
    assert.match(predicted.out, /\(predicted\)/);
    assert.match(predicted.out, /^ +fc +8 /m);
  });

  it('says which layers are predicted because they were built differently, and that the source was edited', async () => {
    measure(['fc', 'main.2', 'main.5', 'main.8'], 'fc');
    writeFileSync(join(folder, 'generator.py'), text.replace('(32, 1, 4, 2, 1)', '(32, 1, 6, 2, 2)'));
    const { out } = await fit();
    assert.match(out, /3 of 4 layers measured/);
    assert.match(out, /main\.8 .* predicted .*built differently from when it was measured/);
    assert.match(out, /The source was edited after it was measured/);
    const { layers } = JSON.parse((await fit('--json')).out) as { layers: { name: string; basis: string }[] };
    assert.deepEqual(
      layers.map(({ basis }) => basis),
      ['measured', 'measured', 'measured', 'predicted'],
    );
  });

  it('knows the devices of the plan and of the editor, as the editor does', async () => {
    const board = { id: 'board', label: 'My board', budgetBytes: 1_100_000 };
    writeFileSync(join(folder, 'slimwise.json'), JSON.stringify({ version: 1, devices: [board] }));
    mkdirSync(join(folder, '.vscode'));
    const settings = '{ // of this folder\n  "slimwise.devices": [{ "id": "tag", "budgetBytes": 2000000, }], /* */\n}';
    writeFileSync(join(folder, '.vscode', 'settings.json'), settings);
    assert.match((await fit('--budget', 'board')).out, /of 1\.05 MiB \(My board\)/);
    assert.match((await fit('--budget', 'tag')).out, /of 1\.91 MiB \(tag\)/);
    const unknown = await fit('--budget', 'pager');
    assert.deepEqual([unknown.code, /or one of your own/.test(unknown.err)], [2, true]);
    writeFileSync(join(folder, '.vscode', 'settings.json'), '{ "slimwise.devices": [{ "id": "tag" }] }');
    const unsound = await fit('--budget', 'tag');
    assert.equal(unsound.code, 2);
    assert.match(unsound.err, /list of devices is not sound/);
  });

  it('gives layers that one line builds the same bits, and edits that line', async () => {
    const shared = `import torch.nn as nn

class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(*[nn.Linear(64, 64) for _ in range(3)], nn.Linear(64, 4096))

    def forward(self, x):
        return self.body(x)
# slimwise: Generator() input=(1,64)
`;
    writeFileSync(join(folder, 'generator.py'), shared);
    const { code, out } = await fit('--budget', '500KiB', '--write');
    assert.equal(code, 0);
    assert.match(out, /with the 3 layers that one line builds, which get the same bits/);
    assert.match(readFileSync(join(folder, 'generator.py'), 'utf8'), /slimwise_layers import/);
  });
});
