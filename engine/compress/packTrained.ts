/**
 * Weights that were trained elsewhere, packed: a model's graph, read from its source with the bits that the source
 * declares, and its weights as a file has them, by name or layer by layer. Every weight of the graph must be there in its shape;
 * tensors that the graph has no place for (counters, a discriminator's) are named, not used.
 */
import { bytesAt } from '../../core/cost/weightBits.ts';
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { float32Values, type StoredTensor } from '../formats/safetensors.ts';
import { isPlaneBits, type PackedBits } from '../formats/weightPlanes.ts';
import { createNetwork, type NamedWeight, type Network } from '../train/network.ts';
import { weightsMissing } from '../train/problems.ts';
import { matchWeights, type MatchedWeights } from './matchWeights.ts';
import { layerBytes, packGenerator, type LayerCoding } from './packGenerator.ts';
import { inverseAxes, permuteAxes } from './permuteAxes.ts';
import { weightsNotFloat, nothingDeclared } from './problems.ts';

export interface PackedTrained {
  readonly file: Uint8Array;
  /** Per layer with weights: its bits, and its bytes as fp32 and as packed. */
  readonly layers: readonly {
    readonly name: string;
    readonly bits: PackedBits | 32;
    readonly bytesBefore: number;
    readonly bytesAfter: number;
  }[];
  readonly fp32Bytes: number;
  /** Tensors of the file that the graph has no weight for. */
  readonly unused: readonly string[];
  /** How tensors and weights were matched: by name as a rule. */
  readonly matchedBy: MatchedWeights['by'];
}

export interface TrainedWeights {
  /** By the names of their file. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** They stand in the order of the model's layers. */
  readonly keepsOrder: boolean;
}

export interface PackTrainedRequest {
  readonly graph: ModelGraph;
  readonly file: TrainedWeights;
  /** SHA-256 of each source, for the packed file. */
  readonly sources: Readonly<Record<string, string>>;
  /** Prefix of the names in the file: `generator.`; `''` as a rule. */
  readonly prefix: string;
}

export function packTrained({ graph, file, sources, prefix }: PackTrainedRequest): Result<PackedTrained> {
  const codings = new Map<string, LayerCoding>();
  for (const { name, bits } of graph.layers) {
    if (bits === 1 || isPlaneBits(bits)) codings.set(name, { bits });
  }
  if (codings.size === 0) return failure(nothingDeclared(graph.name));
  const created = createNetwork(graph, 0);
  if (!created.ok) return created;
  const network = created.value;
  try {
    const wanted = network.slots.map(({ name, shape, frameworkAxes }) => ({
      name,
      shape: frameworkAxes.map((axis) => shape[axis] ?? 1),
    }));
    const matched = matchWeights(wanted, file, graph.framework, prefix);
    const named = weightsOf(network, file.tensors, matched);
    if (!named.ok) return named;
    const binarized = [...codings.keys()];
    const used = new Set(matched.names.values());
    return success({
      file: packGenerator({ network, weights: named.value, binarized, codings, plan: {}, sources }),
      layers: layerBytes(network, named.value, binarized, codings).map((layer) => ({
        ...layer,
        bits: codings.get(layer.name)?.bits ?? 32,
      })),
      fp32Bytes: graph.layers.reduce((sum, layer) => sum + (bytesAt(32, layer, layer.weights) ?? 0), 0),
      unused: [...file.tensors.keys()].filter((name) => !used.has(name)),
      matchedBy: matched.by,
    });
  } finally {
    network.dispose();
  }
}

function weightsOf(
  network: Network,
  tensors: ReadonlyMap<string, StoredTensor>,
  { names }: MatchedWeights,
): Result<readonly NamedWeight[]> {
  const missing: string[] = [];
  const weights: NamedWeight[] = [];
  for (const slot of network.slots) {
    const stored = tensors.get(names.get(slot.name) ?? '');
    if (stored === undefined) {
      missing.push(slot.name);
      continue;
    }
    if (stored.dtype !== 'F32') return failure(weightsNotFloat(slot.name, stored.dtype));
    const values = { shape: stored.shape, data: float32Values(stored) };
    weights.push({ name: slot.name, ...permuteAxes(values, inverseAxes(slot.frameworkAxes)) });
  }
  return missing.length > 0 ? failure(weightsMissing(missing)) : success(weights);
}
