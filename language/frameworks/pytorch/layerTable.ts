/**
 * The layers of `torch.nn` by class name: the constructor's signature, and how its arguments become an
 * operator. A builder that answers null met an argument that is not known; `bound.reason` says which.
 */
import type { OpCall } from '../../../core/graph/ops.ts';
import type { Shape } from '../../../core/graph/shape.ts';
import type { BoundArguments } from '../arguments.ts';
import { activationLayers } from './layerActivation.ts';
import { convLayers } from './layerConv.ts';
import { normLayers } from './layerNorm.ts';
import { otherLayers } from './layerOther.ts';
import { poolLayers } from './layerPool.ts';

export interface LayerBuilder {
  readonly signature: string;
  build(bound: BoundArguments): OpCall | null;
  /** Lazy layers, and others whose input size is not known, learn it from their first input. */
  readonly buildFromInput?: (bound: BoundArguments, input: Shape | null) => OpCall | null;
  /** What can be said of the output where `build` fails: all but the channels, perhaps. */
  readonly partialShape?: (bound: BoundArguments, input: Shape | null) => Shape | null;
}

/** Made at the first question: the modules of the layers need each other's. */
let table: ReadonlyMap<string, LayerBuilder> | null = null;

export function layerBuilder(name: string): LayerBuilder | null {
  table ??= new Map([
    ...Object.entries(convLayers),
    ...Object.entries(normLayers),
    ...Object.entries(poolLayers),
    ...Object.entries(activationLayers),
    ...Object.entries(otherLayers),
  ]);
  return table.get(name) ?? null;
}
