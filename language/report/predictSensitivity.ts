/**
 * How much a layer is expected to suffer from low precision, before anything was trained, from facts that
 * stand in the source: its degree of redundancy, whether it is an output layer, whether it is depthwise.
 * A prediction, and marked as one; a run's measured table replaces it. Layers that are no matrix product,
 * and layers about which too little is known, have none.
 */
import type { OpCall } from '../../core/graph/ops.ts';
import type { DorReport, SensitivityReport } from '../../core/report/analyzeReport.ts';
import { formatSigned } from '../../core/format/numbers.ts';
import { isDeconvolution, isDepthwise, isMatrixLayer } from './layerKind.ts';

export function predictSensitivity(
  call: OpCall,
  facts: { readonly dor: DorReport | null; readonly isOutputLayer: boolean },
): SensitivityReport | null {
  if (!isMatrixLayer(call)) return null;
  if (facts.isOutputLayer) return predicted('high', 'It is an output layer: no later layer can correct its error.');
  if (isDepthwise(call)) {
    return predicted('high', 'It is depthwise: each output reads one channel, so errors do not average out.');
  }
  if (facts.dor === null) return null;
  const dor = `its degree of redundancy is ${formatSigned(facts.dor.value)}`;
  if (facts.dor.value >= 0) return predicted('low', `Because ${dor}, other weights can make up for rounded ones.`);
  return isDeconvolution(call)
    ? predicted('high', `Because ${dor}, binary weights cannot span what it draws (PBGen).`)
    : predicted('medium', `Because ${dor}; for a convolution the sign alone says little.`);
}

function predicted(level: SensitivityReport['level'], why: string): SensitivityReport {
  return { level, basis: 'predicted', why };
}
