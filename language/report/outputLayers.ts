/**
 * Which layers' results leave the model with nothing but weightless operators in between: the layers
 * whose error no later layer can correct. Found by walking back from the outputs and stopping at the
 * first matrix product on each path, and at layers of which it is not known what they do; an explicit stack, because graphs can be thousands of nodes deep.
 */
import type { ModelGraph } from '../../core/graph/modelGraph.ts';

const matrixOps = /^((separable_)?conv[123]d(_transpose)?|dense|embedding|recurrent|attention|matmul)$/;

/** Indices into `graph.layers`. */
export function outputLayers(graph: ModelGraph): ReadonlySet<number> {
  const layers = new Set<number>();
  const seen = new Set<number>();
  const pending = [...graph.outputs];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    const node = graph.nodes[id];
    if (node === undefined || seen.has(id)) continue;
    seen.add(id);
    if (matrixOps.test(node.op)) {
      if (node.layer !== null) layers.add(node.layer);
    } else if (node.op !== 'unknown' || node.layer === null) pending.push(...node.inputs);
  }
  return layers;
}
