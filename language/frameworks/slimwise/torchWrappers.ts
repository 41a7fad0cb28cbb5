/**
 * `slimwise_layers` around PyTorch modules. Fewer bits are noted on the layer's record; a rewrite gives the
 * sequence of layers that the real function builds (`low_rank(nn.Linear(…), 16)` is an `nn.Sequential` of two).
 */
import type { OpCall } from '../../../core/graph/ops.ts';
import { weightSpecs } from '../../../core/cost/weightSpecs.ts';
import { rewriteLayer, type Rewrite } from '../../../core/rewrite/rewriteLayer.ts';
import type { CallContext } from '../../interpreter/library.ts';
import { foreign, unknown, type Value } from '../../interpreter/values.ts';
import { recordNode, type LayerRecord } from '../recorder.ts';
import { containerObject } from '../pytorch/containers.ts';
import { isLayerObject, type LayerObject } from '../pytorch/layers.ts';
import { isModuleObject, moduleAttribute, type ModuleObject } from '../pytorch/torchModule.ts';
import { apply, tensorOf } from '../pytorch/torchTensor.ts';
import type { Wrapping } from './wrappers.ts';

/** null: the value is no module of PyTorch. */
export function wrapTorch(value: Value, wrapping: Wrapping, context: CallContext): Value | null {
  const module = moduleIn(value);
  if (module === null) return null;
  if ('bits' in wrapping) {
    for (const layer of layersIn(module)) layer.record.bits = wrapping.bits;
    return value;
  }
  if (!isLayerObject(module)) return unknown('only a single layer can be rewritten');
  return foreign(rewritten(module, wrapping.rewrite, context));
}

function moduleIn(value: Value): ModuleObject | null {
  const object = value.kind === 'foreign' ? value.object : value.kind === 'instance' ? value.foreign : null;
  return isModuleObject(object) ? object : null;
}

function layersIn(module: ModuleObject): readonly LayerObject[] {
  if (isLayerObject(module)) return [module];
  return [...module.children.values()].flatMap((child) => {
    const inner = moduleIn(child);
    return inner === null ? [] : layersIn(inner);
  });
}

/** The `nn.Sequential` that the real function builds; a call of what it refuses is unknown, with the reason. */
function rewritten(layer: LayerObject, rewrite: Rewrite, context: CallContext): ModuleObject {
  const made = containerObject('sequential', { positional: [], keywords: new Map(), open: null }, context);
  const result = rewriteLayer(layer.record.call, rewrite, 'pytorch');
  if ('refused' in result) return { ...made, call: () => unknown(result.refused) };
  for (const call of result.calls)
    made.children.set(String(made.children.size), foreign(plainLayer(call, layer.record)));
  return made;
}

const typeNames: Readonly<Record<string, string>> = {
  dense: 'Linear',
  conv2d: 'Conv2d',
  conv2d_transpose: 'ConvTranspose2d',
  upsample: 'Upsample',
  pixel_shuffle: 'PixelShuffle',
};

/** A layer of known sizes that stands where `origin` was built. */
function plainLayer(call: OpCall, origin: LayerRecord): LayerObject {
  const type = typeNames[call.op] ?? call.op;
  const record: LayerRecord = { ...origin, call, type, weights: weightSpecs(call, 'pytorch', type), name: null };
  const self: LayerObject = {
    typeName: type,
    typePaths: [`torch.nn.${type}`, 'torch.nn.Module'],
    moduleKind: 'layer',
    children: new Map(),
    record,
    attribute: (name, context) => moduleAttribute(foreign(self), name, context),
    setAttribute: () => true,
    truth: () => true,
    call(given, context) {
      const input = tensorOf(given.positional[0]);
      if (input !== null) return apply(context, record.call, [input], { layer: record });
      const lost = recordNode(context, { op: 'unknown', attributes: { type: 'value' } }, [], {
        layout: 'channelsFirst',
        shape: null,
        unknown: `the input of ${type} is not known`,
      });
      return apply(context, record.call, [lost], { layer: record });
    },
  };
  return self;
}
