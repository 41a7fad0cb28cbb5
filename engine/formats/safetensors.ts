/**
 * The safetensors format: an 8-byte little-endian header length, a JSON header, then the tensors' bytes.
 * The reader is strict: the data section must be covered exactly once, without holes, overlaps or a tail,
 * every shape must multiply to its byte range, and the header must be plain JSON without duplicate keys;
 * it refuses before it allocates, and returns views into the given bytes. Sub-byte dtypes are left out.
 */
import { failure, success, type Result } from '../../core/result.ts';
import { tensorsUnreadable } from './problems.ts';
import { parseStrictJson, type JsonValue } from './strictJson.ts';

const bytesPerElement = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
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

/** One tensor as stored: little-endian, row-major. */
export interface StoredTensor {
  readonly dtype: TensorDtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** The reference implementation's own limit. */
const maxHeaderBytes = 100_000_000;
const maxRank = 16;

export function float32Tensor(shape: readonly number[], values: Float32Array): StoredTensor {
  return { dtype: 'F32', shape, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

export function int32Tensor(shape: readonly number[], values: Int32Array): StoredTensor {
  return { dtype: 'I32', shape, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

export function uint8Tensor(shape: readonly number[], bytes: Uint8Array): StoredTensor {
  return { dtype: 'U8', shape, bytes };
}

/** The values of an F32 tensor, copied so that they are aligned and own their memory (a Buffer's `slice` would not). */
export function float32Values(tensor: StoredTensor): Float32Array {
  if (tensor.dtype !== 'F32') throw new TypeError(`expected F32, found ${tensor.dtype}`);
  return new Float32Array(new Uint8Array(tensor.bytes).buffer);
}

export function int32Values(tensor: StoredTensor): Int32Array {
  if (tensor.dtype !== 'I32') throw new TypeError(`expected I32, found ${tensor.dtype}`);
  return new Int32Array(new Uint8Array(tensor.bytes).buffer);
}

/** The file's bytes. Tensors are stored widest elements first, so that each starts aligned. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array {
  const ordered = [...tensors].sort(
    ([nameA, a], [nameB, b]) => bytesPerElement[b.dtype] - bytesPerElement[a.dtype] || (nameA < nameB ? -1 : 1),
  );
  const entries: string[] = [];
  if (metadata.size > 0) {
    const pairs = [...metadata].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
    entries.push(`"__metadata__":{${pairs.join(',')}}`);
  }
  let offset = 0;
  for (const [name, { dtype, shape, bytes }] of ordered) {
    if (bytes.length !== elementCount(shape) * bytesPerElement[dtype]) {
      throw new RangeError(`tensor ${name} has ${bytes.length} bytes; ${dtype} [${shape.join(', ')}] needs others`);
    }
    if (name === '__metadata__') throw new RangeError('a tensor cannot be named __metadata__');
    const end = offset + bytes.length;
    entries.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [offset, end] })}`);
    offset = end;
  }
  let header = `{${entries.join(',')}}`;
  let headerBytes = new TextEncoder().encode(header);
  header += ' '.repeat((8 - (headerBytes.length % 8)) % 8);
  headerBytes = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + headerBytes.length + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes.length), true);
  file.set(headerBytes, 8);
  let at = 8 + headerBytes.length;
  for (const [, { bytes }] of ordered) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

/** Reads the whole file; the tensors are views into `file`. */
export function readSafetensors(file: Uint8Array): Result<TensorFile> {
  const reject = (reason: string) => failure(tensorsUnreadable(reason));
  if (file.length < 8) return reject(`it has ${file.length} bytes, too few for a header`);
  const declared = new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true);
  if (declared > BigInt(maxHeaderBytes))
    return reject(`its header claims ${declared} bytes, above the limit of 100 MB`);
  const headerBytes = Number(declared);
  if (headerBytes < 2) return reject(`its header claims ${headerBytes} bytes`);
  if (8 + headerBytes > file.length) {
    return reject(`its header claims ${headerBytes} bytes and the file has only ${file.length - 8} after the length`);
  }
  const text = decodeUtf8(file.subarray(8, 8 + headerBytes));
  if (text === null) return reject('its header is not UTF-8');
  if (!text.startsWith('{')) return reject("its header does not start with '{'");
  const parsed = parseStrictJson(text);
  if (!parsed.ok) return reject(`its header is not plain JSON: ${parsed.reason}`);
  if (!isMap(parsed.value)) return reject('its header is not a JSON object');

  const data = file.subarray(8 + headerBytes);
  const metadata = new Map<string, string>();
  const entries: { name: string; dtype: TensorDtype; shape: readonly number[]; begin: number; end: number }[] = [];
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

  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  const tensors = new Map<string, StoredTensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    if (begin < covered) return reject(`tensor ${quote(name)} overlaps another one`);
    if (begin > covered) return reject(`there is a hole of ${begin - covered} bytes before tensor ${quote(name)}`);
    if (end > data.length)
      return reject(`tensor ${quote(name)} ends after the file does (${end} of ${data.length} bytes)`);
    tensors.set(name, { dtype, shape, bytes: data.subarray(begin, end) });
    covered = end;
  }
  if (covered !== data.length) return reject(`${data.length - covered} bytes follow the last tensor`);
  return success({ tensors, metadata });
}

type Entry = { dtype: TensorDtype; shape: readonly number[]; begin: number; end: number };

/** The entry, or what is wrong with it. */
function readEntry(value: JsonValue): Entry | string {
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
function elementCount(shape: readonly number[]): number {
  let count = 1;
  let largest = 1;
  for (const size of shape) {
    count *= size;
    largest *= Math.max(size, 1);
  }
  return Number.isSafeInteger(largest) ? count : Infinity;
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
