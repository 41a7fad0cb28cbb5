/**
 * Warnings that a plan earns on its actual networks: layers that are binarized against their degree of
 * redundancy, names that no layer has, a selection that is empty. The plan runs all the same. Layers that a
 * search decides about are not warned of: trying them is what the search is for. With a document of the plan's text
 * each warning has the line that it is about.
 */
import type { ModelGraph } from '../graph/modelGraph.ts';
import { layerDor } from '../dor/layerDor.ts';
import type { Problem } from '../problem.ts';
import type { CompressionPlan, PlanStage, PrecisionStage } from './compressionPlan.ts';
import { nearestName } from './nearestName.ts';
import { negativeDor, selectsNothing, unknownLayer, type Place } from './problems.ts';
import { layersToBinarize, selectLayers } from './selectLayers.ts';

/** null: the network could not be read. */
export interface PlanModels {
  readonly generator: ModelGraph | null;
  readonly discriminator: ModelGraph | null;
}

/** Line and path of what stands at a path of keys in the plan; nothing where the text is not at hand. */
export type PlaceOf = (keys: readonly (string | number)[]) => Partial<Place>;

const nowhere: PlaceOf = () => ({});

export function planWarnings(
  plan: CompressionPlan,
  models: PlanModels,
  placeOf: PlaceOf = nowhere,
): readonly Problem[] {
  return plan.stages.flatMap((stage, index) => {
    const at: PlaceOf = (keys) => placeOf(['stages', index, ...keys]);
    const graphs = networksOf(stage, models);
    if (graphs.some((graph) => graph === null)) return [];
    const known = graphs.filter((graph) => graph !== null);
    const searched = new Set(plan.stages.slice(0, index).flatMap(searchedModules));
    return [
      ...unknownNames(stage, known, at),
      ...(known.every((graph) => selectLayers(graph, stage.select).length === 0)
        ? [{ ...selectsNothing(stage.id), ...at(['select']) }]
        : []),
      ...(stage.family === 'precision' ? redundancyWarnings(stage, models, searched, at) : []),
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

function unknownNames(stage: PlanStage, graphs: readonly ModelGraph[], at: PlaceOf): readonly Problem[] {
  const names = graphs.flatMap((graph) => graph.layers.map((layer) => layer.name));
  return (stage.select.names ?? []).flatMap((name, index) => {
    if (names.includes(name)) return [];
    return [{ ...unknownLayer(stage.id, name, nearestName(name, names)), ...at(['select', 'names', index]) }];
  });
}

function redundancyWarnings(
  stage: PrecisionStage,
  models: PlanModels,
  searched: ReadonlySet<Module>,
  at: PlaceOf,
): readonly Problem[] {
  const conv = stage.select.dor?.formula ?? 'published';
  return modulesOf(stage).flatMap((module) => {
    const graph = module === 'G' ? models.generator : models.discriminator;
    if (graph === null || searched.has(module)) return [];
    const network = module === 'G' ? 'generator' : 'discriminator';
    const binarized = layersToBinarize(graph, stage.select, null);
    return graph.layers.flatMap((layer) => {
      const dor = binarized.includes(layer.name) ? layerDor(graph, layer, { conv }) : null;
      if (dor === null || dor.value >= 0) return [];
      const named = stage.select.names?.indexOf(layer.name) ?? -1;
      const place = at(named < 0 ? ['select'] : ['select', 'names', named]);
      return [{ ...negativeDor(layer.name, network, dor.value), ...place }];
    });
  });
}
