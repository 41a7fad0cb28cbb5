import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isEngineMessage, type EngineMessage, type StartedRun } from '../../core/session/engineProtocol.ts';
import type { RunEvent } from '../../core/session/runEvent.ts';
import { toyProject, type ToyProject } from './toyProject.ts';

const engineMain = path.join(path.dirname(fileURLToPath(import.meta.url)), 'engineMain.ts');

describe('an engine process on a real folder', function () {
  this.timeout(240_000);
  let whole: ToyProject;
  let expected: Buffer;

  before(async () => {
    whole = toyProject();
    const engine = startEngine();
    const run = await engine.start(whole.planPath, null);
    const last = await engine.until((event) => event.type === 'finished' || event.type === 'failed');
    assert.equal(last.type, 'finished', JSON.stringify(last));
    expected = model(run);
    engine.child.disconnect();
    await engine.ended;
  });

  after(() => whole.dispose());

  it('killed without warning, leaves a run that another engine finishes with the same bytes', async () => {
    await inProject(async (project) => {
      const first = startEngine();
      const run = await first.start(project.planPath, null);
      await first.until((event) => event.type === 'step' && event.variant === 'layer-project');
      first.child.kill('SIGKILL');
      await first.ended;
      const second = startEngine();
      assert.equal((await second.start(project.planPath, run.runFolder)).runFolder, run.runFolder);
      const begun = await second.until((event) => event.type === 'started');
      assert.ok(begun.type === 'started' && (begun.resumedFromStep ?? 0) >= 5);
      await second.until((event) => event.type === 'finished');
      second.child.disconnect();
      await second.ended;
      assert.deepEqual(model(run), expected);
    });
  });

  it('trains single layers in processes of their own, dies among them, and the run ends with the same bytes', async () => {
    await inProject(async (project) => {
      const first = startEngine();
      const args = { ...startArgs(project.planPath, null), processes: 2 };
      const answer = await first.request('start', args);
      assert.ok(answer.result.ok);
      const run = answer.result.value as StartedRun;
      await first.until(({ type }) => type === 'note');
      await first.until((event) => event.type === 'step' && event.variant.startsWith('layer-') && event.step === 2);
      first.child.kill('SIGKILL');
      await first.ended;
      const second = startEngine();
      await second.start(project.planPath, run.runFolder);
      await second.until((event) => event.type === 'finished');
      second.child.disconnect();
      await second.ended;
      assert.deepEqual(model(run), expected);
      const record = JSON.parse(readFileSync(path.join(run.runFolder, 'run.json'), 'utf8')) as { processes: number };
      assert.equal(record.processes, 2);
    });
  });

  it('whose parent hangs up in the middle, saves and ends, and the run can be finished', async () => {
    await inProject(async (project) => {
      const first = startEngine();
      const run = await first.start(project.planPath, null);
      await first.until((event) => event.type === 'step' && event.variant === 'repeat-1');
      first.child.disconnect();
      assert.equal(await first.ended, 0);
      const record = JSON.parse(readFileSync(path.join(run.runFolder, 'run.json'), 'utf8')) as { status: string };
      assert.equal(record.status, 'interrupted');
      const second = startEngine();
      await second.start(project.planPath, run.runFolder);
      await second.until((event) => event.type === 'finished');
      second.child.disconnect();
      await second.ended;
      assert.deepEqual(model(run), expected);
    });
  });

  it('refuses to go on when the source was changed meanwhile', async () => {
    await inProject(async (project) => {
      const first = startEngine();
      const run = await first.start(project.planPath, null);
      await first.until((event) => event.type === 'step');
      await first.request('cancel');
      await first.until((event) => event.type === 'cancelled');
      project.write('toy.py', `${readFileSync(path.join(project.folder, 'toy.py'), 'utf8')}# edited\n`);
      const answer = await first.request('start', startArgs(project.planPath, run.runFolder));
      assert.ok(!answer.result.ok && answer.result.problem.code === 'SWP_SOURCE_CHANGED');
      first.child.disconnect();
      await first.ended;
    });
  });
});

interface Engine {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  request(method: string, args?: object): Promise<Extract<EngineMessage, { kind: 'answer' }>>;
  start(planPath: string, runFolder: string | null): Promise<StartedRun>;
  /** The first event, past or to come, that fits. */
  until(fits: (event: RunEvent) => boolean): Promise<RunEvent>;
}

function startEngine(): Engine {
  const child = fork(engineMain, [], {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const messages: EngineMessage[] = [];
  const listeners = new Set<() => void>();
  child.on('message', (message) => {
    assert.ok(isEngineMessage(message));
    messages.push(message);
    for (const listener of listeners) listener();
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const find = <T>(pick: (message: EngineMessage) => T | null): Promise<T> =>
    new Promise((resolve) => {
      const look = (): void => {
        for (const message of messages) {
          const picked = pick(message);
          if (picked === null) continue;
          listeners.delete(look);
          resolve(picked);
          return;
        }
      };
      listeners.add(look);
      look();
    });
  let nextId = 1;
  const request: Engine['request'] = (method, args = {}) => {
    const id = nextId++;
    child.send({ kind: 'request', id, method, args });
    return find((message) => (message.kind === 'answer' && message.id === id ? message : null));
  };
  return {
    child,
    ended,
    request,
    async start(planPath, runFolder) {
      const { result } = await request('start', startArgs(planPath, runFolder));
      assert.ok(result.ok, result.ok ? '' : result.problem.message);
      return result.value as StartedRun;
    },
    until: (fits) => find((message) => (message.kind === 'event' && fits(message.event) ? message.event : null)),
  };
}

function startArgs(planPath: string, runFolder: string | null): object {
  return { planPath, runFolder, backend: 'cpu', threads: 1, short: false };
}

function model({ runFolder }: StartedRun): Buffer {
  return readFileSync(path.join(runFolder, 'model.safetensors'));
}

async function inProject(action: (project: ToyProject) => Promise<void>): Promise<void> {
  const project = toyProject();
  try {
    await action(project);
  } finally {
    project.dispose();
  }
}
