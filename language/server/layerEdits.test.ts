/** Source actions of layers through the protocol: what is offered, what resolving gives, and what is refused. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import type { CodeAction, TextDocumentEdit, WorkspaceEdit } from 'vscode-languageserver';
import { proposeEditRequest, type ProposeEditResult } from '../../core/report/languageProtocol.ts';
import { whatIfRequest, type WhatIfResult } from '../../core/report/whatIfReport.ts';
import { readFixture } from '../edits/editCases.ts';
import { startTwin, type EditorTwin } from './editorTwin.ts';

const uri = 'file:///w/models/generator.py';
const likeVsCode = {
  documentChanges: true,
  resourceOperations: ['create' as const],
  changeAnnotationSupport: { groupsOnLabel: true },
};

describe('source actions of layers in the editor', () => {
  let editor: EditorTwin;
  afterEach(async () => {
    await editor.close();
    assert.deepEqual(editor.log, []);
  });

  const actionsAt = (line: number): Promise<CodeAction[]> =>
    editor.connection.sendRequest('textDocument/codeAction', {
      textDocument: { uri },
      range: { start: { line, character: 0 }, end: { line, character: 0 } },
      context: { diagnostics: [], only: ['refactor'] },
    });
  const start = async (
    workspaceEdit: typeof likeVsCode | undefined,
    { commands = [], files = {} }: { commands?: readonly string[]; files?: Record<string, string> } = {},
  ): Promise<void> => {
    editor = await startTwin({
      ...(workspaceEdit === undefined ? {} : { workspaceEdit }),
      initializationOptions: { settings: { analysis: { debounceMs: 5 } }, commands },
      files,
    });
    await editor.open(uri, readFixture('pytorch', 'before'));
  };

  it('offers each action with what it changes of the whole model', async () => {
    await start(likeVsCode);
    const titles = (await actionsAt(12)).map(({ title }) => title);
    assert.deepEqual(titles, [
      'Binarize main.2 (−496 KiB)',
      'Ternarize main.2 (−480 KiB)',
      'Quantize main.2 to 8 bits (−384 KiB)',
      'Quantize main.2 to 4 bits (−448 KiB)',
      'Quantize main.2 to 2 bits (−480 KiB)',
      'Replace main.2 by a pair of rank 56 (−260 KiB, −4.26M MACs)',
      'Replace main.2 by a depthwise-separable pair (−472 KiB, −6.16M MACs)',
      'Replace main.2 by resize-convolution (−224 KiB, +10.5M MACs)',
      'Replace main.2 by sub-pixel convolution (+640 KiB, +10.5M MACs)',
      'Narrow main.2 from 64 to 32 channels (−293 KiB, −6.55M MACs)',
      'Binarize the 3 layers of Generator with DoR ≥ 0 (−3.55 MiB)',
    ]);
    const last = (await actionsAt(23)).map(({ title }) => title);
    assert.ok(
      last.some((title) => title.startsWith('Binarize main.8, DoR −224')),
      last.join('\n'),
    );
    assert.ok(
      last.includes(
        'Widen main.5 to 256 channels, so that main.8 can be binarized (no saving by itself) (+522 KiB, +33.9M MACs)',
      ),
    );
  });

  it('makes the edit when an action is chosen: one change with its module, which the editor can preview', async () => {
    await start(likeVsCode);
    const [binarize] = await actionsAt(12);
    assert.equal(binarize?.edit, undefined);
    const { edit } = await editor.connection.sendRequest<CodeAction>('codeAction/resolve', binarize);
    const changes = edit?.documentChanges ?? [];
    assert.deepEqual(changes[0], {
      kind: 'create',
      uri: 'file:///w/models/slimwise_layers.py',
      options: { ignoreIfExists: true },
      annotationId: 'slimwise',
    });
    assert.equal(
      applied(readFixture('pytorch', 'before'), changes[2] as TextDocumentEdit),
      readFixture('pytorch', 'binarize'),
    );
    assert.deepEqual(edit?.changeAnnotations?.['slimwise']?.needsConfirmation, false);
  });

  it('leaves the module to an editor that writes it first, so that the edit is of the source alone', async () => {
    await start(likeVsCode, { commands: ['slimwise.writeLayersModule'] });
    const binarize = (await actionsAt(12)).find(({ title }) => title.startsWith('Binarize main.2'));
    const { edit, command } = await editor.connection.sendRequest<CodeAction>('codeAction/resolve', binarize);
    const [source, ...more] = (edit?.documentChanges ?? []) as TextDocumentEdit[];
    assert.ok(source);
    assert.deepEqual(more, []);
    assert.equal(applied(readFixture('pytorch', 'before'), source), readFixture('pytorch', 'binarize'));
    assert.equal(command?.command, 'slimwise.writeLayersModule');
    const made = await editor.connection.sendRequest<ProposeEditResult>(proposeEditRequest, {
      textDocument: { uri },
      model: 'Generator',
      choices: [{ layer: 'main.2', action: { kind: 'bits', bits: 1 } }],
    });
    assert.ok('edit' in made);
    assert.deepEqual(made.edit, edit);
    assert.deepEqual(command.arguments, made.created);
    assert.equal(made.created[0]?.uri, 'file:///w/models/slimwise_layers.py');
    assert.match(made.created[0].text, /^# .*slimwise/i);
  });

  it('gives plain edits to an editor that knows nothing else', async () => {
    await start(undefined);
    const [binarize] = await actionsAt(12);
    const { edit } = await editor.connection.sendRequest<CodeAction>('codeAction/resolve', binarize);
    assert.deepEqual(Object.keys(edit?.changes ?? {}), [uri]);
    assert.equal(edit?.documentChanges, undefined);
  });

  it('answers the what-if table: the edit of several choices, or the reason why there is none', async () => {
    await start(likeVsCode);
    const propose = (layer: string, action: unknown): Promise<ProposeEditResult> =>
      editor.connection.sendRequest(proposeEditRequest, {
        textDocument: { uri },
        model: 'Generator',
        choices: [
          { layer: 'fc', action: { kind: 'bits', bits: 1 } },
          { layer, action },
        ],
      });
    const made = await propose('main.5', { kind: 'bits', bits: 4 });
    assert.ok('edit' in made);
    assert.deepEqual(made.layers, [
      { model: 'Generator', name: 'fc' },
      { model: 'Generator', name: 'main.5' },
    ]);
    assert.ok(made.after.bytes < made.before.bytes);
    const [, , source] = (made.edit as WorkspaceEdit).documentChanges ?? [];
    const text = applied(readFixture('pytorch', 'before'), source as TextDocumentEdit);
    assert.match(text, /binarize\(nn\.Linear\(latents, 128 \* 8 \* 8\)\)/);
    assert.match(text, /quantize\(nn\.Conv2d\(/);
    assert.deepEqual(await propose('main.8', { kind: 'channels', channels: 9 }), {
      refused: 'main.8: it would change the output of the model to 9×32×32',
    });
  });

  it('answers what the model would be, and refuses a document that is not open', async () => {
    await start(likeVsCode);
    const ask = (from: string, choices: unknown): Promise<WhatIfResult> =>
      editor.connection.sendRequest(whatIfRequest, {
        textDocument: { uri: from },
        model: null,
        choices,
        budgetBytes: 1_000_000,
        fit: false,
      });
    const result = await ask(uri, [{ layer: 'fc', action: { kind: 'bits', bits: 1 } }, 'unsound']);
    assert.ok('rows' in result);
    assert.deepEqual(result.choices, [{ layer: 'fc', action: { kind: 'bits', bits: 1 } }]);
    assert.equal(result.verdict?.fits, true);
    assert.deepEqual(await ask('file:///w/other.py', []), { refused: 'the document is not open' });
  });
});

/** What an editor does with edits of one document. */
function applied(text: string, { edits }: TextDocumentEdit): string {
  const lines = text.split('\n');
  const offset = ({ line, character }: { line: number; character: number }): number =>
    lines.slice(0, line).reduce((sum, own) => sum + own.length + 1, 0) + character;
  const sorted = edits
    .flatMap((edit) => ('range' in edit ? [edit] : []))
    .sort((a, b) => offset(b.range.start) - offset(a.range.start));
  return sorted.reduce((current, edit) => {
    const newText = 'newText' in edit ? edit.newText : '';
    return current.slice(0, offset(edit.range.start)) + newText + current.slice(offset(edit.range.end));
  }, text);
}
