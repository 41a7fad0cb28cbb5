/**
 * The longest time for which the extension host is busy at a stretch while a file of 1,000 lines is opened and edited,
 * and how much of it is this extension: the analysis runs in its own process, so what is left is the client's work.
 * The same text as plain text shows VS Code's own beside it. It is printed, not judged: another program on the
 * machine makes it longer.
 */
import assert from 'node:assert/strict';
import { commands, Range, window, workspace, WorkspaceEdit, type InlayHint, type TextDocument, type Uri } from 'vscode';
import { longModelFile } from '../../bench/longModelFile.ts';
import { longestSlices, type LongestSlices } from './longestSlices.ts';
import { inWorkspace, slimwise, waitFor } from './waitFor.ts';

const nOpens = 5;
const nEdits = 20;

describe('the thread of a real extension host', () => {
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

  it('is said for how long it is busy while a long file is opened and edited', async function () {
    const rounds: { with: Busy; without: Busy }[] = [];
    for (let idx = 0; idx < nOpens; idx++) {
      const without = await busy(plain, async () => {
        assert.equal((await hintsOf(plain)).length, 0);
      });
      const withUs = await busy(python, async () => {
        await waitFor('hints of the long file', async () => ((await hintsOf(python)).length > 100 ? true : null));
        await waitFor('its models', async () => (await slimwise()).activeModel()?.uri === python.toString());
      });
      rounds.push({ with: withUs, without });
    }
    const ms = (of: (round: (typeof rounds)[number]) => number): string => median(rounds.map(of)).toFixed(0);
    const said = (['opened', 'edited'] as const).map((when) => {
      const own = ms((round) => round.with[when].ownMs);
      const all = ms((round) => round.with[when].anybodysMs);
      return `${when}: ours ${own} of ${all} ms, as plain text ${ms((round) => round.without[when].anybodysMs)} ms`;
    });
    if (this.test !== undefined) this.test.title += ` (median of ${nOpens}, ${said.join('; ')})`;
    // A machine that is busy elsewhere takes few samples: some of the rounds show work of ours, not each of them.
    assert.ok(rounds.some((round) => round.with.opened.ownMs > 0 || round.with.edited.ownMs > 0));
    assert.ok(rounds.some((round) => round.without.opened.anybodysMs > 0));
  });
});

interface Busy {
  readonly opened: LongestSlices;
  readonly edited: LongestSlices;
}

/** While the file is opened and while it is edited, each until `settled`. */
async function busy(uri: Uri, settled: () => Promise<void>): Promise<Busy> {
  let document: TextDocument | undefined;
  const opened = await longestSlices(async () => {
    document = await workspace.openTextDocument(uri);
    await window.showTextDocument(document);
    await settled();
    await aMoment();
  });
  const lines = document?.getText().split('\n') ?? [];
  const line = lines.findIndex((content) => /\bwidth=\d/.test(content));
  const character = (lines[line] ?? '').search(/\d/);
  assert.ok(0 <= line && 0 <= character, 'the long file has a width to edit');
  const edited = await longestSlices(async () => {
    for (let idx = 0; idx < nEdits / nOpens; idx++) {
      const edit = new WorkspaceEdit();
      edit.replace(uri, new Range(line, character, line, character + 1), String(1 + (idx % 9)));
      assert.ok(await workspace.applyEdit(edit));
      await settled();
    }
    await aMoment();
  });
  await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  return { opened, edited };
}

/** The Models view and the status bar follow what the hints show. */
function aMoment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 500));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

async function hintsOf(uri: Uri): Promise<readonly InlayHint[]> {
  const { lineCount } = await workspace.openTextDocument(uri);
  const range = new Range(0, 0, lineCount, 0);
  return commands.executeCommand<InlayHint[]>('vscode.executeInlayHintProvider', uri, range);
}
