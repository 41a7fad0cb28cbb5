/**
 * A run store on a disk in memory, as its tests use it: process 1 makes runs, and process 2 opens them
 * after process 1 died.
 */
import assert from 'node:assert/strict';
import type { Problem } from '../../core/problem.ts';
import type { RunEventBody } from '../../core/session/runEvent.ts';
import { float32Tensor, float32Values } from '../formats/safetensors.ts';
import { rng } from '../random/rng.ts';
import type { MemoryDisk } from './memoryDisk.ts';
import type { LockHolder, ProcessPort } from './runLock.ts';
import { createRun, openRun, type NewRunRecord, type Run, type RunStorePorts } from './runStore.ts';

export const runsFolder = '/project/.slimwise/runs';
export const startMs = Date.UTC(2026, 10, 22, 4, 15, 30);

export const record: NewRunRecord = {
  name: 'DCGAN',
  status: 'running',
  planPath: '/project/slimwise.json',
  plan: { schema: 1 },
  short: true,
  backend: 'cpu',
  threads: 1,
  seed: 1,
  sources: {},
  data: { fingerprint: '00', nImages: 10 },
  versions: {},
  summary: null,
};

export const note = (text: string): RunEventBody => ({ type: 'note', text });

/** Processes by id; those in `dead` are gone. */
export function processes(pid: number, dead: Set<number> = new Set()): ProcessPort {
  return {
    self: { pid, startTime: String(pid), host: 'here' },
    isAlive: (holder: LockHolder) => !dead.has(holder.pid),
  };
}

export function ports(disk: MemoryDisk, process = processes(1)) {
  const warnings: Problem[] = [];
  const stream = rng(1, 0, 'ids');
  const made: RunStorePorts = {
    disk,
    processes: process,
    now: () => startMs,
    randomWord: stream.uint32,
    onWarning: (problem) => warnings.push(problem),
  };
  return { ...made, warnings };
}

export function newRun(disk: MemoryDisk, from = ports(disk)): Run {
  const run = createRun(from, runsFolder, record);
  assert.ok(run.ok, JSON.stringify(run));
  return run.value;
}

export function reopen(disk: MemoryDisk, folder: string) {
  const from = ports(disk, processes(2, new Set([1])));
  const run = openRun(from, folder);
  assert.ok(run.ok, JSON.stringify(run));
  return { run: run.value, warnings: from.warnings };
}

export function content(step: number) {
  return { step, tensors: new Map([['w', float32Tensor([4], Float32Array.of(step, 1, 2, 3))]]), state: { step } };
}

export function latestStep(run: Run): number | null {
  const latest = run.readLatestCheckpoint();
  assert.ok(latest.ok);
  const { checkpoint } = latest.value;
  if (checkpoint === null) return null;
  const tensor = checkpoint.tensors.get('w');
  assert.ok(tensor);
  assert.deepEqual([...float32Values(tensor)], [checkpoint.step, 1, 2, 3]);
  assert.deepEqual(checkpoint.state, { step: checkpoint.step });
  return checkpoint.step;
}
