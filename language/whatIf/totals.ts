/**
 * Sums of a model as the what-if table shows them: bytes with the bits of each layer, MACs, parameters, the peak of
 * activations, and the ratios of equation (3) by what they count. Kernels with one bit are the binarized ones.
 */
import { hasKernel } from '../../core/cost/weightBits.ts';
import { sizeOf as sizeOfSpec } from '../../core/cost/weightSpecs.ts';
import type { Layer, ModelGraph } from '../../core/graph/modelGraph.ts';
import { accountings, type CountedLayer } from '../../core/memory/eq3.ts';
import { peakActivation } from '../../core/memory/peakActivation.ts';
import { lowerBounds } from '../../core/report/lowerBounds.ts';
import type { WhatIfTotals } from '../../core/report/whatIfReport.ts';
import { sizeOf } from '../edits/proposeEdit.ts';
import { costModel } from '../report/buildReport.ts';

export function totalsOf(graph: ModelGraph): WhatIfTotals {
  const { rows, report } = costModel(graph, { convFormula: 'published' });
  const peak = peakActivation(graph);
  const counted = rows
    .filter(({ layer }) => hasKernel(layer, layer.weights))
    .map(({ layer, row }): CountedLayer => ({
      op: layer.op,
      nWeights: kernelSize(layer),
      macs: row.macs ?? 0,
      binarized: layer.bits === 1,
    }));
  return {
    ...sizeOf(graph),
    peakBytes: peak.bytes,
    bounds: { ...lowerBounds(report), peak: peak.nUnknown > 0 },
    accountings: accountings(counted),
  };
}

/** Entries of the layer's matrices. */
export function kernelSize({ weights }: Layer): number {
  return (weights ?? []).reduce((sum, spec) => sum + (spec.shape.length < 2 ? 0 : sizeOfSpec(spec)), 0);
}
