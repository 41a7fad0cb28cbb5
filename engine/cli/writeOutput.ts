/**
 * Writes a file that a command was asked for: beside its place first, then renamed, so that a full disk, Ctrl-C or a
 * kill leaves the old file or the new one and never half of one.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { realDisk } from '../runs/diskPort.ts';
import { removeQuietly, temporaryPrefix, writeWhole } from '../runs/writeAtomically.ts';

/** `file`: absolute. Its folder is made where it is not there. Throws as Node's calls do; nothing is left then. */
export function writeOutput(file: string, bytes: Uint8Array): void {
  const folder = path.dirname(file);
  const beside = path.join(folder, `${temporaryPrefix}${path.basename(file)}`);
  mkdirSync(folder, { recursive: true });
  try {
    writeWhole(realDisk, beside, bytes);
    realDisk.rename(beside, file);
  } catch (error) {
    removeQuietly(realDisk, beside);
    throw error;
  }
}
