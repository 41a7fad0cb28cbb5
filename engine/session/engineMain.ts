/**
 * Entry of the engine's child process, forked by the extension with `serialization: 'advanced'`. When the
 * parent disconnects, or a termination signal comes, the run is checkpointed and the process ends by itself.
 */
import process from 'node:process';
import { thisPlatform } from './platform.ts';
import { serveEngine } from './serveEngine.ts';

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
