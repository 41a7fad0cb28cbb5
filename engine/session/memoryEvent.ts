/**
 * The memory account of a run as an event: bytes per layer of the generator before and after, and the total
 * against the device that the plan names. Totals are sums over the layers until the files exist, and the
 * files' own sizes afterwards.
 */
import { defaultDeviceId, deviceProfile, ownProfile } from '../../core/devices.ts';
import { layerBytes } from '../compress/packGenerator.ts';
import { emit, type SessionContext } from './sessionContext.ts';
import { layerCodings } from './variants.ts';

export interface FileTotals {
  readonly before: number;
  readonly after: number;
}

/** `binarized`: layers whose kernels are bits. */
export function emitMemory(context: SessionContext, binarized: readonly string[], files?: FileTotals): void {
  const { plan } = context.prepared;
  const weights = context.generator.readWeights();
  const layers = layerBytes(context.generator, weights, binarized, layerCodings(plan, binarized));
  const { budget } = plan;
  const device = deviceProfile(budget.device ?? defaultDeviceId, plan.devices.map(ownProfile));
  emit(context, {
    type: 'memory',
    layers,
    totalBefore: files?.before ?? layers.reduce((sum, layer) => sum + layer.bytesBefore, 0),
    totalAfter: files?.after ?? layers.reduce((sum, layer) => sum + layer.bytesAfter, 0),
    device: budget.bytes === undefined ? (device?.label ?? 'device') : 'budget of the plan',
    budgetBytes: budget.bytes ?? device?.budgetBytes ?? 0,
  });
}
