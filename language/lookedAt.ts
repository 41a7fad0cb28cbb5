/**
 * What a piece of work saw of the files: the texts and folders it asked a host for. While these are the same,
 * doing the work again gives the same. Files that were asked for and not there count like any other answer.
 */
import type { SourceHost } from './sourceHost.ts';

export interface LookedAt {
  readonly texts: ReadonlyMap<string, string | null>;
  readonly folders: ReadonlyMap<string, readonly string[]>;
}

/** The same host, noting what is read and listed, beside what was noted before. */
export function recordingHost(
  host: SourceHost,
  before?: LookedAt,
): { readonly recording: SourceHost; readonly looked: LookedAt } {
  const texts = new Map(before?.texts);
  const folders = new Map(before?.folders);
  return {
    looked: { texts, folders },
    recording: {
      read(path) {
        const text = host.read(path);
        texts.set(path, text);
        return text;
      },
      list(folder) {
        const names = host.list(folder);
        folders.set(folder, names);
        return names;
      },
    },
  };
}

/** Everything but `except`, the file that is being edited. */
export function looksTheSame(host: SourceHost, { texts, folders }: LookedAt, except: string | null = null): boolean {
  for (const [path, text] of texts) if (path !== except && host.read(path) !== text) return false;
  for (const [folder, names] of folders) {
    const now = host.list(folder);
    if (now !== names && (now.length !== names.length || now.some((name, idx) => name !== names[idx]))) return false;
  }
  return true;
}
