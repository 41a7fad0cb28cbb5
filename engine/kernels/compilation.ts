/** What is known while a packed network is turned into steps, and how a node of it is refused. */
import type { GraphNode, ModelGraph } from '../../core/graph/modelGraph.ts';
import { failure } from '../../core/result.ts';
import type { GeneratorStep } from './generatorStep.ts';
import type { KernelMemory } from './kernelMemory.ts';
import type { TapOp, WeightReader } from './layerWeights.ts';
import { runtimeCannotRun } from './problems.ts';
import type { ValueShape } from './valueShape.ts';

export interface CompiledLayer {
  readonly name: string;
  readonly op: TapOp;
  readonly bits: boolean;
  /** Adds whole numbers where int8 is asked for. */
  readonly hasInt8: boolean;
  readonly weightBytes: number;
}

export interface Compilation {
  readonly memory: KernelMemory;
  readonly graph: ModelGraph;
  readonly read: WeightReader;
  /** By node id. */
  readonly shapes: readonly ValueShape[];
  readonly readers: ReadonlyMap<number, readonly GraphNode[]>;
  readonly steps: GeneratorStep[];
  readonly layers: CompiledLayer[];
  /** Nodes that went into a step before them, and nodes whose value is another's. */
  readonly done: Set<number>;
  readonly valueOf: Map<number, number>;
}

/** A node's value: where it comes from, where it goes, and its shape there. */
export interface Edge {
  readonly input: number;
  readonly output: number;
  readonly shape: ValueShape;
}

export const shapesDisagree = 'the shapes that the file states do not fit each other';

export function refuse(
  graph: ModelGraph,
  node: GraphNode,
  why: string,
): { readonly ok: false; readonly problem: ReturnType<typeof runtimeCannotRun> } {
  const layer = node.layer === null ? undefined : graph.layers[node.layer];
  return failure(runtimeCannotRun(`${layer ? `layer ${layer.name}` : `'${node.op}'`} of ${graph.name}`, why));
}
