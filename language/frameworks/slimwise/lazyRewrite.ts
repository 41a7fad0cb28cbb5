/**
 * A rewritten layer of Keras or TF.js. Such a layer learns its sizes at its first call, so only there is settled
 * which layers stand in its place; its own activation follows the last of them. Refused where the arithmetic
 * refuses: the output is then unknown, with the reason.
 */
import { weightSpecs } from '../../../core/cost/weightSpecs.ts';
import type { WeightBits } from '../../../core/cost/weightBits.ts';
import type { OpCall } from '../../../core/graph/ops.ts';
import type { Shape } from '../../../core/graph/shape.ts';
import { rewriteLayer, type Rewrite } from '../../../core/rewrite/rewriteLayer.ts';
import type { CallContext } from '../../interpreter/library.ts';
import { recordNode, type LayerRecord, type Recorded } from '../recorder.ts';

/** What a layer object of either framework can say of itself. */
export interface RewritableLayer {
  readonly record: LayerRecord;
  /** Its operator for inputs of these shapes; null where a size is not known. */
  learn(inputs: readonly (Shape | null)[]): OpCall | null;
  /** The operator of its `activation` argument. */
  activation(): OpCall | null;
}

export interface LazyRewrite {
  setBits(bits: WeightBits): void;
  run(inputs: readonly Recorded[], context: CallContext): Recorded;
}

const typeNames: Readonly<Record<string, string>> = {
  dense: 'Dense',
  conv2d: 'Conv2D',
  conv2d_transpose: 'Conv2DTranspose',
  upsample: 'UpSampling2D',
  pixel_shuffle: 'DepthToSpace',
};

export function lazyRewrite(layer: RewritableLayer, rewrite: Rewrite, framework: 'keras' | 'tfjs'): LazyRewrite {
  const layout = 'channelsLast';
  const parts: LayerRecord[] = [];
  let bits: WeightBits | undefined;
  const lost = (inputs: readonly Recorded[], why: string, context: CallContext): Recorded => {
    const call: OpCall = { op: 'unknown', attributes: { type: layer.record.type } };
    return recordNode(context, call, inputs, { layout, layer: layer.record, shape: null, unknown: why });
  };
  return {
    setBits(wanted) {
      bits = wanted;
      for (const part of parts) part.bits = wanted;
    },
    run(inputs, context) {
      const call = layer.learn(inputs.map(({ shape }) => shape));
      if (call === null) return lost(inputs, layer.record.unknown ?? 'its sizes are not known', context);
      const result = rewriteLayer(call, rewrite, framework);
      if ('refused' in result) return lost(inputs, result.refused, context);
      if (parts.length === 0)
        parts.push(...result.calls.map((part, idx) => recordOf(part, layer.record, framework, idx, bits)));
      const calls = [
        ...parts.map((record) => ({ call: record.call, layer: record })),
        ...[layer.activation()].flatMap((activation) =>
          activation === null ? [] : [{ call: activation, layer: null }],
        ),
      ];
      let current = inputs;
      for (const part of calls) current = [recordNode(context, part.call, current, { layout, layer: part.layer })];
      return current[0] ?? lost(inputs, 'it has no input', context);
    },
  };
}

function recordOf(
  call: OpCall,
  origin: LayerRecord,
  framework: 'keras' | 'tfjs',
  index: number,
  bits: WeightBits | undefined,
): LayerRecord {
  const isDepthwise = call.op === 'conv2d' && call.attributes.groups > 1;
  const type = isDepthwise ? 'DepthwiseConv2D' : (typeNames[call.op] ?? call.op);
  const weights = weightSpecs(call, framework, type);
  const record: LayerRecord = { ...origin, call, type, weights, unknown: null, name: partName(origin, index) };
  if (bits !== undefined) record.bits = bits;
  return record;
}

/** `conv2d_transpose.0`; TF.js names what has no name of its own. */
function partName({ name }: LayerRecord, index: number): string | null {
  return name === null ? null : `${name}.${index}`;
}
