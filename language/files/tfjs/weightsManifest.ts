/**
 * The weights manifest of a `model.json`: names, shapes and types of all weights, in the order of their bytes in
 * the files beside it. Weights are not loaded. The one exception are small lists of whole numbers of graph
 * models, which hold the sizes of reshapes: they are read from the files beside the model, by bare name only.
 */
import type { JsonValue } from '../../../core/json/strictJson.ts';
import { isBareName, type ByteSource, type ModelFile } from '../byteSource.ts';
import { sizeOf } from '../constants.ts';
import { fault, quote } from '../modelFault.ts';
import { asList, asMap, asText } from './json.ts';

export interface ManifestWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  /** How it is stored, where that is with fewer bits. */
  readonly quantized: string | null;
  readonly place: WeightPlace | null;
}

/** Where the bytes begin, in the files of the group one after the other; null after a text, whose length is not stated. */
export interface WeightPlace {
  readonly paths: readonly string[];
  readonly offset: number;
}

/** Sizes, axes and paddings; longer lists are data. */
const mostValues = 256;

const bytesOf: Readonly<Record<string, number>> = {
  float32: 4,
  float16: 2,
  int32: 4,
  bool: 1,
  uint8: 1,
  uint16: 2,
  complex64: 8,
};

export function readManifest(value: JsonValue | undefined): readonly ManifestWeight[] {
  if (value === undefined || value === null) return [];
  const weights: ManifestWeight[] = [];
  const names = new Set<string>();
  for (const group of asList(value) ?? fault('its weights manifest is not a list')) {
    const map = asMap(group) ?? fault('a group of its weights manifest is not an object');
    const paths = (asList(map.get('paths')) ?? []).map((path) => asText(path) ?? fault('a weight file has no name'));
    let offset: number | null = 0;
    for (const entry of asList(map.get('weights')) ?? fault('a group of its weights manifest has no weights')) {
      const weight = readWeight(entry);
      if (names.has(weight.name)) fault(`two weights are named ${quote(weight.name)}`);
      names.add(weight.name);
      const stored = bytesOf[weight.quantized ?? weight.dtype];
      weights.push({ ...weight, place: offset === null ? null : { paths, offset } });
      offset = offset === null || stored === undefined ? null : offset + stored * sizeOf(weight.shape);
    }
  }
  return weights;
}

function readWeight(entry: JsonValue): Omit<ManifestWeight, 'place'> {
  const map = asMap(entry) ?? fault('a weight of its manifest is not an object');
  const name = asText(map.get('name')) ?? fault('a weight has no name');
  const dtype = asText(map.get('dtype')) ?? fault(`the weight ${quote(name)} has no type`);
  const shape = asList(map.get('shape')) ?? fault(`the weight ${quote(name)} has no shape`);
  if (dtype !== 'string' && !Object.hasOwn(bytesOf, dtype))
    fault(`the weight ${quote(name)} has the type ${quote(dtype)}`);
  let largest = 1;
  const dims = shape.map((dim) => {
    if (typeof dim !== 'number' || !Number.isSafeInteger(dim) || dim < 0) {
      return fault(`the weight ${quote(name)} has a dimension of ${typeof dim === 'number' ? dim : 'no number'}`);
    }
    largest *= Math.max(dim, 1);
    return dim;
  });
  if (dims.length > 16 || !Number.isSafeInteger(largest * 8)) fault(`the size of the weight ${quote(name)} overflows`);
  const quantized = asText(asMap(map.get('quantization'))?.get('dtype'));
  return { name, dtype, shape: dims, quantized };
}

/** The values of a small whole-number weight; null where they are not at hand. */
export function readWholeNumbers(
  file: ModelFile,
  { shape, dtype, quantized, place }: ManifestWeight,
): readonly number[] | null {
  const nValues = sizeOf(shape);
  if (dtype !== 'int32' || quantized !== null || nValues > mostValues || place === null) return null;
  const bytes = readAcross(file, place, 4 * nValues);
  if (bytes === null) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: nValues }, (_unused, idx) => view.getInt32(4 * idx, true));
}

/** A weight may begin in one file of its group and end in the next. */
function readAcross(file: ModelFile, { paths, offset }: WeightPlace, length: number): Uint8Array | null {
  const bytes = new Uint8Array(length);
  let from = offset;
  let filled = 0;
  for (const path of paths) {
    const shard: ByteSource | null = isBareName(path) ? file.beside(path) : null;
    if (shard === null) return null;
    if (from < shard.size) {
      const piece = shard.read(from, length - filled);
      bytes.set(piece, filled);
      filled += piece.length;
    }
    from = Math.max(0, from - shard.size);
    if (filled === length) return bytes;
  }
  return filled === length ? bytes : null;
}
