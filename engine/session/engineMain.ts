/**
 * Entry of the engine's child process, forked by the extension with `serialization: 'advanced'`. When the
 * parent disconnects, or a termination signal comes, the run is checkpointed and the process ends by itself.
 * With one argument it is a trainer instead: it trains one variant for the engine or the command line that
 * forked it, and has nothing of its own to save.
 */
import process from 'node:process';
import { trainerArgument } from './forkTrainer.ts';
import { thisPlatform } from './platform.ts';
import { serveEngine } from './serveEngine.ts';
import { openTrainer, serveTrainer } from './serveTrainer.ts';

if (process.argv[2] === trainerArgument) beTrainer();
else beEngine();

function beEngine(): void {
  const engine = serveEngine(
    {
      send(message) {
        // A parent that is gone hears nothing; `disconnect` is on its way.
        if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
      },
    },
    thisPlatform(),
    (error) => console.error(error),
  );

  const leave = (): void => {
    void engine.stop().then(() => process.exit(0));
  };

  process.on('message', (message) => engine.receive(message));
  process.on('disconnect', leave);
  process.on('SIGTERM', leave);
  process.on('SIGINT', leave);
  if (!process.connected) {
    console.error('slimwise engine: this file is started by the Slimwise extension; use the slimwise command instead.');
    leave();
  }
}

function beTrainer(): void {
  const trainer = serveTrainer({
    send(report) {
      const isLast = report.kind === 'done' || report.kind === 'stopped' || report.kind === 'failed';
      // Messages leave in order: when the last one has, all have.
      process.send?.(report, undefined, undefined, () => {
        if (isLast) process.exit(0);
      });
    },
    open: openTrainer,
    onBug: (error) => console.error(error),
  });
  process.on('message', (message) => trainer.receive(message));
  process.on('disconnect', () => process.exit(0));
  // Ctrl-C reaches every process of a terminal; what is to be done then, the run's process says.
  process.on('SIGINT', () => undefined);
}
