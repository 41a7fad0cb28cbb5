/** Plans in an editor: diagnostics on their lines, and again when the plan or its source changes. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { analyzeRequest, type AnalyzeResult } from '../../core/report/languageProtocol.ts';
import { startTwin, type EditorTwin } from './editorTwin.ts';

const source = `
import torch.nn as nn

class G(nn.Module):
    def __init__(self, width=100):
        super().__init__()
        self.main = nn.Sequential(nn.ConvTranspose2d(width, 256, 4), nn.ConvTranspose2d(256, 1, 8, 8))

    def forward(self, x):
        return self.main(x)

class D(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Conv2d(1, 64, 4, 2, 1), nn.Conv2d(64, 1, 16))

    def forward(self, x):
        return self.main(x)
`;

const plan = (stage: string): string => `{
  "schema": 1,
  "generator": { "source": "gan.py", "entry": "G()", "input": [1, 100, 1, 1] },
  "discriminator": { "source": "gan.py", "entry": "D()", "input": [1, 1, 32, 32] },
  "data": { "images": "images", "size": 32, "channels": 1 },
  "train": { "steps": 10, "batch": 4 },
  "stages": [
    { "id": "binarize", "family": "precision", "rep": { "kind": "binary" }, "module": "both",
      ${stage} }
  ]
}`;

const uri = 'file:///w/slimwise.json';

describe('plans in the language server', () => {
  let editor: EditorTwin | null = null;
  afterEach(async () => editor?.close());

  const open = async (text: string): Promise<EditorTwin> => {
    editor = await startTwin({ files: { 'gan.py': source, 'slimwise.json': text } });
    await editor.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'json', version: 1, text },
    });
    return editor;
  };
  const shown = (twin: EditorTwin): readonly string[] =>
    twin
      .diagnosticsOf(uri)
      .map(({ range, severity, code }) => `${range.start.line}:${range.start.character} ${severity} ${String(code)}`);

  it('shows a negative degree of redundancy as a warning, until the plan is right', async () => {
    const twin = await open(plan('"select": { "names": ["main.0"] }'));
    await until(() => shown(twin).length > 0);
    assert.deepEqual(shown(twin), ['8:6 2 SWP_PLAN_NEGATIVE_DOR']);
    await twin.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: 2 },
      contentChanges: [{ text: plan('"step": 10') }],
    });
    await until(() => shown(twin)[0]?.endsWith('UNKNOWN_KEY') === true);
    assert.deepEqual(shown(twin), ['8:6 1 SWP_PLAN_UNKNOWN_KEY']);
    assert.match(String(twin.diagnosticsOf(uri)[0]?.message), /Did you mean "steps"/);
    await twin.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
    await until(() => shown(twin).length === 0);
    assert.deepEqual(twin.log, []);
  });

  it('follows the source of the plan as the editor has it', async () => {
    const twin = await open(plan('"select": { "names": ["main.0"] }'));
    await until(() => shown(twin).length > 0);
    const file = 'file:///w/gan.py';
    await twin.open(file, source);
    await twin.change(
      file,
      source.replace('nn.Conv2d(1, 64, 4, 2, 1), nn.Conv2d(64', 'nn.Conv2d(1, 4, 4, 2, 1), nn.Conv2d(4'),
    );
    await until(() => shown(twin).length === 0);
    await twin.change(file, source.replace('class G', 'class H'));
    await until(() => shown(twin)[0]?.endsWith('NO_MODEL') === true);
    assert.deepEqual(shown(twin), ['2:2 1 SWP_NO_MODEL']);
  });

  it('analyses a source that is not open, and one model of it as named', async () => {
    const twin = await open(plan('"steps": 10'));
    const ask = (params: object): Promise<AnalyzeResult> => twin.connection.sendRequest(analyzeRequest, params);
    const textDocument = { uri: 'file:///w/gan.py' };
    const named = await ask({ textDocument, entry: 'G(16)', input: [1, 16, 1, 1] });
    assert.ok('report' in named);
    assert.deepEqual(named.report.models.map(({ name, totals }) => [name, totals.params]), [['G', 16 * 256 * 16 + 256 + 256 * 64 + 1]]); // prettier-ignore
    assert.deepEqual(await ask({ textDocument: { uri: 'file:///w/none.py' } }), {
      refused: 'there is no such file, or it cannot be read as text',
    });
  });
});

async function until(isTrue: () => boolean): Promise<void> {
  for (let round = 0; round < 2_000 && !isTrue(); round++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(isTrue(), 'waited in vain');
}
