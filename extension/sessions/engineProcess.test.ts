import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunEvent } from '../../core/session/runEvent.ts';
import { describeExit, EngineProcess, type EngineExit, type EngineHealth } from './engineProcess.ts';

const engines = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'test', 'fixtures', 'engines');
const startArgs = { runFolder: null, backend: 'auto', threads: null, short: true } as const;

function record() {
  const seen = {
    events: [] as RunEvent[],
    health: [] as EngineHealth[],
    exits: [] as EngineExit[],
    lines: [] as string[],
  };
  return {
    seen,
    listener: {
      event: (event: RunEvent) => seen.events.push(event),
      health: (health: EngineHealth) => seen.health.push(health),
      problem: () => undefined,
      exit: (exit: EngineExit) => seen.exits.push(exit),
      log: (line: string) => seen.lines.push(line),
    },
  };
}

async function started(listener: ReturnType<typeof record>['listener'], times = {}) {
  const result = await EngineProcess.start(join(engines, 'scripted.mjs'), tmpdir(), listener, times);
  assert.ok(result.ok);
  return result.value;
}

async function until(what: () => boolean, ms = 50_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!what()) {
    assert.ok(Date.now() < deadline, 'waited too long');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('EngineProcess', () => {
  it('answers requests and hands events on, and drops what is not protocol', async () => {
    const { seen, listener } = record();
    const engine = await started(listener);
    const answer = await engine.request('start', { ...startArgs, planPath: '/plan' });
    assert.deepEqual(answer, { ok: true, value: { runId: 'r', runFolder: '/plan' } });
    assert.deepEqual(seen.events, [{ type: 'note', text: 'hello', at: 1, seq: 1 }]);
    assert.ok(seen.health.some(({ rssBytes }) => rssBytes === 123));
    assert.ok(seen.lines.some((line) => line.includes('not part of the protocol')));
    await engine.release();
    assert.equal(seen.exits.length, 1);
    assert.equal(engine.exited, true);
  });

  it('hands the engine’s own problem to the caller', async () => {
    const engine = await started(record().listener);
    const answer = await engine.request('start', { ...startArgs, planPath: 'refuse' });
    assert.equal(answer.ok ? '' : answer.problem.code, 'SWP_X');
    await engine.release();
  });

  it('fails what is pending when the process dies, with its last words', async () => {
    const { seen, listener } = record();
    const engine = await started(listener);
    const answer = await engine.request('start', { ...startArgs, planPath: 'crash' });
    assert.ok(!answer.ok);
    assert.equal(answer.problem.code, 'SWP_ENGINE_ENDED');
    assert.match(answer.problem.message, /code 7: RangeError: out of memory/);
    assert.equal(seen.exits.length, 1);
    const later = await engine.request('pause', {});
    assert.ok(!later.ok);
  });

  it('fails a request that the process never answers', async () => {
    const engine = await started(record().listener);
    const answer = await engine.request('cancel', {});
    assert.ok(!answer.ok);
  });

  it('says when a hung engine stops responding, and stops it in spite of itself', async () => {
    const { seen, listener } = record();
    const engine = await started(listener, { lostMs: 300, killMs: 300 });
    await engine.request('start', { ...startArgs, planPath: 'hang' });
    await until(() => !engine.health.responding);
    await engine.stop();
    assert.equal(seen.exits[0]?.signal, 'SIGKILL');
    await engine.stop();
  });

  it('does not take its own pause for the engine’s', async () => {
    const { seen, listener } = record();
    const engine = await started(listener, { lostMs: 1_000 });
    await until(() => seen.health.length > 0);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_200);
    // The check that is overdue comes before this timer.
    await new Promise((resolve) => setTimeout(resolve, 1));
    assert.ok(seen.health.every(({ responding }) => responding));
    await engine.release();
  });

  it('ends an engine that says nothing at all', async () => {
    const { seen, listener } = record();
    const result = await EngineProcess.start(join(engines, 'silent.mjs'), tmpdir(), listener, { helloMs: 200 });
    assert.equal(result.ok ? '' : result.problem.code, 'SWP_ENGINE_DID_NOT_START');
    await until(() => seen.exits.length === 1);
  });

  it('says why an engine died before it was ready', async () => {
    const result = await EngineProcess.start(join(engines, 'dies.mjs'), tmpdir(), record().listener);
    assert.ok(!result.ok);
    assert.match(result.problem.message, /Cannot find the native library/);
  });

  it('says that an engine is missing without starting anything', async () => {
    const { seen, listener } = record();
    const result = await EngineProcess.start(join(engines, 'no-such.mjs'), tmpdir(), listener);
    assert.equal(result.ok ? '' : result.problem.code, 'SWP_ENGINE_MISSING');
    assert.equal(seen.exits.length, 0);
  });

  it('describes an exit by its signal or code', () => {
    assert.equal(describeExit({ code: null, signal: 'SIGKILL', lastWords: '' }), 'signal SIGKILL');
    assert.equal(describeExit({ code: 0, signal: null, lastWords: 'bye' }), 'code 0');
  });
});
