/**
 * What can be done to one layer of a source. `bits` wraps the call that builds it (32 takes the wrapper away),
 * `rewrite` puts cheaper layers in its place, `channels` gives it another number of output channels and changes
 * all that depends on it.
 */
import type { WeightBits } from '../../core/cost/weightBits.ts';
import type { Rewrite } from '../../core/rewrite/rewriteLayer.ts';
import type { SourceChange } from './textEdit.ts';

export type LayerAction =
  | { readonly kind: 'bits'; readonly bits: WeightBits }
  | { readonly kind: 'rewrite'; readonly rewrite: Rewrite }
  | { readonly kind: 'channels'; readonly channels: number };

/** Sums over a model, before or after. */
export interface ModelSize {
  readonly bytes: number;
  readonly macs: number;
  readonly params: number;
}

export interface ProposedEdit {
  readonly change: SourceChange;
  /** Layers that the edit changes: one line of a source may build several. */
  readonly layers: readonly { readonly model: string; readonly name: string }[];
  /** Of the model that was asked about. */
  readonly before: ModelSize;
  readonly after: ModelSize;
}

/** An edit, or why there is none. */
export type Proposal = { readonly edit: ProposedEdit } | { readonly refused: string };
