import assert from 'node:assert/strict';
import type { CodeAction, Hover } from 'vscode-languageserver';
import { modelsRequest } from '../../core/report/languageProtocol.ts';
import type { AnalyzeReport } from '../../core/report/analyzeReport.ts';
import { startTwin, type EditorTwin } from './editorTwin.ts';

const notebook = 'file:///w/gan.ipynb';
const cellUri = (name: string): string => `vscode-notebook-cell:/w/gan.ipynb#${name}`;

const define = `import torch
import torch.nn as nn
class Generator(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.up = nn.ConvTranspose2d(width, 1, 4, 2, 1)
    def forward(self, x):
        return self.up(x)`;
const build = '%time\nz = torch.randn(1, 64, 16, 16)\nprint(Generator(64)(z))';

interface Cell {
  readonly name: string;
  readonly text: string;
}

async function openNotebook(editor: EditorTwin, cells: readonly Cell[]): Promise<void> {
  await editor.connection.sendNotification('notebookDocument/didOpen', {
    notebookDocument: {
      uri: notebook,
      notebookType: 'jupyter-notebook',
      version: 1,
      cells: cells.map(({ name }) => ({ kind: 2, document: cellUri(name) })),
    },
    cellTextDocuments: cells.map(({ name, text }) => ({ uri: cellUri(name), languageId: 'python', version: 1, text })),
  });
}

describe('language server on notebooks', () => {
  let editor: EditorTwin;

  beforeEach(async () => {
    const settings = { analysis: { debounceMs: 5 } };
    editor = await startTwin({ initializationOptions: { settings, commands: ['slimwise.compressWisely'] } });
    const settled = editor.settled(cellUri('b'));
    await openNotebook(editor, [
      { name: 'a', text: define },
      { name: 'b', text: build },
    ]);
    await settled;
  });

  afterEach(async () => {
    await editor.close();
    assert.deepEqual(editor.log, []);
  });

  const label = '→ 1×32×32 · 1.02K · 262K MAC · DoR −192';

  it('shows hints, hovers and diagnostics in the cell that they are about', async () => {
    const [hint, ...others] = await editor.hints(cellUri('a'));
    assert.deepEqual([hint?.position.line, hint?.position.character, hint?.label], [5, 55, label]);
    assert.deepEqual(others, []);
    assert.deepEqual(await editor.hints(cellUri('b')), []);
    const hover = await editor.connection.sendRequest<Hover>('textDocument/hover', {
      textDocument: { uri: cellUri('a') },
      position: { line: 5, character: 30 },
    });
    assert.match((hover.contents as { value: string }).value, /c_i − h_i·w_i = 64 − 16·16 = −192/);
    const warning = editor.diagnosticsOf(cellUri('a')).find(({ code }) => code === 'SW101');
    assert.equal(warning?.range.start.line, 5);
    assert.deepEqual(editor.diagnosticsOf(cellUri('b')), []);
  });

  it('suppresses a finding in its cell, and offers nothing that needs a source file', async () => {
    const uri = cellUri('a');
    const diagnostics = editor.diagnosticsOf(uri).filter(({ code }) => code === 'SW101');
    const range = { start: { line: 5, character: 8 }, end: { line: 5, character: 8 } };
    const params = { textDocument: { uri }, range, context: { diagnostics } };
    const actions = await editor.connection.sendRequest<CodeAction[]>('textDocument/codeAction', params);
    assert.deepEqual(
      actions.map(({ title }) => title),
      ['Suppress SW101 here', 'Suppress SW201 here'],
    );
    assert.deepEqual(Object.keys(actions[0]?.edit?.changes ?? {}), [uri]);
    assert.equal(actions[0]?.edit?.changes?.[uri]?.[0]?.range.start.line, 5);
    assert.equal(actions[0]?.diagnostics?.length, 1);
  });

  it('follows edits of a cell, new cells before it, and their order', async () => {
    await editor.connection.sendNotification('notebookDocument/didChange', {
      notebookDocument: { uri: notebook, version: 2 },
      change: {
        cells: {
          structure: {
            array: { start: 0, deleteCount: 0, cells: [{ kind: 2, document: cellUri('c') }] },
            didOpen: [{ uri: cellUri('c'), languageId: 'python', version: 1, text: '# first\n!ls\nx = 1' }],
          },
        },
      },
    });
    assert.equal((await editor.hints(cellUri('a')))[0]?.position.line, 5);
    assert.deepEqual(await editor.hints(cellUri('c')), []);
    await editor.connection.sendNotification('notebookDocument/didChange', {
      notebookDocument: { uri: notebook, version: 3 },
      change: {
        cells: {
          textContent: [
            {
              document: { uri: cellUri('b'), version: 2 },
              changes: [
                { range: { start: { line: 1, character: 23 }, end: { line: 1, character: 29 } }, text: '4, 4' },
              ],
            },
          ],
        },
      },
    });
    assert.equal((await editor.hints(cellUri('a')))[0]?.label, '→ 1×8×8 · 1.02K · 16.4K MAC · DoR +48');
  });

  it('takes the diagnostics of a removed cell away, and of a closed notebook', async () => {
    const settled = editor.settled(cellUri('b'));
    await editor.connection.sendNotification('notebookDocument/didChange', {
      notebookDocument: { uri: notebook, version: 2 },
      change: {
        cells: { structure: { array: { start: 0, deleteCount: 1 }, didClose: [{ uri: cellUri('a') }] } },
      },
    });
    await settled;
    assert.deepEqual(editor.diagnosticsOf(cellUri('a')), []);
    await editor.connection.sendNotification('notebookDocument/didClose', {
      notebookDocument: { uri: notebook },
      cellTextDocuments: [{ uri: cellUri('b') }],
    });
    assert.deepEqual(await editor.hints(cellUri('b')), []);
  });

  it('names the notebook, the cell and the line in the report', async () => {
    const report = await editor.connection.sendRequest<AnalyzeReport>(modelsRequest, {
      textDocument: { uri: cellUri('b') },
    });
    const [generator] = report.models;
    assert.deepEqual([generator?.file, generator?.cell, generator?.line], ['/w/gan.ipynb', 1, 3]);
    assert.deepEqual([generator?.layers[0]?.cell, generator?.layers[0]?.line], [1, 6]);
  });
});
