/**
 * Starts a trainer as a process: the engine's own entry with one argument. The entry is found beside this
 * file, whether that is a source or a bundle.
 */
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isTrainerReport, type StartTrainer } from './trainerProtocol.ts';

/** The argument by which the engine's entry knows that it is to train one variant and serve nobody. */
export const trainerArgument = 'trainer';

export const forkTrainer: StartTrainer = (listener) => {
  const bundled = fileURLToPath(new URL('engine.mjs', import.meta.url));
  const [entry, execArgv] = existsSync(bundled)
    ? [bundled, []]
    : [fileURLToPath(new URL('engineMain.ts', import.meta.url)), ['--import', import.meta.resolve('tsx')]];
  const child = fork(entry, [trainerArgument], {
    execArgv,
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let lastWord = '';
  child.on('message', (message) => {
    if (isTrainerReport(message)) listener.report(message);
  });
  child.on('error', (error) => (lastWord = error.message));
  // `close` comes when everything that was sent has been heard; after a failed start, too.
  child.once('close', (code, signal) => {
    listener.ended(lastWord || (signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`));
  });
  return {
    send(order) {
      // One that is gone hears nothing; `close` is on its way.
      if (child.connected) child.send(order, () => undefined);
    },
    kill: () => child.kill('SIGKILL'),
  };
};
