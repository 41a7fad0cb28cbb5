/**
 * The safetensors format: an 8-byte little-endian header length, a JSON header, then the tensors' bytes.
 * The reader is as strict as `core/tensors/safetensorsHeader.ts`: it refuses before it allocates, and returns
 * views into the given bytes.
 */
import { failure, success, type Result } from '../../core/result.ts';
import {
  bytesPerElement,
  elementCount,
  headerLength,
  parseTensorHeader,
  type TensorDtype,
} from '../../core/tensors/safetensorsHeader.ts';
import { tensorsUnreadable } from './problems.ts';

export type { TensorDtype } from '../../core/tensors/safetensorsHeader.ts';

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
  const length = headerLength(file.subarray(0, 8), file.length);
  if (!length.ok) return failure(tensorsUnreadable(length.reason));
  const data = file.subarray(8 + length.value);
  const header = parseTensorHeader(file.subarray(8, 8 + length.value), data.length);
  if (!header.ok) return failure(tensorsUnreadable(header.reason));
  const tensors = new Map<string, StoredTensor>();
  for (const { name, dtype, shape, begin, end } of header.value.entries) {
    tensors.set(name, { dtype, shape, bytes: data.subarray(begin, end) });
  }
  return success({ tensors, metadata: header.value.metadata });
}
