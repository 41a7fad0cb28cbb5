/**
 * NumPy arrays (`.npy`): magic, version, a header that is a Python dictionary, raw values. The header is
 * read by a grammar for exactly that dictionary; nothing is evaluated, objects (pickles) are never loaded,
 * and the claimed size is held against the bytes that are there before anything is allocated.
 */

export interface NpyArray {
  readonly shape: readonly number[];
  readonly values: Uint8Array | Uint16Array | Float32Array | Float64Array;
}

export type NpyReading =
  { readonly ok: true; readonly array: NpyArray } | { readonly ok: false; readonly reason: string };

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** NumPy's own default limit. */
const maxHeaderBytes = 10_000;
const elementBytes: Readonly<Record<string, number>> = { '|u1': 1, '<u1': 1, '|b1': 1, '<u2': 2, '<f4': 4, '<f8': 8 };

export function isNpy(bytes: Uint8Array): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

export function readNpy(bytes: Uint8Array): NpyReading {
  const refuse = (reason: string): NpyReading => ({ ok: false, reason });
  if (!isNpy(bytes)) return refuse('it does not start as a NumPy array');
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3 || bytes.length < 12) return refuse(`it is of version ${version}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const headerBytes = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const begin = version === 1 ? 10 : 12;
  if (headerBytes > maxHeaderBytes) return refuse(`its header claims ${headerBytes} bytes`);
  if (begin + headerBytes > bytes.length) return refuse('it is cut off within its header');
  const header = readHeader(new TextDecoder('latin1').decode(bytes.subarray(begin, begin + headerBytes)));
  if (header === null) return refuse('its header is not the dictionary that NumPy writes');
  const { descr, fortranOrder, shape } = header;
  if (descr.includes('O')) return refuse('it holds Python objects (a pickle), which are never loaded');
  if (descr.startsWith('>')) return refuse(`its values are big-endian (${descr})`);
  const width = Object.hasOwn(elementBytes, descr) ? elementBytes[descr] : undefined;
  if (width === undefined)
    return refuse(`its values are of type ${JSON.stringify(descr)}; uint8, uint16, float32 and float64 are read`);
  if (fortranOrder && shape.length > 1) return refuse('its values are in Fortran order');
  const nValues = shape.reduce((product, size) => product * size, 1);
  const data = bytes.subarray(begin + headerBytes);
  if (nValues * width !== data.length)
    return refuse(`its shape needs ${nValues * width} bytes and ${data.length} follow`);
  return { ok: true, array: { shape, values: asValues(data, descr) } };
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

function asValues(data: Uint8Array, descr: string): NpyArray['values'] {
  // Copied, so that the values are aligned; the machines that Node runs on are little-endian.
  const { buffer } = new Uint8Array(data);
  if (descr === '<u2') return new Uint16Array(buffer);
  if (descr === '<f4') return new Float32Array(buffer);
  if (descr === '<f8') return new Float64Array(buffer);
  return new Uint8Array(buffer);
}
