/**
 * Layers of Keras around other layers: `TimeDistributed`, `Bidirectional`, `RNN` around cells. What is inside is
 * no row of its own: it runs on a tensor of the size it will get, and its weights and multiply-accumulates, as often
 * as it runs, are those of the layer around it. What cannot be followed inside leaves the row unknown, with the reason.
 */
import { countMacs } from '../../../core/cost/countMacs.ts';
import type { WeightSpec } from '../../../core/graph/modelGraph.ts';
import type { OpCall } from '../../../core/graph/ops.ts';
import type { Shape } from '../../../core/graph/shape.ts';
import type { ForeignObject } from '../../interpreter/foreign.ts';
import type { CallArguments, CallContext } from '../../interpreter/library.ts';
import { foreign, list, unknown } from '../../interpreter/values.ts';
import type { Value } from '../../interpreter/values.ts';
import type { LayerRecord, NodeRecord } from '../recorder.ts';
import { recordLayer, recordNode, recorderOf } from '../recorder.ts';
import { nextName } from './kerasNames.ts';
import type { KerasTensor } from './kerasTensor.ts';
import { freeKerasTensor, kerasTensor, kerasTensorOf } from './kerasTensor.ts';

/** What the layer inside does with one tensor. */
interface Inside {
  /** The shapes it gives: output, then states. */
  readonly shapes: readonly (Shape | null)[];
  readonly weights: readonly WeightSpec[] | null;
  readonly macs: number | null;
  /** Its operator, where it is a single one. */
  readonly only: OpCall | null;
  readonly unknown: string | null;
}

interface Around {
  readonly call: OpCall;
  readonly weights: readonly WeightSpec[] | null;
  readonly shapes: readonly (Shape | null)[];
  readonly unknown: string | null;
}

const BUILDERS: Readonly<
  Record<string, (args: CallArguments, input: Shape | null, context: CallContext) => Around | string>
> = { TimeDistributed: timeDistributed, Bidirectional: bidirectional, RNN: cells };

/** null: none of these. */
export function layerAround(type: string, args: CallArguments, context: CallContext): ForeignObject | null {
  const build = BUILDERS[type];
  if (build === undefined) return null;
  const record = recordLayer(context, 'keras', type, { op: 'unknown', attributes: { type } });
  const named = args.keywords.get('name');
  record.name = named?.kind === 'string' ? named.value : nextName(type, context);
  return {
    typeName: type,
    typePaths: [`keras.layers.${type}`, 'keras.layers.Layer'],
    truth: () => true,
    call(given, at) {
      const [input] = [given.positional[0] ?? given.keywords.get('inputs')].map(kerasTensorOf);
      if (input == null) return unknown(`the input of ${type} is not known`);
      const found = build(args, input.shape, at);
      return outputsOf(typeof found === 'string' ? lost(type, found) : found, record, input, at);
    },
  };
}

function lost(type: string, why: string): Around {
  return { call: { op: 'unknown', attributes: { type } }, weights: null, shapes: [null], unknown: why };
}

function outputsOf(found: Around, record: LayerRecord, input: KerasTensor, context: CallContext): Value {
  record.call = found.call;
  record.weights = found.weights;
  record.unknown = found.unknown ?? context.machine.doubt;
  const tensor = (inputs: KerasTensor, call: OpCall, layer: LayerRecord | null, shape: Shape | null): KerasTensor => {
    const why = shape === null ? (found.unknown ?? input.unknown) : null;
    return kerasTensor(
      recordNode(context, call, [inputs], { layout: 'channelsLast', layer, shape, unknown: why }),
      input.isSymbolic,
    );
  };
  const [shape = null, ...states] = found.shapes;
  const output = tensor(input, found.call, record, shape);
  if (states.length === 0) return foreign(output);
  const state: OpCall = { op: 'unknown', attributes: { type: 'state', macs: 0 } };
  return list([foreign(output), ...states.map((dims) => foreign(tensor(output, state, null, dims)))]);
}

/** Runs it on a tensor of this shape, apart from the model. */
function insideOf(layer: Value, shape: Shape, context: CallContext): Inside | string {
  const { nodes } = recorderOf(context.machine);
  const given = freeKerasTensor(context, shape);
  const start = nodes.length;
  const result = context.call(layer, { positional: [given], keywords: new Map(), open: null });
  const items = result.kind === 'list' || result.kind === 'tuple' ? result.items : [result];
  const tensors = items.map(kerasTensorOf);
  const [output] = tensors;
  if (output == null) return result.kind === 'unknown' ? result.reason : 'what is inside of this layer is not followed';
  const ran = nodes.slice(start);
  const records = new Set(
    ran.flatMap(({ layer: own, ends = [] }) => [...(own === null ? [] : [own]), ...ends.map((end) => end.layer)]),
  );
  const lists = [...records].map(({ weights }) => weights);
  const macs = ran.map((node) => macsOf(node, nodes));
  const [first] = ran;
  return {
    shapes: tensors.map((tensor) => tensor?.shape ?? null),
    weights: lists.includes(null) ? null : lists.flatMap((specs) => specs ?? []),
    macs: macs.includes(null) ? null : macs.reduce<number>((total, own) => total + (own ?? 0), 0),
    only: ran.length === 1 && first !== undefined ? first.call : null,
    unknown: [...records].find(({ weights }) => weights === null)?.unknown ?? output.unknown,
  };
}

function macsOf({ call, inputs, shape, layout }: NodeRecord, nodes: readonly NodeRecord[]): number | null {
  return countMacs(
    call,
    inputs.map((id) => nodes[id]?.shape ?? null),
    shape,
    layout,
  );
}

function counted(type: string, macs: number | null): OpCall {
  return { op: 'unknown', attributes: macs === null ? { type } : { type, macs } };
}

function innerLayer({ positional, keywords }: CallArguments, name: string): Value | undefined {
  return positional[0] ?? keywords.get(name);
}

/** Operators that do with a whole sequence what they do with each step of it. */
const PER_STEP = /^(dense|batch_norm|activation|dropout)$/;

function timeDistributed(args: CallArguments, input: Shape | null, context: CallContext): Around | string {
  const layer = innerLayer(args, 'layer');
  if (layer === undefined || input === null || input.length < 3) return 'the input of TimeDistributed is not known';
  const [batch = 1, steps = '?', ...rest] = input;
  const inside = insideOf(layer, [batch, ...rest], context);
  if (typeof inside === 'string') return inside;
  const { only, weights, unknown: why } = inside;
  const [shape = null] = inside.shapes;
  const macs = inside.macs === null || steps === '?' ? null : inside.macs * steps;
  const call = only !== null && PER_STEP.test(only.op) ? only : counted('TimeDistributed', macs);
  return { call, weights, shapes: [shape === null ? null : [batch, steps, ...shape.slice(1)]], unknown: why };
}

function bidirectional(args: CallArguments, input: Shape | null, context: CallContext): Around | string {
  const layer = innerLayer(args, 'layer');
  const merge = args.keywords.get('merge_mode') ?? args.positional[1];
  const mode = merge === undefined ? 'concat' : merge.kind === 'string' ? merge.value : null;
  if (layer === undefined || input === null) return 'the input of Bidirectional is not known';
  if (mode === null || !/^(concat|sum|mul|ave)$/.test(mode)) return 'how both directions are joined is not known';
  const inside = insideOf(layer, input, context);
  if (typeof inside === 'string') return inside;
  const [shape = null, ...states] = inside.shapes;
  const wide =
    shape?.map((dim, axis) => (axis === shape.length - 1 && dim !== '?' && mode === 'concat' ? 2 * dim : dim)) ?? null;
  const { only, weights, unknown: why } = inside;
  const both = ['forward_', 'backward_'].flatMap(
    (prefix) => weights?.map((spec) => ({ ...spec, name: `${prefix}${spec.name}` })) ?? [],
  );
  const call: OpCall =
    only?.op === 'recurrent'
      ? { op: 'recurrent', attributes: { ...only.attributes, bidirectional: true } }
      : counted('Bidirectional', inside.macs === null ? null : 2 * inside.macs);
  return { call, weights: weights === null ? null : both, shapes: [wide, ...states, ...states], unknown: why };
}

/** One cell, or cells on each other: the states are one per cell (two of an LSTM's). */
function cells(args: CallArguments, input: Shape | null, context: CallContext): Around | string {
  const cell = innerLayer(args, 'cell');
  const items = cell?.kind === 'list' || cell?.kind === 'tuple' ? cell.items : cell === undefined ? [] : [cell];
  const flag = (name: string): boolean | null => {
    const value = args.keywords.get(name);
    return value === undefined ? false : value.kind === 'bool' ? value.value : null;
  };
  const isSequence = flag('return_sequences');
  if (input === null || isSequence === null || flag('return_state') !== false)
    return 'what this layer gives is not known';
  const [, steps = '?'] = input;
  let features = input[2] ?? '?';
  let macs: number | null = 0;
  const weights: WeightSpec[] = [];
  for (const [idx, item] of items.entries()) {
    if (item.kind !== 'foreign' || !/^(LSTM|GRU|SimpleRNN)Cell$/.test(item.object.typeName))
      return "cells of one's own are not followed";
    const inside = insideOf(item, [1, 1, features], context);
    if (typeof inside === 'string') return inside;
    if (inside.weights === null) return inside.unknown ?? 'the input of a cell is not known';
    const prefix = items.length === 1 ? '' : `cell_${idx}_`;
    weights.push(...inside.weights.map((spec) => ({ ...spec, name: `${prefix}${spec.name}` })));
    macs = macs === null || inside.macs === null || steps === '?' ? null : macs + inside.macs * steps;
    features = inside.shapes[0]?.at(-1) ?? '?';
  }
  if (items.length === 0) return 'the cell is not known';
  return {
    call: counted('RNN', macs),
    weights,
    shapes: [isSequence ? [1, steps, features] : [1, features]],
    unknown: null,
  };
}
