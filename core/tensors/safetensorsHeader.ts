/**
 * The header of a safetensors file, read strictly and without its tensors: the data section must be covered
 * exactly once, without holes, overlaps or a tail; every shape must multiply to its byte range; the header must
 * be plain JSON without duplicate keys. It says what is wrong in words and never throws. Sub-byte dtypes are left
 * out. Whoever has the whole file (the engine) and whoever reads only its beginning (the model editor) share it.
 */
import { parseStrictJson, type JsonLimits, type JsonValue } from '../json/strictJson.ts';

export const bytesPerElement = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const;

export type TensorDtype = keyof typeof bytesPerElement;

/** Where a tensor stands, counted from the end of the header. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: TensorDtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface TensorHeader {
  /** In the order of their bytes. */
  readonly entries: readonly TensorEntry[];
  readonly metadata: ReadonlyMap<string, string>;
}

export type HeaderResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** The reference implementation's own limit. */
const maxHeaderBytes = 100_000_000;
const maxRank = 16;

/** Length of the header in bytes, from the file's first eight. */
export function headerLength(start: Uint8Array, fileBytes: number): HeaderResult<number> {
  if (fileBytes < 8 || start.length < 8) return reject(`it has ${fileBytes} bytes, too few for a header`);
  const declared = new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true);
  if (declared > BigInt(maxHeaderBytes)) {
    return reject(`its header claims ${declared} bytes, above the limit of 100 MB`);
  }
  const headerBytes = Number(declared);
  if (headerBytes < 2) return reject(`its header claims ${headerBytes} bytes`);
  if (8 + headerBytes > fileBytes) {
    return reject(`its header claims ${headerBytes} bytes and the file has only ${fileBytes - 8} after the length`);
  }
  return { ok: true, value: headerBytes };
}

/** `dataBytes` is what the file holds after its header. */
export function parseTensorHeader(
  bytes: Uint8Array,
  dataBytes: number,
  limits?: JsonLimits,
): HeaderResult<TensorHeader> {
  const text = decodeUtf8(bytes);
  if (text === null) return reject('its header is not UTF-8');
  if (!text.startsWith('{')) return reject("its header does not start with '{'");
  const parsed = parseStrictJson(text, limits);
  if (!parsed.ok) return reject(`its header is not plain JSON: ${parsed.reason}`);
  if (!isMap(parsed.value)) return reject('its header is not a JSON object');

  const metadata = new Map<string, string>();
  const entries: TensorEntry[] = [];
  for (const [name, value] of parsed.value) {
    if (name === '__metadata__') {
      if (!isMap(value)) return reject('its __metadata__ is not an object');
      for (const [key, text] of value) {
        if (typeof text !== 'string') return reject(`its metadata ${quote(key)} is not a string`);
        metadata.set(key, text);
      }
      continue;
    }
    const entry = readEntry(value);
    if (typeof entry === 'string') return reject(`tensor ${quote(name)} ${entry}`);
    entries.push({ name, ...entry });
  }
  const fault = coverageFault(entries, dataBytes);
  return fault === null ? { ok: true, value: { entries, metadata } } : reject(fault);
}

/** Sorts the entries by their bytes; answers what is not covered exactly once. */
function coverageFault(entries: TensorEntry[], dataBytes: number): string | null {
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of entries) {
    if (begin < covered) return `tensor ${quote(name)} overlaps another one`;
    if (begin > covered) return `there is a hole of ${begin - covered} bytes before tensor ${quote(name)}`;
    if (end > dataBytes) return `tensor ${quote(name)} ends after the file does (${end} of ${dataBytes} bytes)`;
    covered = end;
  }
  return covered === dataBytes ? null : `${dataBytes - covered} bytes follow the last tensor`;
}

/** The entry, or what is wrong with it. */
function readEntry(value: JsonValue): Omit<TensorEntry, 'name'> | string {
  if (!isMap(value)) return 'is not described by an object';
  for (const key of value.keys()) {
    if (key !== 'dtype' && key !== 'shape' && key !== 'data_offsets') return `has an unknown field ${quote(key)}`;
  }
  const dtype = value.get('dtype');
  if (typeof dtype !== 'string' || !Object.hasOwn(bytesPerElement, dtype))
    return `has the unknown dtype ${quote(String(dtype))}`;
  const shape = value.get('shape');
  if (!isCountList(shape)) return 'has a shape that is not a list of whole numbers';
  if (shape.length > maxRank) return `has ${shape.length} dimensions`;
  const offsets = value.get('data_offsets');
  if (!isCountList(offsets) || offsets.length !== 2) return 'has no pair of offsets';
  const [begin, end] = offsets as [number, number];
  if (end < begin) return 'ends before it begins';
  const bytes = elementCount(shape) * bytesPerElement[dtype as TensorDtype];
  if (!Number.isSafeInteger(bytes)) return 'has a shape whose size overflows';
  if (bytes !== end - begin) return `needs ${bytes} bytes by its shape and has ${end - begin}`;
  return { dtype: dtype as TensorDtype, shape, begin, end };
}

/** Infinity or an unsafe integer where the product overflows; a zero anywhere makes it 0 only at the end. */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  let largest = 1;
  for (const size of shape) {
    count *= size;
    largest *= Math.max(size, 1);
  }
  return Number.isSafeInteger(largest) ? count : Infinity;
}

function reject(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function isMap(value: JsonValue | undefined): value is ReadonlyMap<string, JsonValue> {
  return value instanceof Map;
}

function isCountList(value: JsonValue | undefined): value is readonly number[] {
  return (
    Array.isArray(value) && value.every((size) => typeof size === 'number' && Number.isSafeInteger(size) && size >= 0)
  );
}

/** Names come from the file: shown short and with control characters escaped. */
function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
