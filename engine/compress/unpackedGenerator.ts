/**
 * A network that draws, from nothing but the bytes of a packed or float model file. Every weight that the
 * graph needs must be in the file, in the framework's order; only the statistics of a folded batch
 * normalization are absent, and mean 0 and variance 1 take their place.
 */
import { failure, type Result } from '../../core/result.ts';
import { readPacked, weightValues } from '../formats/packedModel.ts';
import { createNetwork, type NamedWeight, type Network } from '../train/network.ts';
import { weightsMissing } from '../train/problems.ts';
import { inverseAxes, permuteAxes } from './permuteAxes.ts';

/** The network belongs to the caller. */
export function unpackedGenerator(file: Uint8Array): Result<Network> {
  const packed = readPacked(file);
  if (!packed.ok) return packed;
  const created = createNetwork(packed.value.graph, 0);
  if (!created.ok) return created;
  const network = created.value;
  const missing: string[] = [];
  const start = new Map(network.readWeights().map((weight) => [weight.name, weight]));
  const weights = network.slots.flatMap((slot): NamedWeight[] => {
    const stored = packed.value.weights.get(slot.name);
    const initial = start.get(slot.name);
    if (!stored && !slot.trainable && initial) return [initial];
    const expected = slot.frameworkAxes.map((axis) => slot.shape[axis] ?? 1);
    if (!stored || stored.shape.join() !== expected.join()) {
      missing.push(slot.name);
      return [];
    }
    const values = { shape: stored.shape, data: weightValues(stored) };
    return [{ name: slot.name, ...permuteAxes(values, inverseAxes(slot.frameworkAxes)) }];
  });
  const written = missing.length > 0 ? failure(weightsMissing(missing)) : network.writeWeights(weights);
  if (written.ok) return created;
  network.dispose();
  return written;
}
