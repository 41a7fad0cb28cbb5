/** Making plans and samples through VS Code's own dialogs, in a real extension host. */
import assert from 'node:assert/strict';
import {
  commands,
  languages,
  Position,
  Range,
  window,
  workspace,
  WorkspaceEdit,
  type CompletionList,
  type Hover,
  type Uri,
} from 'vscode';
import type { Result } from '../../core/result.ts';
import { eventually, inWorkspace, slimwise, waitFor } from './waitFor.ts';

describe('plans and samples in a real extension host', () => {
  before(async () => {
    await slimwise();
  });

  it('makes a plan for a source that has none, from the keyboard', async () => {
    const source = inWorkspace('mine/gan.py');
    await workspace.fs.copy(inWorkspace('dcgan_torch.py'), source);
    const made = commands.executeCommand<Result<string | null>>('slimwise.createPlan', source);
    const plan = inWorkspace('mine/slimwise.json');
    // The only question is which images; Enter takes the included ones.
    await waitFor('the plan', async () => {
      await commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return exists(plan);
    });
    assert.deepEqual(await made, { ok: true, value: plan.fsPath });
    const written = JSON.parse(await read(plan));
    assert.deepEqual(written.generator, { source: 'gan.py', entry: 'Generator(opt.latents, opt.width, opt.channels)' });
    assert.equal(written.discriminator.entry, 'Discriminator(opt.channels, opt.width)');
    assert.deepEqual(written.data, { images: 'data/t10k-images-idx3-ubyte.gz', size: 32, channels: 1 });
    assert.ok(await exists(inWorkspace('mine/data/t10k-images-idx3-ubyte.gz')));
    assert.ok(await exists(inWorkspace('mine/data/LICENSE-fashion-mnist.txt')));
    await eventually(() => assert.equal(window.activeTextEditor?.document.uri.fsPath, plan.fsPath));
  });

  it('checks a plan against the schema while it is edited', async () => {
    const bad = inWorkspace('slimwise.wrong.json');
    await workspace.fs.writeFile(bad, new TextEncoder().encode('{ "schema": 1, "stages": [{ "family": "magic" }] }'));
    await window.showTextDocument(await workspace.openTextDocument(bad));
    await waitFor('a finding', () => languages.getDiagnostics(bad).length > 0);
    const good = inWorkspace('slimwise.json');
    await window.showTextDocument(await workspace.openTextDocument(good));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.deepEqual(
      languages.getDiagnostics(good).map(({ message }) => message),
      [],
    );
  });

  it('shows a wrong field and a layer binarized against its redundancy on their lines', async () => {
    const sample = JSON.parse(await read(inWorkspace('slimwise.json')));
    const file = inWorkspace('slimwise.lines.json');
    const find = sample.stages[0];
    const binarize = { ...sample.stages[1], module: 'D', select: { names: ['features.0'] } };
    const textOf = (stages: unknown): string => JSON.stringify({ ...sample, stages }, null, 2);
    const own = (): string[] =>
      languages
        .getDiagnostics(file)
        .filter(({ source }) => source === 'slimwise')
        .map(({ code, range }) => `${range.start.line} ${typeof code === 'object' ? code.value : String(code)}`);
    const first = textOf([find, binarize]);
    await workspace.fs.writeFile(file, new TextEncoder().encode(first));
    const document = await workspace.openTextDocument(file);
    await window.showTextDocument(document);
    const negative = `${first.split('\n').findIndex((line) => line.includes('"features.0"'))} SWP_PLAN_NEGATIVE_DOR`;
    await waitFor('the warning', () => own().includes(negative));
    const second = textOf([find, { ...binarize, stepz: 3 }]);
    const edit = new WorkspaceEdit();
    edit.replace(file, new Range(0, 0, document.lineCount, 0), second);
    assert.ok(await workspace.applyEdit(edit));
    const unknown = `${second.split('\n').findIndex((line) => line.includes('"stepz"'))} SWP_PLAN_UNKNOWN_KEY`;
    await waitFor('the wrong field', () => own().includes(unknown));
    await document.save();
  });

  it('shows each fault of a plan once, whichever kind it is', async () => {
    const sample = JSON.parse(await read(inWorkspace('slimwise.json')));
    const [find, binarize] = sample.stages;
    const faults: readonly (readonly [string, (text: string) => string])[] = [
      ['an unknown field', (text) => text.replace('"seed": 1', '"seed": 1,\n  "sead": 2')],
      ['a value of another kind', (text) => text.replace('"seed": 1', '"seed": "one"')],
      ['a value that is none of the known', (text) => text.replace('"family": "precision"', '"family": "precison"')],
      ['a missing field', (text) => text.replace(/"data": \{[^}]*\},/, '')],
      ['a wrong field of a stage', (text) => text.replace('"kind": "binary"', '"kind": "binary", "bits": 1')],
      ['no JSON', (text) => text.replace('"seed": 1', '"seed" 1')],
    ];
    for (const [index, [name, broken]] of faults.entries()) {
      const file = inWorkspace(`slimwise.fault${index}.json`);
      const text = JSON.stringify({ ...sample, stages: [find, binarize] }, null, 2);
      assert.notEqual(broken(text), text, name);
      await workspace.fs.writeFile(file, new TextEncoder().encode(broken(text)));
      await window.showTextDocument(await workspace.openTextDocument(file));
      const first = await waitFor(`a finding about ${name}`, () => languages.getDiagnostics(file)[0]);
      // The other checker has answered once its own completions are there.
      await commands.executeCommand('vscode.executeCompletionItemProvider', file, new Position(1, 2));
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const found = languages.getDiagnostics(file);
      assert.deepEqual(
        found.map(({ message }) => message),
        [first.message],
        name,
      );
      assert.equal(first.source, name === 'no JSON' ? 'json' : 'slimwise', name);
      await commands.executeCommand('workbench.action.closeActiveEditor');
      await workspace.fs.delete(file);
    }
  });

  it('completes the fields of a plan and explains them', async () => {
    const file = inWorkspace('slimwise.json');
    const document = await workspace.openTextDocument(file);
    await window.showTextDocument(document);
    const text = document.getText();
    const labelsAt = async (offset: number): Promise<readonly string[]> => {
      const at = document.positionAt(offset);
      const list = await commands.executeCommand<CompletionList>('vscode.executeCompletionItemProvider', file, at);
      return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    };
    const fields = await waitFor('the fields', async () => {
      const labels = await labelsAt(text.indexOf('"seed"'));
      return labels.some((label) => label.includes('devices')) && labels;
    });
    assert.ok(fields.length >= 2, fields.join());
    await eventually(async () => {
      const families = await labelsAt(text.indexOf('"precision"') + 2);
      assert.ok(families.includes('"precision"'), families.join());
    });
    const hovers = await commands.executeCommand<Hover[]>(
      'vscode.executeHoverProvider',
      file,
      document.positionAt(text.indexOf('"seed"') + 2),
    );
    const words = hovers.flatMap(({ contents }) => contents.map((own) => (typeof own === 'string' ? own : own.value)));
    assert.match(words.join('\n'), /All randomness of the run follows from this/);
  });

  it('says that a file without models has none', async () => {
    const file = inWorkspace('plain.py');
    await workspace.fs.writeFile(file, new TextEncoder().encode('print("no model")\n'));
    const answer = await commands.executeCommand<Result<unknown>>('slimwise.compressWisely', file);
    assert.equal(answer.ok ? '' : answer.problem.code, 'SWP_NO_MODELS_FOUND');
  });

  it('copies the sample once and never over something else', async () => {
    const parent = inWorkspace('.');
    const first = await commands.executeCommand<Result<Uri>>('slimwise.openSample', parent);
    assert.ok(first.ok);
    assert.ok(await exists(inWorkspace('slimwise-dcgan/slimwise.json')));
    const second = await commands.executeCommand<Result<Uri>>('slimwise.openSample', parent);
    assert.equal(second.ok ? '' : second.problem.code, 'SWP_SAMPLE_FOLDER_TAKEN');
  });

  it('goes from a row of the Models tree to its line', async () => {
    const uri = inWorkspace('dcgan_torch.py');
    await commands.executeCommand('slimwise.openLayer', { file: uri.fsPath, line: 31 });
    await eventually(() => {
      assert.equal(window.activeTextEditor?.document.uri.fsPath, uri.fsPath);
      assert.equal(window.activeTextEditor.selection.active.line, 30);
    });
  });
});

async function exists(uri: Uri): Promise<boolean> {
  try {
    await workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}

async function read(uri: Uri): Promise<string> {
  return new TextDecoder().decode(await workspace.fs.readFile(uri));
}
