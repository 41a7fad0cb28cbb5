/** Pixel shuffle, padding and concatenation: what they move where, once their shapes are found to fit. */
import type { GraphNode } from '../../core/graph/modelGraph.ts';
import { success, type Result } from '../../core/result.ts';
import { refuse, shapesDisagree, type Compilation, type Edge } from './compilation.ts';
import { joinStep, paddedPlaces, padStep, shuffleStep } from './moveSteps.ts';
import { sizeOfValue, type ValueShape } from './valueShape.ts';

export function compileMove(compilation: Compilation, node: GraphNode, edge: Edge): Result<null> {
  const { memory, graph, shapes, steps, valueOf } = compilation;
  const { shape } = edge;
  const from = shapes[node.inputs[0] ?? -1];
  if (!from) return refuse(graph, node, 'it has no input');
  switch (node.op) {
    case 'pixel_shuffle': {
      const { factor, inverse } = node.attributes;
      const [fine, coarse] = inverse ? [from, shape] : [shape, from];
      const fits =
        Number.isInteger(factor) &&
        factor >= 1 &&
        coarse.channels === fine.channels * factor * factor &&
        fine.height === coarse.height * factor &&
        fine.width === coarse.width * factor &&
        shape.order === from.order;
      if (!fits) return refuse(graph, node, shapesDisagree);
      steps.push(shuffleStep(memory, edge, { fine, factor, inverse, layout: graph.layout }));
      return success(null);
    }
    case 'pad': {
      const { pads, mode } = node.attributes;
      if (from.order === 'vector') return refuse(graph, node, 'it pads vectors');
      const [none, channel, row, col] = from.order === 'channelsFirst' ? [0, 1, 2, 3] : [0, 3, 1, 2];
      const pad = (axis: number | undefined): readonly [number, number] => pads[axis ?? -1] ?? [0, 0];
      const whole = pads.flat().every((n) => Number.isInteger(n) && n >= 0);
      if (!whole || [...pad(none), ...pad(channel)].some((n) => n !== 0))
        return refuse(graph, node, 'only rows and columns are padded');
      const sizes = [
        [pad(row), from.height, shape.height],
        [pad(col), from.width, shape.width],
      ] as const;
      for (const [[before, after], length, padded] of sizes) {
        const reach = mode === 'reflect' ? length - 1 : mode === 'circular' ? length : Infinity;
        if (before + length + after !== padded || Math.max(before, after) > reach || from.channels !== shape.channels)
          return refuse(graph, node, shapesDisagree);
      }
      const rows = paddedPlaces(from.height, pad(row), mode);
      const cols = paddedPlaces(from.width, pad(col), mode);
      steps.push(padStep(memory, edge, from, { rows, cols }));
      return success(null);
    }
    case 'cat': {
      const parts = node.inputs.map((id) => shapes[id]);
      const values = node.inputs.map((id) => valueOf.get(id));
      const rank = shape.order === 'vector' ? 2 : 4;
      const axis = node.attributes.axis < 0 ? node.attributes.axis + rank : node.attributes.axis;
      if (axis !== (shape.order === 'channelsLast' ? 3 : 1)) return refuse(graph, node, 'only channels are joined');
      const alike = (part: ValueShape | undefined): part is ValueShape =>
        part?.height === shape.height && part.width === shape.width && part.order === shape.order;
      const known = (value: number | undefined): value is number => value !== undefined;
      if (!parts.every(alike) || !values.every(known)) return refuse(graph, node, shapesDisagree);
      if (parts.reduce((sum, part) => sum + part.channels, 0) !== shape.channels)
        return refuse(graph, node, shapesDisagree);
      steps.push(joinStep(memory, values, edge.output, parts.map(sizeOfValue)));
      return success(null);
    }
    default:
      return refuse(graph, node, `'${node.op}' moves nothing that it knows`);
  }
}
