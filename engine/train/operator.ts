/**
 * What one node of a ModelGraph becomes: a builder checks the node once and claims the weights it
 * needs; the operator it returns is then called at every forward pass. Builders fail with a `Problem`
 * that names the layer; operators do not fail on values of the shapes the graph promises.
 * Weights have one canonical axis order inside the engine (kernels [h, w, in, out], transposed kernels
 * [h, w, out, in], dense [in, out]); a slot says how that differs from the framework's own.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { Framework, GraphNode, Layer } from '../../core/graph/modelGraph.ts';
import type { OpAttributeMap, OpName } from '../../core/graph/ops.ts';
import type { Layout } from '../../core/graph/shape.ts';
import type { Problem } from '../../core/problem.ts';
import type { Result } from '../../core/result.ts';
import type { Value } from './value.ts';

export type WeightRole = 'kernel' | 'bias' | 'gamma' | 'beta' | 'mean' | 'variance' | 'slope';

/** How a kernel's axes are meant; decides over which of them a per-output-channel scale is taken. */
export type KernelKind = 'conv' | 'deconv' | 'dense' | 'groupedDeconv';

export interface WeightSlot {
  /** The framework's own path: `main.0.weight`. Unique in the network. */
  readonly name: string;
  readonly layer: string;
  readonly role: WeightRole;
  /** For `kernel` only. */
  readonly kind: KernelKind | null;
  /** Canonical shape. */
  readonly shape: readonly number[];
  /** `transpose(canonical, frameworkAxes)` has the framework's axis order. */
  readonly frameworkAxes: readonly number[];
  readonly trainable: boolean;
}

export interface SlotRequest {
  readonly role: WeightRole;
  readonly kind?: KernelKind;
  readonly shape: readonly number[];
  readonly frameworkAxes?: readonly number[];
}

/** What a builder sees of its surroundings. */
export interface BuildContext {
  readonly node: GraphNode;
  readonly layer: Layer | null;
  readonly framework: Framework;
  readonly layout: Layout;
  /** Output shapes (batch 1, the graph's own order) of the node's inputs. */
  readonly inputShapes: readonly (readonly number[])[];
  /** The weight of this node's layer; the same slot when the layer is run several times. */
  weight(request: SlotRequest): Result<WeightSlot>;
  /** The problem that says why this node cannot be trained, with its name and line. */
  cannotTrain(why: string): Problem;
}

/** One forward pass. */
export interface ForwardRun {
  /** Batch statistics and dropout as in training; otherwise running statistics and no dropout. */
  readonly training: boolean;
  /** Let normalization layers update their running statistics. */
  readonly updateStatistics: boolean;
  /** The pass will be differentiated twice. */
  readonly twice: boolean;
  /** The weight as this pass uses it, after its transform. */
  weight(slot: WeightSlot): tf.Tensor;
  /** New running statistics of a slot. */
  assign(slot: WeightSlot, value: tf.Tensor): void;
  /** Uniform numbers in [0, 1) of this shape, for dropout; a different draw at every call. */
  uniform(shape: readonly number[]): tf.Tensor;
}

export type Operator = (inputs: readonly Value[], run: ForwardRun) => Value;

export type OperatorBuilder<K extends OpName> = (
  attributes: OpAttributeMap[K],
  context: BuildContext,
) => Result<Operator>;

export type OperatorTable = { readonly [K in OpName]?: OperatorBuilder<K> };
