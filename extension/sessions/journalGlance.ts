/**
 * What the end of a journal says about its run: how it stands, how far it is and what it came to. Reads a fixed
 * number of bytes however long the run was, so that a folder of a thousand runs is listed at once. What stands only
 * earlier in the journal is not in it, and nobody may take it for the whole run.
 */
import { open } from 'node:fs/promises';
import { isRunEvent } from '../../core/session/runEventGuard.ts';
import type { RunEvent } from '../../core/session/runEvent.ts';
import { initialRunState, reduceRunAll, type RunState } from '../../core/session/runState.ts';

export interface JournalGlance {
  readonly state: RunState;
  /** The same while the journal is as it was. */
  readonly fingerprint: string;
}

/** A finished event, progress and the last evaluations fit into this many times over. */
export const glanceBytes = 64 * 1024;

/** `before` is given back where the journal has not changed. */
export async function glanceAtJournal(file: string, before: JournalGlance | null): Promise<JournalGlance> {
  let handle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return before ?? { state: initialRunState, fingerprint: '' };
    throw error;
  }
  try {
    const { size, mtimeMs } = await handle.stat();
    const fingerprint = `${size} ${mtimeMs}`;
    if (before?.fingerprint === fingerprint) return before;
    const from = Math.max(0, size - glanceBytes);
    const buffer = Buffer.alloc(size - from);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
    // The first line is cut unless the journal begins here; the last is whole only if it ends.
    const whole = lines.slice(from === 0 ? 0 : 1, -1);
    return { state: reduceRunAll(initialRunState, whole.flatMap(parse)), fingerprint };
  } finally {
    await handle.close();
  }
}

function parse(line: string): RunEvent[] {
  try {
    const value: unknown = JSON.parse(line);
    return isRunEvent(value) ? [value] : [];
  } catch {
    return [];
  }
}
