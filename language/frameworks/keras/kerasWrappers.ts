/** Layers of Keras around other layers or functions: `Lambda`, `SpectralNormalization`; others in `kerasAround.ts`. */
import type { ForeignObject } from '../../interpreter/foreign.ts';
import type { CallArguments, CallContext } from '../../interpreter/library.ts';
import { foreign, unknown } from '../../interpreter/values.ts';
import type { Value } from '../../interpreter/values.ts';
import { recordLayer, recordNode } from '../recorder.ts';
import type { Shape } from '../../../core/graph/shape.ts';
import { layerAround } from './kerasAround.ts';
import { dimsOf } from './kerasLayer.ts';
import { nextName } from './kerasNames.ts';
import { kerasTensor, kerasTensorOf, kerasTensorsOf } from './kerasTensor.ts';

/** null: not a wrapper. */
export function wrapperLayer(name: string, args: CallArguments, context: CallContext): Value | null {
  const inner = args.positional[0] ?? args.keywords.get('layer') ?? args.keywords.get('function');
  if (name === 'SpectralNormalization' || name === 'WeightNormalization') return inner ?? null;
  if (name === 'Lambda') return foreign(lambdaLayer(inner ?? unknown('a function that is not given'), args, context));
  const around = layerAround(name, args, context);
  return around === null ? null : foreign(around);
}

/** Of a batch that the source fixes, as of any other, one is looked at. */
function withBatchOne(shape: Shape | null): Shape | null {
  return shape === null || shape.length === 0 ? shape : [1, ...shape.slice(1)];
}

/** A function as a layer: one row without weights, whose shape is that of what the function gives. */
function lambdaLayer(callee: Value, args: CallArguments, context: CallContext): ForeignObject {
  const record = recordLayer(context, 'keras', 'Lambda', { op: 'elementwise', attributes: { fn: 'lambda' } });
  const named = args.keywords.get('name');
  const declared = args.keywords.get('output_shape') ?? args.positional[1];
  const isStated = declared?.kind === 'tuple' || declared?.kind === 'list';
  const stated: Shape | null = isStated ? [1, ...dimsOf(declared)] : null;
  record.name = named?.kind === 'string' ? named.value : nextName('Lambda', context);
  return {
    typeName: 'Lambda',
    typePaths: ['keras.layers.Lambda', 'keras.layers.Layer'],
    truth: () => true,
    call(given, at) {
      const inputs = kerasTensorsOf(given.positional[0], at);
      if (inputs === null) return unknown('the input of this Lambda is not known');
      const isSymbolic = inputs.some((tensor) => tensor.isSymbolic);
      // The function runs on plain tensors: what it does is inside the layer.
      const plain = inputs.map((tensor) => foreign(kerasTensor(tensor, false)));
      const argument: Value =
        given.positional[0]?.kind === 'foreign' ? (plain[0] as Value) : { kind: 'list', items: plain, unknown: null };
      const result = kerasTensorOf(at.call(callee, { positional: [argument], keywords: new Map(), open: null }));
      const recorded = recordNode(at, record.call, inputs, {
        layout: 'channelsLast',
        layer: record,
        shape: withBatchOne(result?.shape ?? stated),
        unknown: result === null ? (stated === null ? 'what this function gives is not known' : null) : result.unknown,
      });
      return foreign(kerasTensor(recorded, isSymbolic));
    },
  };
}
