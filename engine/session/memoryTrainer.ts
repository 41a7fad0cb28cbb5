/**
 * Trainers for tests: what a trainer's process does, in this process. Everything that passes between the two
 * sides is cloned as a message would be, and one that is killed is heard no more, in the middle of whatever
 * it does. Its images are those of the test, and the backend is the one in use.
 */
import { success } from '../../core/result.ts';
import type { ImageSet } from '../data/imageSet.ts';
import type { TrainersPort } from './runSession.ts';
import { serveTrainer } from './serveTrainer.ts';
import type { TrainerListener, TrainerReport } from './trainerProtocol.ts';

export interface MemoryTrainers extends TrainersPort {
  /** Most trainers that were alive at one time. */
  readonly mostAtOnce: () => number;
  readonly nStarted: () => number;
}

/** `dies`: asked before each report of the n-th trainer is heard; true kills it there. */
export function memoryTrainers(
  images: ImageSet,
  dies: (nth: number, report: TrainerReport) => boolean = () => false,
): MemoryTrainers {
  let [alive, most, started] = [0, 0, 0];
  const start = (listener: TrainerListener) => {
    const nth = ++started;
    alive += 1;
    most = Math.max(most, alive);
    let ended = false;
    const end = (how: string): void => {
      if (ended) return;
      ended = true;
      alive -= 1;
      // A process ends after the call that killed it.
      setImmediate(() => listener.ended(how));
    };
    const trainer = serveTrainer({
      send(report) {
        if (ended) return;
        if (dies(nth, report)) {
          end('signal SIGKILL');
          trainer.receive({ kind: 'stop' });
          return;
        }
        listener.report(structuredClone(report));
        if (report.kind === 'done' || report.kind === 'stopped' || report.kind === 'failed') end('exit code 0');
      },
      open: () => Promise.resolve(success(images)),
      onBug(error) {
        throw error;
      },
    });
    return {
      send: (order: unknown) => trainer.receive(structuredClone(order)),
      kill() {
        trainer.receive({ kind: 'stop' });
        end('signal SIGKILL');
      },
    };
  };
  return { start, bytesFree: () => 2 ** 40, mostAtOnce: () => most, nStarted: () => started };
}
