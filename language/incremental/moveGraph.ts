/**
 * A model's graph after an edit that moved the lines of its file and changed nothing else of it. Places in
 * other files stay. Null where a name was made of a line number: then only a new analysis knows the name.
 */
import type { Layer, ModelGraph, Site } from '../../core/graph/modelGraph.ts';

export function moveGraph(graph: ModelGraph, file: string, lineOf: (line: number) => number): ModelGraph | null {
  const move = (site: Site): Site =>
    site.file === file ? { ...site, line: lineOf(site.line), endLine: lineOf(site.endLine) } : site;
  if (graph.layers.some((layer) => isNamedByLine(layer) && move(layer.site).line !== layer.site.line)) return null;
  return {
    ...graph,
    line: graph.file === file ? lineOf(graph.line) : graph.line,
    layers: graph.layers.map((layer) => ({
      ...layer,
      site: move(layer.site),
      stack: layer.stack.map((frame) => (frame.file === file ? { ...frame, line: lineOf(frame.line) } : frame)),
    })),
    nodes: graph.nodes.map((node) => (node.site === null ? node : { ...node, site: move(node.site) })),
    faults: graph.faults.map((fault) => ({ ...fault, site: move(fault.site) })),
  };
}

/** `Conv2d_12`: a layer that has no name of its own (language/models/torchGraph.ts). */
function isNamedByLine({ name, type, site }: Layer): boolean {
  return name === `${type}_${site.line}` || name.startsWith(`${type}_${site.line}_`);
}
