import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from './serverProcess.ts';

/** Answers with what it was told, says one line, and does not end by itself. */
const echo = `process.on('message', (message) => process.send([message, process.argv.slice(2)]));
setInterval(() => {}, 1000); console.log('I am here');`;

describe("the language server's process", () => {
  let folder: string;
  let said: string[];
  let server: ServerProcess;
  const started: ChildProcess[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'slimwise-server-'));
    const module = join(folder, 'echo.mjs');
    writeFileSync(module, echo);
    said = [];
    const say = (line: string): void => void said.push(line);
    server = new ServerProcess({ module, codeCache: folder, log: { info: say, error: say }, endsWithinMs: 1 });
  });

  afterEach(async () => {
    server.dispose();
    for (const child of started.splice(0)) if (child.exitCode === null && child.signalCode === null) child.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const take = (): ChildProcess => {
    const child = server.take();
    started.push(child);
    return child;
  };
  const ask = async (child: ChildProcess, question: string): Promise<unknown> => {
    const answered = once(child, 'message') as Promise<[unknown]>;
    child.send(question);
    return (await answered)[0];
  };

  it('is the one that was begun before, and knows where to keep its code', async () => {
    server.begin();
    server.begin();
    const child = take();
    assert.deepEqual(await ask(child, 'who'), [
      'who',
      ['--node-ipc', `--clientProcessId=${process.pid}`, `--code-cache=${folder}`],
    ]);
    server.dispose();
    await once(child, 'close');
    assert.deepEqual(said, ['I am here']);
  });

  it('is another one for each client, and the one before it ends', async () => {
    const first = take();
    const ended = once(first, 'exit');
    const second = take();
    assert.notEqual(second.pid, first.pid);
    await ended;
    assert.deepEqual((await ask(second, 'and you')) instanceof Array, true);
  });

  it('is begun anew where the one before has died', async () => {
    const first = take();
    first.kill();
    await once(first, 'exit');
    server.begin();
    const second = take();
    assert.notEqual(second.pid, first.pid);
    assert.ok(await ask(second, 'still'));
  });
});
