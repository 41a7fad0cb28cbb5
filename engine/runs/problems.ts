/**
 * What can go wrong with a run folder, in words for the user: what happened, that nothing committed is
 * lost, and what to do. Disk failures come in by their code; anything else is a bug and stays thrown.
 */
import type { Problem } from '../../core/problem.ts';
import { formatBytes } from '../../core/format/numbers.ts';

export function diskFull(path: string, bytesNeeded: number): Problem {
  return {
    code: 'SWP_DISK_FULL',
    message: `The disk is full: ${formatBytes(bytesNeeded)} (${bytesNeeded} bytes) could not be written. What was committed before is intact.`,
    hint: `Free at least ${formatBytes(bytesNeeded)} on this disk, then resume the run.`,
    path,
  };
}

export function diskRefused(path: string, code: string, doing: string): Problem {
  return {
    code: 'SWP_DISK_REFUSED',
    message: `The disk refused ${doing} (${code}). What was committed before is intact.`,
    hint: diskHints[code] ?? 'Check the disk and the folder, then resume the run.',
    path,
  };
}

const diskHints: Readonly<Record<string, string>> = {
  EACCES: 'Check the permissions of the folder, then resume the run.',
  EPERM: 'Another program may hold the file, or the folder is protected; then resume the run.',
  EROFS: 'The folder is on a read-only disk; move the project to one that can be written.',
  EMFILE: 'Too many files are open; close other programs, then resume the run.',
  EIO: 'The disk reported a fault; copy the run folder elsewhere before you go on.',
  ENOENT: 'The folder was removed while it was in use; start the run again.',
};

/** The rename is done, but the disk did not confirm that it would survive a power cut. */
export function durabilityUncertain(path: string, code: string): Problem {
  return {
    code: 'SWP_DURABILITY_UNCERTAIN',
    message: `The file is written, but the disk did not confirm it (${code}); a power cut right now could undo it.`,
    hint: 'The run goes on. If this comes back, check the disk.',
    path,
  };
}

export function runNotFound(path: string): Problem {
  return {
    code: 'SWP_RUN_NOT_FOUND',
    message: 'There is no run in this folder.',
    hint: 'Choose a folder under .slimwise/runs that holds a run.json.',
    path,
  };
}

export function runRecordUnreadable(path: string, reason: string): Problem {
  return {
    code: 'SWP_RUN_RECORD_UNREADABLE',
    message: `The record of this run cannot be read: ${reason}.`,
    hint: 'The journal and checkpoints beside it are untouched; restore run.json from a backup, or start a new run.',
    path,
  };
}

export function runTooNew(path: string, found: number, known: number): Problem {
  return {
    code: 'SWP_RUN_TOO_NEW',
    message: `This run has format ${found}; this version of Slimwise reads up to ${known}.`,
    hint: 'Update Slimwise to open it. The run is untouched.',
    path,
  };
}

export function runLocked(
  path: string,
  { pid, host, program }: { readonly pid: number; readonly host: string; readonly program?: string },
): Problem {
  const who = program === undefined ? `Process ${pid} on ${host}` : `Process ${pid} of ${program} on ${host}`;
  return {
    code: 'SWP_RUN_LOCKED',
    message: `${who} is working on this run.`,
    hint: 'Watch it there, or stop that process first; a run has one writer at a time.',
    path,
  };
}

export function runLockLost(path: string): Problem {
  return {
    code: 'SWP_RUN_LOCK_LOST',
    message: 'Another process took this run over while this one could not be heard; this one writes nothing more.',
    hint: 'Watch the run there. What was committed before is intact.',
    path,
  };
}

export function journalTorn(path: string, bytesDropped: number): Problem {
  return {
    code: 'SWP_JOURNAL_TORN',
    message: `The last line of the journal was cut off (${bytesDropped} bytes) when the run was interrupted.`,
    hint: 'All complete lines were kept; nothing needs to be done.',
    path,
  };
}

export function journalDamaged(path: string, nLines: number, firstLine: number): Problem {
  return {
    code: 'SWP_JOURNAL_DAMAGED',
    message: `${nLines} ${nLines === 1 ? 'line' : 'lines'} of the journal cannot be read, the first is line ${firstLine}.`,
    hint: 'The other lines were kept; charts may lack a few points.',
    path,
    line: firstLine,
  };
}

export function checkpointDamaged(path: string, reason: string): Problem {
  return {
    code: 'SWP_CHECKPOINT_DAMAGED',
    message: `A checkpoint is damaged: ${reason}. Nothing else is affected.`,
    hint: 'The run goes on from the checkpoint before it.',
    path,
  };
}
