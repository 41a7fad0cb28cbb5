/**
 * Warnings that a plan earns on its actual networks: layers that are binarized against their degree of
 * redundancy, names that no layer has, a selection that is empty. The plan runs all the same. Layers that a
 * search decides about are not warned of: trying them is what the search is for.
 */
import type { ModelGraph } from '../graph/modelGraph.ts';
import { layerDor } from '../dor/layerDor.ts';
import type { Problem } from '../problem.ts';
import type { CompressionPlan, PlanStage, PrecisionStage } from './compressionPlan.ts';
import { nearestName } from './nearestName.ts';
import { negativeDor, selectsNothing, unknownLayer } from './problems.ts';
import { layersToBinarize, selectLayers } from './selectLayers.ts';

/** null: the network could not be read. */
export interface PlanModels {
  readonly generator: ModelGraph | null;
  readonly discriminator: ModelGraph | null;
}

export function planWarnings(plan: CompressionPlan, models: PlanModels): readonly Problem[] {
  return plan.stages.flatMap((stage, index) => {
    const graphs = networksOf(stage, models);
    if (graphs.some((graph) => graph === null)) return [];
    const known = graphs.filter((graph) => graph !== null);
    const searched = new Set(plan.stages.slice(0, index).flatMap(searchedModules));
    return [
      ...unknownNames(stage, known),
      ...(known.every((graph) => selectLayers(graph, stage.select).length === 0) ? [selectsNothing(stage.id)] : []),
      ...(stage.family === 'precision' ? redundancyWarnings(stage, models, searched) : []),
    ];
  });
}

type Module = 'G' | 'D';

function modulesOf(stage: PlanStage): readonly Module[] {
  return stage.module === 'both' ? ['G', 'D'] : [stage.module];
}

function networksOf(stage: PlanStage, models: PlanModels): readonly (ModelGraph | null)[] {
  return modulesOf(stage).map((module) => (module === 'G' ? models.generator : models.discriminator));
}

function searchedModules(stage: PlanStage): readonly Module[] {
  return stage.family === 'search' ? modulesOf(stage) : [];
}

function unknownNames(stage: PlanStage, graphs: readonly ModelGraph[]): readonly Problem[] {
  const names = graphs.flatMap((graph) => graph.layers.map((layer) => layer.name));
  const missing = (stage.select.names ?? []).filter((name) => !names.includes(name));
  return missing.map((name) => unknownLayer(stage.id, name, nearestName(name, names)));
}

function redundancyWarnings(
  stage: PrecisionStage,
  models: PlanModels,
  searched: ReadonlySet<Module>,
): readonly Problem[] {
  const conv = stage.select.dor?.formula ?? 'published';
  return modulesOf(stage).flatMap((module) => {
    const graph = module === 'G' ? models.generator : models.discriminator;
    if (graph === null || searched.has(module)) return [];
    const network = module === 'G' ? 'generator' : 'discriminator';
    const binarized = layersToBinarize(graph, stage.select, null);
    return graph.layers.flatMap((layer) => {
      const dor = binarized.includes(layer.name) ? layerDor(graph, layer, { conv }) : null;
      return dor !== null && dor.value < 0 ? [negativeDor(layer.name, network, dor.value)] : [];
    });
  });
}
