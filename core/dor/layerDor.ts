/**
 * The degree of redundancy of a layer as its model runs it: with the shapes of its first run. null for a
 * layer that has none, is never run, or whose shapes are not known.
 */
import type { Layer, ModelGraph } from '../graph/modelGraph.ts';
import type { DorReport } from '../report/analyzeReport.ts';
import { degreeOfRedundancy, type DorOptions } from './degreeOfRedundancy.ts';

export function layerDor(graph: ModelGraph, layer: Layer, options: DorOptions): DorReport | null {
  const run = graph.nodes.find((node) => node.layer === layer.index);
  if (run === undefined) return null;
  const source = graph.nodes[run.inputs[0] ?? -1];
  return degreeOfRedundancy(layer, source?.shape ?? null, run.shape, graph.layout, options);
}
