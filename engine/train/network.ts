/**
 * A trainable TF.js network made from a ModelGraph and nothing else. Weights are `tf.Variable`s in the
 * engine's canonical axis order, under the framework's own names; a forward pass may see them through
 * transforms (binarized, say) while the variables keep full precision. The class of one network owns
 * its variables: `dispose` frees them. Optimizer state is kept elsewhere (`adam.ts`).
 */
import * as tf from '@tensorflow/tfjs-core';
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import { failure, success, type Result } from '../../core/result.ts';
import type { Rng } from '../random/rng.ts';
import { buildOperators, type BuiltOperators } from './buildOperators.ts';
import { initialWeight } from './initialWeight.ts';
import type { ForwardRun, WeightSlot } from './operator.ts';
import { wrongInputCount, weightsMissing } from './problems.ts';
import { fromChannelsLast, inFrameworkOrder, toChannelsLast, toFramework, type Value } from './value.ts';

/** What a forward pass sees instead of a weight; differentiable. */
export type WeightTransform = (weight: tf.Tensor) => tf.Tensor;

export interface ForwardOptions {
  readonly training: boolean;
  /** Defaults to `training`. */
  readonly updateStatistics?: boolean;
  /** By weight name; weights without one are used as they are. */
  readonly transforms?: ReadonlyMap<string, WeightTransform>;
  /** Numbers for dropout; needed only when training a network that has some. */
  readonly random?: Rng;
  /** Use operators that can be differentiated twice, as a gradient penalty needs. */
  readonly twice?: boolean;
  /** Leave out a sigmoid at the very end, so that a loss can be computed from logits. */
  readonly logits?: boolean;
}

/** Numbers of one weight in canonical order. */
export interface NamedWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface Network {
  readonly graph: ModelGraph;
  readonly slots: readonly WeightSlot[];
  /** Trainable variables in the order of `slots`. */
  readonly trainable: readonly { readonly slot: WeightSlot; readonly variable: tf.Variable }[];
  /** All variables in the order of `slots`, running statistics too. */
  readonly variables: readonly { readonly slot: WeightSlot; readonly variable: tf.Variable }[];
  /** The input's shape with batch 1, in the graph's own order. */
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  /** Ends in a sigmoid, which `logits` leaves out. */
  readonly endsInSigmoid: boolean;
  /** Input and output in the graph's own axis order. */
  forward(input: tf.Tensor, options: ForwardOptions): tf.Tensor;
  /**
   * The same with [n, h, w, c] on the side that is an image. Images are in [−1, 1] everywhere in the engine, so
   * those of a generator that ends in a sigmoid are stretched from [0, 1].
   */
  forwardToImages(latents: tf.Tensor, options: ForwardOptions): tf.Tensor4D;
  forwardFromImages(images: tf.Tensor, options: ForwardOptions): tf.Tensor;
  /** Copies of all weights, statistics included. Reads from the backend. */
  readWeights(): NamedWeight[];
  /** Fails, and changes nothing, where a weight is missing or of another shape. */
  writeWeights(weights: readonly NamedWeight[]): Result<null>;
  dispose(): void;
}

/** Shapes are the batch-1 shapes of the graph. `seed` decides over the initial weights. */
export function createNetwork(graph: ModelGraph, seed: number): Result<Network> {
  if (graph.inputs.length !== 1 || graph.outputs.length !== 1) return failure(wrongInputCount(graph, 1));
  const built = buildOperators(graph);
  return built.ok ? success(assemble(graph, built.value, seed)) : built;
}

function assemble(graph: ModelGraph, { operators, slots }: BuiltOperators, seed: number): Network {
  const variables = new Map(
    slots.map((slot) => {
      const start = tf.tensor(initialWeight(slot, seed, graph.name), slot.shape.slice());
      const variable = tf.variable(start, slot.trainable);
      start.dispose();
      return [slot.name, variable];
    }),
  );
  const variableOf = (slot: WeightSlot): tf.Variable => {
    const variable = variables.get(slot.name);
    if (!variable) throw new Error(`no variable for ${slot.name}`);
    return variable;
  };
  const outputId = graph.outputs[0] ?? 0;
  const sigmoidId = finalSigmoid(graph, outputId);

  const run = (input: Value, options: ForwardOptions): Value => {
    const pass = forwardRun(variableOf, options);
    const values: Value[] = [];
    graph.nodes.forEach((node, id) => {
      const operator = operators[id];
      const inputs = node.inputs.map((i) => values[i] as Value);
      const skip = options.logits === true && id === sigmoidId;
      values.push(skip ? (inputs[0] as Value) : operator ? operator(inputs, pass) : input);
    });
    return values[outputId] as Value;
  };

  return {
    graph,
    slots,
    trainable: slots.filter((slot) => slot.trainable).map((slot) => ({ slot, variable: variableOf(slot) })),
    variables: slots.map((slot) => ({ slot, variable: variableOf(slot) })),
    inputShape: knownShape(graph, graph.inputs[0] ?? 0),
    outputShape: knownShape(graph, outputId),
    endsInSigmoid: sigmoidId !== null,
    forward: (input, options) => toFramework(run(inFrameworkOrder(input), options)),
    forwardToImages(latents, options) {
      const drawn = toChannelsLast(run(inFrameworkOrder(latents), options), graph.layout) as tf.Tensor4D;
      return sigmoidId === null ? drawn : tf.sub(tf.mul(drawn, 2), 1);
    },
    forwardFromImages: (images, options) => toFramework(run(fromChannelsLast(images, graph.layout), options)),
    readWeights: () =>
      slots.map((slot) => ({
        name: slot.name,
        shape: slot.shape,
        data: Float32Array.from(variableOf(slot).dataSync()),
      })),
    writeWeights(weights) {
      const given = new Map(weights.map((weight) => [weight.name, weight]));
      const missing = slots.filter((slot) => given.get(slot.name)?.shape.join() !== slot.shape.join());
      if (missing.length > 0) return failure(weightsMissing(missing.map((slot) => slot.name)));
      for (const slot of slots) {
        const { data, shape } = given.get(slot.name) as NamedWeight;
        const value = tf.tensor(Float32Array.from(data), shape.slice());
        variableOf(slot).assign(value);
        value.dispose();
      }
      return success(null);
    },
    dispose() {
      for (const variable of variables.values()) variable.dispose();
    },
  };
}

/** What `createNetwork` fills a network with for this seed; statistics are those of no data. */
export function initialWeights(network: Network, seed: number): NamedWeight[] {
  return network.slots.map((slot) => ({
    name: slot.name,
    shape: slot.shape,
    data: initialWeight(slot, seed, network.graph.name),
  }));
}

function forwardRun(variableOf: (slot: WeightSlot) => tf.Variable, options: ForwardOptions): ForwardRun {
  const seen = new Map<string, tf.Tensor>();
  return {
    training: options.training,
    updateStatistics: options.updateStatistics ?? options.training,
    twice: options.twice ?? false,
    weight(slot) {
      const known = seen.get(slot.name);
      if (known) return known;
      const variable = variableOf(slot);
      const used = options.transforms?.get(slot.name)?.(variable) ?? variable;
      seen.set(slot.name, used);
      return used;
    },
    assign(slot, value) {
      variableOf(slot).assign(value);
    },
    uniform(shape) {
      if (!options.random) throw new Error('a network with dropout was trained without random numbers');
      const size = shape.reduce((product, dim) => product * dim, 1);
      return tf.tensor(options.random.fillUniform(new Float32Array(size), 0, 1), shape.slice());
    },
  };
}

/** The sigmoid that everything after it only reshapes; null where the network ends in something else. */
function finalSigmoid(graph: ModelGraph, outputId: number): number | null {
  for (let node = graph.nodes[outputId]; node; node = graph.nodes[node.inputs[0] ?? -1]) {
    if (node.op === 'activation') return node.attributes.fn === 'sigmoid' ? node.id : null;
    if (!['reshape', 'flatten', 'squeeze', 'unsqueeze', 'identity'].includes(node.op)) return null;
  }
  return null;
}

/** `buildOperators` has checked that every shape is known. */
function knownShape(graph: ModelGraph, id: number): readonly number[] {
  return (graph.nodes[id]?.shape ?? []).map((dim) => (dim === '?' ? 1 : dim));
}
