/**
 * `journal.jsonl`: one event per line, only ever appended to. A process killed while writing leaves at
 * most one line without its end; that tail is dropped and reported once, when the run is next opened for
 * writing, and the next event starts on a clean line. Lines that are no events are counted and skipped.
 */
import type { Problem } from '../../core/problem.ts';
import type { Result } from '../../core/result.ts';
import type { RunEvent } from '../../core/session/runEvent.ts';
import { isRunEvent } from '../../core/session/runEventGuard.ts';
import type { DiskPort } from './diskPort.ts';
import { journalDamaged, journalTorn } from './problems.ts';
import { attempt, writeAll } from './writeAtomically.ts';

export interface Journal {
  readonly events: readonly RunEvent[];
  /** Bytes of complete lines. */
  readonly soundBytes: number;
  /** What was skipped, and why. */
  readonly problems: readonly Problem[];
}

export function readJournal(disk: DiskPort, file: string): Result<Journal> {
  return attempt(file, 0, 'reading', () =>
    disk.stat(file) === null ? emptyJournal : parseJournal(disk.read(file), file),
  );
}

const emptyJournal: Journal = { events: [], soundBytes: 0, problems: [] };

const newline = 10;

export function parseJournal(bytes: Uint8Array, file: string): Journal {
  const soundBytes = bytes.lastIndexOf(newline) + 1;
  const events: RunEvent[] = [];
  const badLines: number[] = [];
  const decoder = new TextDecoder();
  let start = 0;
  for (let lineNumber = 1; start < soundBytes; lineNumber++) {
    const end = bytes.indexOf(newline, start);
    const event = parseEvent(decoder.decode(bytes.subarray(start, end)));
    if (event === null) badLines.push(lineNumber);
    else events.push(event);
    start = end + 1;
  }
  const problems: Problem[] = [];
  const [firstBad] = badLines;
  if (firstBad !== undefined) problems.push(journalDamaged(file, badLines.length, firstBad));
  if (soundBytes < bytes.length) problems.push(journalTorn(file, bytes.length - soundBytes));
  return { events, soundBytes, problems };
}

function parseEvent(line: string): RunEvent | null {
  try {
    const value: unknown = JSON.parse(line);
    return isRunEvent(value) ? value : null;
  } catch {
    return null;
  }
}

/**
 * Appends one event after the first `soundBytes` bytes; answers the new count. What a failed append left
 * behind is cut off first, so the journal never holds half a line between two whole ones.
 */
export function appendToJournal(
  disk: DiskPort,
  file: string,
  event: RunEvent,
  { soundBytes, durable }: { readonly soundBytes: number; readonly durable: boolean },
): Result<number> {
  const line = new TextEncoder().encode(`${JSON.stringify(event)}\n`);
  return attempt(file, line.length, 'appending', () => {
    if ((disk.stat(file)?.bytes ?? 0) > soundBytes) disk.truncate(file, soundBytes);
    const handle = disk.open(file, 'append');
    try {
      writeAll(disk, handle, line);
      if (durable) disk.fsync(handle);
    } finally {
      disk.close(handle);
    }
    return soundBytes + line.length;
  });
}

/** Cuts a torn tail off, so that the next line starts clean. */
export function repairJournal(disk: DiskPort, file: string, journal: Journal): Result<null> {
  return attempt(file, 0, 'repairing', () => {
    if ((disk.stat(file)?.bytes ?? 0) > journal.soundBytes) disk.truncate(file, journal.soundBytes);
    return null;
  });
}
