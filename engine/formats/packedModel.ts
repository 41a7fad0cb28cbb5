/**
 * The packed model of a run: safetensors in which a binarized weight is one bit per value (U8 planes, one
 * row per output channel), a ternary or k-bit weight several such planes, each with one fp32 scale per output
 * channel, and everything else is fp32. The network that runs it, the plan and the sources' sums stand in the
 * metadata, so one file is enough to draw images. The layout is written down in docs/packed-format.md; the reader believes nothing that it has not checked.
 */
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { packSigns, unpackSigns } from './bitPlanes.ts';
import {
  isPlaneBits,
  levelsOf,
  nPlanes,
  packLevels,
  unpackLevels,
  unsoundPlanes,
  type PlaneBits,
  type PackedBits,
} from './weightPlanes.ts';
import { compactGraph, expandGraph } from './packedGraph.ts';
import { packedModelTooNew, packedModelUnreadable } from './problems.ts';
import {
  float32Tensor,
  float32Values,
  readSafetensors,
  uint8Tensor,
  writeSafetensors,
  type StoredTensor,
  type TensorFile,
} from './safetensors.ts';

export interface PackedModel {
  readonly graph: ModelGraph;
  /** By `<layer>.<weight>`: `main.0.weight`. */
  readonly weights: ReadonlyMap<string, PackedWeight>;
  readonly plan: unknown;
  /** SHA-256 of each source file, by name. */
  readonly sources: Readonly<Record<string, string>>;
}

export type PackedWeight = FloatWeight | BinaryWeight | PlaneWeight;

export interface FloatWeight {
  readonly kind: 'float';
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** value = ± scale of its output channel. */
export interface BinaryWeight {
  readonly kind: 'binary';
  readonly shape: readonly number[];
  /** The axis of `shape` that counts output channels. */
  readonly outAxis: number;
  /** One per output channel. */
  readonly scales: Float32Array;
  /** Row per output channel, ceil(n / 8) bytes each; bit i of a row (least first) set: plus. */
  readonly planes: Uint8Array;
}

/** Ternary or k bits: value = scale of its output channel · the whole number that its planes spell. */
export interface PlaneWeight {
  readonly kind: 'planes';
  readonly bits: PlaneBits;
  readonly shape: readonly number[];
  readonly outAxis: number;
  readonly scales: Float32Array;
  /** All planes one after the other, each like those of a binary weight (`weightPlanes.ts`). */
  readonly planes: Uint8Array;
}

const formatName = 'slimwise-packed';
/** A file states the lowest version whose readers understand it: 1, or 2 where it has ternary or k-bit weights. */
const formatVersion = 2;

/** Binarizes trained values: the sign of each, and the mean magnitude of its output channel (or the given scales). */
export function binaryWeight(
  shape: readonly number[],
  outAxis: number,
  values: Float32Array,
  scales: Float32Array = meanMagnitudes(shape, outAxis, values),
): BinaryWeight {
  return { kind: 'binary', shape, outAxis, scales, planes: packSigns(shape, outAxis, values) };
}

/**
 * Trained values in `bits`. Without `scales` a channel's is that of `binaryWeight` or `weightScales`; a trainer whose
 * forward pass has other scales gives them, and values already on the grid are stored exactly.
 */
export function codedWeight(
  bits: PackedBits,
  shape: readonly number[],
  outAxis: number,
  values: Float32Array,
  scales: Float32Array | null = null,
): BinaryWeight | PlaneWeight {
  if (bits === 1) return binaryWeight(shape, outAxis, values, scales ?? undefined);
  const coded = levelsOf(bits, shape, outAxis, values, scales);
  const planes = packLevels(bits, shape, outAxis, coded.levels);
  return { kind: 'planes', bits, shape, outAxis, scales: coded.scales, planes };
}

/** The dense values that the network runs with. */
export function weightValues(weight: PackedWeight): Float32Array {
  switch (weight.kind) {
    case 'float':
      return weight.values;
    case 'binary':
      return unpackSigns(weight.shape, weight.outAxis, weight.scales, weight.planes);
    case 'planes':
      return unpackLevels(weight.bits, weight.shape, weight.outAxis, weight.scales, weight.planes);
  }
}

export function writePacked({ graph, weights, plan, sources }: PackedModel): Uint8Array {
  const tensors = new Map<string, StoredTensor>();
  const binary: Record<string, { shape: readonly number[]; outAxis: number }> = {};
  const planes: Record<string, { shape: readonly number[]; outAxis: number; bits: PlaneBits }> = {};
  for (const [name, weight] of weights) {
    if (weight.kind === 'float') {
      tensors.set(name, float32Tensor(weight.shape, weight.values));
      continue;
    }
    const { shape, outAxis } = weight;
    const nRows = weight.scales.length;
    const outer = weight.kind === 'binary' ? [] : [nPlanes(weight.bits)];
    const nBits = outer[0] ?? 1;
    tensors.set(
      `${name}${planesSuffix}`,
      uint8Tensor([...outer, nRows, weight.planes.length / Math.max(1, nRows * nBits)], weight.planes),
    );
    tensors.set(`${name}${scalesSuffix}`, float32Tensor([nRows], weight.scales));
    if (weight.kind === 'binary') binary[name] = { shape, outAxis };
    else planes[name] = { shape, outAxis, bits: weight.bits };
  }
  const hasPlanes = Object.keys(planes).length > 0;
  const metadata = new Map([
    ['format', formatName],
    ['version', hasPlanes ? '2' : '1'],
    ['graph', JSON.stringify(compactGraph(graph))],
    ['binary', JSON.stringify(binary)],
    ...(hasPlanes ? [['planes', JSON.stringify(planes)] as const] : []),
    ['plan', JSON.stringify(plan)],
    ['sources', JSON.stringify(sources)],
  ]);
  return writeSafetensors(tensors, metadata);
}

const planesSuffix = '.planes';
const scalesSuffix = '.scales';

export function readPacked(bytes: Uint8Array): Result<PackedModel> {
  const file = readSafetensors(bytes);
  if (!file.ok) return file;
  const { metadata } = file.value;
  if (metadata.get('format') !== formatName) return unreadable('its metadata does not name the format');
  const version = Number(metadata.get('version'));
  if (Number.isInteger(version) && version > formatVersion) return failure(packedModelTooNew(version, formatVersion));
  if (version !== 1 && version !== 2) return unreadable('its metadata states no known version');
  const graph = expandGraph(parseJson(metadata.get('graph')));
  if (typeof graph === 'string') return unreadable(`its network is not sound: ${graph}`);
  const binary = parseJson(metadata.get('binary'));
  const sources = parseJson(metadata.get('sources'));
  if (!isRecord(binary)) return unreadable('its list of binary weights is not readable');
  const planes = version === 1 ? {} : parseJson(metadata.get('planes'));
  if (!isRecord(planes)) return unreadable('its list of ternary and k-bit weights is not readable');
  if (!isRecord(sources) || !Object.values(sources).every((sum) => typeof sum === 'string')) {
    return unreadable('its list of sources is not readable');
  }
  const weights = readWeights(file.value, binary, planes);
  if (typeof weights === 'string') return unreadable(weights);
  return success({
    graph,
    weights,
    plan: parseJson(metadata.get('plan')) ?? null,
    sources: sources as Record<string, string>,
  });
}

/** The weights, or what is wrong. */
function readWeights(
  { tensors }: TensorFile,
  binary: Record<string, unknown>,
  coded: Record<string, unknown>,
): Map<string, PackedWeight> | string {
  const weights = new Map<string, PackedWeight>();
  const used = new Set<string>();
  const entries = [
    ...Object.entries(binary).map((entry) => [...entry, true] as const),
    ...Object.entries(coded).map((entry) => [...entry, false] as const),
  ];
  for (const [name, described, isBinary] of entries) {
    const planes = tensors.get(name + planesSuffix);
    const scales = tensors.get(name + scalesSuffix);
    if (planes === undefined || scales === undefined)
      return `weight ${JSON.stringify(name)} lacks its planes or scales`;
    if (weights.has(name)) return `weight ${JSON.stringify(name)} is there twice`;
    const weight = readPlanes(described, isBinary, planes, scales);
    if (typeof weight === 'string') return `weight ${JSON.stringify(name)} ${weight}`;
    weights.set(name, weight);
    used.add(name + planesSuffix).add(name + scalesSuffix);
  }
  for (const [name, tensor] of tensors) {
    if (used.has(name)) continue;
    if (tensor.dtype !== 'F32')
      return `tensor ${JSON.stringify(name)} is ${tensor.dtype} and no plane of a binary weight`;
    if (weights.has(name)) return `weight ${JSON.stringify(name)} is there twice`;
    weights.set(name, { kind: 'float', shape: tensor.shape, values: float32Values(tensor) });
  }
  return weights;
}

function readPlanes(
  described: unknown,
  isBinary: boolean,
  planes: StoredTensor,
  scales: StoredTensor,
): BinaryWeight | PlaneWeight | string {
  if (!isRecord(described)) return 'is not described by an object';
  const { shape, outAxis, bits } = described as { shape?: unknown; outAxis?: unknown; bits?: unknown };
  if (!Array.isArray(shape) || shape.length === 0 || !shape.every((size) => Number.isSafeInteger(size) && size > 0)) {
    return 'has no sound shape';
  }
  const sizes = shape as readonly number[];
  if (typeof outAxis !== 'number' || !Number.isInteger(outAxis) || outAxis < 0 || outAxis >= sizes.length) {
    return 'has no sound channel axis';
  }
  if (!isBinary && !isPlaneBits(bits)) return 'has no known number of bits';
  const nBits = isPlaneBits(bits) && !isBinary ? nPlanes(bits) : 1;
  const nRows = sizes[outAxis] as number;
  const perRow = sizes.reduce((product, size, axis) => (axis === outAxis ? product : product * size), 1);
  const bytesPerRow = Math.ceil(perRow / 8);
  const expected = isBinary ? [nRows, bytesPerRow] : [nBits, nRows, bytesPerRow];
  if (planes.dtype !== 'U8' || planes.shape.join() !== expected.join()) {
    return `needs planes of ${expected.join('×')} bytes`;
  }
  if (scales.dtype !== 'F32' || scales.shape.length !== 1 || scales.shape[0] !== nRows) return `needs ${nRows} scales`;
  const values = float32Values(scales);
  if (!values.every((scale) => Number.isFinite(scale) && scale >= 0))
    return 'has a scale that is negative or not finite';
  const padding = bytesPerRow * 8 - perRow;
  const paddingMask = padding === 0 ? 0 : (0xff << (8 - padding)) & 0xff;
  for (let row = 1; row <= nRows * nBits; row++) {
    if (((planes.bytes[row * bytesPerRow - 1] as number) & paddingMask) !== 0) return 'has bits set in its padding';
  }
  const rest = { shape: sizes, outAxis, scales: values, planes: new Uint8Array(planes.bytes) };
  if (isBinary || !isPlaneBits(bits)) return { kind: 'binary', ...rest };
  return unsoundPlanes(bits, rest.planes) ?? { kind: 'planes', bits, ...rest };
}

/** Mean of |value| over each output channel: the scale of a binary-weight network (XNOR-Net, eq. 6). */
export function meanMagnitudes(shape: readonly number[], outAxis: number, values: Float32Array): Float32Array {
  const nRows = shape[outAxis] as number;
  const inner = shape.slice(outAxis + 1).reduce((product, size) => product * size, 1);
  const sums = new Float64Array(nRows);
  for (let i = 0; i < values.length; i++) {
    const row = Math.floor(i / inner) % nRows;
    sums[row] = (sums[row] as number) + Math.abs(values[i] as number);
  }
  return Float32Array.from(sums, (sum) => sum / (values.length / nRows));
}

function unreadable(reason: string): Result<never> {
  return failure(packedModelUnreadable(reason));
}

/** undefined where it is no JSON. */
function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
