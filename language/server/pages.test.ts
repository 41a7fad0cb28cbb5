import assert from 'node:assert/strict';
import type { CodeAction, Hover } from 'vscode-languageserver';
import { startTwin, type EditorTwin } from './editorTwin.ts';

const uri = 'file:///w/index.html';
const page = `<!doctype html>
<script src="https://cdn.jsdelivr.net/npm/@tensorflow/tfjs"></script>
<body>
  <script>
    const model = tf.sequential();
    model.add(tf.layers.conv2dTranspose({ filters: 1, kernelSize: 4, strides: 2, padding: 'same', inputShape: [16, 16, 64] }));
  </script>
</body>
`;

describe('language server on pages', () => {
  let editor: EditorTwin;

  beforeEach(async () => {
    editor = await startTwin({ initializationOptions: { settings: { analysis: { debounceMs: 5 } } } });
    const settled = editor.settled(uri);
    await editor.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'html', version: 1, text: page },
    });
    await settled;
  });

  afterEach(async () => {
    await editor.close();
    assert.deepEqual(editor.log, []);
  });

  it('shows hints and hovers on the lines of a script, and nothing elsewhere', async () => {
    const hints = await editor.hints(uri);
    assert.deepEqual(
      hints.map(({ position, label }) => [position.line, label]),
      [[5, '→ 32×32×1 · 1.02K · 262K MAC · DoR −192']],
    );
    const hoverOn = (line: number): Promise<Hover | null> =>
      editor.connection.sendRequest('textDocument/hover', {
        textDocument: { uri },
        position: { line, character: 18 },
      });
    assert.ok(await hoverOn(5));
    assert.equal(await hoverOn(1), null);
  });

  it('offers comments where they are comments, not between the tags', async () => {
    const titlesOn = async (line: number): Promise<readonly string[]> => {
      const actions = await editor.connection.sendRequest<CodeAction[]>('textDocument/codeAction', {
        textDocument: { uri },
        range: { start: { line, character: 0 }, end: { line, character: 0 } },
        context: { diagnostics: [] },
      });
      return actions.map(({ title }) => title).filter((title) => title.startsWith('Suppress'));
    };
    assert.deepEqual(await titlesOn(5), ['Suppress SW101 here', 'Suppress SW201 here']);
    const settled = editor.settled(uri);
    await editor.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: 2 },
      contentChanges: [{ text: page.replace(/<script>\s+([^]*?);\s+model/, '<script>$1; model') }],
    });
    await settled;
    assert.equal((await editor.hints(uri))[0]?.position.line, 3);
    assert.deepEqual(await titlesOn(3), []);
  });
});
