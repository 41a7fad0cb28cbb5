/**
 * A whole session at toy size, as its tests run it: two small networks written by hand, real images from
 * the sample, a run on a disk in memory, plain JavaScript as backend. What the tests check is the session;
 * the numbers it finds mean nothing at this size.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { validatePlan } from '../../core/plan/validatePlan.ts';
import type { Result } from '../../core/result.ts';
import type { RunEvent } from '../../core/session/runEvent.ts';
import type { ImageSet } from '../data/imageSet.ts';
import { openImages } from '../data/openImages.ts';
import { memoryDisk, type MemoryDisk } from '../runs/memoryDisk.ts';
import { newRun, ports, processes, runsFolder } from '../runs/runStoreFixture.ts';
import { openRun } from '../runs/runStore.ts';
import { handDiscriminator, handGenerator } from '../train/handGraph.ts';
import type { OpenedSession } from './openSession.ts';
import { runOpened, type SessionOutcome, type TrainersPort } from './runSession.ts';
import { createSessionControl, type SessionControl } from './sessionControl.ts';
import { initialSessionState, readSessionState } from './sessionState.ts';
import type { PreparedSession } from './prepareSession.ts';

export const sampleImages = path.join(
  path.dirname(fileURLToPath(import.meta.url)),
  '../../samples/dcgan/data/t10k-images-idx3-ubyte.gz',
);
let images: ImageSet | null = null;

/** 48 real images at 16×16. */
export async function toyImages(): Promise<ImageSet> {
  if (images) return images;
  const opened = await openImages({ path: sampleImages, size: 16, channels: 1, limit: 48 });
  assert.ok(opened.ok, opened.ok ? '' : opened.problem.message);
  return (images = opened.value);
}

export async function toySession(): Promise<PreparedSession> {
  const plan = {
    schema: 1,
    name: 'Toy',
    generator: { source: 'toy.py', entry: 'G()' },
    discriminator: { source: 'toy.py', entry: 'D()' },
    data: { images: 'data', size: 16, channels: 1 },
    train: { steps: 3, batch: 4, sampleEvery: 2, checkpointEvery: 2 },
    stages: [
      { id: 'find', family: 'search', module: 'G', repetitions: 2, steps: 2, threshold: 1000 },
      { id: 'binarize', family: 'precision', rep: { kind: 'binary' }, module: 'both', steps: 3 },
    ],
    evaluation: { nImages: 8 },
    seed: 3,
  };
  const valid = validatePlan(JSON.stringify(plan), '/project/slimwise.json');
  assert.ok(valid.ok, valid.ok ? '' : valid.problem.message);
  return {
    plan: valid.value.plan,
    planPath: '/project/slimwise.json',
    generator: handGenerator({ latents: 6, channels: [24, 8], colours: 1 }),
    discriminator: handDiscriminator({ size: 16, colours: 1, channels: [4, 8] }),
    otherGenerators: new Map(),
    images: await toyImages(),
    sources: {},
    notes: [],
  };
}

export interface ToyRun {
  readonly disk: MemoryDisk;
  readonly folder: string;
  readonly events: readonly RunEvent[];
  readonly bugs: readonly unknown[];
  readonly outcome: Result<SessionOutcome>;
}

export interface ToyRequest {
  readonly disk?: MemoryDisk;
  /** Continue this run; its first process is dead by then. */
  readonly folder?: string;
  readonly prepared?: PreparedSession;
  readonly control?: SessionControl;
  readonly onEvent?: (event: RunEvent, control: SessionControl) => void;
  /** Three single layers train at once. */
  readonly trainers?: TrainersPort;
}

export async function runToy(request: ToyRequest = {}): Promise<ToyRun> {
  const disk = request.disk ?? memoryDisk();
  const control = request.control ?? createSessionControl();
  const events: RunEvent[] = [];
  const bugs: unknown[] = [];
  const prepared = request.prepared ?? (await toySession());
  const { trainers } = request;
  const opened: OpenedSession = {
    ...openToy(disk, prepared, request.folder),
    ...(trainers === undefined ? {} : { processes: { wanted: 3, cores: 3 } }),
  };
  const outcome = await runOpened(
    {
      platform: { cpu: 'test', cores: 1, memoryBytes: 0, system: 'test', node: 'test' },
      control,
      onStarted: () => undefined,
      onBug: (error) => bugs.push(error),
      ...(trainers === undefined ? {} : { trainers }),
      onEvent: (event) => {
        events.push(event);
        request.onEvent?.(event, control);
      },
    },
    opened,
  );
  return { disk, folder: opened.run.folder, events, bugs, outcome };
}

let nextProcess = 2;

function openToy(disk: MemoryDisk, prepared: PreparedSession, folder?: string): OpenedSession {
  const common = {
    prepared,
    backend: { name: 'cpu', why: 'test', threads: 1, version: 'test' } as const,
    short: false,
    warnings: [],
    notes: [],
  };
  if (folder === undefined) {
    return { ...common, run: newRun(disk), state: initialSessionState, start: null, resumedFromStep: null };
  }
  const dead = new Set(Array.from({ length: nextProcess }, (_, i) => i));
  const run = openRun(ports(disk, processes(nextProcess++, dead)), folder);
  assert.ok(run.ok, run.ok ? '' : run.problem.message);
  const latest = run.value.readLatestCheckpoint();
  assert.ok(latest.ok);
  const { checkpoint } = latest.value;
  const state = checkpoint ? readSessionState(checkpoint.state) : initialSessionState;
  assert.ok(state);
  const start = checkpoint && state.current ? { ...state.current, tensors: checkpoint.tensors } : null;
  return { ...common, run: run.value, state, start, resumedFromStep: state.stepsDone };
}

export { runsFolder };
