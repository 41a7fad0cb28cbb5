/**
 * Which weight of a model each tensor of a file is: by name and shape; by name after taking off what savers put
 * in front (`module.`, `generator.`); by the order of numbered names, since Keras counts layers per process
 * (`conv2d_6` here, `conv2d` there); last by a shape that no other has. A tensor is never forced onto a weight.
 */
import type { ModelGraph } from '../../../core/graph/modelGraph.ts';
import type { MissingWeight, TensorFit } from '../../../core/report/modelFileReport.ts';
import type { TensorEntry } from '../../../core/tensors/safetensorsHeader.ts';

export interface SourceMatch {
  readonly graph: ModelGraph;
  /** By tensor name; counters that are no weights have none. */
  readonly fits: ReadonlyMap<string, TensorFit>;
  readonly missing: readonly MissingWeight[];
  /** 0 to 1: how much of file and model belong together. */
  readonly share: number;
}

interface Weight {
  readonly key: string;
  readonly layer: string;
  readonly weight: string;
  readonly shape: readonly number[];
}

interface Tensor {
  readonly name: string;
  readonly key: string;
  readonly shape: readonly number[];
}

export function matchSource(entries: readonly TensorEntry[], graph: ModelGraph): SourceMatch {
  const weights = weightsOf(graph);
  const tensors = entries
    .filter(({ name }) => !/(^|[./])(num_batches_tracked|iterations?|global_step)(:0)?$/.test(name))
    .map(({ name, shape }): Tensor => ({ name, key: normalized(name), shape }));
  const named = bestNaming(tensors, weights);
  const fits = new Map<string, TensorFit>();
  const taken = new Set<Weight>();
  for (const tensor of tensors) {
    const weight = named.get(tensor);
    if (weight === undefined || taken.has(weight)) continue;
    taken.add(weight);
    fits.set(tensor.name, fitOf(weight, sameShape(tensor.shape, weight.shape) ? 'fits' : 'misfits'));
  }
  const freeTensors = tensors.filter(({ name }) => !fits.has(name));
  const freeWeights = weights.filter((weight) => !taken.has(weight));
  const weightByShape = uniqueByShape(freeWeights);
  for (const [shape, tensor] of uniqueByShape(freeTensors)) {
    const weight = weightByShape.get(shape);
    if (tensor === null || !weight) continue;
    taken.add(weight);
    fits.set(tensor.name, fitOf(weight, 'byShape'));
  }
  for (const { name } of tensors) {
    if (!fits.has(name)) fits.set(name, { kind: 'extra', layer: null, weight: null, expected: null });
  }
  const missing = weights.filter((weight) => !taken.has(weight));
  const nFit = [...fits.values()].filter(({ kind }) => kind === 'fits' || kind === 'byShape').length;
  return {
    graph,
    fits,
    missing: missing.map(({ layer, weight, shape }) => ({ layer, weight, shape })),
    share: nFit / Math.max(tensors.length, weights.length, 1),
  };
}

function weightsOf(graph: ModelGraph): readonly Weight[] {
  return graph.layers.flatMap(({ name, op, weights }) =>
    (weights ?? []).map((spec): Weight => {
      const key = op === 'parameter' ? name : `${name}.${spec.name}`;
      return { key: normalized(key), layer: name, weight: spec.name, shape: spec.shape };
    }),
  );
}

/** `a/a/kernel:0` → `a.kernel`; the weight under a spectral norm is the weight. */
function normalized(name: string): string {
  const parts = name
    .replace(/:\d+$/, '')
    .replace(/_orig$/, '')
    .split(/[./]/);
  return parts.filter((part, idx) => part !== parts[idx - 1] || /^\d+$/.test(part)).join('.');
}

/** The naming under which the most tensors have a weight of their name and shape. */
function bestNaming(tensors: readonly Tensor[], weights: readonly Weight[]): ReadonlyMap<Tensor, Weight> {
  const namings = [
    pair(tensors, weights, (key) => key),
    ...prefixesOf(tensors).map((prefix) =>
      pair(tensors, weights, (key, isTensor) => (isTensor && key.startsWith(prefix) ? key.slice(prefix.length) : key)),
    ),
    pairRanked(tensors, weights),
  ];
  const score = (naming: ReadonlyMap<Tensor, Weight>): number =>
    [...naming].filter(([tensor, weight]) => sameShape(tensor.shape, weight.shape)).length;
  return namings.reduce((best, naming) => (score(naming) > score(best) ? naming : best));
}

function pair(
  tensors: readonly Tensor[],
  weights: readonly Weight[],
  keyOf: (key: string, isTensor: boolean) => string,
): ReadonlyMap<Tensor, Weight> {
  const byKey = new Map(weights.map((weight) => [keyOf(weight.key, false), weight]));
  return new Map(
    tensors.flatMap((tensor): [Tensor, Weight][] => {
      const weight = byKey.get(keyOf(tensor.key, true));
      return weight === undefined ? [] : [[tensor, weight]];
    }),
  );
}

/** `module.`, `netG.module.`: the first one or two parts of the names. */
function prefixesOf(tensors: readonly Tensor[]): readonly string[] {
  const prefixes = new Set<string>();
  for (const { key } of tensors) {
    const parts = key.split('.');
    for (const nParts of [1, 2]) {
      if (prefixes.size < 16 && parts.length > nParts) prefixes.add(`${parts.slice(0, nParts).join('.')}.`);
    }
  }
  return [...prefixes];
}

/** Pairs the k-th `conv2d_…` of the file with the k-th of the model. */
function pairRanked(tensors: readonly Tensor[], weights: readonly Weight[]): ReadonlyMap<Tensor, Weight> {
  const rankOfTensor = ranks(tensors.map(({ key }) => key));
  const rankOfWeight = ranks(weights.map(({ key }) => key));
  return pair(tensors, weights, (key, isTensor) => (isTensor ? rankOfTensor : rankOfWeight).get(key) ?? key);
}

/** `conv2d_6.kernel` → `conv2d#0.kernel` where 6 is the lowest number of any `conv2d`. */
function ranks(keys: readonly string[]): ReadonlyMap<string, string> {
  const split = (key: string): { base: string; number: number; rest: string } => {
    const [first = '', ...rest] = key.split('.');
    const match = /^(.*?)_?(\d+)?$/.exec(first);
    const isNumbered = match?.[2] !== undefined && /^(.+)_\d+$/.test(first);
    return {
      base: isNumbered ? (match?.[1] ?? first) : first,
      number: isNumbered ? Number(match?.[2]) : 0,
      rest: rest.join('.'),
    };
  };
  const numbers = new Map<string, Set<number>>();
  for (const { base, number } of keys.map(split))
    numbers.set(base, (numbers.get(base) ?? new Set<number>()).add(number));
  const sorted = new Map([...numbers].map(([base, set]) => [base, [...set].sort((a, b) => a - b)]));
  return new Map(
    keys.map((key) => {
      const { base, number, rest } = split(key);
      return [key, `${base}#${sorted.get(base)?.indexOf(number) ?? 0}.${rest}`];
    }),
  );
}

/** By shape; null where several have it. */
function uniqueByShape<T extends { readonly shape: readonly number[] }>(
  items: readonly T[],
): ReadonlyMap<string, T | null> {
  const found = new Map<string, T | null>();
  for (const item of items) {
    const shape = item.shape.join('×');
    found.set(shape, found.has(shape) ? null : item);
  }
  return found;
}

function fitOf({ layer, weight, shape }: Weight, kind: TensorFit['kind']): TensorFit {
  return { kind, layer, weight, expected: shape };
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}
