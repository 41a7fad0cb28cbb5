/**
 * What the interpreter needs to know of TensorFlow.js: `tf.layers.*`, models, inputs, and the functions
 * on tensors that stand in models. Functions that hand their callback on (`tf.tidy`) call it; anything
 * else of `tf` is unknown, which is right for optimizers, data and training.
 */
import type { Library } from '../../interpreter/library.ts';
import { positional } from '../../interpreter/library.ts';
import { UNDEFINED, external, unknown } from '../../interpreter/values.ts';
import { layerBase } from './customLayer.ts';
import { configOf, dimsOf, inputShapeOf } from './layerConfig.ts';
import { layerKinds } from './layerTable.ts';
import { modelBase } from './modelBase.ts';
import { makeLayer } from './tfjsLayer.ts';
import { makeFunctional, makeInput, makeInputLayer, makeSequential, recordEager } from './tfjsModel.ts';
import { isTensorFunction, tensorFunction, tensorValue } from './tfjsTensor.ts';

const layerPath = /^tf\.layers\.(\w+)$/;
const noise: ReadonlySet<string> = new Set(['randomNormal', 'randomUniform', 'truncatedNormal', 'ones', 'zeros']);

export const tfjsLibrary: Library = {
  name: 'tfjs',
  baseClass: (path) => layerBase(path) ?? modelBase(path),
  // `import tf from '@tensorflow/tfjs'` and `tf.default` are `tf` itself.
  constant: (path) => (/^tf(\.default)+$/.test(path) ? external('tf') : null),
  knows: (path) => path === 'tf' || path.startsWith('tf.layers.'),
  call(path, args, context) {
    const factory = layerPath.exec(path)?.[1];
    if (factory !== undefined) {
      if (factory === 'input') return makeInput(configOf(args), context);
      if (factory === 'inputLayer') return makeInputLayer(inputShapeOf(configOf(args)));
      const kind = Object.hasOwn(layerKinds, factory) ? layerKinds[factory] : undefined;
      if (kind !== undefined) return makeLayer(kind, configOf(args), context);
      const type = factory.charAt(0).toUpperCase() + factory.slice(1);
      return makeLayer(
        { type, build: () => null },
        { ...configOf(args), reason: `tf.layers.${factory} is not followed` },
        context,
      );
    }
    if (!path.startsWith('tf.')) return null;
    const name = path.slice(3);
    switch (name) {
      case 'sequential':
      case 'Sequential':
        return makeSequential(configOf(args), context);
      case 'model':
      case 'LayersModel':
      case 'Model':
        return makeFunctional(configOf(args), context);
      case 'input':
      case 'Input':
        return makeInput(configOf(args), context);
      case 'tidy': {
        const callback = args.positional[args.positional.length - 1];
        return callback === undefined ? UNDEFINED : context.call(callback, positional());
      }
      default:
        break;
    }
    if (noise.has(name)) {
      const [shape] = args.positional;
      const dims = shape === undefined ? null : dimsOf(shape);
      return tensorValue(recordEager(dims === null ? null : [1, ...dims.slice(1)], context));
    }
    if (/^tensor([1-6]d)?$/.test(name)) {
      const shape = args.positional[1];
      const dims = shape === undefined ? null : dimsOf(shape);
      if (dims !== null) return tensorValue(recordEager(dims.length === 0 ? dims : [1, ...dims.slice(1)], context));
    }
    if (isTensorFunction(name))
      return tensorFunction(name, args.positional, context) ?? unknown(`${path} is not followed here`);
    return null;
  },
};
