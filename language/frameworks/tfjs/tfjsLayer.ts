/**
 * A layer of TF.js as a value of the interpreter. It is recorded where its factory is called, learns its
 * sizes at its first `apply`, and keeps its weights from then on. What it cannot learn stands in the
 * record with the reason.
 */
import { weightSpecs } from '../../../core/cost/weightSpecs.ts';
import type { OpCall } from '../../../core/graph/ops.ts';
import type { Layout, Shape } from '../../../core/graph/shape.ts';
import type { ForeignObject } from '../../interpreter/foreign.ts';
import type { CallContext } from '../../interpreter/library.ts';
import type { CallSite } from '../../interpreter/machine.ts';
import { UNDEFINED, builtin, foreign, list, string, unknown, type Value } from '../../interpreter/values.ts';
import { given, readInteger, type BoundArguments } from '../arguments.ts';
import { recordLayer, recordNode, type LayerRecord, type Recorded } from '../recorder.ts';
import { activationOf, inputShapeOf } from './layerConfig.ts';
import { layoutOf, type LayerKind } from './layerKind.ts';
import { recordedOf, tensorValue } from './tfjsTensor.ts';

/** Anything that has `apply`: a layer or a model. */
export interface Applicable extends ForeignObject {
  readonly isApplicable: true;
  /** What it says of its own input; null: nothing. */
  readonly inputShape: Shape | null;
  run(inputs: readonly Recorded[], context: CallContext): readonly Recorded[];
}

/** A single layer, as its factory makes it. */
export interface TfjsLayer extends Applicable {
  readonly record: LayerRecord;
  /** Its operator for inputs of these shapes; null where a size is not known. */
  learn(inputs: readonly (Shape | null)[]): OpCall | null;
  /** The shape that it gives where its operator does not say: `returnSequences`. */
  resultShape(input: Shape | null): Shape | null;
  /** The operator of its `activation` option. */
  activation(): OpCall | null;
}

export function isTfjsLayer(target: Applicable): target is TfjsLayer {
  return 'learn' in target;
}

export function asApplicable(value: Value | undefined): Applicable | null {
  const object = value?.kind === 'foreign' ? value.object : value?.kind === 'instance' ? value.foreign : null;
  return object !== null && 'isApplicable' in object ? (object as Applicable) : null;
}

export function makeLayer(kind: LayerKind, config: BoundArguments, context: CallContext): Value {
  const record = recordLayer(context, 'tfjs', kind.type, { op: 'unknown', attributes: { type: kind.type } });
  const { machine } = context;
  record.name = nameOf(config);
  // Known from the start, so that a layer that is never applied still says as much as it can.
  learn(record, kind, config, [inputShapeOf(config)]);
  const builtAt = machine.callSites[machine.callSites.length - 1];
  let isBuilt = false;
  const layer: TfjsLayer = {
    record,
    learn: (inputs) => kind.build(config, inputs),
    resultShape: (input) => kind.outputShape?.(config, input) ?? null,
    activation: () => (kind.hasActivation === true ? activationCall(config) : null),
    typeName: kind.type,
    typePaths: [`tf.layers.${kind.type}`, 'tf.layers.Layer'],
    isApplicable: true,
    inputShape: inputShapeOf(config),
    run(inputs, at) {
      // What it says of its own input counts only where it comes first; its weights are made for what it is given.
      const shapes = inputs.map(({ shape }) => shape);
      if (!isBuilt || record.call.op === 'unknown' || kind.isBoundToShape === true) learn(record, kind, config, shapes);
      isBuilt = true;
      return atSite(at, builtAt, () => [applyLayer(record, kind, config, inputs, at)]);
    },
    attribute: (name, at) => layerAttribute(layer, record, name, at),
  };
  return foreign(layer);
}

/** The method `apply`, for layers and models alike. */
export function applyMethod(target: Applicable): Value {
  return builtin('apply', ({ positional: [input] }, context) => {
    const inputs = recordedOf(input, context);
    if (inputs === null) return unknown(input?.kind === 'unknown' ? input.reason : 'the input of apply is not known');
    const outputs = target.run(inputs, context).map(tensorValue);
    const [only] = outputs;
    return outputs.length === 1 && only !== undefined ? only : list([...outputs]);
  });
}

function applyLayer(
  record: LayerRecord,
  kind: LayerKind,
  config: BoundArguments,
  inputs: readonly Recorded[],
  context: CallContext,
): Recorded {
  const layout = layoutAt(kind, config, inputs[0]?.shape ?? null);
  const hidden = inputs.find(({ unknown: reason }) => reason !== null)?.unknown ?? null;
  if (record.call.op === 'unknown') record.unknown ??= hidden ?? 'its sizes are not known';
  const result = recordNode(context, record.call, inputs, {
    layer: record,
    layout,
    ...(record.call.op === 'unknown'
      ? { shape: kind.openShape?.(config, inputs[0]?.shape ?? null) ?? null, unknown: record.unknown }
      : statedShape(kind, config, inputs)),
  });
  if (kind.hasActivation !== true) return result;
  const call = activationCall(config);
  return call === null ? result : recordNode(context, call, [result], { layout });
}

/** Where the layer finds channels: as `dataFormat` says, and batch normalization as its `axis` does. */
function layoutAt({ type }: LayerKind, config: BoundArguments, input: Shape | null): Layout {
  if (type !== 'BatchNormalization') return layoutOf(config) ?? 'channelsLast';
  const axis = readInteger(config, 'axis', -1);
  return axis === 1 && input !== null && input.length > 2 ? 'channelsFirst' : 'channelsLast';
}

function statedShape(
  kind: LayerKind,
  config: BoundArguments,
  inputs: readonly Recorded[],
): { readonly shape?: Shape | null } {
  const shapes = inputs.map(({ shape }) => shape);
  if (kind.joinedShape !== undefined) return { shape: kind.joinedShape(config, shapes) };
  return kind.outputShape === undefined ? {} : { shape: kind.outputShape(config, shapes[0] ?? null) };
}

function activationCall(config: BoundArguments): OpCall | null {
  const fn = activationOf(config);
  if (fn === null) return null;
  return fn === undefined
    ? { op: 'elementwise', attributes: { fn: 'activation' } }
    : { op: 'activation', attributes: { fn } };
}

function learn(record: LayerRecord, kind: LayerKind, config: BoundArguments, inputs: readonly (Shape | null)[]): void {
  const call = kind.build(config, inputs);
  if (call === null) {
    if (config.reason !== null) record.unknown ??= config.reason;
    return;
  }
  record.call = call;
  record.weights = weightSpecs(call, 'tfjs', kind.type);
}

/** Faults belong to the line that builds the layer, not to the one that runs the model. */
function atSite<T>(context: CallContext, site: CallSite | undefined, work: () => T): T {
  if (site === undefined) return work();
  context.machine.callSites.push(site);
  try {
    return work();
  } finally {
    context.machine.callSites.pop();
  }
}

function layerAttribute(layer: Applicable, record: LayerRecord, name: string, context: CallContext): Value | null {
  if (name === 'apply') return applyMethod(layer);
  if (name === 'name' && record.name !== null) return string(record.name);
  if (name === 'trainable') return { kind: 'bool', value: true };
  if (name === 'getClassName') return builtin(name, () => string(record.type));
  return context.machine.doubt === null && name === 'dispose' ? builtin(name, () => UNDEFINED) : null;
}

function nameOf(config: BoundArguments): string | null {
  const value = given(config, 'name');
  return value?.kind === 'string' ? value.value : null;
}

export function countUp(kind: string, context: CallContext): number {
  const key = 'tfjs names';
  const counters =
    (context.machine.extensions.get(key) as Map<string, number> | undefined) ?? new Map<string, number>();
  context.machine.extensions.set(key, counters);
  const count = (counters.get(kind) ?? 0) + 1;
  counters.set(kind, count);
  return count;
}
