/**
 * Sums over the layers of a report. A layer that is built and never run still owns its weights, and costs
 * no MACs. Whatever is not known makes the sums lower bounds, and `partial` says so.
 */
import type { LayerReport, Totals } from '../report/analyzeReport.ts';

export type LayerCost = Pick<LayerReport, 'params' | 'nonTrainable' | 'macs' | 'bytes' | 'unused' | 'declared'>;

export function modelTotals(layers: readonly LayerCost[]): Totals {
  const totals = { params: 0, nonTrainable: 0, macs: 0, bytes: { fp32: 0, int8: 0, binary: 0 }, partial: false };
  for (const layer of layers) {
    totals.params += layer.params ?? 0;
    totals.nonTrainable += layer.nonTrainable;
    if (!layer.unused) totals.macs += layer.macs ?? 0;
    totals.bytes.fp32 += layer.bytes?.fp32 ?? 0;
    totals.bytes.int8 += layer.bytes?.int8 ?? 0;
    totals.bytes.binary += layer.bytes?.binary ?? 0;
    totals.partial ||= layer.params === null || layer.bytes === null || (!layer.unused && layer.macs === null);
  }
  if (!layers.some(({ declared }) => declared !== undefined)) return totals;
  const declaredBytes = layers.reduce((sum, { declared, bytes }) => sum + (declared?.bytes ?? bytes?.fp32 ?? 0), 0);
  return { ...totals, declaredBytes };
}
