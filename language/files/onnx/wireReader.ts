/**
 * The protobuf wire format, read from a file piece by piece: fields of one message in order, nested messages by
 * their place. Weights are skipped, never copied. Every length is held against the message around it, a varint
 * against ten bytes, and all fields of a file against one budget, so that time and memory are bounded whatever
 * the bytes are. Nesting is the caller's, who knows the schema; groups, which nest by themselves, are refused.
 */
import type { ByteSource } from '../byteSource.ts';
import { fault, tooLarge } from '../modelFault.ts';

/** One field: a number for varints and fixed sizes (raw bits), a place for what has a length. */
export interface WireField {
  readonly field: number;
  readonly wire: 'varint' | 'bytes' | 'fixed32' | 'fixed64';
  /** A varint as a signed 64-bit number; beyond 2^53 it is rounded, and the caller checks what must be exact. */
  readonly value: number;
  readonly start: number;
  readonly end: number;
}

export interface WireLimits {
  readonly maxFields: number;
  readonly maxTextBytes: number;
}

/** A model of 50,000 nodes has about a million fields. */
const defaultLimits: WireLimits = { maxFields: 3_000_000, maxTextBytes: 64 * 1024 * 1024 };
const windowBytes = 64 * 1024;
const longestName = 64 * 1024;

export class WireReader {
  readonly size: number;
  readonly #source: ByteSource;
  #fieldsLeft: number;
  #textLeft: number;
  #window: Uint8Array = new Uint8Array();
  #windowStart = 0;
  #at = 0;

  constructor(source: ByteSource, limits: WireLimits = defaultLimits) {
    this.#source = source;
    this.size = source.size;
    this.#fieldsLeft = limits.maxFields;
    this.#textLeft = limits.maxTextBytes;
  }

  /** Calls `visit` for each field of the message that stands from `start` to `end`. */
  message(start: number, end: number, visit: (field: WireField) => void): void {
    if (end > this.size) fault(`a part of it ends at byte ${end}, after the file does (${this.size})`);
    this.#at = start;
    while (this.#at < end) {
      const field = this.#next(end);
      const after = this.#at;
      visit(field);
      this.#at = after;
    }
  }

  /** The values of a packed or single varint field. */
  varints({ wire, value, start, end }: WireField): readonly number[] {
    if (wire === 'varint') return [value];
    const values: number[] = [];
    this.#at = start;
    while (this.#at < end) {
      this.#spendField();
      values.push(this.#varint(end));
    }
    return values;
  }

  /** The values of a packed or single float field. */
  floats({ wire, start, end }: WireField): readonly number[] {
    if (wire === 'varint' || (end - start) % 4 !== 0) fault(`a list of numbers at byte ${start} is cut off`);
    const bytes = this.bytes(start, end);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return Array.from({ length: bytes.length / 4 }, (_unused, idx) => view.getFloat32(4 * idx, true));
  }

  text({ wire, start, end }: WireField): string {
    if (wire !== 'bytes') fault(`a text is stored as a number at byte ${start}`);
    if (end - start > longestName) tooLarge(`a name of ${end - start} bytes`);
    this.#textLeft -= end - start;
    if (this.#textLeft < 0) tooLarge('more than 64 MB of names');
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(this.bytes(start, end));
    } catch {
      return fault(`a text at byte ${start} is not UTF-8`);
    }
  }

  /** Callers ask for little: names, and the values of small tensors. */
  bytes(start: number, end: number): Uint8Array {
    const bytes = this.#source.read(start, end - start);
    if (bytes.length !== end - start) fault(`the file ends before byte ${end}`);
    return bytes;
  }

  #next(end: number): WireField {
    this.#spendField();
    const start = this.#at;
    const key = this.#varint(end);
    const field = Math.floor(key / 8);
    if (!(1 <= field && field < 2 ** 29)) fault(`byte ${start} starts a field with the number ${field}`);
    switch (key % 8) {
      case 0: {
        const at = this.#at;
        return { field, wire: 'varint', value: this.#varint(end), start: at, end: this.#at };
      }
      case 1:
        return this.#skip(field, 'fixed64', 8, end);
      case 2:
        return this.#skip(field, 'bytes', this.#varint(end), end);
      case 5:
        return this.#skip(field, 'fixed32', 4, end);
      default:
        return fault(`byte ${start} has the wire type ${key % 8}, which no ONNX file uses`);
    }
  }

  #skip(field: number, wire: WireField['wire'], length: number, end: number): WireField {
    const start = this.#at;
    if (!(0 <= length && length <= end - start)) {
      fault(`a field at byte ${start} claims ${length} bytes and only ${end - start} follow`);
    }
    this.#at = start + length;
    return { field, wire, value: 0, start, end: this.#at };
  }

  #varint(end: number): number {
    const start = this.#at;
    let low = 0; // Bits 0 to 27.
    let middle = 0; // Bits 28 to 55.
    let high = 0; // Bits 56 to 63.
    for (let nBytes = 0; ; nBytes++) {
      if (this.#at >= end) fault(`a number at byte ${start} is cut off`);
      if (nBytes === 10) fault(`a number at byte ${start} has more than ten bytes`);
      const byte = this.#byteAt(this.#at++);
      const bits = byte & 127;
      if (nBytes < 4) low |= bits << (7 * nBytes);
      else if (nBytes < 8) middle |= bits << (7 * (nBytes - 4));
      else high |= bits << (7 * (nBytes - 8));
      if (nBytes === 9 && byte > 1) fault(`a number at byte ${start} has more than 64 bits`);
      if (byte < 128) break;
    }
    const magnitude = low + middle * 2 ** 28 + (high & 127) * 2 ** 56;
    if (high < 128) return magnitude;
    // The sign bit is set: two's complement, exact for everything near zero.
    return Number(BigInt.asIntN(64, BigInt(low) + (BigInt(middle) << 28n) + (BigInt(high) << 56n)));
  }

  #byteAt(at: number): number {
    let idx = at - this.#windowStart;
    if (!(0 <= idx && idx < this.#window.length)) {
      this.#window = this.#source.read(at, windowBytes);
      this.#windowStart = at;
      idx = 0;
    }
    return this.#window[idx] ?? fault(`the file ends at byte ${at}`);
  }

  #spendField(): void {
    if (--this.#fieldsLeft < 0) tooLarge('more than three million fields');
  }
}
