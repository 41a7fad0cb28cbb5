/**
 * A SourceHost over a folder on disk, bounded: files above a size and names beyond a count are not seen,
 * nothing outside the folder is read, and a file is read again only when its size or time changed
 * (asked for again after a moment).
 * Used by the language server (below the editor's open documents) and by the command line.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceHost } from '../sourceHost.ts';

/** A source of 4 MB is generated; the analysis would refuse it anyway. */
const maxFileBytes = 4 * 1024 * 1024;
const maxNamesPerFolder = 2000;
const maxCachedFiles = 500;

export interface DiskHostOptions {
  now(): number;
  /** How long an answer of the disk is believed without asking again; a keystroke asks for dozens. */
  readonly freshMs: number;
}

interface Looked {
  readonly at: number;
}

interface CachedText extends Looked {
  /** Size and time of the file; null where there is none to read. */
  readonly stamp: string | null;
  readonly text: string | null;
}

interface CachedNames extends Looked {
  readonly names: readonly string[];
}

/** The command line's: nothing changes while it runs. */
const lookOnce: DiskHostOptions = { now: () => 0, freshMs: Infinity };

export function diskHost(root: string, { now, freshMs }: DiskHostOptions = lookOnce): SourceHost {
  const texts = new Map<string, CachedText>();
  const folders = new Map<string, CachedNames>();
  const isFresh = (looked: Looked | undefined): boolean => looked !== undefined && now() - looked.at <= freshMs;
  return {
    read(path) {
      const known = texts.get(path);
      if (known !== undefined && isFresh(known)) return known.text;
      const stamp = staysInside(path) ? stampOf(join(root, path)) : null;
      const text = stamp === null ? null : stamp === known?.stamp ? known.text : readText(join(root, path));
      if (texts.size >= maxCachedFiles) texts.clear();
      texts.set(path, { stamp, text, at: now() });
      return text;
    },
    list(folder) {
      const known = folders.get(folder);
      if (known !== undefined && isFresh(known)) return known.names;
      const names = staysInside(folder) ? namesIn(join(root, folder)) : [];
      if (folders.size >= maxCachedFiles) folders.clear();
      folders.set(folder, { names, at: now() });
      return names;
    },
  };
}

function stampOf(path: string): string | null {
  try {
    const stat = statSync(path);
    return stat.isFile() && stat.size <= maxFileBytes ? `${stat.mtimeMs} ${stat.size}` : null;
  } catch {
    return null;
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // Not readable: to the analysis that is the same as not there.
  }
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .slice(0, maxNamesPerFolder)
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .sort();
  } catch {
    return [];
  }
}

/** A host without files: for documents that are not on this machine. */
export const emptyHost: SourceHost = { read: () => null, list: () => [] };

/** The same host with `overlay` answering first, for texts that an editor holds. */
export function overlayHost(base: SourceHost, overlay: (path: string) => string | null): SourceHost {
  return { read: (path) => overlay(path) ?? base.read(path), list: (folder) => base.list(folder) };
}

function staysInside(path: string): boolean {
  return (
    !path.startsWith('/') && !/^[A-Za-z]:/.test(path) && !path.split(/[\\/]/).includes('..') && !path.includes('\0')
  );
}
