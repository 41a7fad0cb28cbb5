/**
 * Algorithm 1 of PBGen ("Binarizing Weights Wisely", §IV): layers in descending degree of redundancy are
 * binarized, each singly and each from the same trained full-precision weights; the first whose metric
 * rises above the full-precision repetitions by more than T ends the search, and those before it are
 * accepted. Layers after it are listed as not tried. The published pseudocode can also be read as
 * cumulative, which `mode` selects. Training is the caller's: this file decides, and counts nothing twice
 * when a search is resumed.
 */
import type { LayerDecision } from '../../core/session/runEvent.ts';
import type { RankedLayer } from './layerOrder.ts';
import type { Noise } from './noiseThreshold.ts';

export interface WiseSearch {
  readonly ranked: readonly RankedLayer[];
  readonly noise: Noise;
  readonly mode: 'single' | 'cumulative';
  /** Decisions of an earlier session of the same search, in order. */
  readonly known: readonly LayerDecision[];
  /** Trains and measures with `layer` (and `together`) binarized; null when the user cancelled. */
  readonly measure: (layer: RankedLayer, together: readonly string[]) => Promise<number | null>;
  /** Called for every new decision, as soon as it is made. */
  readonly decide: (decision: LayerDecision) => void;
}

/** All decisions in the order of redundancy; null when the user cancelled. */
export async function searchWisely(search: WiseSearch): Promise<readonly LayerDecision[] | null> {
  const { ranked, noise, mode, known, measure, decide } = search;
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
      decision = notTried(layer, noise, failed.layer);
    } else {
      const swd = await measure(layer, mode === 'cumulative' ? acceptedLayers(decisions) : []);
      if (swd === null) return null;
      decision = judge(layer, noise, swd);
    }
    decisions.push(decision);
    decide(decision);
  }
  return decisions;
}

export function acceptedLayers(decisions: readonly LayerDecision[]): readonly string[] {
  return decisions.filter((decision) => decision.accepted).map((decision) => decision.layer);
}

function judge(layer: RankedLayer, noise: Noise, swd: number): LayerDecision {
  const limit = noise.mean + noise.threshold;
  const accepted = swd <= limit;
  const sum = `${noise.mean.toFixed(1)} + ${noise.threshold.toFixed(1)} = ${limit.toFixed(1)}`;
  return {
    ...common(layer, noise),
    swdAfter: swd,
    accepted,
    tried: true,
    why: accepted
      ? `SWD ${swd.toFixed(1)} stays within ${sum}.`
      : `SWD ${swd.toFixed(1)} is above ${sum}: Algorithm 1 stops here.`,
  };
}

function notTried(layer: RankedLayer, noise: Noise, failed: string): LayerDecision {
  return {
    ...common(layer, noise),
    swdAfter: null,
    accepted: false,
    tried: false,
    why: `Not tried: Algorithm 1 stopped at ${failed}, which is more redundant.`,
  };
}

function common(layer: RankedLayer, { mean, deviation, threshold }: Noise) {
  return {
    layer: layer.name,
    type: layer.type,
    dor: layer.dor.value,
    formula: layer.dor.formula,
    swdBefore: mean,
    noise: deviation,
    threshold,
  };
}
