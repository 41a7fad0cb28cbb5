/**
 * A SourceHost over a folder on disk, bounded: files above a size and names beyond a count are not seen,
 * nothing outside the folder is read, and a file is read again only when its size or time changed.
 * Used by the language server (below the editor's open documents) and by the command line.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceHost } from '../sourceHost.ts';

/** A source of 4 MB is generated; the analysis would refuse it anyway. */
const maxFileBytes = 4 * 1024 * 1024;
const maxNamesPerFolder = 2000;
const maxCachedFiles = 500;

interface CachedText {
  readonly stamp: string;
  readonly text: string;
}

export function diskHost(root: string): SourceHost {
  const cache = new Map<string, CachedText>();
  return {
    read(path) {
      if (!staysInside(path)) return null;
      try {
        const absolute = join(root, path);
        const stat = statSync(absolute);
        if (!stat.isFile() || stat.size > maxFileBytes) return null;
        const stamp = `${stat.mtimeMs} ${stat.size}`;
        const cached = cache.get(path);
        if (cached?.stamp === stamp) return cached.text;
        const text = readFileSync(absolute, 'utf8');
        if (cache.size >= maxCachedFiles) cache.clear();
        cache.set(path, { stamp, text });
        return text;
      } catch {
        return null; // Not there, or not readable: to the analysis that is the same.
      }
    },
    list(folder) {
      if (!staysInside(folder)) return [];
      try {
        return readdirSync(join(root, folder), { withFileTypes: true })
          .slice(0, maxNamesPerFolder)
          .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
          .sort();
      } catch {
        return [];
      }
    },
  };
}

/** A host without files: for documents that are not on this machine. */
export const emptyHost: SourceHost = { read: () => null, list: () => [] };

/** The same host with `overlay` answering first, for texts that an editor holds. */
export function overlayHost(base: SourceHost, overlay: (path: string) => string | null): SourceHost {
  return { read: (path) => overlay(path) ?? base.read(path), list: (folder) => base.list(folder) };
}

/** The same host, telling `seen` which files and folders an analysis looked at. */
export function watchedHost(
  base: SourceHost,
  seen: { readonly files: Set<string>; readonly folders: Set<string> },
): SourceHost {
  return {
    read(path) {
      seen.files.add(path);
      return base.read(path);
    },
    list(folder) {
      seen.folders.add(folder);
      return base.list(folder);
    },
  };
}

function staysInside(path: string): boolean {
  return (
    !path.startsWith('/') && !/^[A-Za-z]:/.test(path) && !path.split(/[\\/]/).includes('..') && !path.includes('\0')
  );
}
