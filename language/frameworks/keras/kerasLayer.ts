/**
 * Keras layers: made from arguments, built when first called with a shape, called any number of times on
 * the same weights. An activation given as argument is an operator of its own after the layer's.
 */
import type { WeightSpec } from '../../../core/graph/modelGraph.ts';
import type { OpCall } from '../../../core/graph/ops.ts';
import type { Layout, Shape } from '../../../core/graph/shape.ts';
import { weightSpecs } from '../../../core/cost/weightSpecs.ts';
import type { ForeignObject } from '../../interpreter/foreign.ts';
import type { CallArguments, CallContext } from '../../interpreter/library.ts';
import { NONE, bool, builtin, foreign, int, list, string, tuple, unknown } from '../../interpreter/values.ts';
import type { Value } from '../../interpreter/values.ts';
import type { BoundArguments } from '../arguments.ts';
import { bindArguments, given, numbersOf } from '../arguments.ts';
import type { LayerRecord } from '../recorder.ts';
import { recordLayer, recordNode } from '../recorder.ts';
import { activationCall } from './kerasActivation.ts';
import { dataFormat } from './kerasBackend.ts';
import { nextName } from './kerasNames.ts';
import { withOldNames } from './kerasOldNames.ts';
import { className, kerasBuilder } from './kerasTable.ts';
import type { KerasTensor } from './kerasTensor.ts';
import { kerasTensor, kerasTensorOf, kerasTensorsOf } from './kerasTensor.ts';

export interface KerasLayer extends ForeignObject {
  readonly kerasKind: 'layer';
  readonly record: LayerRecord;
  /** Input shape that the layer was given (`input_shape=`), batch 1. */
  readonly declaredInput: Shape | null;
  run(inputs: readonly KerasTensor[], context: CallContext): KerasTensor;
  /** Its operator for inputs of these shapes; null where a size is not known. */
  learn(inputs: readonly (Shape | null)[]): OpCall | null;
  /** The operator of its `activation` argument. */
  activation(): OpCall | null;
  /** What its calls on symbolic tensors gave. */
  readonly outputs: readonly KerasTensor[];
}

const objects = new WeakMap<LayerRecord, KerasLayer>();

/** The layer whose row this is; null where it is none of Keras' own. */
export function layerOf(record: LayerRecord): KerasLayer | null {
  return objects.get(record) ?? null;
}

export interface KerasBuilder {
  readonly signature: string;
  /** Shapes of all inputs, batch 1. */
  build(bound: BoundArguments, inputs: readonly (Shape | null)[]): OpCall | null;
  /** Where the output's shape does not follow from the operator: `return_sequences`. */
  outputShape?(bound: BoundArguments, input: Shape | null, inputs: readonly (Shape | null)[]): Shape | null;
  /** Weights that the operator has none of: statistics that a layer learns before training. */
  weights?(bound: BoundArguments, input: Shape | null, inputs: readonly (Shape | null)[]): readonly WeightSpec[] | null;
  /** What it gives behind its output: the states of a recurrent layer. */
  states?(bound: BoundArguments, input: Shape | null): readonly (Shape | null)[];
  /** Merging layers take a list. */
  readonly isMerge?: boolean;
  /** Takes several tensors, in this order: `attention(query, value, key=None)`. */
  readonly inputNames?: readonly string[];
}

export function isKerasLayer(object: ForeignObject | null): object is KerasLayer {
  return object !== null && 'kerasKind' in object && object.kerasKind === 'layer';
}

export function kerasLayer(
  name: string,
  args: CallArguments,
  context: CallContext,
  type = className(name),
): KerasLayer | null {
  const builder = kerasBuilder(name);
  if (builder === null) return null;
  const names = builder.signature.split(' ').filter(Boolean);
  const bound = withDataFormat(withOldNames(name, bindArguments(names, args), args), names, context);
  const record = recordLayer(context, 'keras', type, { op: 'unknown', attributes: { type } });
  const named = given(bound, 'name');
  record.name = named?.kind === 'string' ? named.value : nextName(type, context);
  return layerObject(name, type, record, builder, bound);
}

function layerObject(
  name: string,
  type: string,
  record: LayerRecord,
  builder: KerasBuilder,
  bound: BoundArguments,
): KerasLayer {
  let isBuilt = false;
  const declared = declaredInput(bound);
  if (declared !== null) record.declared = declared;
  const outputs: KerasTensor[] = [];
  const self: KerasLayer = {
    outputs,
    typeName: type,
    typePaths: [`keras.layers.${name}`, 'keras.layers.Layer'],
    kerasKind: 'layer',
    record,
    declaredInput: declared,
    truth: () => true,
    learn: (inputs) => builder.build(bound, inputs),
    activation() {
      const activation = given(bound, 'activation');
      return activation === undefined || name === 'Activation' ? null : activationCall(activation);
    },
    run(inputs, context) {
      if (!isBuilt) {
        const call = builder.build(
          bound,
          inputs.map(({ shape }) => shape),
        );
        if (call === null)
          record.unknown ??=
            bound.reason ??
            inputs.find(({ unknown: why }) => why !== null)?.unknown ??
            'the input of this layer is not known';
        else {
          record.call = call;
          const shapes = inputs.map(({ shape }) => shape);
          record.weights = builder.weights?.(bound, shapes[0] ?? null, shapes) ?? weightSpecs(call, 'keras', name);
          record.unknown = context.machine.doubt;
          isBuilt = true;
        }
      }
      const layout = layoutAt(name, bound, inputs[0]?.shape ?? null);
      const isSymbolic = inputs.some((input) => input.isSymbolic);
      const main = recordNode(context, record.call, inputs, {
        layout,
        layer: record,
        ...(isBuilt ? statedShape(builder, bound, inputs) : { shape: null, unknown: record.unknown }),
      });
      const call = self.activation();
      if (call === null) return kerasTensor(main, isSymbolic);
      return kerasTensor(recordNode(context, call, [main], { layout }), isSymbolic);
    },
    call(given_, context) {
      const { inputNames } = builder;
      const value =
        inputNames === undefined
          ? (given_.positional[0] ?? given_.keywords.get('inputs') ?? given_.keywords.get('x'))
          : list(namedTensors(inputNames, given_));
      const inputs = kerasTensorsOf(value, context);
      if (inputs === null) {
        const why = value?.kind === 'unknown' ? value.reason : `the input of ${type} is not known`;
        const lost = recordNode(context, { op: 'unknown', attributes: { type: 'value' } }, [], {
          layout: 'channelsLast',
          shape: null,
          unknown: why,
        });
        const parts = builder.isMerge === true && value?.kind === 'list' ? value.items.map(kerasTensorOf) : [null];
        const known = parts.map((tensor) => tensor ?? kerasTensor(lost, true));
        return foreign(self.run(known, context));
      }
      const output = self.run(inputs, context);
      if (output.isSymbolic) outputs.push(output);
      const states = builder.states?.(bound, inputs[0]?.shape ?? null) ?? [];
      if (states.length === 0) return foreign(output);
      return list([foreign(output), ...states.map((shape) => foreign(stateTensor(output, shape, context)))]);
    },
    attribute: (key) => layerAttribute(self, bound, key),
    setAttribute: () => true,
    copy: () => layerObject(name, type, { ...record }, builder, bound),
  };
  objects.set(record, self);
  return self;
}

/** What is given by position or by name, in order; what is not given is left out. */
function namedTensors(names: readonly string[], { positional, keywords }: CallArguments): Value[] {
  const values = names.map((name, idx) => keywords.get(name) ?? positional[idx]);
  return values.filter((value) => value !== undefined && value.kind !== 'none') as Value[];
}

function stateTensor(output: KerasTensor, shape: Shape | null, context: CallContext): KerasTensor {
  const call: OpCall = { op: 'unknown', attributes: { type: 'state', macs: 0 } };
  const unknown = shape === null ? 'the size of this state is not known' : null;
  return kerasTensor(
    recordNode(context, call, [output], { layout: 'channelsLast', shape, unknown }),
    output.isSymbolic,
  );
}

function statedShape(
  { outputShape }: KerasBuilder,
  bound: BoundArguments,
  inputs: readonly KerasTensor[],
): { readonly shape?: Shape | null } {
  const shapes = inputs.map(({ shape }) => shape);
  return outputShape === undefined ? {} : { shape: outputShape(bound, shapes[0] ?? null, shapes) };
}

/** Where the layer finds channels: as `data_format` says, and normalization as its `axis` does. */
function layoutAt(name: string, bound: BoundArguments, input: Shape | null): Layout {
  const axis = name.endsWith('Normalization') ? given(bound, 'axis') : undefined;
  if (axis !== undefined) {
    const isFirst = axis.kind === 'number' && axis.value === 1 && input !== null && input.length > 2;
    return isFirst ? 'channelsFirst' : 'channelsLast';
  }
  const format = given(bound, 'data_format');
  return format?.kind === 'string' && format.value === 'channels_first' ? 'channelsFirst' : 'channelsLast';
}

/** What `backend.set_image_data_format` said, for a layer that can have a format and was given none. */
function withDataFormat(bound: BoundArguments, names: readonly string[], context: CallContext): BoundArguments {
  const written = given(bound, 'data_format') ?? oldFormat(given(bound, 'dim_ordering'));
  if (!names.includes('data_format') || (written !== undefined && written.kind !== 'none')) {
    return written === undefined ? bound : { ...bound, values: new Map([...bound.values, ['data_format', written]]) };
  }
  const format = dataFormat(context.machine);
  if (format === 'channels_last') return bound;
  return { ...bound, values: new Map([...bound.values, ['data_format', string(format)]]) };
}

/** Keras 1 wrote `dim_ordering='th'`. */
function oldFormat(value: Value | undefined): Value | undefined {
  if (value?.kind !== 'string') return undefined;
  return string(value.value === 'th' ? 'channels_first' : 'channels_last');
}

/** `input_shape=(64, 64, 3)`, `input_dim=100`, `batch_input_shape=(None, 100)`. */
function declaredInput(bound: BoundArguments): Shape | null {
  const whole = given(bound, 'batch_input_shape') ?? given(bound, 'batch_shape');
  const rest = given(bound, 'input_shape');
  const dim = given(bound, 'input_dim');
  if (whole?.kind === 'tuple' || whole?.kind === 'list') return [1, ...dimsOf(tuple(whole.items.slice(1)))];
  if (rest !== undefined && rest.kind !== 'none') return rest.kind === 'unknown' ? null : [1, ...dimsOf(rest)];
  return dim?.kind === 'number' ? [1, dim.value] : null;
}

export function dimsOf(value: Value): (number | '?')[] {
  const items = value.kind === 'tuple' || value.kind === 'list' ? value.items : [value];
  return items.map((item) => (item.kind === 'number' ? item.value : '?'));
}

function layerAttribute(self: KerasLayer, bound: BoundArguments, name: string): Value | null {
  const { record } = self;
  switch (name) {
    case 'name':
      return string(record.name ?? self.typeName);
    case '__class__':
      return { kind: 'external', path: self.typePaths[0] ?? '' };
    case 'trainable':
      return bool(true);
    case 'output': {
      const [only, ...more] = self.outputs;
      return only === undefined || more.length > 0 ? unknown('what this layer gave is not known') : foreign(only);
    }
    case 'call':
    case '__call__':
      return builtin(name, (args, context) => self.call?.(args, context) ?? NONE);
    case 'build':
    case 'set_weights':
    case 'get_weights':
      return builtin(name, () => NONE);
    case 'weights':
    case 'trainable_weights':
    case 'kernel':
    case 'bias':
      return unknown('the weights of a layer');
    case 'losses':
      return list([]);
    default: {
      const argument = given(bound, name);
      if (argument === undefined) return null;
      const numbers = argument.kind === 'number' ? numbersOf(argument) : null;
      return numbers?.[0] === undefined ? argument : int(numbers[0]);
    }
  }
}
