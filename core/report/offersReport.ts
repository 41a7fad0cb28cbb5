/**
 * What can be done to some layers of an open document, as data: the same list that its light bulb shows, for the
 * Models tree, the editor's menu and the what-if page. Sizes are counted on the graph; what cannot be done comes with
 * its reason instead of being left out. The edit itself is asked for when one is chosen (`slimwise/proposeEdit`).
 */
import type { WhatIfChoice } from './whatIfReport.ts';

/** Request `slimwise/offers`. */
export const offersRequest = 'slimwise/offers';

export interface OffersParams {
  readonly textDocument: { readonly uri: string };
  /** Layers by name; null: those that the lines build. Without layers: the whole model. */
  readonly of: { readonly model: string; readonly layers: readonly string[] } | null;
  /** Lines of the document, from 1, both included; looked at where `of` is null. */
  readonly lines: { readonly from: number; readonly to: number } | null;
}

export type OffersResult = OffersReport | { readonly refused: string };

export interface OffersReport {
  readonly model: string;
  /** As the source has them; empty: the model as a whole. */
  readonly layers: readonly string[];
  readonly before: OfferSize;
  readonly offers: readonly OfferReport[];
}

export interface OfferReport {
  /** With what it changes of the whole model: `Binarize main.2 (−496 KiB)`. */
  readonly title: string;
  readonly choices: readonly WhatIfChoice[];
  /** Why the model cannot be changed so; null: it can. */
  readonly refused: string | null;
  /** null where it is refused. */
  readonly after: OfferSize | null;
  /** What a reader has to know besides sizes. */
  readonly note: string | null;
}

/** Of the whole model. */
export interface OfferSize {
  readonly bytes: number;
  readonly macs: number;
  readonly peakBytes: number;
}
