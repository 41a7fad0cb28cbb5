/**
 * The image size that a network was made for, where no call shows one: a network that ends in a linear
 * layer of fixed width takes only some sizes. Of the sizes that people use, the one that runs through
 * without a mismatch and without a remainder in any stride is taken, if there is exactly one; where none is
 * without a remainder, the only one that runs through. A network that takes several (it is convolutional
 * throughout) says nothing, and its size stays unknown.
 */
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import type { Shape } from '../../core/graph/shape.ts';

const SIZES = [16, 28, 32, 48, 64, 96, 112, 128, 160, 192, 224, 256, 320, 384, 512, 1024];

/** Whether an input is an image of known channels and unknown size. */
export function isUnsizedImage(shape: Shape | null): boolean {
  return shape?.length === 4 && shape[1] !== '?' && shape[2] === '?' && shape[3] === '?';
}

/** Whether something in the model can refuse a size: a linear layer, or a reshape to a fixed size. */
export function refusesSizes(graph: ModelGraph): boolean {
  return graph.nodes.some(({ op }) => op === 'dense' || op === 'reshape' || op === 'flatten');
}

/**
 * `run` gives the graph for a size, null where it may not be tried any more. null: no size, or several, fit.
 */
export function fittingSize(run: (size: number) => ModelGraph | null): { size: number; graph: ModelGraph } | null {
  let found: Fitting | null = null;
  const uneven: Fitting[] = [];
  for (const size of SIZES) {
    const graph = run(size);
    if (graph === null) return null;
    if (!runsThrough(graph)) continue;
    if (!isEven(graph)) {
      uneven.push({ size, graph });
      continue;
    }
    if (found !== null) return null;
    found = { size, graph };
  }
  return found ?? (uneven.length === 1 ? (uneven[0] ?? null) : null);
}

interface Fitting {
  readonly size: number;
  readonly graph: ModelGraph;
}

function runsThrough({ nodes, outputs, faults }: ModelGraph): boolean {
  if (outputs.length === 0 || faults.some(({ kind }) => kind === 'shapeMismatch' || kind === 'notFollowed'))
    return false;
  const isWhole = (shape: Shape | null | undefined): boolean => shape?.includes('?') === false && (shape[0] ?? 1) === 1;
  return outputs.every((id) => isWhole(nodes[id]?.shape));
}

/** No stride leaves a remainder. */
function isEven({ nodes }: ModelGraph): boolean {
  return nodes.every((node) => {
    if (!('stride' in node.attributes) || /transpose/.test(node.op)) return true;
    const { stride } = node.attributes;
    const input = nodes[node.inputs[0] ?? -1]?.shape?.slice(2) ?? [];
    return input.every(
      (dim, axis) => dim === '?' || dim % ((Array.isArray(stride) ? stride[axis] : stride) ?? 1) === 0,
    );
  });
}
