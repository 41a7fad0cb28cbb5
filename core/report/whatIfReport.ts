/**
 * The what-if table as data: what each layer with a kernel weighs at each number of bits, what can be done to it, and
 * what the whole model would be with the choices made. Asked of the language server, which runs nothing; sizes are
 * counted on the graph and never estimated. A choice that cannot be carried out comes back with its reason, and the
 * totals are those of the others.
 */
import type { WeightBits } from '../cost/weightBits.ts';
import type { Shape } from '../graph/shape.ts';
import type { Accounting } from '../memory/eq3.ts';
import type { LayerChange } from '../rewrite/changeGraph.ts';
import type { SensitivityReport } from './analyzeReport.ts';
import type { LowerBounds } from './lowerBounds.ts';

/** Request `slimwise/whatIf`, for one open document. */
export const whatIfRequest = 'slimwise/whatIf';

/** The bits that the table offers, from most to fewest. */
export const whatIfBits = [32, 16, 8, 4, 2, 'ternary', 1] as const satisfies readonly WeightBits[];

export interface WhatIfChoice {
  readonly layer: string;
  readonly action: LayerChange;
}

export interface WhatIfQuery {
  /** null: the generator, or the first model. */
  readonly model: string | null;
  /** In the order in which they are carried out. */
  readonly choices: readonly WhatIfChoice[];
  /** The limit that `fit` and the verdict are about; null: none. */
  readonly budgetBytes: number | null;
  /** Choose the bits so that the budget is kept; bits among `choices` are replaced. */
  readonly fit: boolean;
  /** What `fit` goes by; absent: measured where the model was measured. */
  readonly sensitivity?: WhatIfBasis;
}

export type WhatIfBasis = 'predicted' | 'measured';

export interface WhatIfParams extends WhatIfQuery {
  readonly textDocument: { readonly uri: string };
}

export type WhatIfResult = WhatIfReport | { readonly refused: string };

export interface WhatIfReport {
  readonly model: string;
  /** Names of the document's models. */
  readonly models: readonly string[];
  readonly rows: readonly WhatIfRow[];
  readonly before: WhatIfTotals;
  readonly after: WhatIfTotals;
  /** null: no budget was given. */
  readonly verdict: WhatIfVerdict | null;
  /** What is carried out: the choices asked for without the refused ones, or those of the fit. */
  readonly choices: readonly WhatIfChoice[];
  readonly refusals: readonly WhatIfRefusal[];
  /** null: not asked for. */
  readonly fit: WhatIfFit | { readonly refused: string } | null;
  readonly suggestions: readonly WhatIfSuggestion[];
  /** What `slimwise sensitivity` measured of this model and still holds; null: nothing, so `fit` can only predict. */
  readonly measured: WhatIfMeasured | null;
}

export interface WhatIfMeasured {
  /** The run whose weights were measured, over so many images. */
  readonly run: string;
  readonly nImages: number;
  /** SWD ×10³ at full precision. */
  readonly swd: number;
  /** Layers of the table that are built as they were measured, and all of them. */
  readonly nLayers: number;
  readonly nAll: number;
  /** The source's text is not what it was then; the layers that count as measured are. */
  readonly isEdited: boolean;
}

export interface WhatIfRow {
  readonly name: string;
  readonly op: string;
  readonly line: number;
  readonly shape: Shape | null;
  readonly bits: WeightBits;
  readonly bitsAfter: WeightBits;
  /** Of the layer with its biases; null where its weights are not known. */
  readonly bytes: number | null;
  readonly bytesAfter: number | null;
  readonly macs: number | null;
  readonly macsAfter: number | null;
  readonly dor: number | null;
  readonly dorAfter: number | null;
  readonly sensitivity: SensitivityReport | null;
  readonly options: readonly WhatIfOption[];
  /** The largest rank at which a low-rank pair is smaller; 0: there is none. */
  readonly maxRank: number;
  /** Output channels or features; 0: the layer has none of its own. */
  readonly channels: number;
  readonly channelsAfter: number;
  /** Share of the kernel's weights that a choice sets to zero; the share of channels shows in `channelsAfter`. */
  readonly prunedShareAfter: number;
  /** How many layers the same line builds; bits and replacements are made for all of them. */
  readonly shared: number;
}

export interface WhatIfOption {
  readonly bits: WeightBits;
  readonly bytes: number | null;
  /** Predicted from the degree of redundancy, without a unit; null where that is not known. */
  readonly sensitivity: number | null;
  /** Measured rise of SWD ×10³; null where the layer, as it is built now, was not measured at so many bits. */
  readonly measured: number | null;
}

export interface WhatIfTotals {
  /** Of all weights, with the bits of each layer. */
  readonly bytes: number;
  readonly macs: number;
  readonly params: number;
  readonly peakBytes: number;
  /** Which sums are lower bounds, because some layers or shapes are not known. */
  readonly bounds: LowerBounds & { readonly peak: boolean };
  /** Equation (3): kernels at one bit, by what is counted. */
  readonly accountings: readonly Accounting[];
}

export interface WhatIfVerdict {
  readonly budgetBytes: number;
  /** null: not all weights are known and their lower bound fits. */
  readonly fits: boolean | null;
  /** Negative: bytes too many. */
  readonly leftBytes: number;
}

export interface WhatIfRefusal {
  readonly layer: string;
  readonly kind: LayerChange['kind'];
  readonly reason: string;
}

export interface WhatIfFit {
  /** `mixed`: layers that were not measured are predicted, in the unit of the measured ones. */
  readonly basis: WhatIfBasis | 'mixed';
  readonly isExact: boolean;
  /** Summed; SWD ×10³ unless all is predicted. */
  readonly sensitivity: number;
  readonly layers: readonly WhatIfFitLayer[];
}

export interface WhatIfFitLayer {
  readonly name: string;
  readonly bits: WeightBits;
  readonly basis: WhatIfBasis;
  readonly why: string;
}

/** Something worth trying, with all that it changes of the model as the source has it. */
export interface WhatIfSuggestion {
  readonly title: string;
  readonly note: string | null;
  readonly choices: readonly WhatIfChoice[];
  /** False also for widening that comes out smaller: it is only a way to a uniformly binary generator. */
  readonly isSaving: boolean;
  readonly bytes: number;
  readonly macs: number;
  readonly peakBytes: number;
}

const rewriteKinds: readonly string[] = ['separable', 'resizeConv', 'subPixel'];

/** Choices from a page or another editor, which may be anything: what is no choice is left out. */
export function readChoices(value: unknown): readonly WhatIfChoice[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly unknown[]).flatMap((entry): WhatIfChoice[] => {
    if (!isRecord(entry) || typeof entry['layer'] !== 'string') return [];
    const action = readAction(entry['action']);
    return action === null ? [] : [{ layer: entry['layer'], action }];
  });
}

function readAction(value: unknown): LayerChange | null {
  if (!isRecord(value)) return null;
  const { kind, bits, channels, rewrite, granularity, share } = value;
  if (kind === 'bits') {
    const known = whatIfBits.find((candidate) => candidate === bits);
    return known === undefined ? null : { kind, bits: known };
  }
  if (kind === 'channels') return isSize(channels) ? { kind, channels } : null;
  if (kind === 'prune') {
    const isKnown = granularity === 'channel' || granularity === 'weight';
    return isKnown && typeof share === 'number' && 0 < share && share < 1 ? { kind, granularity, share } : null;
  }
  if (kind !== 'rewrite' || !isRecord(rewrite)) return null;
  if (rewrite['kind'] === 'lowRank')
    return isSize(rewrite['rank']) ? { kind, rewrite: { kind: 'lowRank', rank: rewrite['rank'] } } : null;
  return rewriteKinds.includes(String(rewrite['kind']))
    ? { kind, rewrite: { kind: rewrite['kind'] as 'separable' | 'resizeConv' | 'subPixel' } }
    : null;
}

/** Above it no layer can be meant; the arithmetic of shapes stays exact. */
const largestSize = 1_000_000;

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && 0 < value && value <= largestSize;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
