/**
 * The layers of a network that a stage's `select` means: by kind, by name and by degree of redundancy, all of
 * which must fit. Only layers with kernels can be binarized, so callers that compress kernels ask for those.
 */
import type { OpName } from '../graph/ops.ts';
import type { Layer, ModelGraph } from '../graph/modelGraph.ts';
import { layerDor } from '../dor/layerDor.ts';
import type { PlanStage } from './compressionPlan.ts';

export type LayerKind = 'dense' | 'conv' | 'deconv' | 'norm';

export function selectLayers(graph: ModelGraph, select: PlanStage['select']): readonly Layer[] {
  return graph.layers.filter((layer) => {
    const kind = kindOf(layer.op);
    if (kind === null || (select.kind !== undefined && !select.kind.includes(kind))) return false;
    if (select.names !== undefined && !select.names.includes(layer.name)) return false;
    if (select.dor === undefined) return true;
    const dor = layerDor(graph, layer, { conv: select.dor.formula });
    if (dor === null) return false;
    return (select.dor.min ?? -Infinity) <= dor.value && dor.value <= (select.dor.max ?? Infinity);
  });
}

/** null: a layer that no stage selects (activations, pooling…). */
export function kindOf(op: OpName): LayerKind | null {
  switch (op) {
    case 'dense':
      return 'dense';
    case 'conv1d':
    case 'conv2d':
    case 'conv3d':
    case 'separable_conv2d':
      return 'conv';
    case 'conv1d_transpose':
    case 'conv2d_transpose':
    case 'conv3d_transpose':
      return 'deconv';
    case 'batch_norm':
    case 'instance_norm':
    case 'group_norm':
    case 'layer_norm':
      return 'norm';
    default:
      return null;
  }
}
