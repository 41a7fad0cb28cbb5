/**
 * The packed model of a run: safetensors in which a binarized weight is one bit per value (U8 planes, one
 * row per output channel) and one fp32 scale per output channel, and everything else is fp32. The network
 * that runs it, the plan and the sources' sums stand in the metadata, so one file is enough to draw images.
 * The layout is written down in docs/packed-format.md; the reader believes nothing that it has not checked.
 */
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { packSigns, unpackSigns } from './bitPlanes.ts';
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

export type PackedWeight = FloatWeight | BinaryWeight;

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

const formatName = 'slimwise-packed';
const formatVersion = 1;

/** Binarizes trained values: the sign of each, and the mean magnitude of its output channel (or the given scales). */
export function binaryWeight(
  shape: readonly number[],
  outAxis: number,
  values: Float32Array,
  scales: Float32Array = meanMagnitudes(shape, outAxis, values),
): BinaryWeight {
  return { kind: 'binary', shape, outAxis, scales, planes: packSigns(shape, outAxis, values) };
}

/** The dense values that the network runs with. */
export function weightValues(weight: PackedWeight): Float32Array {
  return weight.kind === 'float'
    ? weight.values
    : unpackSigns(weight.shape, weight.outAxis, weight.scales, weight.planes);
}

export function writePacked({ graph, weights, plan, sources }: PackedModel): Uint8Array {
  const tensors = new Map<string, StoredTensor>();
  const binary: Record<string, { shape: readonly number[]; outAxis: number }> = {};
  for (const [name, weight] of weights) {
    if (weight.kind === 'float') {
      tensors.set(name, float32Tensor(weight.shape, weight.values));
      continue;
    }
    const nRows = weight.scales.length;
    tensors.set(
      `${name}${planesSuffix}`,
      uint8Tensor([nRows, weight.planes.length / Math.max(1, nRows)], weight.planes),
    );
    tensors.set(`${name}${scalesSuffix}`, float32Tensor([nRows], weight.scales));
    binary[name] = { shape: weight.shape, outAxis: weight.outAxis };
  }
  const metadata = new Map([
    ['format', formatName],
    ['version', String(formatVersion)],
    ['graph', JSON.stringify(compactGraph(graph))],
    ['binary', JSON.stringify(binary)],
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
  if (version !== formatVersion) return unreadable('its metadata states no known version');
  const graph = expandGraph(parseJson(metadata.get('graph')));
  if (typeof graph === 'string') return unreadable(`its network is not sound: ${graph}`);
  const binary = parseJson(metadata.get('binary'));
  const sources = parseJson(metadata.get('sources'));
  if (!isRecord(binary)) return unreadable('its list of binary weights is not readable');
  if (!isRecord(sources) || !Object.values(sources).every((sum) => typeof sum === 'string')) {
    return unreadable('its list of sources is not readable');
  }
  const weights = readWeights(file.value, binary);
  if (typeof weights === 'string') return unreadable(weights);
  return success({
    graph,
    weights,
    plan: parseJson(metadata.get('plan')) ?? null,
    sources: sources as Record<string, string>,
  });
}

/** The weights, or what is wrong. */
function readWeights({ tensors }: TensorFile, binary: Record<string, unknown>): Map<string, PackedWeight> | string {
  const weights = new Map<string, PackedWeight>();
  const used = new Set<string>();
  for (const [name, described] of Object.entries(binary)) {
    const planes = tensors.get(name + planesSuffix);
    const scales = tensors.get(name + scalesSuffix);
    if (planes === undefined || scales === undefined)
      return `weight ${JSON.stringify(name)} lacks its planes or scales`;
    const weight = readBinary(described, planes, scales);
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

function readBinary(described: unknown, planes: StoredTensor, scales: StoredTensor): BinaryWeight | string {
  if (!isRecord(described)) return 'is not described by an object';
  const { shape, outAxis } = described as { shape?: unknown; outAxis?: unknown };
  if (!Array.isArray(shape) || shape.length === 0 || !shape.every((size) => Number.isSafeInteger(size) && size > 0)) {
    return 'has no sound shape';
  }
  const sizes = shape as readonly number[];
  if (typeof outAxis !== 'number' || !Number.isInteger(outAxis) || outAxis < 0 || outAxis >= sizes.length) {
    return 'has no sound channel axis';
  }
  const nRows = sizes[outAxis] as number;
  const perRow = sizes.reduce((product, size, axis) => (axis === outAxis ? product : product * size), 1);
  const bytesPerRow = Math.ceil(perRow / 8);
  if (
    planes.dtype !== 'U8' ||
    planes.shape.length !== 2 ||
    planes.shape[0] !== nRows ||
    planes.shape[1] !== bytesPerRow
  ) {
    return `needs planes of ${nRows}×${bytesPerRow} bytes`;
  }
  if (scales.dtype !== 'F32' || scales.shape.length !== 1 || scales.shape[0] !== nRows) return `needs ${nRows} scales`;
  const values = float32Values(scales);
  if (!values.every((scale) => Number.isFinite(scale) && scale >= 0))
    return 'has a scale that is negative or not finite';
  const padding = bytesPerRow * 8 - perRow;
  const paddingMask = padding === 0 ? 0 : (0xff << (8 - padding)) & 0xff;
  for (let row = 1; row <= nRows; row++) {
    if (((planes.bytes[row * bytesPerRow - 1] as number) & paddingMask) !== 0) return 'has bits set in its padding';
  }
  return { kind: 'binary', shape: sizes, outAxis, scales: values, planes: new Uint8Array(planes.bytes) };
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
