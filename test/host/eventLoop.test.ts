/**
 * The longest time for which the extension host's event loop stands still while a file of 1,000 lines is opened
 * and edited, as the host itself sees it: the analysis runs in its own process, so what is left is the client's
 * work and VS Code's own, which the same text as plain text shows beside it. It is printed, not judged: another program
 * on the machine makes it longer.
 */
import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { commands, Range, window, workspace, WorkspaceEdit, type InlayHint, type Uri } from 'vscode';
import { longModelFile } from '../../bench/longModelFile.ts';
import { inWorkspace, slimwise, waitFor } from './waitFor.ts';

const nEdits = 20;

describe('the event loop of a real extension host', () => {
  const text = longModelFile();
  let python: Uri;
  let plain: Uri;

  before(async () => {
    await slimwise();
    python = inWorkspace('long_model.py');
    plain = inWorkspace('long_model.txt');
    for (const uri of [python, plain]) await workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  });

  after(async () => {
    for (const uri of [python, plain]) await workspace.fs.delete(uri);
  });

  it('is said for how long it stood still while a long file was opened and edited', async function () {
    // The same text without a language of ours: VS Code's own work and the machine's. The first round warms both up.
    const plainly = (): Promise<Standstill> =>
      standstill(plain, async () => {
        assert.equal((await hintsOf(plain)).length, 0);
      });
    await plainly();
    const withUs = await standstill(python, async () => {
      await waitFor('hints of the long file', async () => ((await hintsOf(python)).length > 100 ? true : null));
    });
    const without = await plainly();
    const shown = `opening ${withUs.openedMs.toFixed(0)} ms, ${nEdits} edits ${withUs.editedMs.toFixed(0)} ms`;
    const beside = `as plain text ${without.openedMs.toFixed(0)} and ${without.editedMs.toFixed(0)} ms`;
    if (this.test !== undefined) this.test.title += ` (at most: ${shown}; ${beside})`;
    assert.ok([withUs, without].every(({ openedMs, editedMs }) => openedMs > 0 && editedMs > 0));
  });
});

interface Standstill {
  readonly openedMs: number;
  readonly editedMs: number;
}

/** The longest delay while the file is opened and while it is edited, each until `settled`. */
async function standstill(uri: Uri, settled: () => Promise<void>): Promise<Standstill> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const document = await workspace.openTextDocument(uri);
  await window.showTextDocument(document);
  await settled();
  const openedMs = delay.max / 1e6;
  delay.reset();
  const lines = document.getText().split('\n');
  const line = lines.findIndex((content) => /\bwidth=\d/.test(content));
  const character = (lines[line] ?? '').search(/\d/);
  assert.ok(0 <= line && 0 <= character, 'the long file has a width to edit');
  for (let idx = 0; idx < nEdits; idx++) {
    const edit = new WorkspaceEdit();
    edit.replace(uri, new Range(line, character, line, character + 1), String(1 + (idx % 9)));
    assert.ok(await workspace.applyEdit(edit));
    await settled();
  }
  const editedMs = delay.max / 1e6;
  delay.disable();
  await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  return { openedMs, editedMs };
}

async function hintsOf(uri: Uri): Promise<readonly InlayHint[]> {
  const { lineCount } = await workspace.openTextDocument(uri);
  const range = new Range(0, 0, lineCount, 0);
  return commands.executeCommand<InlayHint[]>('vscode.executeInlayHintProvider', uri, range);
}
