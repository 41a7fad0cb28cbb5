/** A notebook in the editor's own notebook view: hints and findings in its cells, and from a row to its cell. */
import assert from 'node:assert/strict';
import {
  commands,
  languages,
  Range,
  window,
  workspace,
  type InlayHint,
  type NotebookCell,
  type NotebookDocument,
} from 'vscode';
import { eventually, inWorkspace, slimwise, waitFor } from './waitFor.ts';

const define = `import torch
import torch.nn as nn
class Generator(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.up = nn.ConvTranspose2d(width, 1, 4, 2, 1)
    def forward(self, x):
        return self.up(x)`;

describe('a notebook in a real extension host', () => {
  let notebook: NotebookDocument;
  let cell: NotebookCell;

  before(async () => {
    const uri = inWorkspace('gan.ipynb');
    const code = (source: string) => ({ cell_type: 'code', metadata: {}, execution_count: null, outputs: [], source });
    const cells = [
      { cell_type: 'markdown', metadata: {}, source: '# A generator' },
      code('%matplotlib inline\nwidth = 64'),
      code(define),
      code('Generator(width)(torch.randn(1, width, 16, 16))'),
    ];
    const metadata = { language_info: { name: 'python' } };
    const text = JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 });
    await workspace.fs.writeFile(uri, new TextEncoder().encode(text));
    notebook = await workspace.openNotebookDocument(uri);
    await window.showNotebookDocument(notebook);
    cell = notebook.cellAt(2);
  });

  it('hints at the layer in its cell, built with what other cells define', async () => {
    await eventually(async () => {
      const all = new Range(0, 0, cell.document.lineCount, 0);
      const hints = await commands.executeCommand<InlayHint[]>(
        'vscode.executeInlayHintProvider',
        cell.document.uri,
        all,
      );
      const own = hints.filter(({ label }) => textOf(label).includes('→'));
      assert.deepEqual(
        own.map(({ label, position }) => [textOf(label), position.line]),
        [['→ 1×32×32 · 1.02K · 262K MAC · DoR −192', 5]],
      );
    });
  });

  it('underlines it in its cell, and nowhere else', async () => {
    const diagnostic = await waitFor('the diagnostic', () =>
      languages.getDiagnostics(cell.document.uri).find(({ source }) => source === 'slimwise'),
    );
    assert.equal(diagnostic.range.start.line, 5);
    const others = notebook.getCells().filter((other) => other !== cell);
    assert.deepEqual(
      others.flatMap(({ document }) => languages.getDiagnostics(document.uri)),
      [],
    );
  });

  it('goes from a row to the line in its cell', async () => {
    const api = await slimwise();
    await commands.executeCommand('slimwise.openLayer', { file: notebook.uri.fsPath, cell: 2, line: 6 });
    await eventually(() => {
      assert.equal(window.activeTextEditor?.document, cell.document);
      assert.equal(window.activeTextEditor.selection.active.line, 5);
      assert.deepEqual(
        api.activeModel()?.models.map(({ name, cell: number, line }) => [name, number, line]),
        [['Generator', 2, 3]],
      );
    });
  });
});

function textOf(label: InlayHint['label']): string {
  return typeof label === 'string' ? label : label.map(({ value }) => value).join('');
}
