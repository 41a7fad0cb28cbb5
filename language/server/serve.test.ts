import assert from 'node:assert/strict';
import type { CodeAction, Hover, InlayHint } from 'vscode-languageserver';
import { modelsRequest } from '../../core/report/languageProtocol.ts';
import type { AnalyzeReport } from '../../core/report/analyzeReport.ts';
import { startTwin, type EditorTwin } from './editorTwin.ts';

const uri = 'file:///w/models/net.py';

const generator = (lastStride = 2): string => `import torch
import torch.nn as nn

class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.up1 = nn.ConvTranspose2d(256, 64, 4, 2, 1)
        self.up2 = nn.ConvTranspose2d(64, 1, 4, ${lastStride}, 1)

    def forward(self, x):
        return torch.tanh(self.up2(torch.relu(self.up1(x))))

z = torch.randn(1, 256, 8, 8)
print(Generator()(z))
`;

describe('language server', () => {
  let editor: EditorTwin;

  afterEach(async () => {
    await editor.close();
    assert.deepEqual(editor.log, []);
  });

  it('shows hints at the ends of lines, and diagnostics with code and link', async () => {
    editor = await startTwin({ initializationOptions: { docs: 'https://example.org/f.md', settings: quick } });
    await editor.open(uri, generator());
    const hints = await editor.hints(uri);
    assert.deepEqual(
      hints.map(({ position, label }) => [position.line, position.character, label]),
      [
        [6, 55, '→ 64×16×16 · 262K · 16.8M MAC · DoR +192'],
        [7, 53, '→ 1×32×32 · 1.02K · 262K MAC · DoR −192'],
      ],
    );
    const warning = editor.diagnosticsOf(uri).find(({ code }) => code === 'SW101');
    assert.equal(warning?.source, 'slimwise');
    assert.equal(warning?.severity, 2);
    assert.equal(warning?.range.start.line, 7);
    assert.match(String(warning?.message), /c_i − h_i·w_i = 64 − 16·16 = −192/);
    assert.equal(warning?.codeDescription?.href, 'https://example.org/f.md#sw101');
  });

  it('answers a hover with the formulas, and resolves the same for a hint', async () => {
    editor = await startTwin();
    await editor.open(uri, generator());
    const hover = await editor.connection.sendRequest<Hover>('textDocument/hover', {
      textDocument: { uri },
      position: { line: 6, character: 30 },
    });
    const { value } = hover.contents as { value: string };
    assert.match(value, /c_i − h_i·w_i = 256 − 8·8 = 192/);
    assert.match(value, /256·64·4·4\b/);
    assert.match(value, /torchinfo/);
    const [hint] = await editor.hints(uri);
    const resolved = await editor.connection.sendRequest<InlayHint>('inlayHint/resolve', hint);
    assert.equal((resolved.tooltip as { value: string }).value, value);
  });

  it('takes a fixed problem away, and what stays moves with its line', async () => {
    editor = await startTwin();
    await editor.open(uri, generator());
    assert.equal(codes(editor).includes('SW101'), true);
    const moved = editor.settled(uri);
    await editor.change(uri, `# one more line\n${generator()}`);
    await moved;
    assert.equal(editor.diagnosticsOf(uri).find(({ code }) => code === 'SW101')?.range.start.line, 8);
    const settled = editor.settled(uri);
    await editor.change(uri, generator().replace('(1, 256, 8, 8)', '(1, 256, 2, 2)'));
    await settled;
    assert.equal(codes(editor).includes('SW101'), false);
  });

  it('answers for the text as it is, however fast it changes', async () => {
    editor = await startTwin({ initializationOptions: { settings: { analysis: { debounceMs: 5000 } } } });
    await editor.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'python', version: 1, text: generator() },
    });
    await editor.change(uri, generator().replaceAll('256', '512'));
    assert.match(String((await editor.hints(uri))[0]?.label), /^→ 64×16×16 · 524K/);
  });

  it('takes a fixed problem away at once, and shows a new one only when the typing pauses', async () => {
    // On this clock every analysis is a quick one, on any machine; and the typing pauses when the test says so.
    editor = await startTwin({ now: () => 0 });
    const pauseAfter = (debounceMs: number): Promise<void> =>
      editor.connection.sendNotification('workspace/didChangeConfiguration', {
        settings: { analysis: { debounceMs } },
      });
    const fixed = generator().replace('(1, 256, 8, 8)', '(1, 256, 2, 2)');
    await editor.open(uri, generator());
    assert.equal(codes(editor).includes('SW101'), true);
    await pauseAfter(10_000);
    let hasPaused = false;
    void editor.settled(uri).then(() => (hasPaused = true));
    await editor.change(uri, fixed);
    while (codes(editor).includes('SW101')) await pause(5);
    assert.equal(hasPaused, false);
    await editor.change(uri, generator());
    await editor.hints(uri);
    await pause(100);
    assert.equal(codes(editor).includes('SW101'), false);
    const settled = editor.settled(uri);
    await pauseAfter(5);
    await editor.change(uri, `${generator()}\n`);
    await settled;
    assert.equal(codes(editor).includes('SW101'), true);
  });

  it('keeps answering others while a long analysis goes on, and drops it when its text changes', async () => {
    let clock = 0;
    // On this clock each step of an analysis is long enough to let others have their turn, on any machine.
    const now = (): number => (clock += 1000);
    editor = await startTwin({ now, initializationOptions: { settings: { analysis: { debounceMs: 1 } } } });
    const busy = 'file:///w/busy.py';
    const classes = Array.from(
      { length: 100 },
      (_unused, idx) =>
        `class N${idx}(nn.Module):\n    def __init__(self):\n        super().__init__()\n` +
        `        self.body = nn.Sequential(*[nn.Conv2d(8, 8, 3) for _ in range(40)])\n` +
        `    def forward(self, x):\n        return self.body(x)\nN${idx}()(torch.randn(1, 8, 99, 99))\n`,
    );
    const heavy = `import torch\nimport torch.nn as nn\n${classes.join('')}`;
    await editor.open(uri, generator());
    await editor.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri: busy, languageId: 'python', version: 1, text: heavy },
    });
    let isDone = false;
    const slow = editor.hints(busy).then((hints) => {
      isDone = true;
      return hints;
    });
    assert.equal((await editor.hints(uri)).length, 2);
    assert.equal(isDone, false);
    await editor.change(busy, 'import torch.nn as nn\nnet = 1\n');
    assert.deepEqual(await slow, []);
  });

  it('suppresses a finding by its quick fix', async () => {
    editor = await startTwin();
    await editor.open(uri, generator());
    const diagnostic = editor.diagnosticsOf(uri).find(({ code }) => code === 'SW101');
    assert.ok(diagnostic);
    const actions = await editor.connection.sendRequest<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: diagnostic.range,
      context: { diagnostics: [diagnostic] },
    });
    const fix = actions.find(({ title }) => title === 'Suppress SW101 here');
    const edit = fix?.edit?.changes?.[uri]?.[0];
    assert.ok(edit);
    const lines = generator().split('\n');
    lines.splice(edit.range.start.line, 0, edit.newText.trimEnd());
    const settled = editor.settled(uri);
    await editor.change(uri, lines.join('\n'));
    await settled;
    assert.equal(codes(editor).includes('SW101'), false);
  });

  it('re-analyses what imports an edited file, and asks the editor to refresh', async () => {
    const files = { 'models/blocks.py': 'WIDTH = 64\n' };
    editor = await startTwin({ files });
    const text = generator()
      .replace('import torch\n', 'import torch\nfrom blocks import WIDTH\n')
      .replaceAll(' 64,', ' WIDTH,')
      .replace('(64,', '(WIDTH,');
    await editor.open(uri, text);
    assert.match(String((await editor.hints(uri))[0]?.label), /^→ 64×16×16/);
    const before = editor.nRefreshes();
    const settled = editor.settled(uri);
    await editor.open('file:///w/models/blocks.py', 'WIDTH = 32\n');
    await settled;
    assert.match(String((await editor.hints(uri))[0]?.label), /^→ 32×16×16/);
    assert.ok(editor.nRefreshes() > before);
  });

  it('sees a file of the disk change, appear and disappear', async () => {
    const files: Record<string, string> = {};
    editor = await startTwin({ files });
    const text = generator()
      .replace('import torch\n', 'import torch\nfrom widths import WIDTH\n')
      .replaceAll('64', 'WIDTH');
    await editor.open(uri, text);
    const label = async () => String((await editor.hints(uri))[0]?.label);
    assert.match(await label(), /^→ \?/);
    for (const [width, shown] of [
      ['WIDTH = 16\n', /^→ 16×/],
      ['WIDTH = 8\n', /^→ 8×/],
    ] as const) {
      files['models/widths.py'] = width;
      const settled = editor.settled(uri);
      await editor.connection.sendNotification('workspace/didChangeWatchedFiles', {
        changes: [{ uri: 'file:///w/models/widths.py', type: 1 }],
      });
      await settled;
      assert.match(await label(), shown);
    }
  });

  it('gives the Models tree a report with absolute paths', async () => {
    editor = await startTwin();
    await editor.open(uri, generator());
    const report = await editor.connection.sendRequest<AnalyzeReport>(modelsRequest, { textDocument: { uri } });
    assert.equal(report.models[0]?.name, 'Generator');
    assert.equal(report.models[0]?.layers[0]?.file, '/w/models/net.py');
    assert.equal(report.models[0]?.totals.macs, 16_777_216 + 262_144);
  });

  it('respects settings: severities, hints off, lenses on', async () => {
    editor = await startTwin({
      initializationOptions: {
        settings: { ...quick, severity: { SW101: 'off' }, inlayHints: { enabled: false }, codeLens: { enabled: true } },
      },
    });
    await editor.open(uri, generator());
    assert.equal(codes(editor).includes('SW101'), false);
    assert.deepEqual(await editor.hints(uri), []);
    const lenses = await editor.connection.sendRequest<{ command: { title: string } }[]>('textDocument/codeLens', {
      textDocument: { uri },
    });
    assert.match(lenses[0]?.command.title ?? '', /^263K parameters · 17.0M MACs/);
  });

  it('says nothing about other languages, unknown documents and empty ones', async () => {
    editor = await startTwin();
    await editor.open('file:///w/empty.py', '');
    assert.deepEqual(await editor.hints('file:///w/empty.py'), []);
    assert.deepEqual(await editor.hints('file:///w/never-opened.py'), []);
    await editor.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri: 'file:///w/a.md', languageId: 'markdown', version: 1, text: generator() },
    });
    assert.deepEqual(await editor.hints('file:///w/a.md'), []);
  });

  it('reads documents of any scheme', async () => {
    editor = await startTwin({ root: 'vscode-remote://wsl%2Bubuntu/home/me/my%20nets' });
    for (const other of [
      'vscode-remote://wsl%2Bubuntu/home/me/my%20nets/a%20b.py',
      'untitled:Untitled-1',
      'file:///c%3A/nets/a.py',
    ]) {
      await editor.open(other, generator());
      assert.equal((await editor.hints(other)).length, 2, other);
    }
  });

  function codes(twin: EditorTwin): readonly unknown[] {
    return twin.diagnosticsOf(uri).map(({ code }) => code);
  }
});

const quick = { analysis: { debounceMs: 5 } };

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
