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
  readonly kernel: readonly [number, number];
}

export interface KernelWeights {
  readonly weights: TapWeights;
  /** Per output channel; 1 for fp32. */
  readonly scales: Float32Array;
}

/** null: the stored weight has another shape. */
export function kernelWeights(stored: PackedWeight, kernel: KernelShape): KernelWeights | null {
  const { op, framework, inChannels, outChannels } = kernel;
  const torch = framework === 'pytorch';
  const nTaps = kernel.kernel[0] * kernel.kernel[1];
  const { shape, outAxis } = storedShape(kernel, torch);
  if (stored.shape.join() !== shape.join()) return null;
  if (stored.kind !== 'float' && stored.outAxis === outAxis) {
    const order = torch ? 'channelsFirst' : 'tapsFirst';
    const { unit, coefficients } = planeCoefficients(stored.kind === 'binary' ? 1 : stored.bits);
    const size = stored.planes.length / coefficients.length;
    const planes = coefficients.map((coefficient, plane) => ({
      coefficient,
      bytes: stored.planes.subarray(plane * size, (plane + 1) * size),
    }));
    const scales = unit === 1 ? stored.scales : stored.scales.map((scale) => scale * unit);
    return { weights: { kind: 'bits', inChannels, outChannels, planes, order }, scales };
  }
  const steps = torch
    ? op === 'conv2d_transpose'
      ? { output: nTaps, tap: 1, input: outChannels * nTaps }
      : { output: inChannels * nTaps, tap: 1, input: nTaps }
    : op === 'conv2d_transpose'
      ? { output: inChannels, tap: outChannels * inChannels, input: 1 }
      : { output: 1, tap: outChannels * inChannels, input: outChannels };
  return {
    weights: { kind: 'float', inChannels, outChannels, values: weightValues(stored), steps },
    scales: new Float32Array(outChannels).fill(1),
  };
}

function storedShape(
  { op, inChannels, outChannels, kernel: [kh, kw] }: KernelShape,
  torch: boolean,
): { readonly shape: readonly number[]; readonly outAxis: number } {
  switch (op) {
    case 'dense':
      return torch
        ? { shape: [outChannels, inChannels], outAxis: 0 }
        : { shape: [inChannels, outChannels], outAxis: 1 };
    case 'conv2d':
      return torch
        ? { shape: [outChannels, inChannels, kh, kw], outAxis: 0 }
        : { shape: [kh, kw, inChannels, outChannels], outAxis: 3 };
    case 'conv2d_transpose':
      return torch
        ? { shape: [inChannels, outChannels, kh, kw], outAxis: 1 }
        : { shape: [kh, kw, outChannels, inChannels], outAxis: 2 };
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
