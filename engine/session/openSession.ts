/**
 * Opens the run that a session works on: a new one from a plan, or an existing one from its folder, with
 * the backend it runs on. A run that goes on is held to what it began with: its own copy of the plan, the
 * same sources and images, and its backend and threads unless others are asked for, because only then does
 * it repeat bit for bit what it would have done.
 */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { CompressionPlan } from '../../core/plan/compressionPlan.ts';
import { validatePlan } from '../../core/plan/validatePlan.ts';
import { planWarnings } from '../../core/plan/planWarnings.ts';
import type { Problem } from '../../core/problem.ts';
import { failure, success, type Result } from '../../core/result.ts';
import type { BackendName, StartArgs } from '../../core/session/engineProtocol.ts';
import { releaseImages } from '../data/imageSet.ts';
import { createRun, openRun, type Run, type RunStorePorts } from '../runs/runStore.ts';
import { selectBackend, type SelectedBackend } from '../tensors/selectBackend.ts';
import type { ImageReading } from './openPlanImages.ts';
import { prepareSession, type PreparedSession } from './prepareSession.ts';
import { alreadyFinished, checkpointNotUnderstood, imagesChanged, sourceChanged } from './problems.ts';
import { readPlan, type ReadPlan } from './readPlan.ts';
import { initialSessionState, readSessionState, type SessionState } from './sessionState.ts';
import type { VariantStart } from './trainVariant.ts';

export interface OpenedSession {
  readonly run: Run;
  readonly prepared: PreparedSession;
  readonly backend: SelectedBackend;
  readonly short: boolean;
  readonly state: SessionState;
  /** Weights of the variant that was cut off. */
  readonly start: VariantStart | null;
  /** Steps done before; null for a new run. */
  readonly resumedFromStep: number | null;
  readonly warnings: readonly Problem[];
  readonly notes: readonly string[];
  /** For single layers at once; absent: one after the other. */
  readonly processes?: ProcessesAsked;
}

export interface ProcessesAsked {
  /** null: as many as there are cores for. */
  readonly wanted: number | null;
  readonly cores: number;
  readonly provider?: string;
}

export function openSession(
  args: StartArgs,
  store: RunStorePorts,
  reading: ImageReading = {},
): Promise<Result<OpenedSession>> {
  return args.runFolder === null ? openNew(args, store, reading) : openExisting(args, args.runFolder, store, reading);
}

async function openNew(args: StartArgs, store: RunStorePorts, reading: ImageReading): Promise<Result<OpenedSession>> {
  const read = await readPlan(args.planPath);
  if (!read.ok) return read;
  const prepared = await prepareSession(read.value.plan, read.value.planPath, reading);
  return prepared.ok ? orReleased(prepared.value, await makeRun(args, store, read.value, prepared.value)) : prepared;
}

/** What was opened; the images are let go of where nothing was. */
function orReleased({ images }: PreparedSession, opened: Result<OpenedSession>): Result<OpenedSession> {
  if (!opened.ok) releaseImages(images);
  return opened;
}

async function makeRun(
  args: StartArgs,
  store: RunStorePorts,
  { plan, planPath, warnings }: ReadPlan,
  prepared: PreparedSession,
): Promise<Result<OpenedSession>> {
  const backend = await selectBackend({ backend: args.backend, threads: args.threads, ...providerOf(args) });
  if (!backend.ok) return backend;
  const { generator, discriminator, images, sources, notes } = prepared;
  const run = createRun(store, path.join(path.dirname(planPath), '.slimwise', 'runs'), {
    name: plan.name,
    status: 'running',
    planPath,
    plan,
    short: args.short,
    backend: backend.value.name,
    threads: backend.value.threads,
    seed: plan.seed,
    sources,
    data: { fingerprint: images.fingerprint, nImages: images.nImages },
    versions: { node: process.versions.node, [backend.value.name]: backend.value.version },
    summary: null,
  });
  if (!run.ok) return run;
  return success({
    run: run.value,
    prepared,
    backend: backend.value,
    short: args.short,
    state: initialSessionState,
    start: null,
    resumedFromStep: null,
    warnings: [...warnings, ...planWarnings(plan, { generator, discriminator })],
    notes,
    processes: processesAsked(args, plan),
  });
}

async function openExisting(
  args: StartArgs,
  runFolder: string,
  store: RunStorePorts,
  reading: ImageReading,
): Promise<Result<OpenedSession>> {
  const opened = openRun(store, path.resolve(runFolder));
  if (!opened.ok) return opened;
  const run = opened.value;
  const continued = await continueRun(args, run, reading);
  if (!continued.ok) run.dispose();
  return continued;
}

async function continueRun(args: StartArgs, run: Run, reading: ImageReading): Promise<Result<OpenedSession>> {
  const record = run.record();
  if (record.status === 'finished') return failure(alreadyFinished(run.folder));
  const checked = validatePlan(JSON.stringify(record.plan), record.planPath);
  if (!checked.ok) return checked;
  const prepared = await prepareSession(checked.value.plan, record.planPath, reading);
  return prepared.ok ? orReleased(prepared.value, await goOn(args, run, prepared.value)) : prepared;
}

/** From the last checkpoint, if everything is as it was. */
async function goOn(args: StartArgs, run: Run, prepared: PreparedSession): Promise<Result<OpenedSession>> {
  const record = run.record();
  const { sources, images, plan } = prepared;
  const folder = path.dirname(record.planPath);
  const changed = Object.keys(record.sources).find((name) => sources[name] !== record.sources[name]);
  if (changed !== undefined) return failure(sourceChanged(path.resolve(folder, changed)));
  if (images.fingerprint !== record.data.fingerprint) {
    return failure(imagesChanged(path.resolve(folder, plan.data.images)));
  }
  const latest = run.readLatestCheckpoint();
  if (!latest.ok) return latest;
  const { checkpoint, damaged } = latest.value;
  const state = checkpoint === null ? initialSessionState : readSessionState(checkpoint.state);
  if (state === null) return failure(checkpointNotUnderstood(run.folder));
  const backend = await selectBackend({
    backend: args.backend === 'auto' ? (record.backend as BackendName) : args.backend,
    threads: args.threads ?? record.threads,
    ...providerOf(args),
  });
  if (!backend.ok) return backend;
  const same = backend.value.name === record.backend && backend.value.threads === record.threads;
  const { current } = state;
  return success({
    run,
    prepared,
    backend: backend.value,
    short: record.short,
    state,
    start: checkpoint && current ? { ...current, tensors: checkpoint.tensors } : null,
    resumedFromStep: state.stepsDone,
    warnings: damaged,
    notes: [
      ...prepared.notes,
      ...(same
        ? []
        : [
            `Continued on ${backend.value.name} with ${backend.value.threads} threads, begun on ${record.backend} with ${record.threads}: numbers agree to rounding, not bit for bit.`,
          ]),
    ],
    processes: processesAsked(args, plan),
  });
}

/** A device of its own is one for all: there several at once are only made where they are asked for. */
function processesAsked(args: StartArgs, plan: CompressionPlan): ProcessesAsked {
  const search = plan.stages.find((stage) => stage.family === 'search');
  const device = (args.provider ?? 'cpu') !== 'cpu';
  return {
    wanted: args.processes ?? search?.processes ?? (device ? 1 : null),
    cores: args.threads ?? Math.max(1, availableParallelism() - 1),
    ...providerOf(args),
  };
}

function providerOf({ provider }: StartArgs): { readonly provider?: string } {
  return provider === undefined ? {} : { provider };
}
