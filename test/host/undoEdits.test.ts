/**
 * Every action on a source of every framework, applied in a real editor and taken back by one undo: the text is the
 * fixture's, and then what it was, byte for byte, in the editor and on the disk. An undo that asks about the module
 * beside the source would never end here.
 */
import assert from 'node:assert/strict';
import type { CodeAction, Uri } from 'vscode';
import { commands, Range, window, workspace, type TextDocument } from 'vscode';
import type { Result } from '../../core/result.ts';
import type { WrittenEditCase } from '../e2e/support/writeEditCases.ts';
import { inWorkspace, slimwise, waitFor } from './waitFor.ts';

const frameworks = ['pytorch', 'keras', 'tfjs'] as const;

describe('one undo takes an edit of a source back', () => {
  let cases: readonly WrittenEditCase[];

  before(async () => {
    await slimwise();
    const text = new TextDecoder().decode(await workspace.fs.readFile(inWorkspace('edits/cases.json')));
    cases = JSON.parse(text) as readonly WrittenEditCase[];
  });

  afterEach(() => commands.executeCommand('workbench.action.closeAllEditors'));

  for (const framework of frameworks) {
    it(`${framework}: every action gives the fixture's text, and its undo the old bytes`, async () => {
      const own = cases.filter((one) => one.framework === framework);
      assert.ok(own.length >= 9, `${own.length} cases`);
      for (const { source, name, model, choices, after } of own) {
        const { document, bytes } = await opened(source);
        const before = document.getText();
        const options = { model, choices, preview: false };
        const applied = await commands.executeCommand<Result<boolean>>('slimwise.editSource', document.uri, options);
        assert.deepEqual(applied, { ok: true, value: true }, name);
        assert.equal(document.getText(), after, name);
        await document.save();
        assert.equal(Buffer.from(await read(document.uri)).toString(), after, name);
        await undo(document);
        assert.equal(document.getText(), before, name);
        await document.save();
        assert.deepEqual(await read(document.uri), bytes, name);
      }
    });

    it(`${framework}: so does every action of the light bulb`, async () => {
      const [source] = cases.filter((one) => one.framework === framework).map((one) => one.source);
      const { document, bytes } = await opened(source ?? '');
      const before = document.getText();
      const line = before
        .split('\n')
        .findIndex((text) => /ConvTranspose2d\(|Conv2DTranspose\(|conv2dTranspose\(/.test(text));
      const actions = await waitFor('the light bulb', async () => {
        const at = [document.uri, new Range(line, 0, line, 0), 'refactor.rewrite', 20] as const;
        const found = await commands.executeCommand<CodeAction[]>('vscode.executeCodeActionProvider', ...at);
        return found.length > 0 && found;
      });
      assert.ok(actions.length >= 9, actions.map(({ title }) => title).join('\n'));
      for (const { title, edit } of actions) {
        // Where the source cannot follow, the server says so instead of giving an edit.
        if (edit === undefined) continue;
        assert.ok(await workspace.applyEdit(edit), title);
        assert.notEqual(document.getText(), before, title);
        await undo(document);
        assert.equal(document.getText(), before, title);
      }
      assert.ok(actions.filter(({ edit }) => edit !== undefined).length >= 7);
      await document.save();
      assert.deepEqual(await read(document.uri), bytes);
    });
  }

  it('keeps the line ends of another system', async () => {
    for (const framework of frameworks) {
      const [own] = cases.filter((one) => one.framework === framework && one.name === 'binarize');
      assert.ok(own);
      const uri = inWorkspace(`edits/crlf/${own.source}`);
      const text = new TextDecoder().decode(await read(inWorkspace(own.source))).replaceAll('\n', '\r\n');
      await workspace.fs.writeFile(uri, new TextEncoder().encode(text));
      const document = await workspace.openTextDocument(uri);
      await window.showTextDocument(document);
      const options = { model: own.model, choices: own.choices, preview: false };
      assert.deepEqual(await commands.executeCommand('slimwise.editSource', uri, options), { ok: true, value: true });
      assert.equal(document.getText(), own.after.replaceAll('\n', '\r\n'));
      await undo(document);
      assert.equal(document.getText(), text);
      await document.save();
      assert.equal(new TextDecoder().decode(await read(uri)), text);
    }
  });

  it('leaves the module beside the source, and never touches a file of its name that is somebody else’s', async () => {
    const [own] = cases.filter((one) => one.framework === 'pytorch' && one.name === 'binarize');
    assert.ok(own);
    const options = { model: own.model, choices: own.choices, preview: false };
    const uri = inWorkspace('edits/own/generator.py');
    const module = inWorkspace('edits/own/slimwise_layers.py');
    await workspace.fs.copy(inWorkspace(own.source), uri);
    const mine = new TextEncoder().encode('binarize = print\n');
    await workspace.fs.writeFile(module, mine);
    const refused = await commands.executeCommand<Result<boolean>>('slimwise.editSource', uri, options);
    assert.equal(refused.ok ? '' : refused.problem.code, 'SWP_EDIT_REFUSED');
    assert.deepEqual(await read(module), mine);
    assert.deepEqual(await read(uri), await read(inWorkspace(own.source)));
    const write = (to: Uri): Thenable<Result<boolean>> =>
      commands.executeCommand('slimwise.writeLayersModule', { uri: to.toString(), text: 'other' });
    assert.deepEqual(await write(module), { ok: true, value: false });
    assert.deepEqual(await read(module), mine);
    const misnamed = await write(inWorkspace('edits/own/other.py'));
    assert.equal(misnamed.ok ? '' : misnamed.problem.code, 'SWP_LAYERS_MODULE_NOT_WRITTEN');
    // The edits above wrote one, and their undo left it.
    const kept = new TextDecoder().decode(await read(inWorkspace('edits/pytorch/slimwise_layers.py')));
    assert.match(kept, /def binarize\(/);
  });
});

async function opened(source: string): Promise<{ document: TextDocument; bytes: Uint8Array }> {
  const document = await workspace.openTextDocument(inWorkspace(source));
  await window.showTextDocument(document);
  return { document, bytes: await read(document.uri) };
}

/** The same kind of array, wherever the bytes come from. */
async function read(uri: Uri): Promise<Uint8Array> {
  return Uint8Array.from(await workspace.fs.readFile(uri));
}

async function undo(document: TextDocument): Promise<void> {
  await window.showTextDocument(document);
  await commands.executeCommand('undo');
}
