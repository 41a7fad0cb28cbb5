/**
 * Reads a stream of chunks by the number of bytes wanted, so that formats which tell their lengths as they go (tar,
 * IDX, NumPy) are read from a file of any size in the memory of one piece. Bytes are handed out once and in order;
 * what is handed out may share memory with a chunk and is not to be written to.
 */

/** Bytes that can be gone through from the beginning, as often as wanted. */
export interface ByteOrigin {
  open(): AsyncIterable<Uint8Array>;
  /** null where it cannot be known without reading: compressed bytes. */
  readonly nBytes: number | null;
}

export interface ByteReader {
  /** Bytes handed out or skipped so far. */
  readonly position: number;
  /** The next bytes; fewer where the stream ends. */
  take(nBytes: number): Promise<Uint8Array>;
  /** Answers how many there were to skip. */
  skip(nBytes: number): Promise<number>;
  /** Lets go of the stream. Safe to call twice. */
  close(): Promise<void>;
}

export function createByteReader(chunks: AsyncIterable<Uint8Array>): ByteReader {
  const iterator = chunks[Symbol.asyncIterator]();
  let chunk: Uint8Array = new Uint8Array();
  let at = 0;
  let position = 0;
  let ended = false;

  /** True while there are bytes at `at`. */
  const more = async (): Promise<boolean> => {
    while (at === chunk.length && !ended) {
      const next = await iterator.next();
      ended = next.done === true;
      chunk = next.done === true ? new Uint8Array() : plain(next.value);
      at = 0;
    }
    return at < chunk.length;
  };
  const piece = (most: number): Uint8Array => {
    const bytes = chunk.subarray(at, at + most);
    at += bytes.length;
    position += bytes.length;
    return bytes;
  };

  return {
    get position() {
      return position;
    },
    async take(nBytes) {
      if (nBytes === 0 || !(await more())) return new Uint8Array();
      const first = piece(nBytes);
      if (first.length === nBytes) return first;
      const parts = [first];
      let missing = nBytes - first.length;
      while (missing > 0 && (await more())) {
        const part = piece(missing);
        parts.push(part);
        missing -= part.length;
      }
      return new Uint8Array(Buffer.concat(parts));
    },
    async skip(nBytes) {
      const before = position;
      while (position - before < nBytes && (await more())) piece(nBytes - (position - before));
      return position - before;
    },
    async close() {
      ended = true;
      await iterator.return?.();
    },
  };
}

/** A `Buffer` as a plain array: its own `slice` shares memory where an array's copies. */
function plain({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}
