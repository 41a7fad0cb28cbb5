/**
 * A host that remembers what was read through it: every file that was found, with its SHA-256, so that a
 * run can state which sources it was made from and notice when they change.
 */
import { createHash } from 'node:crypto';
import type { SourceHost } from '../../language/sourceHost.ts';

export interface SummingHost extends SourceHost {
  /** SHA-256 (hex) of each file's text, by its path. */
  readonly sums: ReadonlyMap<string, string>;
}

export function summingHost(base: SourceHost): SummingHost {
  const sums = new Map<string, string>();
  return {
    sums,
    read(path) {
      const text = base.read(path);
      if (text !== null) sums.set(path, createHash('sha256').update(text).digest('hex'));
      return text;
    },
    list: (folder) => base.list(folder),
  };
}
