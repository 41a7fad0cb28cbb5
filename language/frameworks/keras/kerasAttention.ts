/**
 * Attention layers of Keras and `EinsumDense`. A projection meets every position of its tensor; scores and their
 * product with the values meet every pair of positions, per head. Output has the query's positions. A size that
 * is not known leaves the multiply-accumulates open, never the weights.
 */
import type { WeightSpec } from '../../../core/graph/modelGraph.ts';
import type { OpCall } from '../../../core/graph/ops.ts';
import type { Dim, Shape } from '../../../core/graph/shape.ts';
import type { BoundArguments } from '../arguments.ts';
import { given, numbersOf, readBoolean, readInteger, readString } from '../arguments.ts';
import type { KerasBuilder } from './kerasLayer.ts';

function size(dims: readonly Dim[]): number | null {
  return dims.reduce<number | null>((total, dim) => (total === null || dim === '?' ? null : total * dim), 1);
}

function featuresOf(shape: Shape | null | undefined): number | null {
  const dim = shape?.[shape.length - 1];
  return typeof dim === 'number' ? dim : null;
}

/** An operator whose work is this much; nothing is said of it where a size is not known. */
function counted(type: string, macs: number | null): OpCall {
  return { op: 'unknown', attributes: macs === null ? { type } : { type, macs } };
}

interface Heads {
  readonly query: number;
  readonly key: number;
  readonly value: number;
  readonly nQuery: number;
  readonly nKey: number;
  readonly keyDim: number;
  readonly valueDim: number;
  readonly output: number;
}

/** Query, value and, if it is not the value, key. */
function tensorsOf([query = null, value = null, key = value]: readonly (Shape | null)[]): (Shape | null)[] {
  return [query, value, key];
}

function headsOf(bound: BoundArguments, inputs: readonly (Shape | null)[], isGrouped: boolean): Heads | null {
  const [query, value, key] = tensorsOf(inputs).map(featuresOf);
  const nQuery = readInteger(bound, isGrouped ? 'num_query_heads' : 'num_heads');
  const nKey = isGrouped ? readInteger(bound, 'num_key_value_heads') : nQuery;
  const keyDim = readInteger(bound, isGrouped ? 'head_dim' : 'key_dim');
  const stated = given(bound, 'value_dim');
  const valueDim =
    isGrouped || stated === undefined || stated.kind === 'none' ? keyDim : readInteger(bound, 'value_dim');
  const shape = given(bound, 'output_shape');
  const last = shape === undefined || shape.kind === 'none' ? query : numbersOf(shape)?.at(-1);
  if (query == null || value == null || key == null || nQuery === null || nKey === null) return null;
  if (keyDim === null || valueDim === null || last == null) return null;
  return { query, value, key, nQuery, nKey, keyDim, valueDim, output: last };
}

function headMacs(bound: BoundArguments, heads: Heads, inputs: readonly (Shape | null)[]): number | null {
  const [query, value, key] = tensorsOf(inputs).map((shape) => (shape === null ? null : size(shape.slice(0, -1))));
  const [, valueShape] = tensorsOf(inputs);
  const written = given(bound, 'attention_axes');
  const axes = written === undefined || written.kind === 'none' ? null : numbersOf(written);
  const rank = valueShape?.length ?? 0;
  // Positions of the values that each position of the query meets.
  const met =
    valueShape == null
      ? null
      : size(
          axes === null
            ? valueShape.slice(1, -1)
            : axes.map((axis) => valueShape[axis < 0 ? axis + rank : axis] ?? '?'),
        );
  if (query == null || value == null || key == null || met === null) return null;
  const { nQuery, nKey, keyDim, valueDim, output } = heads;
  const projected =
    query * heads.query * nQuery * keyDim + key * heads.key * nKey * keyDim + value * heads.value * nKey * valueDim;
  return projected + query * met * nQuery * (keyDim + valueDim) + query * nQuery * valueDim * output;
}

function projection(name: string, kernel: readonly number[], bias: readonly number[] | null): WeightSpec[] {
  const spec = (part: string, shape: readonly number[]): WeightSpec => ({
    name: `${name}.${part}`,
    shape,
    trainable: true,
  });
  return [spec('kernel', kernel), ...(bias === null ? [] : [spec('bias', bias)])];
}

function multiHead(type: string, isGrouped: boolean): KerasBuilder {
  return {
    signature: isGrouped
      ? 'head_dim num_query_heads num_key_value_heads dropout use_bias'
      : 'num_heads key_dim value_dim dropout use_bias output_shape attention_axes',
    inputNames: ['query', 'value', 'key'],
    build(bound, inputs) {
      const heads = headsOf(bound, inputs, isGrouped);
      return heads === null ? null : counted(type, headMacs(bound, heads, inputs));
    },
    weights(bound, _input, inputs) {
      const heads = headsOf(bound, inputs, isGrouped);
      const bias = readBoolean(bound, 'use_bias', true);
      if (heads === null || bias === null) return null;
      const { query, key, value, nQuery, nKey, keyDim, valueDim, output } = heads;
      const only = (shape: readonly number[]): readonly number[] | null => (bias ? shape : null);
      return [
        ...projection('query', [query, nQuery, keyDim], only([nQuery, keyDim])),
        ...projection('key', [key, nKey, keyDim], only([nKey, keyDim])),
        ...projection('value', [value, nKey, valueDim], only([nKey, valueDim])),
        ...projection('attention_output', [nQuery, valueDim, output], only([output])),
      ];
    },
    outputShape(bound, input, inputs) {
      const heads = headsOf(bound, inputs, isGrouped);
      return input === null ? null : [...input.slice(0, -1), heads?.output ?? '?'];
    },
  };
}

/** `Attention()([query, value, key])`: no projections, at most one scale. */
function plain(type: string): KerasBuilder {
  const isAdditive = type === 'AdditiveAttention';
  return {
    signature: isAdditive ? 'use_scale dropout' : 'use_scale score_mode dropout',
    build(bound, inputs) {
      const [query = null, value = null] = inputs;
      const [depth, valueDepth] = [featuresOf(query), featuresOf(value)];
      if (depth === null || valueDepth === null || readBoolean(bound, 'use_scale', isAdditive) === null) return null;
      const pairs = size([query?.[1] ?? '?', value?.[1] ?? '?']);
      return counted(type, pairs === null ? null : pairs * (depth + valueDepth));
    },
    weights(bound, input) {
      const features = featuresOf(input);
      const isScaled = readBoolean(bound, 'use_scale', isAdditive);
      const mode = readString(bound, 'score_mode', 'dot');
      if (features === null || isScaled === null || mode === null) return null;
      const isConcat = !isAdditive && mode === 'concat';
      const one = (name: string, shape: readonly number[]): WeightSpec => ({ name, shape, trainable: true });
      return [
        ...(isScaled ? [one('scale', isAdditive ? [features] : [])] : []),
        ...(isConcat ? [one('concat_score_weight', [])] : []),
      ];
    },
    outputShape: (_bound, input, [, value]) =>
      input === null ? null : [...input.slice(0, -1), value?.[value.length - 1] ?? '?'],
  };
}

interface Equation {
  readonly input: readonly string[];
  readonly kernel: readonly string[];
  readonly output: readonly string[];
  readonly sizes: ReadonlyMap<string, Dim>;
}

/** `'abcd,de->abce'`: what the letters stand for, as far as input and `output_shape` say it. */
function equationOf(bound: BoundArguments, input: Shape | null): Equation | null {
  const match = /^([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)$/.exec(readString(bound, 'equation', '') ?? '');
  const stated = given(bound, 'output_shape');
  const items =
    stated?.kind === 'tuple' || stated?.kind === 'list' ? stated.items : stated === undefined ? [] : [stated];
  if (match === null || input === null) return null;
  const [left = [], kernel = [], output = []] = match.slice(1).map((term) => [...term]);
  const sizes = new Map<string, Dim>(left.map((letter, axis) => [letter, input[axis] ?? '?']));
  items.forEach((item, idx) => {
    const letter = output[output.length - items.length + idx];
    if (letter !== undefined && item.kind === 'number') sizes.set(letter, item.value);
  });
  return { input: left, kernel, output, sizes };
}

const einsumDense: KerasBuilder = {
  signature: 'equation output_shape activation bias_axes',
  build(bound, [input = null]) {
    const found = equationOf(bound, input);
    if (found === null || kernelOf(found, found.kernel) === null) return null;
    const letters = [...new Set([...found.input, ...found.kernel, ...found.output])];
    return counted('EinsumDense', size(letters.map((letter) => found.sizes.get(letter) ?? '?')));
  },
  weights(bound, input) {
    const found = equationOf(bound, input);
    const written = given(bound, 'bias_axes');
    const axes = written?.kind === 'string' ? written.value : '';
    const kernel = found === null ? null : kernelOf(found, found.kernel);
    const first = found?.output.findIndex((letter) => axes.includes(letter)) ?? -1;
    const bias =
      first < 0 || found === null
        ? []
        : found.output.slice(first).map((letter) => (axes.includes(letter) ? (found.sizes.get(letter) ?? '?') : 1));
    if (kernel === null || bias.includes('?')) return null;
    return [
      { name: 'kernel', shape: kernel, trainable: true },
      ...(first < 0 ? [] : [{ name: 'bias', shape: bias as number[], trainable: true }]),
    ];
  },
  outputShape(bound, input) {
    const found = equationOf(bound, input);
    return found === null ? null : found.output.map((letter) => found.sizes.get(letter) ?? '?');
  },
};

function kernelOf({ sizes }: Equation, letters: readonly string[]): readonly number[] | null {
  const dims = letters.map((letter) => sizes.get(letter) ?? '?');
  return dims.includes('?') ? null : (dims as number[]);
}

export const attentionBuilders: Readonly<Record<string, KerasBuilder>> = {
  MultiHeadAttention: multiHead('MultiHeadAttention', false),
  GroupQueryAttention: multiHead('GroupedQueryAttention', true),
  GroupedQueryAttention: multiHead('GroupedQueryAttention', true),
  Attention: plain('Attention'),
  AdditiveAttention: plain('AdditiveAttention'),
  EinsumDense: einsumDense,
};
