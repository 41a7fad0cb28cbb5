/**
 * Checkpoints of a run: one folder each, `checkpoints/<step>/`, with tensors, a JSON state and a manifest
 * of lengths and SHA-256 sums. A folder is filled under a temporary name and committed by one rename, so
 * a killed process leaves the previous checkpoint or the new one. Reading verifies every byte and falls
 * back to the checkpoint before a damaged one, naming both. What a state means is the session's business.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Problem } from '../../core/problem.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { readSafetensors, writeSafetensors, type StoredTensor } from '../formats/safetensors.ts';
import { errorCode, type DiskPort } from './diskPort.ts';
import { checkpointDamaged, durabilityUncertain } from './problems.ts';
import { attempt, makeFolderDurably, removeQuietly, temporaryPrefix, writeWhole } from './writeAtomically.ts';

export interface CheckpointContent {
  /** Position in the run; a later checkpoint has a higher one, or the same after a resume. */
  readonly step: number;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Plain JSON. */
  readonly state: unknown;
}

export interface Checkpoint extends CheckpointContent {
  readonly folder: string;
}

export interface LatestCheckpoint {
  /** null: there is none that is sound. */
  readonly checkpoint: Checkpoint | null;
  /** Newer ones that are damaged and were passed over. */
  readonly damaged: readonly Problem[];
}

const manifestName = 'manifest.json';
const tensorsName = 'tensors.safetensors';
const stateName = 'state.json';

export function writeCheckpoint(
  disk: DiskPort,
  checkpointsFolder: string,
  { step, tensors, state }: CheckpointContent,
  { keepLast, onWarning }: { readonly keepLast: number; readonly onWarning: (problem: Problem) => void },
): Result<{ readonly folder: string; readonly bytes: number }> {
  const files = new Map<string, Uint8Array>([
    [tensorsName, writeSafetensors(tensors)],
    [stateName, new TextEncoder().encode(JSON.stringify(state))],
  ]);
  const sums = Object.fromEntries(
    [...files].map(([name, bytes]) => [name, { bytes: bytes.length, sha256: sha256(bytes) }]),
  );
  files.set(manifestName, new TextEncoder().encode(JSON.stringify({ format: 1, step, files: sums })));
  const bytesNeeded = [...files.values()].reduce((sum, bytes) => sum + bytes.length, 0);

  let temporary: string | null = null;
  const committed = attempt(checkpointsFolder, bytesNeeded, 'writing a checkpoint', () => {
    makeFolderDurably(disk, checkpointsFolder, onWarning);
    const name = freeName(disk, checkpointsFolder, step);
    temporary = path.join(checkpointsFolder, temporaryPrefix + name);
    disk.remove(temporary);
    disk.makeNewFolder(temporary);
    for (const [fileName, bytes] of files) writeWhole(disk, path.join(temporary, fileName), bytes);
    disk.syncFolder(temporary);
    disk.rename(temporary, path.join(checkpointsFolder, name));
    return name;
  });
  if (!committed.ok) {
    if (temporary !== null) removeQuietly(disk, temporary);
    return committed;
  }
  const durable = attempt(checkpointsFolder, 0, 'committing', () => disk.syncFolder(checkpointsFolder));
  // Without that confirmation a power cut could undo the rename: then the older ones are still needed.
  if (durable.ok) removeOld(disk, checkpointsFolder, keepLast);
  else onWarning(durabilityUncertain(checkpointsFolder, durable.problem.code));
  return success({ folder: committed.value, bytes: bytesNeeded });
}

/** The newest checkpoint whose every byte is as written. */
export function readLatestCheckpoint(disk: DiskPort, checkpointsFolder: string): Result<LatestCheckpoint> {
  const names = committedNames(disk, checkpointsFolder);
  if (!names.ok) return names;
  const damaged: Problem[] = [];
  for (const name of names.value.toReversed()) {
    const read = readCheckpoint(disk, path.join(checkpointsFolder, name));
    if (read.ok) return success({ checkpoint: read.value, damaged });
    damaged.push(read.problem);
  }
  return success({ checkpoint: null, damaged });
}

function readCheckpoint(disk: DiskPort, folder: string): Result<Checkpoint> {
  const damaged = (reason: string) => failure(checkpointDamaged(folder, reason));
  const read = attempt(folder, 0, 'reading', () => {
    const manifest: unknown = parseJson(disk.read(path.join(folder, manifestName)));
    const files = new Map([tensorsName, stateName].map((name) => [name, disk.read(path.join(folder, name))]));
    return { manifest, files };
  });
  if (!read.ok) return damaged(read.problem.message);
  const { manifest, files } = read.value;
  if (!isManifest(manifest)) return damaged(`${manifestName} is not readable`);
  for (const [name, bytes] of files) {
    const expected = manifest.files[name];
    if (expected === undefined) return damaged(`${manifestName} does not list ${name}`);
    if (bytes.length !== expected.bytes) return damaged(`${name} has ${bytes.length} of ${expected.bytes} bytes`);
    if (sha256(bytes) !== expected.sha256) return damaged(`${name} is not what was written (SHA-256 differs)`);
  }
  const tensors = readSafetensors(files.get(tensorsName) ?? new Uint8Array());
  if (!tensors.ok) return damaged(tensors.problem.message);
  const state = parseJson(files.get(stateName) ?? new Uint8Array());
  if (state === undefined) return damaged(`${stateName} is not JSON`);
  return success({ folder: path.basename(folder), step: manifest.step, tensors: tensors.value.tensors, state });
}

/** `000001200`, or `000001200-2` where that step was reached again after a resume: nothing is overwritten. */
function freeName(disk: DiskPort, folder: string, step: number): string {
  const base = String(step).padStart(9, '0');
  for (let attemptNumber = 1; ; attemptNumber++) {
    const name = attemptNumber === 1 ? base : `${base}-${attemptNumber}`;
    if (disk.stat(path.join(folder, name)) === null) return name;
  }
}

/** Oldest first. */
function committedNames(disk: DiskPort, folder: string): Result<readonly string[]> {
  return attempt(folder, 0, 'reading', () => {
    if (disk.stat(folder) === null) return [];
    return disk
      .list(folder)
      .flatMap(({ name, kind }) => {
        const match = /^(\d{9,})(?:-(\d+))?$/.exec(name);
        return kind === 'folder' && match ? [{ name, step: Number(match[1]), attempt: Number(match[2] ?? 1) }] : [];
      })
      .sort((a, b) => a.step - b.step || a.attempt - b.attempt)
      .map(({ name }) => name);
  });
}

/** A removed folder is renamed first, so that a kill half-way leaves no half a checkpoint under its name. */
function removeOld(disk: DiskPort, folder: string, keepLast: number): void {
  const names = committedNames(disk, folder);
  if (!names.ok) return;
  for (const name of names.value.slice(0, -keepLast)) {
    const doomed = path.join(folder, `${temporaryPrefix}old-${name}`);
    try {
      disk.rename(path.join(folder, name), doomed);
      disk.remove(doomed);
    } catch (error) {
      // It only takes room, and the next opening sweeps it.
      if (errorCode(error) === undefined) throw error;
    }
  }
}

interface Manifest {
  readonly step: number;
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}

function isManifest(value: unknown): value is Manifest {
  if (!isRecord(value) || value['format'] !== 1 || !Number.isSafeInteger(value['step'])) return false;
  const files = value['files'];
  return (
    isRecord(files) &&
    Object.values(files).every(
      (file) => isRecord(file) && Number.isSafeInteger(file['bytes']) && typeof file['sha256'] === 'string',
    )
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** undefined where the bytes are no JSON. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
