/**
 * The order in which Algorithm 1 of PBGen tries a network's layers: degree of redundancy, greatest first;
 * equal ones in the order of the network. Only layers that have such a degree and a kernel that can be
 * coded take part, and only those that the stage selects.
 */
import { layerDor } from '../../core/dor/layerDor.ts';
import type { Layer, ModelGraph } from '../../core/graph/modelGraph.ts';
import type { PlanStage } from '../../core/plan/compressionPlan.ts';
import { kindOf, selectLayers } from '../../core/plan/selectLayers.ts';
import type { DorReport } from '../../core/report/analyzeReport.ts';

export interface RankedLayer {
  readonly name: string;
  readonly type: string;
  readonly dor: DorReport;
}

export type LayerSelector = PlanStage['select'];

export type LayerOrder = 'dorDesc' | 'dorAsc' | 'given';

/** `given`: as the selector lists names; layers without a place there follow in the order of the network. */
export function layersByRedundancy(
  graph: ModelGraph,
  select: LayerSelector,
  order: LayerOrder = 'dorDesc',
): readonly RankedLayer[] {
  const conv = select.dor?.formula ?? 'published';
  return selectLayers(graph, select)
    .flatMap((layer): RankedLayer[] => {
      const isRun = graph.nodes.some((node) => node.layer === layer.index);
      const dor = isRun && isCodable(layer) ? layerDor(graph, layer, { conv }) : null;
      return dor ? [{ name: layer.name, type: layer.type, dor }] : [];
    })
    .sort((a, b) => {
      if (order !== 'given') return (b.dor.value - a.dor.value) * (order === 'dorDesc' ? 1 : -1);
      return placeIn(select, a) - placeIn(select, b);
    });
}

function placeIn({ names = [] }: LayerSelector, { name }: RankedLayer): number {
  const place = names.indexOf(name);
  return place < 0 ? names.length : place;
}

/** A grouped transposed kernel has no axis of output channels to scale (see `bwn.ts`). */
function isCodable(layer: Layer): boolean {
  if (kindOf(layer.op) === 'norm') return false;
  return !(layer.op === 'conv2d_transpose' && layer.attributes.groups > 1);
}
