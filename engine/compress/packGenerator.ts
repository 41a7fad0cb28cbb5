/**
 * A trained generator as a file: chosen kernels as bit planes with one scale per output channel, the rest
 * fp32, in the framework's own names and axis order (so the float file is a state dictionary that PyTorch
 * or Keras users recognise). With its running statistics a batch normalization is four vectors per channel
 * at inference and needs two, so the packed file stores γ/√(σ²+ε) and β − μγ/√(σ²+ε) with ε = 0 and leaves
 * mean 0 and variance 1 out; `unpackedGenerator` fills them in. The float file is stored as it was trained.
 */
import type { Layer, ModelGraph } from '../../core/graph/modelGraph.ts';
import type { LayerBytes } from '../../core/session/runEvent.ts';
import { codedWeight, writePacked, type PackedWeight } from '../formats/packedModel.ts';
import type { PackedBits } from '../formats/weightPlanes.ts';
import type { NamedWeight, Network } from '../train/network.ts';
import type { WeightSlot } from '../train/operator.ts';
import { permuteAxes } from './permuteAxes.ts';

export interface PackRequest {
  readonly network: Network;
  /** The weights to store; canonical, as `network.readWeights()` gives them. */
  readonly weights: readonly NamedWeight[];
  /** Layers whose kernel becomes bit planes: ± and a scale per output channel, or what `codings` says of the layer. */
  readonly binarized: readonly string[];
  readonly codings?: LayerCodings;
  readonly plan: unknown;
  readonly sources: Readonly<Record<string, string>>;
}

export interface LayerCoding {
  readonly bits: PackedBits;
  /** One per output channel, where the forward pass had other scales than `codedWeight` would take. */
  readonly scales?: Float32Array | null;
}

/** By layer. */
export type LayerCodings = ReadonlyMap<string, LayerCoding>;

/** The packed file. With no binarized layers it is the float file, statistics and all. */
export function packGenerator({ network, weights, binarized, codings, plan, sources }: PackRequest): Uint8Array {
  const packed = binarized.length > 0;
  return writePacked({
    graph: packed ? withFoldedNorms(network.graph) : network.graph,
    weights: packedWeights(network, weights, binarized, codings),
    plan,
    sources,
  });
}

/** What each layer's weights take before and after, in the bytes of the two files' data sections. */
export function layerBytes(
  network: Network,
  weights: readonly NamedWeight[],
  binarized: readonly string[],
  codings?: LayerCodings,
): LayerBytes[] {
  const before = bytesByLayer(network, packedWeights(network, weights, []));
  const after = bytesByLayer(network, packedWeights(network, weights, binarized, codings));
  return [...before].map(([name, bytesBefore]) => ({ name, bytesBefore, bytesAfter: after.get(name) ?? 0 }));
}

function packedWeights(
  network: Network,
  weights: readonly NamedWeight[],
  binarized: readonly string[],
  codings?: LayerCodings,
): Map<string, PackedWeight> {
  const byName = new Map(weights.map((weight) => [weight.name, weight]));
  const folded = binarized.length > 0 ? foldNorms(network, byName) : byName;
  const packed = new Map<string, PackedWeight>();
  for (const slot of network.slots) {
    const weight = folded.get(slot.name);
    if (!weight) continue;
    const { shape, data } = permuteAxes(weight, slot.frameworkAxes);
    if (slot.role !== 'kernel' || !binarized.includes(slot.layer)) {
      packed.set(slot.name, { kind: 'float', shape, values: data });
      continue;
    }
    const { bits, scales } = codings?.get(slot.layer) ?? { bits: 1 };
    packed.set(slot.name, codedWeight(bits, shape, outAxisOf(slot), data, scales));
  }
  return packed;
}

/** Where the framework's order has the axis of output channels. */
function outAxisOf(slot: WeightSlot): number {
  const canonical = { conv: 3, deconv: 2, dense: 1 } as const;
  if (slot.kind === null || slot.kind === 'groupedDeconv') throw new Error(`${slot.name} cannot be binarized`);
  return slot.frameworkAxes.indexOf(canonical[slot.kind]);
}

/** Weights with every batch normalization of known statistics as one scale and one shift. */
function foldNorms(network: Network, weights: ReadonlyMap<string, NamedWeight>): Map<string, NamedWeight> {
  const folded = new Map(weights);
  for (const layer of network.graph.layers) {
    if (!isFoldable(layer)) continue;
    const slotOf = (role: WeightSlot['role']) => network.slots.find((s) => s.layer === layer.name && s.role === role);
    const [gamma, beta, mean, variance] = (['gamma', 'beta', 'mean', 'variance'] as const).map(slotOf);
    if (!gamma || !beta || !mean || !variance) continue;
    const values = (slot: WeightSlot): Float32Array => weights.get(slot.name)?.data ?? new Float32Array(0);
    const scale = values(gamma).map((g, i) => g / Math.sqrt((values(variance)[i] ?? 1) + layer.attributes.eps));
    const shift = values(beta).map((b, i) => b - (values(mean)[i] ?? 0) * (scale[i] ?? 0));
    folded.set(gamma.name, { ...gamma, data: scale });
    folded.set(beta.name, { ...beta, data: shift });
    folded.delete(mean.name);
    folded.delete(variance.name);
  }
  return folded;
}

type BatchNorm = Extract<Layer, { readonly op: 'batch_norm' }>;

function isFoldable(layer: Layer): layer is BatchNorm {
  return layer.op === 'batch_norm' && layer.attributes.scale && layer.attributes.center && layer.attributes.trackStats;
}

/** The same network with ε = 0 where a normalization was folded. */
function withFoldedNorms(graph: ModelGraph): ModelGraph {
  return {
    ...graph,
    layers: graph.layers.map((layer) =>
      isFoldable(layer)
        ? {
            ...layer,
            attributes: { ...layer.attributes, eps: 0 },
            weights: layer.weights?.filter((weight) => weight.trainable) ?? null,
          }
        : layer,
    ),
    nodes: graph.nodes.map((node) => {
      const layer = node.layer === null ? undefined : graph.layers[node.layer];
      return node.op === 'batch_norm' && layer && isFoldable(layer)
        ? { ...node, attributes: { ...node.attributes, eps: 0 } }
        : node;
    }),
  };
}

function bytesByLayer(network: Network, weights: ReadonlyMap<string, PackedWeight>): Map<string, number> {
  const bytes = new Map<string, number>();
  for (const { name, layer } of network.slots) {
    const weight = weights.get(name);
    const size =
      weight === undefined
        ? 0
        : weight.kind === 'float'
          ? weight.values.byteLength
          : weight.planes.length + weight.scales.byteLength;
    bytes.set(layer, (bytes.get(layer) ?? 0) + size);
  }
  return bytes;
}
