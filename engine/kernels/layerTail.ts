/**
 * What follows a layer and can be done while its values are written: bias, batch normalization, an affine term and one
 * activation, as one factor and one term per channel, a slope for negative values and a function at the end.
 */
import type { GraphNode } from '../../core/graph/modelGraph.ts';
import type { ActivationAttributes } from '../../core/graph/ops.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { refuse, shapesDisagree, type Compilation } from './compilation.ts';
import { squashes, type Squash } from './generatorStep.ts';
import { batchNormAffine, composeAffine, type ChannelAffine } from './layerWeights.ts';
import { runtimeWeightMissing } from './problems.ts';
import { scalarFunction } from './scalarFunctions.ts';
import { sameShape } from './valueShape.ts';

export interface Tail {
  readonly term: ChannelAffine;
  readonly slope: number;
  readonly squash: Squash | null;
  /** The node whose value comes out at the end. */
  readonly last: number;
}

/** What follows a node and can be done while its values are written. */
export function followTail(compilation: Compilation, node: GraphNode, term: ChannelAffine): Result<Tail> {
  let tail: Tail = { term, slope: 1, squash: null, last: node.id };
  for (;;) {
    const next = compilation.readers.get(tail.last) ?? [];
    const [only] = next;
    if (next.length !== 1 || !only || compilation.graph.outputs.includes(tail.last)) return success(tail);
    const absorbed = absorb(compilation, only, tail);
    if (!absorbed.ok) return absorbed;
    if (absorbed.value === null) return success(tail);
    compilation.done.add(only.id);
    tail = absorbed.value;
    if (tail.slope !== 1 || tail.squash !== null) return success(tail);
  }
}

/** The tail with this node in it; null where it cannot be taken in. */
export function absorb(compilation: Compilation, node: GraphNode, tail: Tail): Result<Tail | null> {
  const last = node.id;
  const { shapes, graph } = compilation;
  const alike = sameShape(shapes[node.inputs[0] ?? -1], shapes[last]);
  if (!alike && ['dropout', 'identity', 'affine', 'batch_norm', 'activation'].includes(node.op))
    return refuse(graph, node, shapesDisagree);
  switch (node.op) {
    case 'dropout':
    case 'identity':
      return success({ ...tail, last });
    case 'affine': {
      const n = tail.term.alphas.length;
      const { scale, offset } = node.attributes;
      const next = { alphas: new Float32Array(n).fill(scale), betas: new Float32Array(n).fill(offset) };
      return success({ ...tail, last, term: composeAffine(tail.term, next) });
    }
    case 'batch_norm': {
      const layer = node.layer === null ? undefined : compilation.graph.layers[node.layer];
      if (!layer || node.attributes.features !== tail.term.alphas.length) return success(null);
      if (!node.attributes.trackStats)
        return refuse(compilation.graph, node, 'it keeps no running statistics, and one image has none of its own');
      const next = batchNormAffine(layer.name, node.attributes, compilation.read);
      if (typeof next === 'string') return failure(runtimeWeightMissing(next));
      return success({ ...tail, last, term: composeAffine(tail.term, next) });
    }
    case 'activation': {
      const activation = activationOf(node.attributes);
      return success(activation && { ...tail, last, ...activation });
    }
    default:
      return success(null);
  }
}

function activationOf({
  fn,
  alpha,
}: ActivationAttributes): { readonly slope: number; readonly squash: Squash | null } | null {
  switch (fn) {
    case 'linear':
      return { slope: 1, squash: null };
    case 'relu':
      return { slope: 0, squash: null };
    case 'leaky_relu': {
      const slope = alpha ?? 0.01;
      return 0 <= slope && slope <= 1 ? { slope, squash: null } : null;
    }
    case 'sigmoid':
    case 'tanh':
      return { slope: 1, squash: squashes[fn] };
    default: {
      const each = scalarFunction(fn, alpha);
      return each && { slope: 1, squash: { each } };
    }
  }
}
