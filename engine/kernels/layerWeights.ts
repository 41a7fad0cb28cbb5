/**
 * From the weights of a packed file, in a framework's own names and axis order, to what the kernels take. A
 * binarized kernel keeps its bits; its scales go, with bias and batch normalization, into one factor and one
 * term per output channel, so they cost nothing at run time.
 */
import type { Framework } from '../../core/graph/modelGraph.ts';
import type { BatchNormAttributes } from '../../core/graph/ops.ts';
import { weightValues, type PackedWeight } from '../formats/packedModel.ts';
import { planeCoefficients } from '../formats/weightPlanes.ts';
import type { TapWeights } from './tapWeights.ts';

export type TapOp = 'dense' | 'conv2d' | 'conv2d_transpose';

export type WeightReader = (layer: string, role: keyof typeof kerasNames) => PackedWeight | undefined;

const kerasNames = {
  kernel: 'kernel',
  bias: 'bias',
  gamma: 'gamma',
  beta: 'beta',
  mean: 'moving_mean',
  variance: 'moving_variance',
} as const;
const pytorchNames = {
  kernel: 'weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  mean: 'running_mean',
  variance: 'running_var',
} as const;

export function weightReader(weights: ReadonlyMap<string, PackedWeight>, framework: Framework): WeightReader {
  const names = framework === 'pytorch' ? pytorchNames : kerasNames;
  return (layer, role) => weights.get(`${layer}.${names[role]}`);
}

interface KernelShape {
  readonly op: TapOp;
  readonly framework: Framework;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups: number;
  readonly kernel: readonly [number, number];
}

export interface KernelWeights {
  readonly weights: TapWeights;
  /** Per output channel; 1 for fp32. */
  readonly scales: Float32Array;
}

/** One for each group of channels; null: the stored weight has another shape. */
export function kernelWeights(stored: PackedWeight, whole: KernelShape): readonly KernelWeights[] | null {
  const { op, framework, groups } = whole;
  const [inChannels, outChannels] = [whole.inChannels / groups, whole.outChannels / groups];
  const torch = framework === 'pytorch';
  const nTaps = whole.kernel[0] * whole.kernel[1];
  const { shape, outAxis } = storedShape(whole, torch);
  if (stored.shape.join() !== shape.join()) return null;
  const parts = Array.from({ length: groups }, (_, group) => group);
  // A transposed convolution with groups has the outputs of one group as its axis, so its rows mix the groups.
  const rowsOfOneGroup = groups === 1 || op !== 'conv2d_transpose';
  if (stored.kind !== 'float' && stored.outAxis === outAxis && rowsOfOneGroup) {
    const order = torch ? 'channelsFirst' : 'tapsFirst';
    const { unit, coefficients } = planeCoefficients(stored.kind === 'binary' ? 1 : stored.bits);
    const planeBytes = stored.planes.length / coefficients.length;
    const partBytes = planeBytes / groups;
    const scales = unit === 1 ? stored.scales : stored.scales.map((scale) => scale * unit);
    return parts.map((group) => {
      const planes = coefficients.map((coefficient, plane) => {
        const from = plane * planeBytes + group * partBytes;
        return { coefficient, bytes: stored.planes.subarray(from, from + partBytes) };
      });
      return {
        weights: { kind: 'bits', inChannels, outChannels, planes, order },
        scales: scales.subarray(group * outChannels, (group + 1) * outChannels),
      };
    });
  }
  const all = outChannels * groups;
  const { steps, group: groupStep } = torch
    ? op === 'conv2d_transpose'
      ? { steps: { output: nTaps, tap: 1, input: outChannels * nTaps }, group: inChannels * outChannels * nTaps }
      : { steps: { output: inChannels * nTaps, tap: 1, input: nTaps }, group: outChannels * inChannels * nTaps }
    : op === 'conv2d_transpose'
      ? { steps: { output: inChannels * groups, tap: outChannels * inChannels * groups, input: 1 }, group: inChannels }
      : { steps: { output: 1, tap: all * inChannels, input: all }, group: outChannels };
  const values = weightValues(stored);
  return parts.map((group) => ({
    weights: { kind: 'float', inChannels, outChannels, values: values.subarray(group * groupStep), steps },
    scales: new Float32Array(outChannels).fill(1),
  }));
}

/** With groups: inputs of one group in a convolution, outputs of one group in a transposed convolution. */
function storedShape(
  { op, inChannels, outChannels, groups, kernel: [kh, kw] }: KernelShape,
  torch: boolean,
): { readonly shape: readonly number[]; readonly outAxis: number } {
  switch (op) {
    case 'dense':
      return torch
        ? { shape: [outChannels, inChannels], outAxis: 0 }
        : { shape: [inChannels, outChannels], outAxis: 1 };
    case 'conv2d':
      return torch
        ? { shape: [outChannels, inChannels / groups, kh, kw], outAxis: 0 }
        : { shape: [kh, kw, inChannels / groups, outChannels], outAxis: 3 };
    case 'conv2d_transpose':
      return torch
        ? { shape: [inChannels, outChannels / groups, kh, kw], outAxis: 1 }
        : { shape: [kh, kw, outChannels / groups, inChannels], outAxis: 2 };
  }
}

export interface ChannelAffine {
  readonly alphas: Float32Array;
  readonly betas: Float32Array;
}

/** v ← scale·v + shift after what is there already. */
export function composeAffine({ alphas, betas }: ChannelAffine, next: ChannelAffine): ChannelAffine {
  return {
    alphas: alphas.map((alpha, i) => alpha * (next.alphas[i] ?? NaN)),
    betas: betas.map((beta, i) => beta * (next.alphas[i] ?? NaN) + (next.betas[i] ?? NaN)),
  };
}

/**
 * The affine term of a batch normalization at inference, or the name of the weight that is missing. Statistics
 * that were folded when the file was packed are absent: mean 0, variance 1.
 */
export function batchNormAffine(
  layer: string,
  { features, eps, scale, center, trackStats }: BatchNormAttributes,
  read: WeightReader,
): ChannelAffine | string {
  const constant = (value: number): Float32Array => new Float32Array(features).fill(value);
  const get = (role: 'gamma' | 'beta' | 'mean' | 'variance', used: boolean, absent: number | null) => {
    if (!used) return constant(absent ?? 0);
    const stored = read(layer, role);
    if (stored === undefined) return absent === null ? `${layer}.${role}` : constant(absent);
    const values = weightValues(stored);
    return values.length === features ? values : `${layer}.${role}`;
  };
  const gamma = scale ? get('gamma', true, null) : constant(1);
  const beta = center ? get('beta', true, null) : constant(0);
  const mean = get('mean', trackStats, 0);
  const variance = get('variance', trackStats, 1);
  for (const values of [gamma, beta, mean, variance]) if (typeof values === 'string') return values;
  const [g, b, m, v] = [gamma, beta, mean, variance] as Float32Array[] as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const alphas = g.map((value, i) => value / Math.sqrt((v[i] ?? 1) + eps));
  return { alphas, betas: b.map((value, i) => value - (m[i] ?? 0) * (alphas[i] ?? 0)) };
}
