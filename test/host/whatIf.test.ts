/**
 * Edits of a source in the real editor: the light bulb's action and the what-if page come to the same edit, which one
 * undo takes back byte for byte.
 */
import assert from 'node:assert/strict';
import type { CodeAction, Uri } from 'vscode';
import { commands, Range, window, workspace, type TextDocument } from 'vscode';
import type { WhatIfChoice } from '../../core/report/whatIfReport.ts';
import type { Result } from '../../core/result.ts';
import { inWorkspace, slimwise, waitFor } from './waitFor.ts';

describe('source actions in a real extension host', () => {
  const source = (): Uri => inWorkspace('edited/gan.py');
  let document: TextDocument;
  let original: string;

  before(async () => {
    await workspace.fs.copy(inWorkspace('dcgan_torch.py'), source());
    document = await workspace.openTextDocument(source());
    await window.showTextDocument(document);
    original = document.getText();
    const api = await slimwise();
    await waitFor('the analysis', () => api.activeModel()?.uri === source().toString());
  });

  after(async () => {
    await document.save();
    await commands.executeCommand('workbench.action.closeAllEditors');
    await workspace.fs.delete(inWorkspace('edited'), { recursive: true });
  });

  it('the light bulb’s action resolves, applies, and is undone byte for byte', async () => {
    const line = original.split('\n').findIndex((text) => text.includes('nn.ConvTranspose2d('));
    const actions = await waitFor('the light bulb', async () => {
      const found = await commands.executeCommand<CodeAction[]>(
        'vscode.executeCodeActionProvider',
        source(),
        new Range(line, 0, line, 0),
        'refactor.rewrite',
        20,
      );
      return found.length > 0 && found;
    });
    const action = actions.find(({ title }) => title.startsWith('Binarize'));
    assert.match(action?.title ?? '', /\(−[\d.]+ KiB\)|\(−[\d.]+ MiB\)/);
    assert.ok(action?.edit !== undefined, 'the action is resolved');
    assert.ok(await workspace.applyEdit(action.edit));
    // What VS Code runs after the edit of a light bulb's action.
    assert.equal(action.command?.command, 'slimwise.writeLayersModule');
    const written: unknown = await commands.executeCommand(action.command.command, ...(action.command.arguments ?? []));
    assert.deepEqual(written, { ok: true, value: true });
    assert.match(document.getText(), /binarize\(\s*nn\.ConvTranspose2d\(/);
    await undo();
    assert.equal(document.getText(), original);
  });

  it('the what-if page shows what choices come to, and the same edit is made and undone', async () => {
    const choices = [binarize(await deconvolution())];
    await commands.executeCommand('slimwise.whatIf', source(), { choices });
    const api = await slimwise();
    // The page may be answered once before it has the choices.
    const shown = await waitFor('the page to be answered with the choices', () => {
      const page = api.whatIf();
      const isSmaller = page !== null && (page.bytesAfter ?? Infinity) < (page.bytesBefore ?? 0);
      return isSmaller && page.uri === source().toString() && page;
    });
    assert.deepEqual(await edit(choices, { preview: false }), { ok: true, value: true });
    assert.match(document.getText(), /binarize\(/);
    await waitFor('the page to follow the source', () => (api.whatIf()?.bytesBefore ?? 0) === shown.bytesAfter);
    await undo();
    assert.equal(document.getText(), original);
  });

  it('says why where the source cannot be edited so', async () => {
    const refused = await edit([{ layer: 'gone', action: { kind: 'bits', bits: 1 } }], { preview: false });
    assert.equal(refused.ok ? '' : refused.problem.code, 'SWP_EDIT_REFUSED');
    assert.equal(document.getText(), original);
  });

  async function deconvolution(): Promise<string> {
    const api = await slimwise();
    const model = api.activeModel()?.models.find(({ name }) => name === 'Generator');
    const layer = model?.layers.find(({ op }) => op === 'conv2d_transpose');
    assert.ok(layer, 'a transposed convolution');
    return layer.name;
  }

  function edit(choices: readonly WhatIfChoice[], options: { preview: boolean }): Thenable<Result<boolean>> {
    return commands.executeCommand('slimwise.editSource', source(), { model: 'Generator', choices, ...options });
  }

  async function undo(): Promise<void> {
    await window.showTextDocument(document);
    await commands.executeCommand('undo');
  }
});

function binarize(layer: string): WhatIfChoice {
  return { layer, action: { kind: 'bits', bits: 1 } };
}
