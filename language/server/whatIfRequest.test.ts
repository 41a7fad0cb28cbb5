/** The what-if request of a measured model through the protocol: what it fits by, and that the hash of the text counts. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterEach, describe, it } from 'mocha';
import { whatIfRequest, type WhatIfReport, type WhatIfResult } from '../../core/report/whatIfReport.ts';
import { layerFingerprint } from '../../core/sensitivity/sensitivityFile.ts';
import { analyzeFile } from '../analyze.ts';
import { fixtureHost, readFixture } from '../edits/editCases.ts';
import { startTwin, type EditorTwin } from './editorTwin.ts';

const uri = 'file:///w/models/generator.py';
const text = readFixture('pytorch', 'before');

/** A table that lies beside the source: only `fc` loses nothing. */
function sensitivityFile(): string {
  const [graph] = analyzeFile(fixtureHost('pytorch'), 'generator.py').graphs;
  assert.ok(graph);
  const layers = graph.layers.map((layer) => {
    const bits = [1, 2, 4, 8].map((count) => {
      const rise = layer.name === 'fc' ? 0 : 10 / count;
      return { bits: count, psnr: 20, swd: 40 + rise, rise };
    });
    return { name: layer.name, fingerprint: layerFingerprint(layer), bits };
  });
  const sha256 = createHash('sha256').update(text).digest('hex');
  const network = { file: 'generator.py', model: 'Generator', sha256, run: 'r1', swd: 40, nImages: 8, layers };
  return JSON.stringify({ version: 1, networks: [network] });
}

describe('what a measured model would be, in the editor', () => {
  let editor: EditorTwin;
  afterEach(() => editor.close());

  const ask = async (sensitivity?: unknown): Promise<WhatIfReport> => {
    const query = { model: null, choices: [], budgetBytes: 1_100_000, fit: true };
    const params = { textDocument: { uri }, ...query, ...(sensitivity === undefined ? {} : { sensitivity }) };
    const result = await editor.connection.sendRequest<WhatIfResult>(whatIfRequest, params);
    assert.ok('rows' in result);
    return result;
  };
  const basisOf = ({ fit }: WhatIfReport): string => (fit !== null && 'layers' in fit ? fit.basis : '');

  it('fits by measurements, or by predictions where they are asked for, and tells an edited source', async () => {
    editor = await startTwin({
      initializationOptions: { settings: { analysis: { debounceMs: 5 } } },
      files: { 'models/.slimwise/sensitivity.json': sensitivityFile() },
    });
    await editor.open(uri, text);
    const measured = await ask();
    assert.equal(basisOf(measured), 'measured');
    assert.deepEqual([measured.measured?.nLayers, measured.measured?.isEdited], [4, false]);
    assert.equal(measured.rows.find(({ name }) => name === 'fc')?.bitsAfter, 1);
    const predicted = await ask('predicted');
    assert.equal(basisOf(predicted), 'predicted');
    assert.equal(predicted.rows.find(({ name }) => name === 'fc')?.bitsAfter, 8);
    assert.equal(basisOf(await ask('nonsense')), 'measured');
    await editor.change(uri, `# A comment.\n${text}`);
    assert.equal((await ask()).measured?.isEdited, true);
  });

  it('predicts where nothing was measured', async () => {
    editor = await startTwin({ initializationOptions: { settings: { analysis: { debounceMs: 5 } } } });
    await editor.open(uri, text);
    const report = await ask('measured');
    assert.equal(report.measured, null);
    assert.equal(basisOf(report), 'predicted');
  });
});
