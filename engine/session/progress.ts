/**
 * How far a run is and how long the rest will take. Both kinds of work, steps and evaluations, are timed
 * as they happen (a running mean that forgets slowly), and what is left is counted, so the estimate
 * follows the machine. Algorithm 1 may stop early: the work that then falls away is taken off.
 */
export interface Progress {
  /** Counts one step that took `ms`. */
  step(ms: number): void;
  evaluation(ms: number): void;
  /** Work that will not be done. */
  drop(steps: number, evaluations: number): void;
  readonly stepsDone: number;
  readonly stepsTotal: number;
  secondsLeft(): number;
}

export interface ExpectedWork {
  readonly stepsDone: number;
  readonly stepsLeft: number;
  readonly evaluationsLeft: number;
  readonly stepMs: number;
  readonly evaluationMs: number;
}

/** Share of a new timing in the running mean. */
const weight = 0.1;

export function createProgress(expected: ExpectedWork): Progress {
  let { stepsDone, stepsLeft, evaluationsLeft, stepMs, evaluationMs } = expected;
  return {
    step(ms) {
      stepsDone += 1;
      stepsLeft -= 1;
      stepMs += weight * (ms - stepMs);
    },
    evaluation(ms) {
      evaluationsLeft -= 1;
      evaluationMs += weight * (ms - evaluationMs);
    },
    drop(steps, evaluations) {
      stepsLeft -= steps;
      evaluationsLeft -= evaluations;
    },
    get stepsDone() {
      return stepsDone;
    },
    get stepsTotal() {
      return stepsDone + Math.max(stepsLeft, 0);
    },
    secondsLeft: () => (Math.max(stepsLeft, 0) * stepMs + Math.max(evaluationsLeft, 0) * evaluationMs) / 1000,
  };
}
