/**
 * NumPy arrays (`.npy`): magic, version, a header that is a Python dictionary, raw values. The header is
 * read by a grammar for exactly that dictionary; nothing is evaluated, objects (pickles) are never loaded,
 * and values are taken in pieces, so that an array of any size is read in the memory of one piece.
 */
import type { ByteReader } from './byteReader.ts';

export interface NpyHeader {
  readonly shape: readonly number[];
  readonly type: NpyType;
  /** Of the values that follow, by the shape. */
  readonly nBytes: number;
}

export type NpyType = 'u1' | 'u2' | 'f4' | 'f8';
export type NpyValues = Uint8Array | Uint16Array | Float32Array | Float64Array;

export type NpyReading =
  { readonly ok: true; readonly header: NpyHeader } | { readonly ok: false; readonly reason: string };

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** NumPy's own default limit. */
const maxHeaderBytes = 10_000;
const types: Readonly<Record<string, NpyType>> = {
  '|u1': 'u1',
  '<u1': 'u1',
  '|b1': 'u1',
  '<u2': 'u2',
  '<f4': 'f4',
  '<f8': 'f8',
};

export const npyValueBytes: Readonly<Record<NpyType, number>> = { u1: 1, u2: 2, f4: 4, f8: 8 };

export function isNpy(bytes: Uint8Array): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/** Afterwards the reader stands at the first value. */
export async function readNpyHeader(reader: ByteReader): Promise<NpyReading> {
  const refuse = (reason: string): NpyReading => ({ ok: false, reason });
  const begin = await reader.take(8);
  if (!isNpy(begin)) return refuse('it does not start as a NumPy array');
  const version = begin[6] ?? 0;
  const lengthBytes = version === 1 ? 2 : 4;
  const length = await reader.take(lengthBytes);
  if (version < 1 || version > 3 || length.length < lengthBytes) return refuse(`it is of version ${version}`);
  const view = new DataView(length.buffer, length.byteOffset, length.length);
  const headerBytes = version === 1 ? view.getUint16(0, true) : view.getUint32(0, true);
  if (headerBytes > maxHeaderBytes) return refuse(`its header claims ${headerBytes} bytes`);
  const text = await reader.take(headerBytes);
  if (text.length < headerBytes) return refuse('it is cut off within its header');
  const header = readHeader(new TextDecoder('latin1').decode(text));
  if (header === null) return refuse('its header is not the dictionary that NumPy writes');
  const { descr, fortranOrder, shape } = header;
  if (descr.includes('O')) return refuse('it holds Python objects (a pickle), which are never loaded');
  if (descr.startsWith('>')) return refuse(`its values are big-endian (${descr})`);
  const type = Object.hasOwn(types, descr) ? types[descr] : undefined;
  if (type === undefined)
    return refuse(`its values are of type ${JSON.stringify(descr)}; uint8, uint16, float32 and float64 are read`);
  if (fortranOrder && shape.length > 1) return refuse('its values are in Fortran order');
  const nBytes = shape.reduce((product, size) => product * size, npyValueBytes[type]);
  return { ok: true, header: { shape, type, nBytes } };
}

/** `{'descr': '|u1', 'fortran_order': False, 'shape': (10, 28, 28), }`, keys in any order, each once. */
function readHeader(text: string): { descr: string; fortranOrder: boolean; shape: readonly number[] } | null {
  const body = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1];
  if (body === undefined) return null;
  let descr: string | null = null;
  let fortranOrder: boolean | null = null;
  let shape: readonly number[] | null = null;
  const entry =
    /\s*'(descr|fortran_order|shape)'\s*:\s*(?:'([^']{1,20})'|(True|False)|\(([0-9,\s]{0,200})\))\s*(?:,|$)/sy;
  while (body.slice(entry.lastIndex).trim() !== '') {
    const match = entry.exec(body);
    if (match === null) return null;
    const [, key, text, flag, sizes] = match;
    if (key === 'descr' && text !== undefined && descr === null) descr = text;
    else if (key === 'fortran_order' && flag !== undefined && fortranOrder === null) fortranOrder = flag === 'True';
    else if (key === 'shape' && sizes !== undefined && shape === null) shape = readSizes(sizes);
    else return null;
  }
  if (descr === null || fortranOrder === null || shape === null || !shape.every(Number.isSafeInteger)) return null;
  return { descr, fortranOrder, shape };
}

/** `10, 28, 28` or `10,`. */
function readSizes(text: string): readonly number[] {
  const sizes = text.split(',').map((size) => size.trim());
  return sizes.filter((size) => size !== '').map(Number);
}

/** Whole values from bytes of the array. */
export function npyValues(bytes: Uint8Array, type: NpyType): NpyValues {
  if (type === 'u1') return bytes;
  // Copied, so that the values are aligned; the machines that Node runs on are little-endian.
  const { buffer } = new Uint8Array(bytes);
  if (type === 'u2') return new Uint16Array(buffer);
  return type === 'f4' ? new Float32Array(buffer) : new Float64Array(buffer);
}
