import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import { connectTwin, type EditorTwin } from './editorTwin.ts';

const here = dirname(fileURLToPath(import.meta.url));
const samples = join(here, '..', '..', 'samples', 'dcgan');

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
