import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type Hover,
} from 'vscode-languageserver/node';
import { connectTwin, type EditorTwin } from './editorTwin.ts';

const here = dirname(fileURLToPath(import.meta.url));
const samples = join(here, '..', '..', 'samples', 'dcgan');
const firstLine = { start: { line: 0, character: 0 }, end: { line: 0, character: 200 } };
const lineOfLayer = readFileSync(join(samples, 'dcgan_torch.py'), 'utf8')
  .split('\n')
  .findIndex((line) => line.includes('nn.ConvTranspose2d('));

describe('language server process', () => {
  let child: ChildProcess;
  let editor: EditorTwin;

  before(async () => {
    child = spawn(process.execPath, ['--import', 'tsx', join(here, 'server.ts'), '--stdio'], { stdio: 'pipe' });
    assert.ok(child.stdout && child.stdin);
    const connection = createProtocolConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    editor = await connectTwin(connection, { root: pathToFileURL(samples).href });
  });

  after(async () => {
    const ended = once(child, 'exit');
    await editor.close();
    child.stdin?.end();
    child.kill();
    await ended;
  });

  for (const [file, languageId, nWarnings] of [
    ['dcgan_torch.py', 'python', 1],
    ['dcgan_tfjs.ts', 'typescript', 1],
  ] as const) {
    it(`shows hints and one warning in ${file}, and links to a page that is there`, async () => {
      const uri = pathToFileURL(join(samples, file)).href;
      await editor.open(uri, readFileSync(join(samples, file), 'utf8'), languageId);
      const labels = (await editor.hints(uri)).map(({ label }) => String(label));
      for (const dor of ['DoR +99', 'DoR +240', 'DoR +64', 'DoR −192']) {
        assert.ok(
          labels.some((label) => label.endsWith(dor)),
          `${dor} in ${labels.join('\n')}`,
        );
      }
      const warnings = editor.diagnosticsOf(uri).filter(({ severity }) => severity !== undefined && severity <= 2);
      assert.equal(warnings.length, nWarnings);
      const href = new URL(warnings[0]?.codeDescription?.href ?? 'file:///nowhere');
      assert.equal(href.hash, '#sw101');
      assert.match(readFileSync(fileURLToPath(new URL(href.pathname, 'file:///')), 'utf8'), /### SW101/);
    });
  }

  it('answers wrong requests and lives on', async () => {
    await assert.rejects(editor.connection.sendRequest('slimwise/nonsense', {}));
    await assert.rejects(editor.connection.sendRequest('textDocument/hover', { nothing: true }));
    await editor.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: 'file:///x.py', version: 2 },
      contentChanges: [],
    });
    const uri = pathToFileURL(join(samples, 'dcgan_torch.py')).href;
    assert.ok((await editor.hints(uri)).length > 4);
  });

  it('answers for one document while others hurt, are edited and closed', async () => {
    const { connection } = editor;
    const calm = pathToFileURL(join(samples, 'calm.py')).href;
    await editor.open(calm, readFileSync(join(samples, 'dcgan_torch.py'), 'utf8'));
    const hurting = [
      `${'x = ['.repeat(2_000)}`,
      'def f(n):\n  return f(n + 1)\nf(0)\n',
      'while True:\n  nn.Linear(3, 4)\n',
      `x = "${'y'.repeat(600_000)}"\n`,
      '\0',
    ].map((text, idx) => ({ uri: `file:///hurting/${idx}.py`, text: `import torch.nn as nn\n${text}` }));
    const answers = hurting.map(async ({ uri, text }) => {
      const textDocument = { uri, languageId: 'python', version: 1, text };
      await connection.sendNotification('textDocument/didOpen', { textDocument });
      const first = connection.sendRequest('textDocument/inlayHint', { textDocument, range: firstLine });
      const contentChanges = [{ range: firstLine, text: 'import torch.nn as nn  # again' }];
      const changed = { textDocument: { uri, version: 2 }, contentChanges };
      await connection.sendNotification('textDocument/didChange', changed);
      const hover = connection.sendRequest<Hover | null>('textDocument/hover', {
        textDocument: { uri: calm },
        position: { line: lineOfLayer, character: 20 },
      });
      const second = connection.sendRequest('textDocument/inlayHint', { textDocument, range: firstLine });
      const all = await Promise.all([first, hover, second]);
      await connection.sendNotification('textDocument/didClose', { textDocument });
      return all;
    });
    for (const [first, hover, second] of await Promise.all(answers)) {
      assert.ok(Array.isArray(first) && Array.isArray(second));
      assert.notEqual(hover, null);
    }
    assert.equal(child.exitCode, null);
    assert.ok((await editor.hints(calm)).length > 4);
  });
});

describe('slimwise-language-server', () => {
  const root = join(here, '..', '..');
  const isBuilt = existsSync(join(root, 'dist', 'server.cjs'));

  it(isBuilt ? 'serves an editor on standard streams' : 'says that it must be built', async () => {
    const child = spawn(process.execPath, [
      join(root, 'bin', 'slimwise-language-server.mjs'),
      '--stdio',
      '--code-cache=',
    ]);
    const ended = once(child, 'exit') as Promise<[number | null]>;
    if (isBuilt) {
      const streams = [new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin)] as const;
      const editor = await connectTwin(createProtocolConnection(...streams), { root: pathToFileURL(samples).href });
      const uri = pathToFileURL(join(samples, 'dcgan_torch.py')).href;
      await editor.open(uri, readFileSync(join(samples, 'dcgan_torch.py'), 'utf8'));
      const hints = await editor.hints(uri);
      assert.ok(hints.some(({ label }) => String(label).endsWith('DoR −192')));
      const { connection } = editor;
      await connection.sendRequest('shutdown');
      await connection.sendNotification('exit');
    }
    const [code] = await ended;
    assert.equal(code, isBuilt ? 0 : 2);
  });

  it('is a command of the package', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly bin: unknown };
    assert.deepEqual(Object.keys(manifest.bin as object), ['slimwise', 'slimwise-language-server']);
  });
});
