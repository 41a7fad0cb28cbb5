/**
 * Algorithm 1 of PBGen ("Binarizing Weights Wisely", §IV): layers in descending degree of redundancy are
 * binarized, each singly and each from the same trained full-precision weights; the first whose metric
 * rises above the full-precision repetitions by more than T ends the search, and those before it are
 * accepted. Layers after it are listed as not tried. The published pseudocode can also be read as
 * cumulative, which `mode` selects; PSNR against full precision's images, which falls, can decide instead of
 * SWD, which rises. Training is the caller's: this file decides, and counts nothing twice
 * when a search is resumed.
 */
import type { LayerDecision } from '../../core/session/runEvent.ts';
import type { RankedLayer } from './layerOrder.ts';
import type { Noise } from './noiseThreshold.ts';

export interface Measured {
  readonly swd: number;
  /** dB against full precision; where PSNR decides. */
  readonly psnr?: number;
}

export interface WiseSearch {
  readonly ranked: readonly RankedLayer[];
  /** Of the metric that decides. */
  readonly noise: Noise;
  readonly metric?: 'swd' | 'psnr';
  /** Mean SWD of full precision, where PSNR decides; else it is the noise's own. */
  readonly swdFull?: number;
  readonly mode: 'single' | 'cumulative';
  /** Decisions of an earlier session of the same search, in order. */
  readonly known: readonly LayerDecision[];
  /** Trains and measures with `layer` (and `together`) binarized; null when the user cancelled. */
  readonly measure: (layer: RankedLayer, together: readonly string[]) => Promise<Measured | null>;
  /** Called for every new decision, as soon as it is made. */
  readonly decide: (decision: LayerDecision) => void;
}

/** All decisions in the order of redundancy; null when the user cancelled. */
export async function searchWisely(search: WiseSearch): Promise<readonly LayerDecision[] | null> {
  const { ranked, mode, known, measure, decide } = search;
  const decisions: LayerDecision[] = [];
  for (const layer of ranked) {
    const before = known.find((decision) => decision.layer === layer.name);
    if (before) {
      decisions.push(before);
      continue;
    }
    const failed = decisions.find((decision) => decision.tried && !decision.accepted);
    let decision: LayerDecision;
    if (failed) {
      decision = notTried(layer, search, failed.layer);
    } else {
      const measured = await measure(layer, mode === 'cumulative' ? acceptedLayers(decisions) : []);
      if (measured === null) return null;
      decision = judge(layer, search, measured);
    }
    decisions.push(decision);
    decide(decision);
  }
  return decisions;
}

export function acceptedLayers(decisions: readonly LayerDecision[]): readonly string[] {
  return decisions.filter((decision) => decision.accepted).map((decision) => decision.layer);
}

function judge(layer: RankedLayer, search: WiseSearch, measured: Measured): LayerDecision {
  const { noise, metric = 'swd' } = search;
  const falls = metric === 'psnr';
  const value = valueOf(measured, metric);
  const limit = acceptedLimit(noise, metric);
  const accepted = isAccepted(measured, noise, metric);
  const sum = `${noise.mean.toFixed(1)} ${falls ? '−' : '+'} ${noise.threshold.toFixed(1)} = ${limit.toFixed(1)}`;
  const [name, beyond] = falls ? ['PSNR', 'below'] : ['SWD', 'above'];
  return {
    ...common(layer, search),
    ...(falls ? { psnr: { before: noise.mean, after: value } } : {}),
    swdAfter: measured.swd,
    accepted,
    tried: true,
    why: accepted
      ? `${name} ${value.toFixed(1)} stays within ${sum}.`
      : `${name} ${value.toFixed(1)} is ${beyond} ${sum}: Algorithm 1 stops here.`,
  };
}

export function isAccepted(measured: Measured, noise: Noise, metric: 'swd' | 'psnr'): boolean {
  const [value, limit] = [valueOf(measured, metric), acceptedLimit(noise, metric)];
  return metric === 'psnr' ? value >= limit : value <= limit;
}

function valueOf({ swd, psnr }: Measured, metric: 'swd' | 'psnr'): number {
  return metric === 'psnr' ? (psnr ?? NaN) : swd;
}

/** The worst value that is still accepted. */
export function acceptedLimit({ mean, threshold }: Noise, metric: 'swd' | 'psnr'): number {
  return metric === 'psnr' ? mean - threshold : mean + threshold;
}

function notTried(layer: RankedLayer, search: WiseSearch, failed: string): LayerDecision {
  return {
    ...common(layer, search),
    ...(search.metric === 'psnr' ? { psnr: { before: search.noise.mean, after: null } } : {}),
    swdAfter: null,
    accepted: false,
    tried: false,
    why: `Not tried: Algorithm 1 stopped at ${failed}, which comes before it.`,
  };
}

function common(layer: RankedLayer, { noise: { mean, deviation, threshold }, swdFull = mean }: WiseSearch) {
  return {
    layer: layer.name,
    type: layer.type,
    dor: layer.dor.value,
    formula: layer.dor.formula,
    swdBefore: swdFull,
    noise: deviation,
    threshold,
  };
}
