/**
 * The disk as the analysis may see it: text files below one folder, read when asked and never written.
 * Every file that was read is remembered with its SHA-256, so that a run can state which sources it was
 * made from and notice when they change.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import type { SourceHost } from '../../language/sourceHost.ts';

export interface FolderHost extends SourceHost {
  /** SHA-256 (hex) of each file that was read and found, by its path below the folder. */
  readonly sums: ReadonlyMap<string, string>;
}

/** Larger files are no sources. */
const maxSourceBytes = 4 * 2 ** 20;

export function folderHost(folder: string): FolderHost {
  const sums = new Map<string, string>();
  const root = realpathSync(folder);
  /** null: outside the folder, also by a link. */
  const inside = (name: string): string | null => {
    const file = path.resolve(root, ...name.split('/'));
    try {
      const real = realpathSync(file);
      const relative = path.relative(root, real);
      return relative === '' || (!relative.startsWith('..') && !path.isAbsolute(relative)) ? real : null;
    } catch {
      return null;
    }
  };
  return {
    sums,
    read(name) {
      const file = inside(name);
      if (file === null) return null;
      try {
        const found = statSync(file);
        if (!found.isFile() || found.size > maxSourceBytes) return null;
        const bytes = readFileSync(file);
        sums.set(name, createHash('sha256').update(bytes).digest('hex'));
        return bytes.toString('utf8');
      } catch {
        return null;
      }
    },
    list(name) {
      const at = inside(name);
      if (at === null) return [];
      try {
        return readdirSync(at, { withFileTypes: true })
          .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
          .sort();
      } catch {
        return [];
      }
    },
  };
}
