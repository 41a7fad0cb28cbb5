/**
 * The port through which model files are read: pieces of a file by their place, so that gigabytes of weights
 * never enter memory. A source may be smaller than what a file claims of itself; `read` answers what there is.
 * `beside` opens a file that the model file names, by its bare name only: no paths, no links, or null.
 */
export interface ByteSource {
  readonly size: number;
  /** Bytes from `offset`; fewer than `length` where the file ends before. */
  read(offset: number, length: number): Uint8Array;
}

export interface ModelFile extends ByteSource {
  beside(name: string): ByteSource | null;
}

/** A file in memory, for tests and for hosts without a disk. */
export function memoryFile(bytes: Uint8Array, others: Readonly<Record<string, Uint8Array>> = {}): ModelFile {
  return {
    ...source(bytes),
    beside(name) {
      const other = Object.hasOwn(others, name) ? others[name] : undefined;
      return other === undefined || !isBareName(name) ? null : source(other);
    },
  };
}

/** A name that stays in its folder: no separators, drives, dots alone or control characters. */
export function isBareName(name: string): boolean {
  return /^[\w][\w.@+\- ]{0,200}$/.test(name) && !name.includes('..');
}

function source(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}
