/**
 * One writer per run. The file `lock` names the process that holds the run: its id, when it started and
 * its machine. A lock whose process is gone is swept; sweeping is itself done by one process at a time,
 * so two that start together never both win. A lock from another machine, where no process can be asked for, is
 * believed as long as its holder refreshes the file's date.
 */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { failure, success, type Result } from '../../core/result.ts';
import { errorCode, type DiskPort } from './diskPort.ts';
import { runLocked } from './problems.ts';
import { attempt, removeQuietly, writeAll } from './writeAtomically.ts';

export interface LockHolder {
  readonly pid: number;
  /** Tells a process from a later one with the same id; null where the system does not say. */
  readonly startTime: string | null;
  readonly host: string;
  /** For people. */
  readonly program?: 'an editor' | 'a command line';
  /** It refreshes the date of its lock; a holder of an older version does not. */
  readonly refreshes?: boolean;
}

/** Processes as the lock sees them. */
export interface ProcessPort {
  readonly self: LockHolder;
  isAlive(holder: LockHolder): boolean;
}

/** A lock file without content is being written right now, or was left so by a kill. */
const unreadableLockIsStaleMs = 10_000;
/** How often a holder refreshes its lock, and after how long a silent one of another machine is gone: clocks may differ by minutes. */
export const lockRefreshMs = 30_000;
export const silentLockIsStaleMs = 15 * 60_000;

export function takeLock(disk: DiskPort, file: string, processes: ProcessPort, nowMs: number): Result<null> {
  const content = new TextEncoder().encode(JSON.stringify(processes.self));
  for (let round = 0; round < 5; round++) {
    const taken = attempt(file, content.length, 'locking', () => createExclusively(disk, file, content));
    if (!taken.ok || taken.value) return taken.ok ? success(null) : taken;
    const holder = readHolder(disk, file);
    if (holder === 'gone') continue;
    if (holder !== 'unreadable' && holds(disk, file, holder, processes, nowMs)) return failure(runLocked(file, holder));
    if (holder === 'unreadable' && nowMs - (disk.stat(file)?.modifiedMs ?? 0) < unreadableLockIsStaleMs) {
      return failure(runLocked(file, { pid: 0, host: 'this machine (just starting)' }));
    }
    const swept = attempt(file, 0, 'sweeping a stale lock', () => sweep(disk, file, processes, nowMs));
    if (!swept.ok) return swept;
  }
  return failure(runLocked(file, { pid: 0, host: 'this machine (several are starting)' }));
}

/** Who holds the run now; null where nobody does. */
export function lockHolder(
  disk: DiskPort,
  file: string,
  processes: ProcessPort,
  nowMs = Date.now(),
): LockHolder | null {
  const holder = readHolder(disk, file);
  return typeof holder === 'object' && holds(disk, file, holder, processes, nowMs) ? holder : null;
}

/** Says that the holder is still there. False where the lock is another's by now: nothing may be written any more. */
export function refreshLock(disk: DiskPort, file: string, processes: ProcessPort): boolean {
  const holder = readHolder(disk, file);
  if (typeof holder !== 'object') return holder === 'unreadable';
  if (!isSame(holder, processes.self)) return false;
  try {
    disk.touch(file);
  } catch (error) {
    // The next time may do.
    if (errorCode(error) === undefined) throw error;
  }
  return true;
}

function holds(disk: DiskPort, file: string, holder: LockHolder, processes: ProcessPort, nowMs: number): boolean {
  if (!processes.isAlive(holder)) return false;
  const elsewhere = holder.host !== processes.self.host;
  if (!elsewhere || holder.refreshes !== true) return true;
  return nowMs - (disk.stat(file)?.modifiedMs ?? nowMs) < silentLockIsStaleMs;
}

export function releaseLock(disk: DiskPort, file: string, processes: ProcessPort): void {
  const holder = readHolder(disk, file);
  if (typeof holder === 'object' && isSame(holder, processes.self)) removeQuietly(disk, file);
}

function createExclusively(disk: DiskPort, file: string, content: Uint8Array): boolean {
  let handle: number;
  try {
    handle = disk.open(file, 'exclusive');
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    writeAll(disk, handle, content);
  } catch (error) {
    removeQuietly(disk, file);
    throw error;
  } finally {
    disk.close(handle);
  }
  return true;
}

/** Removes the lock if its holder is still dead once this process alone may sweep. */
function sweep(disk: DiskPort, file: string, processes: ProcessPort, nowMs: number): void {
  const sweeping = `${file}.sweep`;
  const left = disk.stat(sweeping);
  if (left !== null && nowMs - left.modifiedMs > unreadableLockIsStaleMs) disk.remove(sweeping);
  try {
    disk.makeNewFolder(sweeping);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    throw error;
  }
  try {
    const holder = readHolder(disk, file);
    const gone = holder !== 'gone' && (holder === 'unreadable' || !holds(disk, file, holder, processes, nowMs));
    if (gone) disk.remove(file);
  } finally {
    removeQuietly(disk, sweeping);
  }
}

function readHolder(disk: DiskPort, file: string): LockHolder | 'gone' | 'unreadable' {
  let text: string;
  try {
    text = new TextDecoder().decode(disk.read(file));
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    return code === 'ENOENT' ? 'gone' : 'unreadable';
  }
  try {
    const value: unknown = JSON.parse(text);
    return isHolder(value) ? value : 'unreadable';
  } catch {
    return 'unreadable';
  }
}

function isHolder(value: unknown): value is LockHolder {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    Number.isSafeInteger(value.pid) &&
    'host' in value &&
    typeof value.host === 'string' &&
    'startTime' in value &&
    (value.startTime === null || typeof value.startTime === 'string')
  );
}

function isSame(a: LockHolder, b: LockHolder): boolean {
  return a.pid === b.pid && a.host === b.host && a.startTime === b.startTime;
}

export const realProcesses: ProcessPort = {
  self: {
    pid: process.pid,
    startTime: startTimeOf(process.pid),
    host: os.hostname(),
    // An editor forks its engine with a channel.
    program: process.send === undefined ? 'a command line' : 'an editor',
    refreshes: true,
  },
  isAlive(holder) {
    if (holder.host !== os.hostname()) return true;
    try {
      process.kill(holder.pid, 0);
    } catch (error) {
      // EPERM: it is there and belongs to someone else.
      return errorCode(error) === 'EPERM';
    }
    const startTime = startTimeOf(holder.pid);
    return startTime === null || holder.startTime === null || startTime === holder.startTime;
  },
};

/** Linux: field 22 of /proc/<pid>/stat, ticks since boot. The name before it may hold spaces. */
function startTimeOf(pid: number): string | null {
  if (process.platform !== 'linux') return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
