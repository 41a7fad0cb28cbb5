import assert from 'node:assert/strict';
import { once } from 'node:events';
import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isEngineMessage, type EngineMessage } from '../../core/session/engineProtocol.ts';
import { thisPlatform } from './platform.ts';
import { serveEngine } from './serveEngine.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const start = { planPath: '/nowhere/slimwise.json', runFolder: null, backend: 'cpu', threads: null, short: true };

describe('the engine as its parent sees it', () => {
  it('greets, and answers every request exactly once, also when it fails', async () => {
    const { engine, sent } = served();
    engine.receive({ kind: 'request', id: 7, method: 'start', args: start });
    engine.receive({ kind: 'request', id: 8, method: 'start', args: start });
    engine.receive({ kind: 'request', id: 9, method: 'pause', args: {} });
    engine.receive({ kind: 'request', id: 10, method: 'cancel', args: {} });
    await engine.stop();
    assert.deepEqual(sent[0], { kind: 'hello', version: 1, pid: process.pid });
    const answers = sent.filter((message) => message.kind === 'answer');
    assert.deepEqual(
      answers.map(({ id }) => id).sort((a, b) => a - b),
      [7, 8, 9, 10],
    );
    const codeOf = (id: number): string | null => {
      const answer = answers.find((message) => message.id === id);
      return answer && !answer.result.ok ? answer.result.problem.code : null;
    };
    assert.equal(codeOf(7), 'SWP_PLAN_NOT_FOUND');
    assert.equal(codeOf(8), 'SWP_ENGINE_BUSY');
    assert.equal(codeOf(9), null);
  });

  it('drops what is no message, with a problem', async () => {
    const { engine, sent } = served();
    for (const junk of [null, 'start', { kind: 'request', id: 1, method: 'erase', args: {} }, { kind: 'event' }]) {
      engine.receive(junk);
    }
    await engine.stop();
    assert.equal(sent.filter((m) => m.kind === 'problem' && m.problem.code === 'SWP_ENGINE_MESSAGE').length, 4);
    assert.equal(sent.filter((m) => m.kind === 'answer').length, 0);
  });

  it('works on the next run after one ended', async () => {
    const { engine, sent, settled } = served();
    engine.receive({ kind: 'request', id: 1, method: 'start', args: start });
    await settled(1);
    engine.receive({ kind: 'request', id: 2, method: 'start', args: start });
    await engine.stop();
    const second = sent.find((message) => message.kind === 'answer' && message.id === 2);
    assert.ok(second?.kind === 'answer' && !second.result.ok && second.result.problem.code === 'SWP_PLAN_NOT_FOUND');
  });

  it('as a process greets, and ends by itself when its parent hangs up', async function () {
    this.timeout(60_000);
    const child = fork(path.join(here, 'engineMain.ts'), [], {
      execArgv: ['--import', 'tsx'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const hello: unknown = (await once(child, 'message'))[0];
    assert.ok(isEngineMessage(hello) && hello.kind === 'hello' && hello.pid === child.pid);
    const ended = exitOf(child);
    child.disconnect();
    assert.equal(await ended, 0);
  });
});

function served() {
  const sent: EngineMessage[] = [];
  const waiting = new Map<number, () => void>();
  const engine = serveEngine(
    {
      send(message) {
        assert.ok(isEngineMessage(message));
        sent.push(message);
        if (message.kind === 'answer') waiting.get(message.id)?.();
      },
    },
    thisPlatform(),
    (error) => {
      throw error;
    },
  );
  /** Resolves a little after the answer, when the run that it belongs to is over. */
  const settled = async (id: number): Promise<void> => {
    await new Promise<void>((resolve) => waiting.set(id, resolve));
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { engine, sent, settled };
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}
