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

/**
 * Names of the layers that a precision stage binarizes. `accepted` are those that a search has accepted;
 * null: no search decides. Then a stage that chooses neither names nor a range of redundancy means the
 * layers that are fit for it, of non-negative redundancy; what it does choose is taken at its word.
 */
export function layersToBinarize(
  graph: ModelGraph,
  select: PlanStage['select'],
  accepted: readonly string[] | null,
): readonly string[] {
  const selected = selectLayers(graph, select).filter((layer) => kindOf(layer.op) !== 'norm');
  if (accepted !== null) return accepted.filter((name) => selected.some((layer) => layer.name === name));
  const chosen = select.names !== undefined || select.dor !== undefined;
  const isFit = (layer: Layer): boolean => (layerDor(graph, layer, { conv: 'published' })?.value ?? -1) >= 0;
  return selected.filter((layer) => chosen || isFit(layer)).map((layer) => layer.name);
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
