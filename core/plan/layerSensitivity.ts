/**
 * What few bits cost each layer of a model, in one unit: measured where a run measured the layer as it is built now,
 * predicted elsewhere. Measured costs are rises of the sliced Wasserstein distance (×10³), one layer at a time and
 * without training on; a fall is noise and counts as nothing. Predictions have no unit, so beside measurements they
 * are scaled by the factor that fits the measured layers best (least squares), and every number says what it is.
 */
import type { WeightBits } from '../cost/weightBits.ts';
import type { Layer, ModelGraph } from '../graph/modelGraph.ts';
import { measurementOf, type NetworkSensitivity } from '../sensitivity/sensitivityFile.ts';
import { predictedSensitivity } from './predictedSensitivity.ts';
import { redundancyTerms } from './redundancyTerms.ts';

export type SensitivityBasis = 'predicted' | 'measured';

export interface LayerCosts {
  readonly basis: SensitivityBasis;
  /** Why a layer is not measured where others are; null where it is, or where none is. */
  readonly why: string | null;
  /** null: nothing is known of so many bits. */
  at(bits: WeightBits): number | null;
}

export interface ModelSensitivity {
  /** `mixed`: some layers are measured, and predictions are in their unit. */
  readonly basis: SensitivityBasis | 'mixed';
  /** null: the layer's degree of redundancy is not known, so nothing can be said of it. */
  costsOf(layer: Layer): LayerCosts | null;
}

/** `measured` null: predictions alone. */
export function modelSensitivity(graph: ModelGraph, measured: NetworkSensitivity | null): ModelSensitivity {
  const layers = graph.layers.filter((layer) => redundancyTerms(graph, layer) !== null);
  const measuredLayers = layers.filter((layer) => risesOf(measured, layer) !== null);
  if (measured === null || measuredLayers.length === 0)
    return { basis: 'predicted', costsOf: (layer) => predictedCosts(graph, layer, 1, null) };
  const scale = scaleOf(graph, measured, measuredLayers);
  return {
    basis: measuredLayers.length === layers.length ? 'measured' : 'mixed',
    costsOf(layer) {
      const rises = risesOf(measured, layer);
      if (rises === null) return predictedCosts(graph, layer, scale, whyNotMeasured(measured, layer));
      return { basis: 'measured', why: null, at: (bits) => rises.get(bits) ?? null };
    },
  };
}

/** The rises that were measured of the layer as it is built now, by bits; null: none. */
function risesOf(measured: NetworkSensitivity | null, layer: Layer): ReadonlyMap<WeightBits, number> | null {
  const known = measured === null ? null : measurementOf(measured, layer.name, layer);
  if (known?.state !== 'measured' || known.layer.bits.length === 0) return null;
  const rises = known.layer.bits.map(({ bits, rise }) => [bits as WeightBits, Math.max(0, rise)] as const);
  return new Map<WeightBits, number>([[32, 0], ...rises]);
}

function whyNotMeasured(measured: NetworkSensitivity, layer: Layer): string {
  return measurementOf(measured, layer.name, layer)?.state === 'stale'
    ? 'it is built differently from when it was measured'
    : 'it was not measured';
}

function predictedCosts(graph: ModelGraph, layer: Layer, scale: number, why: string | null): LayerCosts | null {
  const terms = redundancyTerms(graph, layer);
  if (terms === null) return null;
  return { basis: 'predicted', why, at: (bits) => scale * predictedSensitivity(terms, bits) };
}

/** Σ measured · predicted / Σ predicted²; 1 where no layer lost anything, so that predictions keep their order. */
function scaleOf(graph: ModelGraph, measured: NetworkSensitivity, layers: readonly Layer[]): number {
  let [together, alone] = [0, 0];
  for (const layer of layers) {
    const predicted = predictedCosts(graph, layer, 1, null);
    for (const [bits, rise] of risesOf(measured, layer) ?? []) {
      const cost = predicted?.at(bits) ?? 0;
      together += rise * cost;
      alone += cost * cost;
    }
  }
  return together > 0 && alone > 0 ? together / alone : 1;
}
