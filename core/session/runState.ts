/**
 * What a run looks like after its events so far: one pure reduction, shared by the run panel, the Runs
 * tree and the command line's progress bar, so that all three always agree. It keeps every step and
 * every sample (a panel slider addresses each of them); it never reads a clock or a disk.
 */
import { assertNever } from '../assertNever.ts';
import type { Problem } from '../problem.ts';
import type {
  LayerBytes,
  LayerDecision,
  RunEvent,
  RunSummary,
  SettingResult,
  TrainingSpeed,
  VariantId,
  VariantInfo,
} from './runEvent.ts';

export interface LossPoint {
  readonly step: number;
  readonly lossD: number;
  readonly lossG: number;
  /** Absent in points that were made elsewhere than by a journal. */
  readonly stepMs?: number;
}

export interface SampleFiles {
  readonly step: number;
  readonly file: string;
  /** The way between the fixed latents; absent where the run drew none. */
  readonly walk?: string;
  readonly seq?: number;
}

export interface VariantState {
  readonly info: VariantInfo;
  readonly losses: LossPoint[];
  /** `seq` of the event: a step that a resumed run draws again is another picture under the same name. */
  readonly samples: SampleFiles[];
  readonly evaluations: {
    readonly step: number;
    readonly swd: number;
    readonly levels: readonly { readonly resolution: number; readonly swd: number }[];
  }[];
}

export interface RunState {
  readonly status: 'starting' | 'running' | 'paused' | 'cancelled' | 'failed' | 'finished';
  readonly lastSeq: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** Time of the latest event, and time spent working: pauses and gaps before a resume do not count. */
  readonly lastAt: number | null;
  readonly workedMs: number;
  readonly backend: string | null;
  readonly backendWhy: string | null;
  readonly expected: { readonly seconds: number; readonly bytes: number } | null;
  readonly variants: readonly VariantState[];
  readonly current: VariantId | null;
  readonly progress: {
    readonly stepsDone: number;
    readonly stepsTotal: number;
    readonly secondsLeft: number;
    readonly doing: string;
  } | null;
  readonly noise: {
    readonly mean: number;
    readonly deviation: number;
    readonly threshold: number;
    readonly values: readonly number[];
    readonly how: string;
  } | null;
  readonly decisions: readonly LayerDecision[];
  /** Of an experiment: one result per setting and seed, in the order they came. */
  readonly settings: readonly SettingResult[];
  /** Measured at the end; null in runs of earlier versions, and where nothing was compressed. */
  readonly speed: TrainingSpeed | null;
  readonly memory: {
    readonly layers: readonly LayerBytes[];
    readonly totalBefore: number;
    readonly totalAfter: number;
    readonly device: string;
    readonly budgetBytes: number;
  } | null;
  readonly notes: readonly string[];
  readonly problems: readonly Problem[];
  readonly summary: RunSummary | null;
  readonly files: { readonly model: string; readonly report: string; readonly grid: string } | null;
}

export const initialRunState: RunState = {
  status: 'starting',
  lastSeq: 0,
  startedAt: null,
  endedAt: null,
  lastAt: null,
  workedMs: 0,
  backend: null,
  backendWhy: null,
  expected: null,
  variants: [],
  current: null,
  progress: null,
  noise: null,
  decisions: [],
  settings: [],
  speed: null,
  memory: null,
  notes: [],
  problems: [],
  summary: null,
  files: null,
};

/**
 * The state after `event`. An event that was already seen (`seq` not above `lastSeq`) changes nothing,
 * so a journal that is read twice does no harm. After a resume, points at or beyond a repeated step are replaced.
 */
export function reduceRun(state: RunState, event: RunEvent): RunState {
  return reduceRunAll(state, [event]);
}

/**
 * The state after all of `events`, in time proportional to their number: each list of points is copied
 * at most once per call, so a journal of 100,000 steps is read at once and not in quadratic time.
 */
export function reduceRunAll(state: RunState, events: Iterable<RunEvent>): RunState {
  const fresh: FreshLists = new Set();
  let next = state;
  for (const event of events) {
    if (event.seq <= next.lastSeq) continue;
    const worked =
      next.status === 'running' && next.lastAt !== null && event.type !== 'started'
        ? Math.max(0, event.at - next.lastAt)
        : 0;
    next = {
      ...applyEvent(next, event, fresh),
      lastSeq: event.seq,
      lastAt: event.at,
      workedMs: next.workedMs + worked,
    };
  }
  return next;
}

/** Lists made during one reduction: nobody else has seen them yet, so they may still grow in place. */
type FreshLists = Set<readonly unknown[]>;

function applyEvent(state: RunState, event: RunEvent, fresh: FreshLists): RunState {
  switch (event.type) {
    case 'started':
      return {
        ...state,
        status: 'running',
        startedAt: state.startedAt ?? event.at,
        endedAt: null,
        backend: event.backend,
        backendWhy: event.backendWhy,
        expected: { seconds: event.expectedSeconds, bytes: event.expectedBytes },
        variants: event.variants.reduce(withVariant, state.variants),
      };
    case 'variant':
      return { ...state, variants: withVariant(state.variants, event.variant), current: event.variant.id };
    case 'step':
      return onVariant(state, event.variant, (variant) => ({
        ...variant,
        losses: append(variant.losses, lossPoint(event), fresh),
      }));
    case 'sample':
      return onVariant(state, event.variant, (variant) => ({
        ...variant,
        samples: append(variant.samples, sampleFiles(event), fresh),
      }));
    case 'evaluation':
      return onVariant(state, event.variant, (variant) => ({
        ...variant,
        evaluations: append(variant.evaluations, { step: event.step, swd: event.swd, levels: event.levels }, fresh),
      }));
    case 'noise':
      return {
        ...state,
        noise: {
          mean: event.mean,
          deviation: event.deviation,
          threshold: event.threshold,
          values: event.values,
          how: event.how,
        },
      };
    case 'decision':
      return {
        ...state,
        decisions: [...state.decisions.filter((row) => row.layer !== event.decision.layer), event.decision],
      };
    case 'setting': {
      const { setting, seed } = event.result;
      const others = state.settings.filter((row) => row.setting !== setting || row.seed !== seed);
      return { ...state, settings: [...others, event.result] };
    }
    case 'speed':
      return { ...state, speed: event.speed };
    case 'memory':
      return {
        ...state,
        memory: {
          layers: event.layers,
          totalBefore: event.totalBefore,
          totalAfter: event.totalAfter,
          device: event.device,
          budgetBytes: event.budgetBytes,
        },
      };
    case 'progress':
      return {
        ...state,
        progress: {
          stepsDone: event.stepsDone,
          stepsTotal: event.stepsTotal,
          secondsLeft: event.secondsLeft,
          doing: event.doing,
        },
      };
    case 'checkpoint':
      return state;
    case 'note':
      return { ...state, notes: [...state.notes, event.text] };
    case 'problem':
      return { ...state, problems: [...state.problems, event.problem] };
    case 'paused':
      return { ...state, status: 'paused' };
    case 'resumed':
      return { ...state, status: 'running' };
    case 'cancelled':
      return { ...state, status: 'cancelled', endedAt: event.at };
    case 'failed':
      return { ...state, status: 'failed', endedAt: event.at, problems: [...state.problems, event.problem] };
    case 'finished':
      return {
        ...state,
        status: 'finished',
        endedAt: event.at,
        summary: event.summary,
        files: { model: event.model, report: event.report, grid: event.grid },
      };
    default:
      return assertNever(event);
  }
}

function lossPoint({ step, lossD, lossG, stepMs }: Extract<RunEvent, { type: 'step' }>): LossPoint {
  return { step, lossD, lossG, stepMs };
}

/** `points` followed by `point`, without those at or beyond its step: after a resume steps come again. */
function sampleFiles({ step, file, walk, seq }: Extract<RunEvent, { type: 'sample' }>): SampleFiles {
  // Events of a journal are data: only what is a name is taken for one.
  return typeof walk === 'string' ? { step, file, walk, seq } : { step, file, seq };
}

function append<T extends { readonly step: number }>(points: T[], point: T, fresh: FreshLists): T[] {
  const last = points[points.length - 1];
  const inOrder = last === undefined || last.step < point.step;
  if (inOrder && fresh.has(points)) {
    points.push(point);
    return points;
  }
  const next = inOrder ? points.slice() : points.filter((earlier) => earlier.step < point.step);
  next.push(point);
  fresh.add(next);
  return next;
}

function withVariant(variants: readonly VariantState[], info: VariantInfo): readonly VariantState[] {
  if (variants.some((variant) => variant.info.id === info.id)) {
    return variants.map((variant) => (variant.info.id === info.id ? { ...variant, info } : variant));
  }
  return [...variants, { info, losses: [], samples: [], evaluations: [] }];
}

function onVariant(state: RunState, id: VariantId, change: (variant: VariantState) => VariantState): RunState {
  return { ...state, variants: state.variants.map((variant) => (variant.info.id === id ? change(variant) : variant)) };
}
