/**
 * "Change This Layer…" in the real editor, from a row, several rows and the cursor: the list, the diff, one edit and
 * its undo. Answers are given as a user gives them, through VS Code's own quick pick.
 */
import assert from 'node:assert/strict';
import type { Uri } from 'vscode';
import { commands, Selection, window, workspace, type TextDocument } from 'vscode';
import type { LayerReport, ModelReport } from '../../core/report/analyzeReport.ts';
import type { Result } from '../../core/result.ts';
import { inWorkspace, slimwise, waitFor } from './waitFor.ts';

describe('changing a layer from where it is shown', () => {
  const source = (): Uri => inWorkspace('changed/gan.py');
  let document: TextDocument;
  let original: string;
  let model: ModelReport;
  let layers: readonly LayerReport[];

  before(async () => {
    await workspace.fs.copy(inWorkspace('dcgan_torch.py'), source());
    document = await workspace.openTextDocument(source());
    await window.showTextDocument(document);
    original = document.getText();
    const api = await slimwise();
    model = await waitFor('the analysis', () => {
      const current = api.activeModel();
      return current?.uri === source().toString() && current.models.find(({ name }) => name === 'Generator');
    });
    layers = model.layers.filter(({ op }) => op === 'conv2d_transpose');
  });

  after(async () => {
    await document.save();
    await commands.executeCommand('workbench.action.closeAllEditors');
    await workspace.fs.delete(inWorkspace('changed'), { recursive: true });
  });

  // One that failed may have left a list open, or an edit.
  afterEach(async () => {
    await commands.executeCommand('workbench.action.closeQuickOpen');
    if (document.getText() !== original) await undo();
  });

  const row = (layer: LayerReport | undefined): unknown => ({ kind: 'layer', model, layer });
  const diffInFront = (title: string): Promise<unknown> =>
    waitFor('the diff', () => window.tabGroups.activeTabGroup.activeTab?.label.startsWith(title));
  /** The Models view goes on showing what the diff is about: the source as it is, not as it would be. */
  const staysShown = async (): Promise<void> => {
    const api = await slimwise();
    await waitFor('the source of the diff', () => api.activeModel()?.uri === source().toString());
    for (let idx = 0; idx < 10; idx++) {
      assert.equal(api.activeModel()?.uri, source().toString());
      assert.deepEqual(
        api
          .activeModel()
          ?.models.map(({ name }) => name)
          .sort(),
        ['Discriminator', 'Generator'],
      );
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const wraps = (): number => [...document.getText().matchAll(/\bbinarize\((?!\))/g)].length;

  it('of a row: the first in the list is to binarize it, its diff comes before the edit', async () => {
    const [layer] = layers;
    const done = change(row(layer));
    await answer(`Change ${layer?.name} of Generator`, accept);
    const title = await asked(/^Binarize main/);
    await diffInFront(title);
    assert.equal(document.getText(), original);
    await staysShown();
    await answer(title, accept);
    assert.deepEqual(await done, { ok: true, value: true });
    assert.equal(wraps(), 1);
    await waitFor(
      'the source in front',
      () => window.activeTextEditor?.document.uri.toString() === source().toString(),
    );
    await waitFor('the diff to be closed', () => !tabs().some((label) => label.startsWith(title)));
    await undo();
  });

  it('shows the source of a diff of several files, also where nothing was shown before', async () => {
    const api = await slimwise();
    await commands.executeCommand('workbench.action.closeAllEditors');
    await waitFor('nothing to be shown', () => api.activeModel() === null);
    const plain = inWorkspace('changed/notes.txt');
    await workspace.fs.writeFile(plain, new TextEncoder().encode('nothing of a model'));
    const sides = [plain, source()].map((uri) => [uri, uri, uri]);
    await commands.executeCommand('vscode.changes', 'Both files', sides);
    await diffInFront('Both files');
    await staysShown();
    await commands.executeCommand('workbench.action.closeAllEditors');
    await waitFor('nothing to be shown again', () => api.activeModel() === null);
    document = await workspace.openTextDocument(source());
    await window.showTextDocument(document);
    await waitFor('the source', () => api.activeModel()?.uri === source().toString());
  });

  it('of several rows: all of them in one edit', async () => {
    const rows = layers.slice(0, 2).map(row);
    const done = change(rows[0], rows);
    await answer('Change 2 layers of Generator', accept);
    await answer(await asked(/^Binarize these 2 layers \(−/), accept);
    assert.deepEqual(await done, { ok: true, value: true });
    assert.equal(wraps(), 2);
    await undo();
  });

  it('at the cursor, and leaves the source where the diff is turned down', async () => {
    const editor = await window.showTextDocument(document);
    const line = (layers[0]?.line ?? 1) - 1;
    editor.selection = new Selection(line, 0, line, 0);
    const done = change();
    await answer(`Change ${layers[0]?.name} of Generator`, accept);
    const title = await asked(/^Binarize main/);
    await diffInFront(title);
    await staysShown();
    await answer(title, 'workbench.action.closeQuickOpen');
    assert.deepEqual(await done, { ok: true, value: false });
    assert.equal(document.getText(), original);
    await waitFor('the diff to be closed', () => !tabs().some((label) => label.startsWith(title)));
  });

  it('of the model: what its plan says', async () => {
    const plan = JSON.parse(new TextDecoder().decode(await workspace.fs.readFile(inWorkspace('slimwise.json'))));
    const names = layers.slice(0, 2).map(({ name }) => name);
    const said = {
      ...plan,
      generator: { ...plan.generator, source: 'gan.py' },
      discriminator: { ...plan.discriminator, source: 'gan.py' },
      stages: [{ id: 'few', family: 'precision', rep: { kind: 'ternary' }, module: 'G', select: { names } }],
    };
    const bytes = new TextEncoder().encode(JSON.stringify(said, null, 2));
    await workspace.fs.writeFile(inWorkspace('changed/slimwise.json'), bytes);
    // The plan's entry is the last one, above the first; a list that has just opened may miss a key.
    await waitFor('the plan’s entry', async () => {
      const done = change({ kind: 'model', model });
      const list = await asked(/^Change Generator$/);
      await commands.executeCommand('workbench.action.quickOpenSelectPrevious');
      await answer(list, accept);
      const title = await asked(/^(?!Change)/);
      const isPlan = title.startsWith('Do what changed/slimwise.json says of Generator: 2 layers');
      await answer(title, isPlan ? accept : 'workbench.action.closeQuickOpen');
      assert.deepEqual(await done, { ok: true, value: isPlan });
      return isPlan;
    });
    assert.equal([...document.getText().matchAll(/\bternarize\((?!\))/g)].length, 2);
    await undo();
  });

  it('says what to do where no layer is meant', async () => {
    const editor = await window.showTextDocument(document);
    editor.selection = new Selection(0, 0, 0, 0);
    const nothing = await change();
    assert.equal(nothing.ok ? '' : nothing.problem.code, 'SWP_NO_LAYER');
    const other = { kind: 'layer', model: { ...model, name: 'Discriminator' }, layer: layers[0] };
    const several = await change(row(layers[0]), [row(layers[0]), other]);
    assert.match(several.ok ? '' : several.problem.message, /several models, Generator and Discriminator/);
    await commands.executeCommand('notifications.clearAll');
  });

  function change(...args: unknown[]): Promise<Result<boolean>> {
    return Promise.resolve(commands.executeCommand<Result<boolean>>('slimwise.changeLayer', ...args));
  }

  /** The title of the list that is open, once it is one of these. */
  async function asked(title: RegExp): Promise<string> {
    const api = await slimwise();
    return waitFor(`the question ${title.source}`, () => {
      const question = api.question();
      return question !== null && title.test(question) && question;
    });
  }

  /** Presses a key in the list with this title, again until it has taken it. */
  async function answer(title: string, command: string): Promise<void> {
    const api = await slimwise();
    await waitFor(`the question ${title}`, () => api.question() === title);
    await waitFor(`an answer to ${title}`, async () => {
      if (api.question() !== title) return true;
      await commands.executeCommand(command);
      return false;
    });
  }

  async function undo(): Promise<void> {
    await window.showTextDocument(document);
    await commands.executeCommand('undo');
    assert.equal(document.getText(), original);
  }
});

function tabs(): readonly string[] {
  return window.tabGroups.all.flatMap((group) => group.tabs).map(({ label }) => label);
}

const accept = 'workbench.action.acceptSelectedQuickOpenItem';
