/** Faults that can be seen where a layer is built. */
import type { CallArguments, CallContext } from '../../interpreter/library.ts';
import type { LayerRecord } from '../recorder.ts';
import { recorderOf } from '../recorder.ts';

/** `BatchNorm2d(64, 0.8)`: the second argument is eps, which nobody sets to 0.8; momentum was meant. */
export function noteEpsAsMomentum(context: CallContext, record: LayerRecord, args: CallArguments): void {
  if (!/^(BatchNorm|InstanceNorm)\dd$/.test(record.type)) return;
  const [, eps] = args.positional;
  if (eps?.kind !== 'number' || eps.value < 0.05) return;
  recorderOf(context.machine).faults.push({
    kind: 'epsAsMomentum',
    message: `${record.type}(…, ${eps.value}) sets eps, not momentum`,
    site: record.site,
    layer: record,
  });
}
