/**
 * Builds the ModelGraph of a model file: values are tensors that nodes give, or constants that the file holds.
 * Every operator that is added becomes a row with its weights; a weight that two operators use belongs to the
 * first, and an operator that runs again with the same weights is the same layer run twice. Shapes come from
 * core's inference; where an operator is not known, the shape that the file declares is used, and no other.
 */
import type { Framework, GraphFault, GraphNode, Layer, ModelGraph, WeightSpec } from '../../core/graph/modelGraph.ts';
import type { OpCall } from '../../core/graph/ops.ts';
import type { Dim, Layout, Shape } from '../../core/graph/shape.ts';
import { inferShape } from '../../core/shape/inferShape.ts';
import { wrongSize } from './checkCall.ts';
import { notComputed } from './fileOperator.ts';
import { quote, tooLarge } from './modelFault.ts';

const mostNodes = 100_000;

export type FileValue = TensorValue | ConstValue;

export interface TensorValue {
  readonly kind: 'tensor';
  readonly node: number;
  readonly shape: Shape | null;
}

/** Numbers of the file, or of the shapes of its tensors; `values` are kept only where they are few. */
export interface ConstValue {
  readonly kind: 'const';
  readonly shape: readonly number[];
  readonly isFloat: boolean;
  readonly values: readonly Dim[] | null;
  /** Name of the stored weight that this is, or is made from; null: it is no weight. */
  readonly weight: string | null;
  /** The stored weights that it is computed from, where it is none itself. */
  readonly madeOf?: readonly (ConstValue & { readonly weight: string })[];
}

export interface OwnWeight {
  readonly value: ConstValue;
  readonly name: string;
  readonly trainable: boolean;
}

export interface OperatorSpec {
  readonly name: string;
  readonly type: string;
  readonly call: OpCall;
  /** What it takes: its weights are not among it, unless they stand for a tensor (`x + bias`). */
  readonly inputs: readonly FileValue[];
  /** null: not known. */
  readonly weights: readonly OwnWeight[] | null;
  /** Runs of one layer have the same; without it, runs with the same weights are one layer. */
  readonly key?: string;
  /** The output's shape where it does not follow from the operator. */
  readonly shape?: Shape | null;
  /** The shape that the file states for the output. */
  readonly declared?: Shape | null;
  readonly unknown?: string | null;
  /** What is wrong with it, where it cannot be built. */
  readonly fault?: string | null;
}

export class FileGraph {
  readonly #framework: Framework;
  readonly #layout: Layout;
  readonly #file: string;
  readonly #layers: Layer[] = [];
  readonly #nodes: GraphNode[] = [];
  readonly #faults: GraphFault[] = [];
  readonly #names = new Set<string>();
  readonly #owners = new Map<string, number>();
  readonly #shared = new Map<string, number>();
  readonly #parameters = new Map<string, number>();
  #nInputs = 0;

  constructor(options: { readonly framework: Framework; readonly layout: Layout; readonly file: string }) {
    this.#framework = options.framework;
    this.#layout = options.layout;
    this.#file = options.file;
  }

  input(shape: Shape | null): TensorValue {
    const isPartial = shape === null || shape.includes('?');
    const unknown = isPartial ? 'the file leaves a size of the input open' : null;
    return this.#add({ op: 'input', attributes: { index: this.#nInputs++ } }, [], null, shape, unknown);
  }

  /** An operator with its row. */
  operator(given: OperatorSpec): TensorValue {
    const wrong = wrongSize(given.call);
    const spec = wrong === null ? given : unbuildable(given, wrong);
    const inputs = spec.inputs.map((value) => this.#tensorOf(value));
    const shapes = inputs.map(({ shape }) => shape);
    const layer = this.#layerOf(spec);
    const { shape, unknown } = this.#shapeOf(spec, shapes, layer);
    return this.#add(spec.call, inputs, layer, shape, unknown);
  }

  /** An operator of the file that has no row of its own: a part of the one before. */
  part(call: OpCall, inputs: readonly FileValue[], shape?: Shape | null): TensorValue {
    const tensors = inputs.map((value) => this.#tensorOf(value));
    const inferred = inferShape(
      call,
      tensors.map((tensor) => tensor.shape),
      this.#layout,
    );
    const found = inferred.kind === 'shape' ? inferred.shape : null;
    return this.#add(call, tensors, null, shape === undefined ? found : shape, null);
  }

  fault(kind: GraphFault['kind'], message: string, layer: number | null = null): void {
    this.#faults.push({ kind, message, site: this.#site(), layer });
  }

  /** The row that a value comes from. */
  rowOf({ node }: TensorValue): number | null {
    return this.#nodes[node]?.layer ?? null;
  }

  finish(name: string, inputs: readonly TensorValue[], outputs: readonly FileValue[]): ModelGraph {
    return {
      name,
      framework: this.#framework,
      layout: this.#layout,
      file: this.#file,
      line: 1,
      instantiation: null,
      layers: this.#layers,
      nodes: this.#nodes,
      inputs: inputs.map(({ node }) => node),
      outputs: outputs.map((value) => this.#tensorOf(value).node),
      faults: this.#faults,
    };
  }

  #add(
    call: OpCall,
    inputs: readonly TensorValue[],
    layer: number | null,
    given: Shape | null,
    unknown: string | null,
  ): TensorValue {
    const id = this.#nodes.length;
    if (id >= mostNodes) tooLarge(`more than ${mostNodes} operators`);
    const shape = sound(given);
    const isPartial = shape === null || shape.includes('?');
    const inherited = isPartial ? inputs.map(({ node }) => this.#nodes[node]?.unknown ?? null) : [];
    this.#nodes.push({
      ...call,
      id,
      layer,
      inputs: inputs.map(({ node }) => node),
      shape,
      unknown: unknown ?? inherited.find((reason) => reason !== null) ?? (isPartial ? notComputed : null),
      site: this.#site(),
    });
    return { kind: 'tensor', node: id, shape };
  }

  /** The index of the layer that this operator runs: a new one, or one whose weights it shares. */
  #layerOf(spec: OperatorSpec): number {
    const { call, type, weights, fault } = spec;
    const stored = weights?.map(({ value }) => value.weight) ?? [];
    const isShareable = stored.length > 0 && !stored.includes(null);
    const key = spec.key ?? (isShareable ? JSON.stringify([type, call.op, call.attributes, stored]) : null);
    const known = key === null ? undefined : this.#shared.get(key);
    if (known !== undefined) return known;
    const index = this.#layers.length;
    const own = (weights ?? []).filter(({ value: { weight } }) => weight === null || !this.#owners.has(weight));
    for (const { value } of own) if (value.weight !== null) this.#owners.set(value.weight, index);
    if (key !== null) this.#shared.set(key, index);
    const specs = own.map(({ name, value, trainable }): WeightSpec => ({ name, shape: value.shape, trainable }));
    this.#layers.push({
      ...call,
      index,
      name: this.#uniqueName(spec.name),
      type,
      site: this.#site(),
      stack: [],
      weights: weights === null ? null : specs,
      unknown: fault ?? spec.unknown ?? null,
    });
    if (fault) this.fault('cannotConstruct', fault, index);
    return index;
  }

  #shapeOf(
    { call, shape, declared, unknown }: OperatorSpec,
    inputs: readonly (Shape | null)[],
    layer: number,
  ): { readonly shape: Shape | null; readonly unknown: string | null } {
    if (shape !== undefined) return { shape: filledIn(shape, declared), unknown: unknown ?? null };
    const result = inferShape(call, inputs, this.#layout);
    if (result.kind === 'mismatch') {
      this.fault('shapeMismatch', result.message, layer);
      return { shape: declared ?? null, unknown: result.message };
    }
    if (result.kind === 'unknown') return { shape: declared ?? null, unknown: unknown ?? result.reason };
    return { shape: filledIn(result.shape, declared), unknown: unknown ?? null };
  }

  /** A constant where a tensor is taken becomes a node of its own; its weights belong to the operator. */
  #tensorOf(value: FileValue): TensorValue {
    if (value.kind === 'tensor') return value;
    const { shape, weight } = value;
    // One weight may be read in several arrangements.
    const key = weight === null ? null : JSON.stringify([weight, shape]);
    const known = key === null ? undefined : this.#parameters.get(key);
    if (known !== undefined) return { kind: 'tensor', node: known, shape: this.#nodes[known]?.shape ?? null };
    const call: OpCall = {
      op: 'parameter',
      attributes: { shape, trainable: weight !== null || value.madeOf !== undefined },
    };
    const made = this.#add(call, [], null, shape, null);
    if (key !== null) this.#parameters.set(key, made.node);
    return made;
  }

  #uniqueName(wanted: string): string {
    let name = wanted;
    for (let copy = 2; this.#names.has(name); copy++) name = `${wanted}_${copy}`;
    this.#names.add(name);
    return name;
  }

  /** A file has no lines that mean anything to a reader. */
  #site(): GraphFault['site'] {
    return { file: this.#file, line: 1, column: 0, endLine: 1, endColumn: 0 };
  }
}

/** A row all the same, with what is wrong with it. */
function unbuildable({ declared, ...spec }: OperatorSpec, wrong: string): OperatorSpec {
  const { type, name } = spec;
  const call: OpCall = { op: 'unknown', attributes: { type } };
  return {
    ...spec,
    call,
    weights: null,
    shape: declared ?? null,
    fault: `${type} ${quote(name)} cannot run: ${wrong}.`,
  };
}

/** Sizes that arithmetic ran out of (hostile repeats, slices of nothing) are not known rather than wrong. */
function sound(shape: Shape | null): Shape | null {
  return shape?.map((dim): Dim => (dim !== '?' && Number.isSafeInteger(dim) && dim > 0 ? dim : '?')) ?? null;
}

/** Open sizes take the declared ones, where both agree on the rank. */
function filledIn(shape: Shape | null, declared: Shape | null | undefined): Shape | null {
  if (shape === null) return declared ?? null;
  if (declared === null || declared === undefined || declared.length !== shape.length) return shape;
  return shape.map((dim, axis) => (dim === '?' ? (declared[axis] ?? '?') : dim));
}
