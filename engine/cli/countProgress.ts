/**
 * How far a long command is, on standard error: one line that moves on a terminal, and elsewhere a line per tenth, so
 * that a log stays short. The time left follows from the time taken so far. Nothing is said of what is done within
 * two seconds.
 */
import { formatDuration, formatExact } from '../../core/format/numbers.ts';
import type { CliIo } from './command.ts';

export interface CountProgress {
  show(done: number, total: number): void;
  /** Ends the moving line. */
  end(): void;
}

const quietMs = 2_000;
const betweenMs = 100;
const shareOfLine = 0.1;

/** `what`: `Reading images`. */
export function createCountProgress(
  io: Pick<CliIo, 'err' | 'isTerminal'>,
  what: string,
  nowMs: () => number = () => performance.now(),
): CountProgress {
  const beganMs = nowMs();
  let shownMs = -Infinity;
  let nLines = 0;
  let moving = false;
  return {
    show(done, total) {
      const now = nowMs();
      if (now - beganMs < quietMs || done === 0 || total === 0) return;
      const secondsLeft = ((now - beganMs) / 1000 / done) * (total - done);
      const line = `${what}: ${formatExact(done)} of ${formatExact(total)}, ${formatDuration(secondsLeft)} left`;
      if (io.isTerminal) {
        if (now - shownMs < betweenMs) return;
        io.err(`\r\x1b[K${line}`);
        moving = true;
      } else {
        const reached = Math.floor(done / total / shareOfLine);
        if (reached <= nLines) return;
        nLines = reached;
        io.err(`${line}\n`);
      }
      shownMs = now;
    },
    end() {
      if (moving) io.err('\r\x1b[K');
      moving = false;
    },
  };
}
