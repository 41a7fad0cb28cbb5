/**
 * Bytes that can be read at any place: a file that is too large to hold, or an array. Zip archives need it, because
 * their directory stands at the end. What lies outside is never read: the length is known when it is opened.
 */
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { Readable } from 'node:stream';

export interface RandomBytes {
  readonly length: number;
  /** The bytes of [begin, end). Throws where they are not there. */
  read(begin: number, end: number): Uint8Array;
  /** The same in chunks. */
  stream(begin: number, end: number): AsyncIterable<Uint8Array>;
  close(): void;
}

/** Throws as `openSync` does. */
export function openRandomBytes(path: string): RandomBytes {
  const handle = openSync(path, 'r');
  const { size } = fstatSync(handle);
  let open = true;
  return {
    length: size,
    read(begin, end) {
      const bytes = new Uint8Array(Math.max(0, end - begin));
      let done = 0;
      while (done < bytes.length) {
        const n = readSync(handle, bytes, done, bytes.length - done, begin + done);
        if (n === 0) throw new Error('it became shorter while it was read');
        done += n;
      }
      return bytes;
    },
    // An end before the beginning would mean the whole file.
    stream: (begin, end) =>
      end <= begin ? chunksOf(new Uint8Array()) : createReadStream(path, { start: begin, end: end - 1 }),
    close() {
      if (open) closeSync(handle);
      open = false;
    },
  };
}

/** An array, for archives that are at hand. */
export function randomBytesOf(bytes: Uint8Array): RandomBytes {
  return {
    length: bytes.length,
    read: (begin, end) => bytes.subarray(begin, end),
    stream: (begin, end) => chunksOf(bytes.subarray(begin, end)),
    close: () => undefined,
  };
}

/** An array as a stream in small chunks, as a file would come. */
export function chunksOf(bytes: Uint8Array, chunkBytes = 65_536): AsyncIterable<Uint8Array> {
  return Readable.from(slices(bytes, chunkBytes));
}

function* slices(bytes: Uint8Array, chunkBytes: number): Generator<Uint8Array, void, void> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}
