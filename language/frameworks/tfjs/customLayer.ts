/**
 * A user's own layer (`class PixelNorm extends tf.layers.Layer`): one row whose output shape is what its
 * `computeOutputShape` says, as TF.js itself takes it (the input's shape without one), and whose weights are
 * those that its `build` adds. What its `call` computes is not followed; with weights its cost is unknown.
 */
import type { WeightSpec } from '../../../core/graph/modelGraph.ts';
import type { Dim, Shape } from '../../../core/graph/shape.ts';
import { findMember } from '../../interpreter/attributes.ts';
import type { CallContext, ExternalBase } from '../../interpreter/library.ts';
import { positional } from '../../interpreter/library.ts';
import { NONE, UNDEFINED, builtin, int, list, string, unknown } from '../../interpreter/values.ts';
import type { InstanceValue, Value } from '../../interpreter/values.ts';
import { recordLayer, recordNode, type LayerRecord, type Recorded } from '../recorder.ts';
import { configOf, dimsOf, inputShapeOf } from './layerConfig.ts';
import { applyMethod, type Applicable } from './tfjsLayer.ts';

interface CustomLayer extends Applicable {
  readonly record: LayerRecord;
  readonly weights: (WeightSpec | null)[];
  isBuilt: boolean;
}

/** null: not the base class of layers. */
export function layerBase(path: string): ExternalBase | null {
  if (path !== 'tf.layers.Layer') return null;
  return {
    typePaths: ['tf.layers.Layer'],
    construct(self, args, context) {
      self.foreign = customLayer(self, inputShapeOf(configOf(args)), context);
    },
    attribute: (self, name, context) => attribute(self, name, context),
  };
}

function customLayer(self: InstanceValue, inputShape: Shape | null, context: CallContext): CustomLayer {
  const type = classNameOf(self, context);
  const record = recordLayer(context, 'tfjs', type, { op: 'elementwise', attributes: { fn: 'layer' } });
  const layer: CustomLayer = {
    typeName: type,
    typePaths: ['tf.layers.Layer'],
    isApplicable: true,
    inputShape,
    record,
    weights: [],
    isBuilt: false,
    run: (inputs, at) => [run(self, layer, inputs, at)],
    truth: () => true,
  };
  return layer;
}

/** TF.js asks `getClassName()`, which gives the static `className`. */
function classNameOf(self: InstanceValue, context: CallContext): string {
  const named =
    callOwn(self, 'getClassName', null, context) ??
    (findMember(self.class, 'className') === null ? null : context.getAttribute(self.class, 'className'));
  return named?.kind === 'string' ? named.value : self.class.name;
}

function run(self: InstanceValue, layer: CustomLayer, inputs: readonly Recorded[], context: CallContext): Recorded {
  const { record } = layer;
  const shapes = inputs.map(({ shape }) => shapeValue(shape));
  const argument = shapes.length === 1 ? (shapes[0] ?? NONE) : list([...shapes]);
  if (!layer.isBuilt) {
    layer.isBuilt = true;
    callOwn(self, 'build', argument, context);
    record.weights = layer.weights.includes(null) ? null : [...(layer.weights as WeightSpec[])];
    if (layer.weights.length > 0) {
      record.call = { op: 'unknown', attributes: { type: record.type } };
      record.unknown ??= 'what this layer computes is not followed';
    }
  }
  const stated = callOwn(self, 'computeOutputShape', argument, context);
  const shape = stated === null ? (inputs[0]?.shape ?? null) : batchOne(dimsOf(stated));
  return recordNode(context, record.call, inputs, { layer: record, layout: 'channelsLast', shape });
}

function batchOne(shape: Shape | null): Shape | null {
  return shape === null || shape.length === 0 ? shape : [1, ...shape.slice(1)];
}

/** A method that the class has itself; null: it has none. */
function callOwn(self: InstanceValue, name: string, argument: Value | null, context: CallContext): Value | null {
  if (findMember(self.class, name) === null) return null;
  return context.call(context.getAttribute(self, name), argument === null ? positional() : positional(argument));
}

function shapeValue(shape: Shape | null): Value {
  if (shape === null) return unknown('the input shape is not known');
  const value = (dim: Dim): Value => (dim === '?' ? unknown('this size is not known') : int(dim));
  return list(shape.map((dim, axis) => (axis === 0 ? NONE : value(dim))));
}

function attribute(self: InstanceValue, name: string, context: CallContext): Value | null {
  const layer = self.foreign as CustomLayer | null;
  if (layer === null) return null;
  if (name === 'apply') return applyMethod(layer);
  if (name === 'name' && layer.record.name !== null) return string(layer.record.name);
  if (name === 'getClassName') return builtin(name, () => string(layer.record.type));
  if (name === 'addWeight') {
    return builtin(name, ({ positional: args }) => {
      const shape = args[1] === undefined ? null : dimsOf(args[1]);
      const trainable = args[5];
      layer.weights.push(
        shape === null || shape.includes('?')
          ? null
          : {
              name: args[0]?.kind === 'string' ? args[0].value : `weight_${layer.weights.length}`,
              shape: shape as readonly number[],
              trainable: !(trainable?.kind === 'bool' && !trainable.value),
            },
      );
      return unknown('a weight of a layer');
    });
  }
  return /^(build|getConfig|dispose|setWeights|invokeCallHook)$/.test(name) && context.machine.doubt === null
    ? builtin(name, () => UNDEFINED)
    : null;
}
