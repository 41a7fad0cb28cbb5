/**
 * Reads a journal that another process is still writing. Only complete lines are taken, so a line that
 * is half written (or torn by a kill) is read when it is whole, or never. A line that is no event is
 * counted and passed over; a journal that became shorter was replaced and is read again from its start.
 */
import { open } from 'node:fs/promises';
import { isRunEvent } from '../../core/session/runEventGuard.ts';
import type { RunEvent } from '../../core/session/runEvent.ts';

export interface JournalChunk {
  readonly events: readonly RunEvent[];
  /** True where the journal was replaced: `events` start from its first line. */
  readonly replaced: boolean;
}

const newline = 10;
/** Read at most this much at a time, so that a huge journal never makes one huge buffer. */
const chunkBytes = 1 << 20;
/** A line longer than this is not ours. */
const longestLineBytes = 4 << 20;

export class JournalTail {
  readonly #file: string;
  #offset = 0;
  #rest: Buffer = Buffer.alloc(0);
  #nBadLines = 0;

  constructor(file: string) {
    this.#file = file;
  }

  get nBadLines(): number {
    return this.#nBadLines;
  }

  /** The events appended since the last call; none where there is no journal yet. */
  async read(): Promise<JournalChunk> {
    let handle;
    try {
      handle = await open(this.#file, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { events: [], replaced: false };
      throw error;
    }
    try {
      const { size } = await handle.stat();
      // A repaired journal loses its torn last line, which is still in `rest` and was never taken.
      const taken = this.#offset - this.#rest.length;
      const replaced = size < taken;
      if (replaced || size < this.#offset) {
        this.#offset = replaced ? 0 : taken;
        this.#rest = Buffer.alloc(0);
      }
      const events: RunEvent[] = [];
      while (this.#offset < size) {
        const buffer = Buffer.alloc(Math.min(chunkBytes, size - this.#offset));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, this.#offset);
        if (bytesRead === 0) break;
        this.#offset += bytesRead;
        this.#take(buffer.subarray(0, bytesRead), events);
      }
      return { events, replaced };
    } finally {
      await handle.close();
    }
  }

  #take(bytes: Buffer, events: RunEvent[]): void {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const end = all.lastIndexOf(newline) + 1;
    for (const line of all.toString('utf8', 0, end).split('\n')) {
      if (line.trim() === '') continue;
      const event = parseLine(line);
      if (event === null) this.#nBadLines++;
      else events.push(event);
    }
    this.#rest = all.subarray(end);
    if (this.#rest.length > longestLineBytes) {
      this.#rest = Buffer.alloc(0);
      this.#nBadLines++;
    }
  }
}

function parseLine(line: string): RunEvent | null {
  try {
    const value: unknown = JSON.parse(line);
    return isRunEvent(value) ? value : null;
  } catch {
    return null;
  }
}
