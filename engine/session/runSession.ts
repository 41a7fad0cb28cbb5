/**
 * One session from a plan, or from a run that was interrupted, to a packed model and its report: trains the
 * variants in order, decides by Algorithm 1, and writes everything down as it happens. It knows no process,
 * terminal or editor: what it needs from them comes in as ports. Expected failures come back as a `Problem`,
 * with the run left as its last checkpoint has it.
 */
import { failure, success, type Result } from '../../core/result.ts';
import { ProblemError } from '../../core/rpc/rpc.ts';
import type { StartArgs, StartedRun } from '../../core/session/engineProtocol.ts';
import type { RunEvent, RunSummary, VariantInfo } from '../../core/session/runEvent.ts';
import { runFiles } from '../../core/session/runRecord.ts';
import { acceptedLayers } from '../compress/algorithm1.ts';
import { layersByRedundancy } from '../compress/layerOrder.ts';
import type { ReportPlatform } from '../runs/report/reportData.ts';
import type { RunStorePorts } from '../runs/runStore.ts';
import { releaseImages } from '../data/imageSet.ts';
import { createNetwork } from '../train/network.ts';
import { endStep, releaseGraphs } from '../tensors/step.ts';
import { atOnce, divideMachine, threadsOfEach } from './divideMachine.ts';
import { estimateWork } from './estimateWork.ts';
import { createEvaluator } from './evaluator.ts';
import { expectOk } from './expectOk.ts';
import { finishRun } from './finishRun.ts';
import { finishSettings } from './finishSettings.ts';
import { emitMemory } from './memoryEvent.ts';
import { openSession, type OpenedSession } from './openSession.ts';
import { unexpected } from './problems.ts';
import { createProgress } from './progress.ts';
import { emit, type SessionContext, type SinglesAtOnce } from './sessionContext.ts';
import type { SessionControl } from './sessionControl.ts';
import type { StartTrainer } from './trainerProtocol.ts';
import { trainRun } from './trainRun.ts';
import { trainSettings } from './trainSettings.ts';
import * as variants from './variants.ts';

export interface SessionRequest extends RunningRequest {
  readonly args: StartArgs;
  readonly store: RunStorePorts;
  /** Hears how far the reading of the images is, before there is a run. */
  readonly onImages?: (done: number, total: number) => void;
}

export interface RunningRequest {
  readonly platform: ReportPlatform;
  readonly control: SessionControl;
  /** The run is on disk. */
  readonly onStarted: (started: StartedRun) => void;
  readonly onEvent: (event: RunEvent) => void;
  /** Hears of a defect of the engine, for the log; the run fails with a `Problem` as well. */
  readonly onBug: (error: unknown) => void;
  /** Processes for single layers; absent: they are trained in this one, one after the other. */
  readonly trainers?: TrainersPort;
}

export interface TrainersPort {
  readonly start: StartTrainer;
  /** Memory that is free now. */
  readonly bytesFree: () => number;
}

export type SessionOutcome =
  | { readonly status: 'cancelled'; readonly runFolder: string }
  | { readonly status: 'finished'; readonly runFolder: string; readonly summary: RunSummary };

export async function runSession(request: SessionRequest): Promise<Result<SessionOutcome>> {
  const { control, onImages } = request;
  const reading = { signal: control.signal, ...(onImages === undefined ? {} : { onProgress: onImages }) };
  const opened = await openSession(request.args, request.store, reading);
  if (!opened.ok) return opened;
  try {
    return await runOpened(request, opened.value);
  } finally {
    releaseImages(opened.value.prepared.images);
  }
}

/** The same for a run that is open already; gives it back in any case. */
export async function runOpened(request: RunningRequest, opened: OpenedSession): Promise<Result<SessionOutcome>> {
  const { run } = opened;
  try {
    request.onStarted({ runId: run.id, runFolder: run.folder });
    return success(await work(request, opened));
  } catch (error) {
    const problem = error instanceof ProblemError ? error.problem : unexpected(error);
    // The disk may be what failed; what can still be written down is.
    const event = run.appendEvent({ type: 'failed', problem });
    run.updateRecord({ status: 'failed' });
    if (event.ok) request.onEvent(event.value);
    if (!(error instanceof ProblemError)) request.onBug(error);
    return failure(problem);
  } finally {
    run.dispose();
  }
}

async function work(request: RunningRequest, opened: OpenedSession): Promise<SessionOutcome> {
  const context = await begin(request, opened);
  try {
    const experiment = variants.stagesOf(context.prepared.plan).settings !== null;
    const finished = experiment ? await trainSettings(context, opened.start) : await trainRun(context, opened.start);
    if (finished === null) {
      const { interrupted } = request.control;
      expectOk(context.run.updateRecord({ status: interrupted ? 'interrupted' : 'cancelled' }));
      if (!interrupted) emit(context, { type: 'cancelled' });
      return { status: 'cancelled', runFolder: context.run.folder };
    }
    const summary =
      'final' in finished
        ? finishRun(context, finished, request.platform)
        : finishSettings(context, finished, request.platform);
    return { status: 'finished', runFolder: context.run.folder, summary };
  } finally {
    context.generator.dispose();
    context.discriminator.dispose();
  }
}

/** Builds the networks, measures what a step costs, and says what is to come. */
async function begin({ control, onEvent, trainers }: RunningRequest, opened: OpenedSession): Promise<SessionContext> {
  const { run, prepared, backend, state } = opened;
  const { plan, images } = prepared;
  const startedAtMs = performance.now();
  const sizes = variants.sessionSizes(plan, opened.short);
  expectOk(run.updateRecord({ status: 'running' }));
  const generator = expectOk(createNetwork(prepared.generator, plan.seed));
  const discriminator = expectOk(createNetwork(prepared.discriminator, plan.seed));
  const evaluator = createEvaluator(plan, images, sizes.nImages);

  const [initialG, initialD] = [generator.readWeights(), discriminator.readWeights()];
  const estimate = await estimateWork(
    prepared,
    { generator, discriminator },
    { batch: sizes.batch, nImages: evaluator.nImages },
    endStep,
  );
  expectOk(generator.writeWeights(initialG));
  expectOk(discriminator.writeWeights(initialD));

  const planned = plannedVariants(opened, sizes);
  const done = new Set(state.finished.map(({ variant }) => variant));
  const left = planned.filter(({ id }) => !done.has(id));
  const stepsLeft = left.reduce(
    (sum, { id, steps }) => sum + steps - (state.current?.variant === id ? state.current.step : 0),
    0,
  );
  const progress = createProgress({
    stepsDone: state.stepsDone,
    stepsLeft,
    evaluationsLeft: left.length,
    stepMs: estimate.stepMs,
    evaluationMs: estimate.evaluationMs,
  });
  const singles = trainers === undefined ? null : singlesAtOnce(opened, trainers, estimate.bytes);
  if (singles !== null) expectOk(run.updateRecord({ processes: singles.processes }));
  const context: SessionContext = {
    prepared,
    sizes,
    run,
    generator,
    discriminator,
    evaluator,
    control,
    progress,
    endStep,
    releaseGraphs,
    onEvent,
    state,
    startedAtMs,
    secondsBefore: state.seconds,
    singles: singles?.context ?? null,
  };
  emit(context, {
    type: 'started',
    backend: backend.name,
    backendWhy: backend.why,
    threads: backend.threads,
    variants: planned,
    expectedSeconds: progress.secondsLeft(),
    // The run's own process keeps what it has while the trainers work.
    expectedBytes: estimate.bytes * (1 + (singles?.context.nProcesses ?? 0)),
    nImages: images.nImages,
    resumedFromStep: opened.resumedFromStep,
  });
  for (const problem of opened.warnings) emit(context, { type: 'problem', problem });
  for (const text of opened.notes) emit(context, { type: 'note', text });
  if (singles !== null) emit(context, { type: 'note', text: singles.note });
  if (opened.resumedFromStep === null) {
    expectOk(run.writeArtifact(runFiles.realSample, evaluator.realGrid()));
    if (opened.short) {
      emit(context, {
        type: 'note',
        text: `A short run: ${variants.shortFactor} times fewer steps on half the batch, and SWD over ${evaluator.nImages} images. It shows the path; its numbers are rougher than a full run's.`,
      });
    }
    if (sizes.finalSteps !== sizes.repeatSteps) {
      emit(context, {
        type: 'note',
        text: `The final variant trains ${sizes.finalSteps} steps and the repetitions that it is compared with ${sizes.repeatSteps}.`,
      });
    }
  }
  emitMemory(context, acceptedLayers(state.decisions));
  return context;
}

/** How single layers are trained at once; null where they are not. What a run has begun with it keeps. */
function singlesAtOnce(
  { run, prepared, backend, resumedFromStep, processes: asked }: OpenedSession,
  trainers: TrainersPort,
  bytesEach: number,
): { readonly processes: number; readonly context: SinglesAtOnce; readonly note: string } | null {
  const { search } = variants.stagesOf(prepared.plan);
  if (!search || search.module === 'D' || search.mode !== 'single' || asked === undefined) return null;
  const bytesFree = trainers.bytesFree();
  const nLayers = layersByRedundancy(prepared.generator, search.select, search.order).length;
  const recorded = run.record().processes ?? (resumedFromStep === null ? null : 1);
  const processes =
    recorded ??
    divideMachine({ wanted: asked.wanted, cores: asked.cores, nLayers, threads: backend.threads, bytesEach, bytesFree })
      .processes;
  if (processes === 1) return null;
  const threads = threadsOfEach(backend.threads, processes);
  const nProcesses = atOnce(processes, bytesEach, bytesFree);
  const { provider } = asked;
  return {
    processes,
    context: {
      nProcesses,
      backend: { backend: backend.name, threads, ...(provider === undefined ? {} : { provider }) },
      startTrainer: trainers.start,
    },
    note: `Single layers are trained ${nProcesses} at a time, each by a process of its own with ${threads} ${threads === 1 ? 'thread' : 'threads'}${nProcesses < processes ? `; memory is too short for ${processes}` : ''}.`,
  };
}

/** All variants that may come; Algorithm 1 can stop before the last single ones. */
function plannedVariants({ prepared }: OpenedSession, sizes: variants.SessionSizes): readonly VariantInfo[] {
  const experiment = variants.experimentOf(prepared);
  if (experiment !== null) return variants.settingVariants(sizes, experiment);
  const { search } = variants.stagesOf(prepared.plan);
  const ranked = search ? layersByRedundancy(prepared.generator, search.select, search.order) : [];
  return [
    variants.fullVariant(sizes),
    ...variants.repeatVariants(sizes),
    ...ranked.map(({ name }) => variants.singleVariant(sizes, name, [])),
    variants.finalVariant(sizes, 1, [], []),
  ];
}
