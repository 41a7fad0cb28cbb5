/**
 * Everything that can be wrong with a network before or while it trains, in words for the user.
 * Codes are stable and listed in `docs/problems.md`.
 */
import type { GraphFault, GraphNode, Layer, ModelGraph } from '../../core/graph/modelGraph.ts';
import type { Problem } from '../../core/problem.ts';

/** The place in the source to go to for `node`, and how it is called there. */
function place(graph: ModelGraph, node: GraphNode, layer: Layer | null): { label: string; path: string; line: number } {
  const site = node.site ?? layer?.site ?? null;
  return {
    label: layer ? `layer '${layer.name}' (${layer.type})` : `operator ${node.op}`,
    path: site?.file ?? graph.file,
    line: site?.line ?? graph.line,
  };
}

export function operatorNotTrainable(graph: ModelGraph, node: GraphNode, layer: Layer | null, why: string): Problem {
  const { label, path, line } = place(graph, node, layer);
  return {
    code: 'SWP_OPERATOR_NOT_TRAINABLE',
    message: `${graph.name}: ${label} cannot be trained by the engine: ${why}.`,
    hint: 'Replace it by a layer that the engine trains (docs/problems.md has the list), or leave this network uncompressed.',
    path,
    line,
  };
}

export function shapeNotKnown(graph: ModelGraph, node: GraphNode, layer: Layer | null, why: string | null): Problem {
  const { label, path, line } = place(graph, node, layer);
  return {
    code: 'SWP_SHAPE_NOT_KNOWN',
    message: `${graph.name}: the shape at ${label} is not known${why === null ? '' : ` (${why})`}, so the network cannot be built.`,
    hint: 'Give the input shape in slimwise.json (`"input": [1, 100]`), or in a `# slimwise:` comment in the source.',
    path,
    line,
  };
}

/** The line is that of the layer where the fault has one: that is where it can be corrected. */
export function graphHasFaults(graph: ModelGraph, fault: GraphFault | undefined): Problem {
  const layer = fault?.layer === null ? undefined : graph.layers[fault?.layer ?? -1];
  const site = layer?.site ?? fault?.site;
  const where = layer ? `layer '${layer.name}' (${layer.type}) ` : '';
  return {
    code: 'SWP_GRAPH_FAULT',
    message: `${graph.name} cannot be built: ${where}${fault?.message ?? 'what it returns could not be followed'}`,
    hint: 'Correct the source at this line; the editor shows the same finding there.',
    path: site?.file ?? graph.file,
    line: site?.line ?? graph.line,
  };
}

export function wrongInputCount(graph: ModelGraph, expected: number): Problem {
  return {
    code: 'SWP_INPUT_COUNT',
    message: `${graph.name} has ${graph.inputs.length} inputs and ${graph.outputs.length} outputs; the noise task needs ${expected} of each.`,
    hint: 'Use a network with one input and one output, or name another class in slimwise.json.',
    path: graph.file,
    line: graph.line,
  };
}

export function weightsMissing(names: readonly string[], path?: string): Problem {
  return {
    code: 'SWP_WEIGHTS_MISSING',
    message: `The saved weights do not fit the network: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''} missing or of another shape.`,
    hint: 'The source was changed since the run began: undo that change to continue the run, or start a new one.',
    ...(path === undefined ? {} : { path }),
  };
}

export function lossNotFinite(
  variant: string,
  step: number,
  lossD: number,
  lossG: number,
  lastCheckpoint: number | null,
): Problem {
  return {
    code: 'SWP_LOSS_NOT_FINITE',
    message: `The loss stopped being a number at step ${step} of '${variant}' (D ${lossD}, G ${lossG}).`,
    hint:
      lastCheckpoint === null
        ? 'Nothing was saved yet: lower train.optimizer.learningRate in slimwise.json and start again.'
        : `The checkpoint of step ${lastCheckpoint} is untouched: lower train.optimizer.learningRate in slimwise.json and start a new run.`,
  };
}
