/**
 * Which process is working on a run, if any: the engine writes its id, start time and machine into the
 * run's `lock`. This side only reads it. A lock of another machine is believed; a lock whose process is
 * gone, or whose id now belongs to a younger process, holds nothing. Nor does one of another machine that has not
 * refreshed the file's date for a quarter of an hour.
 */
import { readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';

/** The process that works on the run now; null where none does. */
export function livingHolder(lockFile: string): Holder | null {
  const holder = readHolder(lockFile);
  return holder !== null && isAlive(holder) && !isSilent(lockFile, holder) ? holder : null;
}

/** As the engine's own lock has it. */
const silentLockIsStaleMs = 15 * 60_000;

function isSilent(lockFile: string, { host, refreshes }: Holder): boolean {
  if (host === hostname() || !refreshes) return false;
  const modifiedMs = statSync(lockFile, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  return Date.now() - modifiedMs >= silentLockIsStaleMs;
}

function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it is there and belongs to someone else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const startTime = startTimeOf(holder.pid);
  return startTime === null || holder.startTime === null || startTime === holder.startTime;
}

export interface Holder {
  readonly pid: number;
  readonly startTime: string | null;
  readonly host: string;
  readonly refreshes: boolean;
}

function readHolder(lockFile: string): Holder | null {
  try {
    const value: unknown = JSON.parse(readFileSync(lockFile, 'utf8'));
    if (typeof value !== 'object' || value === null) return null;
    const { pid, startTime, host, refreshes } = value as Record<string, unknown>;
    if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0 || typeof host !== 'string') return null;
    return { pid, host, startTime: typeof startTime === 'string' ? startTime : null, refreshes: refreshes === true };
  } catch {
    return null;
  }
}

/** Linux: field 22 of /proc/<pid>/stat. The name before it may hold spaces. */
function startTimeOf(pid: number): string | null {
  if (process.platform !== 'linux') return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
