/**
 * What a layer's weights take as the graph has them: with the bits that the source or a choice gives them, and
 * without the weights that a choice prunes. The one sum that edits, tables and budgets share.
 */
import type { Layer } from '../graph/modelGraph.ts';
import { bytesAt, type WeightBits } from './weightBits.ts';

/** null where the weights are not known. `bits` in the place of the layer's own. */
export function storedBytes(layer: Layer, bits: WeightBits = layer.bits ?? 32): number | null {
  return bytesAt(bits, layer, layer.weights, layer.prunedShare);
}
