/** A repository on disk as the analysis sees it; for measurements only. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceHost } from '../language/sourceHost.ts';

export function diskHost(root: string): SourceHost {
  return {
    read(path) {
      try {
        return readFileSync(join(root, path), 'utf8');
      } catch {
        return null;
      }
    },
    list(folder) {
      try {
        return readdirSync(join(root, folder), { withFileTypes: true })
          .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
          .sort();
      } catch {
        return [];
      }
    },
  };
}
