/**
 * Which tensor of a file is which weight of a model. By name, as PyTorch's state dictionary has it. Names of Keras and
 * TensorFlow.js count every layer that a program has made (`conv2d_7`), so those of a generator that is built after its
 * discriminator differ from those of one built alone: then layers of one kind are taken by their numbers. Layers in
 * the place of others have no such names; they are taken in order where a file keeps the order of the model. Shapes
 * must agree for every weight, and a guess among unequal numbers of layers is never made.
 */
import type { Framework } from '../../core/graph/modelGraph.ts';

export interface WantedWeight {
  /** `main.2.weight`. */
  readonly name: string;
  /** In the framework's own axis order. */
  readonly shape: readonly number[];
}

export interface MatchedWeights {
  /** Names of tensors by names of weights; a weight without one is missing, or has another shape. */
  readonly names: ReadonlyMap<string, string>;
  readonly by: 'name' | 'number' | 'order';
}

export interface WeightFile {
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[] }>;
  /** The tensors stand in the order of the model's layers; a safetensors file sorts them by name. */
  readonly keepsOrder: boolean;
}

export function matchWeights(
  wanted: readonly WantedWeight[],
  { tensors, keepsOrder }: WeightFile,
  framework: Framework,
  prefix: string,
): MatchedWeights {
  const own = (name: string): readonly string[] => [
    `${prefix}${name}`,
    `${prefix}${name.replace(/\.(?=[^.]*$)/, '/')}`,
  ];
  const named = matched((name) => own(name).find((candidate) => tensors.has(candidate)));
  if (named.size === wanted.length || (framework !== 'keras' && framework !== 'tfjs'))
    return { names: named, by: 'name' };
  const ours = layersOf(wanted.map(({ name }) => name));
  const theirs = layersOf([...tensors.keys()].filter((name) => name.startsWith(prefix)));
  const numbered = matched(byPairs(pairsByNumber(ours, theirs)));
  if (numbered.size === wanted.length) return { names: numbered, by: 'number' };
  const inOrder = ours.length === theirs.length && keepsOrder ? matched(byPairs(pairsInOrder(ours, theirs))) : null;
  return inOrder?.size === wanted.length ? { names: inOrder, by: 'order' } : { names: named, by: 'name' };

  function matched(nameOf: (name: string) => string | undefined): ReadonlyMap<string, string> {
    return new Map(
      wanted.flatMap(({ name, shape }) => {
        const found = nameOf(name);
        const isSame = found !== undefined && tensors.get(found)?.shape.join() === shape.join();
        return isSame ? [[name, found] as const] : [];
      }),
    );
  }
}

interface NamedLayer {
  /** `conv2d` of `conv2d_7`. */
  readonly kind: string;
  readonly number: number;
  readonly weights: readonly string[];
}

/** Names that share all but their last part, in the order of their first. */
function layersOf(names: readonly string[]): readonly NamedLayer[] {
  const layers = new Map<string, string[]>();
  for (const name of names) {
    const layer = name.slice(0, -lastOf(name).length - 1);
    layers.set(layer, [...(layers.get(layer) ?? []), name]);
  }
  return [...layers].map(([layer, weights]) => {
    const [, kind = layer, digits] = /^(.*?)_?(\d+)$/.exec(layer) ?? [];
    return { kind: /[^/]*$/.exec(kind)?.[0] ?? kind, number: Number(digits ?? 0), weights };
  });
}

type Pairs = ReadonlyMap<string, readonly string[]>;

/** Layers of each kind by their numbers; a kind that counts differently has no pairs. */
function pairsByNumber(ours: readonly NamedLayer[], theirs: readonly NamedLayer[]): Pairs {
  const pairs = new Map<string, readonly string[]>();
  for (const kind of new Set(ours.map((layer) => layer.kind))) {
    const sorted = (layers: readonly NamedLayer[]): readonly NamedLayer[] =>
      layers.filter((layer) => layer.kind === kind).toSorted((a, b) => a.number - b.number);
    const [own, other] = [sorted(ours), sorted(theirs)];
    if (own.length !== other.length) continue;
    own.forEach(({ weights }, idx) => weights.forEach((name) => pairs.set(name, other[idx]?.weights ?? [])));
  }
  return pairs;
}

function pairsInOrder(ours: readonly NamedLayer[], theirs: readonly NamedLayer[]): Pairs {
  return new Map(
    ours.flatMap(({ weights }, idx) => weights.map((name) => [name, theirs[idx]?.weights ?? []] as const)),
  );
}

function byPairs(pairs: Pairs): (name: string) => string | undefined {
  return (name) => pairs.get(name)?.find((other) => lastOf(other) === lastOf(name));
}

/** `kernel` of `conv2d_7/kernel` and of `conv2d_7.kernel`. */
function lastOf(name: string): string {
  return /[^./]*$/.exec(name)?.[0] ?? name;
}
