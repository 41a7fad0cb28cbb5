/**
 * The attributes of the operators that the runtime knows, checked before anything reads them: a packed file may come
 * from anywhere, and its graph states them as JSON. Only their types are checked here; whether they fit the shapes is
 * for whoever compiles the operator.
 */
import type { OpName } from '../../core/graph/ops.ts';

type Check = (value: unknown) => boolean;

const number: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const truth: Check = (value) => typeof value === 'boolean';
const text: Check = (value) => typeof value === 'string';
const numbers: Check = (value) => Array.isArray(value) && value.length <= 8 && value.every(number);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || value === null || check(value);
const padding: Check = (value) => value === 'same' || value === 'valid' || numbers(value);
const pairs: Check = (value) =>
  Array.isArray(value) && value.length <= 8 && value.every((pair) => numbers(pair) && (pair as unknown[]).length === 2);

const conv = {
  inChannels: number,
  outChannels: number,
  kernel: numbers,
  stride: numbers,
  padding,
  dilation: numbers,
  groups: number,
  bias: truth,
  paddingMode: optional(text),
};
const norm = { features: number, eps: number, affine: truth, groups: optional(number), trackStats: optional(truth) };

const checks: Partial<Record<OpName, Readonly<Record<string, Check>>>> = {
  dense: { inFeatures: number, outFeatures: number, bias: truth },
  conv2d: conv,
  conv2d_transpose: { ...conv, outputPadding: optional(numbers) },
  batch_norm: { features: number, eps: number, scale: truth, center: truth, trackStats: truth },
  instance_norm: norm,
  group_norm: norm,
  affine: { scale: number, offset: number },
  activation: { fn: text, alpha: optional(number) },
  upsample: { mode: text },
  pixel_shuffle: { factor: number, inverse: truth },
  pad: { pads: pairs, mode: (value) => ['constant', 'reflect', 'replicate', 'circular'].includes(value as string) },
  cat: { axis: number },
};

/** The first attribute that is not what its operator has, or null. */
export function unsoundAttribute(op: OpName, attributes: object): string | null {
  const wanted = Object.entries(checks[op] ?? {});
  const found = wanted.find(([name, check]) => !check((attributes as Record<string, unknown>)[name]));
  return found?.[0] ?? null;
}
