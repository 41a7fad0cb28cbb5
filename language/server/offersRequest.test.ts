/** The list of actions for rows and cursors: the light bulb's own, with the reasons for what cannot be done. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import type { CodeAction } from 'vscode-languageserver';
import {
  offersRequest,
  type OffersParams,
  type OffersReport,
  type OffersResult,
} from '../../core/report/offersReport.ts';
import { readFixture } from '../edits/editCases.ts';
import { startTwin, type EditorTwin } from './editorTwin.ts';

const uri = 'file:///w/models/generator.py';
const plan = JSON.stringify({
  schema: 1,
  generator: { source: 'generator.py', entry: 'Generator()' },
  discriminator: { source: 'generator.py', entry: 'Discriminator()' },
  data: { images: 'images', size: 32, channels: 1 },
  stages: [{ id: 'one', family: 'precision', rep: { kind: 'binary' }, select: { names: ['fc', 'main.2'] } }],
});

describe('offers for layers', () => {
  let editor: EditorTwin;
  beforeEach(async () => {
    editor = await startTwin({ files: { 'models/slimwise.json': plan } });
    await editor.open(uri, readFixture('pytorch', 'before'));
  });
  afterEach(async () => {
    await editor.close();
    assert.deepEqual(editor.log, []);
  });

  const ask = (params: Partial<Omit<OffersParams, 'textDocument'>>, from = uri): Promise<OffersResult> =>
    editor.connection.sendRequest(offersRequest, { textDocument: { uri: from }, of: null, lines: null, ...params });
  const of = async (...layers: string[]): Promise<OffersReport> => {
    const result = await ask({ of: { model: 'Generator', layers } });
    assert.ok('offers' in result, JSON.stringify(result));
    return result;
  };
  const possible = ({ offers }: OffersReport): string[] =>
    offers.filter(({ refused }) => refused === null).map(({ title }) => title);

  it('are those of the light bulb on the layer’s line, in its order', async () => {
    const range = { start: { line: 12, character: 0 }, end: { line: 12, character: 0 } };
    const bulb = await editor.connection.sendRequest<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range,
      context: { diagnostics: [], only: ['refactor.rewrite'] },
    });
    const titles = bulb.map(({ title }) => title);
    assert.ok(titles.length > 8, titles.join('\n'));
    assert.deepEqual(possible(await of('main.2')), titles);
    const atCursor = await ask({ lines: { from: 13, to: 13 } });
    assert.ok('offers' in atCursor);
    assert.deepEqual([atCursor.model, atCursor.layers], ['Generator', ['main.2']]);
    assert.deepEqual(possible(atCursor), titles);
  });

  it('have the whole cost of each, or the reason why not', async () => {
    const { before, offers } = await of('fc');
    const binarize = offers.find(({ title }) => title.startsWith('Binarize fc ('));
    assert.ok(binarize?.after);
    assert.ok(binarize.after.bytes < before.bytes);
    assert.equal(binarize.after.macs, before.macs);
    const resized = offers.find(({ title }) => title === 'Replace fc by resize-convolution');
    assert.equal(resized?.refused, 'only a two-dimensional transposed convolution can be replaced so');
    assert.equal(resized.after, null);
  });

  it('are for several layers at once, and for the model as a whole', async () => {
    const titles = possible(await of('fc', 'main.2'));
    assert.equal(titles[0], 'Binarize these 2 layers (−3.48 MiB)');
    assert.ok(titles.some((title) => title.startsWith('Replace these 2 layers by pairs of half the largest rank (−')));
    const whole = possible(await of());
    assert.deepEqual(whole, [
      'Binarize the 3 layers of Generator with DoR ≥ 0 (−3.55 MiB)',
      'Do what models/slimwise.json says of Generator: 2 layers (−3.48 MiB)',
    ]);
    const onClass = await ask({ lines: { from: 1, to: 10 } });
    assert.ok('offers' in onClass);
  });

  it('are refused where nothing is meant', async () => {
    const refusal = async (result: Promise<OffersResult>): Promise<string> => {
      const answer = await result;
      return 'refused' in answer ? answer.refused : 'not refused';
    };
    assert.equal(await refusal(ask({ lines: { from: 1, to: 1 } })), 'no layer is built at the cursor');
    assert.equal(await refusal(ask({ of: { model: 'Other', layers: [] } })), 'there is no model Other in this file');
    assert.equal(
      await refusal(ask({ of: { model: 'Generator', layers: ['gone'] } })),
      'there is no layer gone in Generator',
    );
    assert.equal(await refusal(ask({}, 'file:///w/other.py')), 'the document is not open');
  });
});
