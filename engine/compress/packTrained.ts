/**
 * Weights that were trained elsewhere, packed: a model's graph, read from its source with the bits that the source
 * declares, and the safetensors of its state dictionary. Every weight of the graph must be there in its shape;
 * tensors that the graph has no place for (counters, a discriminator's) are named, not used.
 */
import { bytesAt } from '../../core/cost/weightBits.ts';
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { float32Values, readSafetensors, type StoredTensor } from '../formats/safetensors.ts';
import { isPlaneBits, type WeightBits } from '../formats/weightPlanes.ts';
import { createNetwork, type NamedWeight, type Network } from '../train/network.ts';
import { weightsMissing } from '../train/problems.ts';
import { layerBytes, packGenerator, type LayerCoding } from './packGenerator.ts';
import { inverseAxes, permuteAxes } from './permuteAxes.ts';
import { weightsNotFloat, nothingDeclared } from './problems.ts';

export interface PackedTrained {
  readonly file: Uint8Array;
  /** Per layer with weights: its bits, and its bytes as fp32 and as packed. */
  readonly layers: readonly {
    readonly name: string;
    readonly bits: WeightBits | 32;
    readonly bytesBefore: number;
    readonly bytesAfter: number;
  }[];
  readonly fp32Bytes: number;
  /** Tensors of the file that the graph has no weight for. */
  readonly unused: readonly string[];
}

export interface PackTrainedRequest {
  readonly graph: ModelGraph;
  /** The bytes of a safetensors file, names as in the framework's state dictionary. */
  readonly weights: Uint8Array;
  /** SHA-256 of each source, for the packed file. */
  readonly sources: Readonly<Record<string, string>>;
  /** Prefix of the names in the file: `generator.`; `''` as a rule. */
  readonly prefix: string;
}

export function packTrained({ graph, weights, sources, prefix }: PackTrainedRequest): Result<PackedTrained> {
  const read = readSafetensors(weights);
  if (!read.ok) return read;
  const codings = new Map<string, LayerCoding>();
  for (const { name, bits } of graph.layers) {
    if (bits === 1 || isPlaneBits(bits)) codings.set(name, { bits });
  }
  if (codings.size === 0) return failure(nothingDeclared(graph.name));
  const created = createNetwork(graph, 0);
  if (!created.ok) return created;
  const network = created.value;
  try {
    const named = weightsOf(network, read.value.tensors, prefix);
    if (!named.ok) return named;
    const binarized = [...codings.keys()];
    const used = new Set(network.slots.map(({ name }) => `${prefix}${name}`));
    return success({
      file: packGenerator({ network, weights: named.value, binarized, codings, plan: {}, sources }),
      layers: layerBytes(network, named.value, binarized, codings).map((layer) => ({
        ...layer,
        bits: codings.get(layer.name)?.bits ?? 32,
      })),
      fp32Bytes: graph.layers.reduce((sum, layer) => sum + (bytesAt(32, layer, layer.weights) ?? 0), 0),
      unused: [...read.value.tensors.keys()].filter((name) => !used.has(name)),
    });
  } finally {
    network.dispose();
  }
}

function weightsOf(
  network: Network,
  tensors: ReadonlyMap<string, StoredTensor>,
  prefix: string,
): Result<readonly NamedWeight[]> {
  const missing: string[] = [];
  const weights: NamedWeight[] = [];
  for (const slot of network.slots) {
    const stored = tensors.get(`${prefix}${slot.name}`);
    const expected = slot.frameworkAxes.map((axis) => slot.shape[axis] ?? 1);
    if (stored !== undefined && stored.dtype !== 'F32') return failure(weightsNotFloat(slot.name, stored.dtype));
    if (stored === undefined || stored.shape.join() !== expected.join()) {
      missing.push(slot.name);
      continue;
    }
    const values = { shape: stored.shape, data: float32Values(stored) };
    weights.push({ name: slot.name, ...permuteAxes(values, inverseAxes(slot.frameworkAxes)) });
  }
  return missing.length > 0 ? failure(weightsMissing(missing)) : success(weights);
}
