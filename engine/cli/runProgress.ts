/**
 * How a run's events look while it goes on: one line that moves on a terminal, and now and then a line of
 * its own where output goes to a file, so that a log stays short. What is decided is always printed.
 */
import type { RunEvent } from '../../core/session/runEvent.ts';
import type { RunState } from '../../core/session/runState.ts';
import type { CliIo } from './command.ts';
import { formatBytes, formatDuration, formatSigned } from '../../core/format/numbers.ts';

export interface RunProgress {
  /** `state` is the state after `event`. */
  show(event: RunEvent, state: RunState): void;
  /** Ends the moving line. */
  end(): void;
}

const barWidth = 24;
/** Without a terminal, a line per this share of the steps. */
const shareOfLine = 0.1;

/** A moving line that wrapped could not be erased: it is cut to `columns`. */
export function createRunProgress(io: CliIo, columns = 80): RunProgress {
  let moving = false;
  let linesShown = 0;
  const line = (text: string): void => {
    if (moving) io.out('\r\x1b[K');
    moving = false;
    io.out(`${text}\n`);
  };
  return {
    show(event, state) {
      switch (event.type) {
        case 'started':
          line(
            `Expected: ${formatDuration(event.expectedSeconds)} and ${formatBytes(event.expectedBytes)} of memory, on ${event.backend} with ${event.threads} ${event.threads === 1 ? 'thread' : 'threads'}, ${event.nImages.toLocaleString('en')} images.`,
          );
          break;
        case 'progress': {
          const share = event.stepsTotal === 0 ? 1 : event.stepsDone / event.stepsTotal;
          if (io.isTerminal) {
            io.out(`\r\x1b[K${cut(progressLine(state), columns - 1)}`);
            moving = true;
          } else if (share >= (linesShown + 1) * shareOfLine) {
            linesShown = Math.floor(share / shareOfLine);
            line(progressLine(state));
          }
          break;
        }
        case 'evaluation':
          line(`  ${labelOf(state, event.variant)}: SWD ${event.swd.toFixed(1)} (${event.nImages} images)`);
          break;
        case 'setting': {
          const { setting, seed, psnr, balance } = event.result;
          line(
            `  ${setting}, seed ${seed}: PSNR ${psnr === null ? '–' : `${psnr.toFixed(1)} dB`}, G/D loss ${balance?.ratio?.toFixed(2) ?? '?'}, ${formatBytes(event.result.fileBytes)}`,
          );
          break;
        }
        case 'noise':
          line(`  Noise: SWD ${event.mean.toFixed(1)} ± ${event.deviation.toFixed(1)}. ${event.how}`);
          break;
        case 'decision': {
          const { layer, dor, tried, accepted, why } = event.decision;
          line(
            `  ${layer} (DoR ${formatSigned(dor)}): ${tried ? (accepted ? 'accepted' : 'not accepted') : 'not tried'}. ${why}`,
          );
          break;
        }
        case 'note':
          line(`  ${event.text}`);
          break;
        case 'problem':
          line(`  Note: ${event.problem.message} ${event.problem.hint}`);
          break;
        default:
          break;
      }
    },
    end() {
      if (moving) io.out('\r\x1b[K');
      moving = false;
    },
  };
}

/** `[######            ]  25 %  412/1650  G 1.234  D 0.567  3 min left  Only fc binarized` */
export function progressLine(state: RunState): string {
  const { progress } = state;
  if (!progress) return '';
  const share = progress.stepsTotal === 0 ? 1 : progress.stepsDone / progress.stepsTotal;
  const filled = Math.round(share * barWidth);
  const losses = state.variants.find(({ info }) => info.id === state.current)?.losses.at(-1);
  return [
    `[${'#'.repeat(filled)}${' '.repeat(barWidth - filled)}]`,
    `${String(Math.round(share * 100)).padStart(3)} %`,
    `${progress.stepsDone}/${progress.stepsTotal}`,
    ...(losses ? [`G ${losses.lossG.toFixed(2)}`, `D ${losses.lossD.toFixed(2)}`] : []),
    `${formatDuration(progress.secondsLeft)} left`,
    progress.doing,
  ].join('  ');
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

function labelOf(state: RunState, variant: string): string {
  return state.variants.find(({ info }) => info.id === variant)?.info.label ?? variant;
}
