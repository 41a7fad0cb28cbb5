/** For tests: the engine in a process of its own, killed without warning at the first event that fits. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isEngineMessage } from '../../core/session/engineProtocol.ts';
import type { RunEvent } from '../../core/session/runEvent.ts';
import type { ToyProject } from './toyProject.ts';

export interface KilledRun {
  readonly project: ToyProject;
  /** A run to go on with; without it a new one begins. */
  readonly runFolder?: string;
  readonly processes?: number;
  readonly at: (event: RunEvent) => boolean;
}

export async function killAfter({ project, runFolder, processes, at }: KilledRun): Promise<void> {
  const engineMain = fileURLToPath(new URL('./engineMain.ts', import.meta.url));
  const child = fork(engineMain, [], {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.on('message', (message) => {
    assert.ok(isEngineMessage(message));
    if (message.kind === 'event' && at(message.event)) child.kill('SIGKILL');
  });
  const args = {
    planPath: project.planPath,
    runFolder: runFolder ?? null,
    backend: 'cpu',
    threads: 1,
    ...(processes === undefined ? {} : { processes }),
    short: false,
  };
  child.send({ kind: 'request', id: 1, method: 'start', args });
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  assert.equal(signal, 'SIGKILL');
}
