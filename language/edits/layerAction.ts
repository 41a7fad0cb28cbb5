/**
 * What can be done to one layer of a source. `bits` wraps the call that builds it (32 takes the wrapper away),
 * `rewrite` puts cheaper layers in its place, `channels` gives it another number of output channels and changes
 * all that depends on it; pruned channels are another number of channels. Pruned weights are not for a source to say.
 */
import type { LayerChange } from '../../core/rewrite/changeGraph.ts';
import type { SourceChange } from './textEdit.ts';

export type LayerAction = LayerChange;

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
  /** Those among them that nobody named, because a line that was named builds them too. */
  readonly alongside: ProposedEdit['layers'];
  /** Of the first model that was asked about. */
  readonly before: ModelSize;
  readonly after: ModelSize;
  /** Of each model that was asked about. */
  readonly sizes: readonly { readonly model: string; readonly before: ModelSize; readonly after: ModelSize }[];
  /** Choices that a source has no words for, as sentences. */
  readonly leftOut: readonly string[];
}

/** An edit, or why there is none. */
export type Proposal = { readonly edit: ProposedEdit } | { readonly refused: string };
