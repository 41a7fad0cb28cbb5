/**
 * The longest time for which the extension host's event loop stands still while a file of 1,000 lines is opened
 * and edited, as the host itself sees it: the analysis runs in its own process, so what is left is the client's
 * work and VS Code's own. It is printed, not judged: another program on the machine makes it longer.
 */
import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { commands, Range, window, workspace, WorkspaceEdit, type InlayHint, type Uri } from 'vscode';
import { longModelFile } from '../../bench/longModelFile.ts';
import { inWorkspace, slimwise, waitFor } from './waitFor.ts';

const nEdits = 20;

describe('the event loop of a real extension host', () => {
  let uri: Uri;

  before(async () => {
    await slimwise();
    uri = inWorkspace('long_model.py');
    await workspace.fs.writeFile(uri, new TextEncoder().encode(longModelFile()));
  });

  after(async () => {
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await workspace.fs.delete(uri);
  });

  it('is said for how long it stood still while a long file was opened and edited', async function () {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const document = await workspace.openTextDocument(uri);
    await window.showTextDocument(document);
    const nHints = (await waitFor('hints of the long file', () => hintsOf(uri, document.lineCount))).length;
    const openedMs = delay.max / 1e6;
    delay.reset();
    const lines = document.getText().split('\n');
    const line = lines.findIndex((text) => /\bwidth=\d/.test(text));
    const character = (lines[line] ?? '').search(/\d/);
    assert.ok(0 <= line && 0 <= character, 'the long file has a width to edit');
    for (let idx = 0; idx < nEdits; idx++) {
      const edit = new WorkspaceEdit();
      edit.replace(uri, new Range(line, character, line, character + 1), String(1 + (idx % 9)));
      assert.ok(await workspace.applyEdit(edit));
      await waitFor('hints after an edit', () => hintsOf(uri, document.lineCount));
    }
    const editedMs = delay.max / 1e6;
    delay.disable();
    assert.ok(nHints > 100 && openedMs > 0 && editedMs > 0, `${nHints} hints`);
    const shown = `opening ${openedMs.toFixed(0)} ms, ${nEdits} edits ${editedMs.toFixed(0)} ms`;
    if (this.test !== undefined) this.test.title += ` (${document.lineCount} lines: ${shown} at most)`;
  });
});

async function hintsOf(uri: Uri, nLines: number): Promise<readonly InlayHint[] | null> {
  const range = new Range(0, 0, nLines, 0);
  const hints = await commands.executeCommand<InlayHint[]>('vscode.executeInlayHintProvider', uri, range);
  return hints.length > 0 ? hints : null;
}
