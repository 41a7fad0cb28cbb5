/**
 * The only way the analysis sees files: a port that reads text and lists folders. Paths are posix,
 * relative to the workspace (`models/dcgan.py`; the root is `''`). A host may answer from unsaved
 * editor buffers; it never writes, and nothing it reads is executed.
 */
export interface SourceHost {
  /** The text of a file, or null where there is none or it cannot be read as text. */
  read(path: string): string | null;
  /** Names in a folder, folders with a trailing slash; empty where there is none. */
  list(folder: string): readonly string[];
}

/** A host over texts in memory, for unsaved files, notebooks and tests. */
export function memoryHost(files: Readonly<Record<string, string>>): SourceHost {
  return {
    read: (path) => (Object.hasOwn(files, path) ? (files[path] ?? null) : null),
    list(folder) {
      const prefix = folder === '' ? '' : `${folder}/`;
      const names = new Set<string>();
      for (const path of Object.keys(files)) {
        if (!path.startsWith(prefix)) continue;
        const rest = path.slice(prefix.length);
        const slash = rest.indexOf('/');
        names.add(slash < 0 ? rest : rest.slice(0, slash + 1));
      }
      return [...names].sort();
    },
  };
}
