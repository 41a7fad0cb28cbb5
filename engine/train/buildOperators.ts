/**
 * ModelGraph → one operator per node and the list of weights they share. Everything that can be wrong
 * with a graph is found here, before a tensor exists: faults of the source, shapes that are not known,
 * operators that the engine does not train.
 */
import type { GraphNode, Layer, ModelGraph } from '../../core/graph/modelGraph.ts';
import type { OpAttributeMap, OpName } from '../../core/graph/ops.ts';
import { isKnownShape } from '../../core/graph/shape.ts';
import { failure, success, type Result } from '../../core/result.ts';
import type { BuildContext, Operator, SlotRequest, WeightRole, WeightSlot } from './operator.ts';
import { operatorTable } from './operatorTable.ts';
import { graphHasFaults, operatorNotTrainable, shapeNotKnown } from './problems.ts';

export interface BuiltOperators {
  /** By node id; null for inputs. */
  readonly operators: readonly (Operator | null)[];
  /** In order of first use. */
  readonly slots: readonly WeightSlot[];
}

export function buildOperators(graph: ModelGraph): Result<BuiltOperators> {
  // Some faults can be lived with (a branch that is not followed); none where the output itself is lost.
  const lost = graph.outputs.length === 0;
  const fault = graph.faults.find((f) => lost || f.kind === 'shapeMismatch' || f.kind === 'cannotConstruct');
  if (fault || lost) return failure(graphHasFaults(graph, fault));
  const slots = new Map<string, WeightSlot>();
  const operators: (Operator | null)[] = [];
  for (const node of graph.nodes) {
    if (node.op === 'input') {
      operators.push(null);
      continue;
    }
    const built = buildNode(graph, node, slots);
    if (!built.ok) return built;
    operators.push(built.value);
  }
  return success({ operators, slots: [...slots.values()] });
}

function buildNode(graph: ModelGraph, node: GraphNode, slots: Map<string, WeightSlot>): Result<Operator> {
  const layer = node.layer === null ? null : (graph.layers[node.layer] ?? null);
  const cannotTrain = (why: string) => operatorNotTrainable(graph, node, layer, why);
  if (node.op === 'unknown') return failure(cannotTrain(node.unknown ?? `'${node.attributes.type}' is not known`));
  const inputShapes: (readonly number[])[] = [];
  for (const id of node.inputs) {
    const input = graph.nodes[id];
    if (!input || !isKnownShape(input.shape)) {
      return failure(shapeNotKnown(graph, node, layer, input?.unknown ?? node.unknown));
    }
    inputShapes.push(input.shape);
  }
  if (!isKnownShape(node.shape)) return failure(shapeNotKnown(graph, node, layer, node.unknown));
  const builder = builderOf(node.op);
  if (!builder) return failure(cannotTrain(`there is no '${node.op}' among its operators`));
  const context: BuildContext = {
    node,
    layer,
    framework: graph.framework,
    layout: graph.layout,
    inputShapes,
    weight(request) {
      if (!layer) return failure(cannotTrain('it has weights and belongs to no layer'));
      const slot = makeSlot(graph, layer, request);
      const known = slots.get(slot.name) ?? slot;
      slots.set(slot.name, known);
      return success(known);
    },
    cannotTrain,
  };
  return builder(node.attributes, context);
}

type AnyBuilder = (attributes: OpAttributeMap[OpName], context: BuildContext) => Result<Operator>;

/** The node's `op` selects both the builder and the type of its attributes. */
function builderOf(op: OpName): AnyBuilder | undefined {
  return operatorTable[op] as AnyBuilder | undefined;
}

function makeSlot(graph: ModelGraph, layer: Layer, request: SlotRequest): WeightSlot {
  const suffix = (graph.framework === 'pytorch' ? pytorchNames : kerasNames)[request.role];
  return {
    name: `${layer.name}.${suffix}`,
    layer: layer.name,
    role: request.role,
    kind: request.kind ?? null,
    shape: request.shape,
    frameworkAxes: request.frameworkAxes ?? request.shape.map((_, axis) => axis),
    trainable: request.role !== 'mean' && request.role !== 'variance',
  };
}

const pytorchNames: Readonly<Record<WeightRole, string>> = {
  kernel: 'weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  mean: 'running_mean',
  variance: 'running_var',
  slope: 'weight',
};

const kerasNames: Readonly<Record<WeightRole, string>> = {
  kernel: 'kernel',
  bias: 'bias',
  gamma: 'gamma',
  beta: 'beta',
  mean: 'moving_mean',
  variance: 'moving_variance',
  slope: 'alpha',
};
