/** The two terms of a layer's degree of redundancy, from the first run of the layer in its graph. */
import { dorTerms } from '../dor/degreeOfRedundancy.ts';
import type { Layer, ModelGraph } from '../graph/modelGraph.ts';
import type { Shape } from '../graph/shape.ts';

/** null where the layer has none, or its shapes are not known. */
export function redundancyTerms(graph: ModelGraph, layer: Layer): ReturnType<typeof dorTerms> {
  const node = graph.nodes.find((candidate) => candidate.layer === layer.index);
  if (node === undefined) return null;
  const [input] = node.inputs;
  const shape: Shape | null = input === undefined ? null : (graph.nodes[input]?.shape ?? null);
  return dorTerms(layer, shape, node.shape, graph.layout, { conv: 'published' });
}
