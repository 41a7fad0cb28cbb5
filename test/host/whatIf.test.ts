/**
 * Edits of a source in the real editor: the light bulb's action, the what-if page and the Models tree's command come
 * to the same edit, which one undo takes back byte for byte.
 */
import assert from 'node:assert/strict';
import type { CodeAction, Uri } from 'vscode';
import { commands, Range, window, workspace, type TextDocument } from 'vscode';
import type { WhatIfChoice } from '../../core/report/whatIfReport.ts';
import type { Result } from '../../core/result.ts';
import { inWorkspace, slimwise, waitFor } from './waitFor.ts';

describe('source actions in a real extension host', () => {
  const source = (): Uri => inWorkspace('edited/gan.py');
  const module = (): Uri => inWorkspace('edited/slimwise_layers.py');
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

  it('an edit without a preview makes the module and wraps the layer', async () => {
    const applied = await edit([binarize(await deconvolution())], { preview: false });
    assert.deepEqual(applied, { ok: true, value: true });
    assert.match(document.getText(), /binarize\(\s*nn\.ConvTranspose2d\(/);
    assert.match(document.getText(), /from slimwise_layers import binarize/);
    await workspace.openTextDocument(module());
    await workspace.saveAll();
    // The module stays for what follows; the source goes back to what it was.
    await restore();
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

  it('a row of the Models tree is binarized once its preview is ticked and applied', async () => {
    const api = await slimwise();
    await window.showTextDocument(document);
    const model = await waitFor('the model', () => api.activeModel()?.models.find(({ name }) => name === 'Generator'));
    const layer = model.layers.find(({ op }) => op === 'conv2d_transpose');
    const done = commands.executeCommand<Result<boolean>>('slimwise.binarizeLayer', { kind: 'layer', model, layer });
    await accept(done);
    assert.deepEqual(await done, { ok: true, value: true });
    assert.match(document.getText(), /binarize\(/);
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

  /** In the Refactor Preview: ticks what is to be confirmed, and presses Apply. */
  async function accept(done: Thenable<unknown>): Promise<void> {
    let isDone = false;
    void Promise.resolve(done).then(() => (isDone = true));
    await waitFor('the preview to be applied', async () => {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      for (const command of ['list.focusFirst', 'refactorPreview.toggleCheckedState', 'refactorPreview.apply'])
        if (!isDone) await Promise.resolve(commands.executeCommand(command)).catch(() => undefined);
      return isDone;
    });
  }

  async function undo(): Promise<void> {
    await window.showTextDocument(document);
    await commands.executeCommand('undo');
  }

  async function restore(): Promise<void> {
    await workspace.fs.writeFile(source(), new TextEncoder().encode(original));
    await waitFor('the source as it was', () => document.getText() === original);
  }
});

function binarize(layer: string): WhatIfChoice {
  return { layer, action: { kind: 'bits', bits: 1 } };
}
