/**
 * One TensorProto, measured: its dims, its type, how many bytes the file holds for it, and its values only
 * where they are few. Dims and stored bytes must agree; a size that cannot be exact is refused.
 */
import { fault, quote } from '../modelFault.ts';
import { onnxDtypes, type OnnxDtype, type OnnxTensor } from './onnxFile.ts';
import type { WireField, WireReader } from './wireReader.ts';

/** Shapes, axes, scales and paddings are far below this. */
const mostValues = 1024;
const maxRank = 32;

export function readTensor(reader: WireReader, { start, end }: WireField): OnnxTensor {
  const dims: number[] = [];
  let name = '';
  let typeCode = 0;
  let raw: WireField | null = null;
  let external: string | null = null;
  let isExternal = false;
  const typed: WireField[] = [];
  reader.message(start, end, (field) => {
    switch (field.field) {
      case 1:
        if (dims.length <= maxRank) dims.push(...reader.varints(field).slice(0, maxRank + 1));
        break;
      case 2:
        typeCode = field.value;
        break;
      case 3:
        fault('it holds a tensor in segments, which are not read');
        break;
      case 8:
        name = reader.text(field);
        break;
      case 9:
        if (field.wire !== 'bytes') fault(`the data of a tensor at byte ${field.start} is a number`);
        raw = field;
        break;
      case 13: {
        const [key, value] = readEntry(reader, field);
        if (key === 'location') external = value;
        break;
      }
      case 14:
        isExternal = field.value === 1;
        break;
      case 4: // float_data
      case 5: // int32_data, for all types of up to 32 bits
      case 7: // int64_data
      case 10: // double_data
      case 11: // uint64_data
        typed.push(field);
        break;
      default: // Strings and documentation.
    }
  });
  const dtype = onnxDtypes.get(typeCode) ?? fault(`tensor ${quote(name)} has the unknown type ${typeCode}`);
  if (dims.length > maxRank) fault(`tensor ${quote(name)} has more than ${maxRank} dimensions`);
  const nValues = countValues(dims, name);
  const held = raw as WireField | null;
  if (held !== null) checkBytes(name, dims, dtype, nValues, held.end - held.start);
  const values = nValues > mostValues ? null : valuesOf(reader, dtype, held, typed, nValues);
  if (held === null && values !== null && values.length !== nValues && typed.length > 0) {
    fault(`tensor ${quote(name)} [${dims.join(', ')}] has ${values.length} values`);
  }
  return {
    name,
    dims,
    dtype,
    external: isExternal || external !== null ? (external ?? '') : null,
    storedBytes: held !== null ? held.end - held.start : typed.length === 0 ? null : sum(typed),
    values: values?.length === nValues ? values : null,
  };
}

function countValues(dims: readonly number[], name: string): number {
  let count = 1;
  let largest = 1;
  for (const dim of dims) {
    if (!Number.isSafeInteger(dim) || dim < 0) fault(`tensor ${quote(name)} has a dimension of ${dim}`);
    count *= dim;
    largest *= Math.max(dim, 1);
  }
  return Number.isSafeInteger(largest * 16)
    ? count
    : fault(`the size of tensor ${quote(name)} [${dims.join(', ')}] overflows`);
}

function checkBytes(name: string, dims: readonly number[], dtype: OnnxDtype, nValues: number, found: number): void {
  const expected = Math.ceil((nValues * dtype.bits) / 8);
  if (found !== expected) {
    fault(`tensor ${quote(name)} [${dims.join(', ')}] needs ${expected} bytes of ${dtype.name} and has ${found}`);
  }
}

/** Numbers of a small tensor, from whichever field holds them; types that are not needed give none. */
function valuesOf(
  reader: WireReader,
  dtype: OnnxDtype,
  raw: WireField | null,
  typed: readonly WireField[],
  nValues: number,
): readonly number[] | null {
  if (raw === null) {
    if (sum(typed) > 10 * mostValues) fault('a small tensor holds too many values');
    return typed.flatMap((field) => {
      if (field.field === 4) return reader.floats(field);
      return field.field === 10 ? doubles(reader, field) : reader.varints(field);
    });
  }
  const bytes = reader.bytes(raw.start, raw.end);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const read = readers[dtype.name];
  if (read === undefined) return null;
  return Array.from({ length: nValues }, (_unused, idx) => read(view, idx));
}

const readers: Readonly<Record<string, (view: DataView, idx: number) => number>> = {
  float32: (view, idx) => view.getFloat32(4 * idx, true),
  float64: (view, idx) => view.getFloat64(8 * idx, true),
  int64: (view, idx) => Number(view.getBigInt64(8 * idx, true)),
  uint64: (view, idx) => Number(view.getBigUint64(8 * idx, true)),
  int32: (view, idx) => view.getInt32(4 * idx, true),
  uint32: (view, idx) => view.getUint32(4 * idx, true),
  bool: (view, idx) => view.getUint8(idx),
  uint8: (view, idx) => view.getUint8(idx),
  int8: (view, idx) => view.getInt8(idx),
};

function doubles(reader: WireReader, { start, end }: WireField): readonly number[] {
  if ((end - start) % 8 !== 0) fault(`a list of numbers at byte ${start} is cut off`);
  const bytes = reader.bytes(start, end);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 8 }, (_unused, idx) => view.getFloat64(8 * idx, true));
}

function sum(fields: readonly WireField[]): number {
  return fields.reduce((total, { start, end }) => total + (end - start), 0);
}

function readEntry(reader: WireReader, { start, end, wire }: WireField): [string, string] {
  if (wire !== 'bytes') fault(`an entry at byte ${start} is a number`);
  let key = '';
  let value = '';
  reader.message(start, end, (field) => {
    if (field.field === 1) key = reader.text(field);
    else if (field.field === 2) value = reader.text(field);
  });
  return [key, value];
}
