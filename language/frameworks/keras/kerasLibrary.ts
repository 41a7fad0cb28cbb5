/**
 * Keras as a library of the interpreter, under all the names it has had: `keras`, `tf.keras`,
 * `tensorflow.python.keras`, `keras_core`, `tensorflow_addons`, `keras_contrib`; and the functions of
 * TensorFlow that people use on its tensors.
 */
import type { CallArguments, CallContext, ExternalBase, Library } from '../../interpreter/library.ts';
import { withoutFirst } from '../../interpreter/library.ts';
import { findMember, getAttribute } from '../../interpreter/attributes.ts';
import { NONE, bool, builtin, foreign, string, tuple, unknown, unknownList } from '../../interpreter/values.ts';
import type { InstanceValue, Value } from '../../interpreter/values.ts';
import { flagsOf } from '../../interpreter/libraries/argparseLibrary.ts';
import { recorderOf } from '../recorder.ts';
import { backendCall } from './kerasBackend.ts';
import { noteOrigin, noteRun, noteWeight } from './kerasCustom.ts';
import { dataCall } from './kerasData.ts';
import { tensorFunction } from './kerasFunctions.ts';
import { dimsOf, kerasLayer } from './kerasLayer.ts';
import { functionalModel, inputTensor } from './kerasModel.ts';
import { sequentialModel } from './kerasSequential.ts';
import { kerasBuilder } from './kerasTable.ts';
import { freeKerasTensor, kerasTensorOf } from './kerasTensor.ts';
import { wrapperLayer } from './kerasWrappers.ts';

const ROOT = /^(keras|tf_keras|keras_core|tensorflow|tensorflow_addons|keras_contrib|tflib)(\.|$)/;

export const kerasLibrary: Library = {
  name: 'Keras',
  knows: (path) =>
    (ROOT.test(path) && !isElsewhere(path)) ||
    /^(tensorflow_datasets|tensorflow_hub|tensorflow_probability)(\.|$)/.test(path),
  constant(path, context) {
    if (/^tensorflow\.(app\.|compat\.v1\.(app\.)?)?flags\.FLAGS$/.test(path)) return foreign(flagsOf(context));
    if (/^(tensorflow|keras)\.__version__$/.test(path)) return string('2.9.0');
    return null;
  },
  call: callKeras,
  baseClass: kerasBase,
};

/** A class said to be in a module that has none of it: what `from keras.activations import *` does not give. */
function isElsewhere(path: string): boolean {
  const name = lastOf(path);
  if (/^[A-Z]/.test(name) && (kerasBuilder(name) !== null || name === 'Lambda')) return !/\blayers\b/.test(path);
  return /^(Input|Model|Sequential)$/.test(name) && NO_MODELS.test(path);
}

const NO_MODELS =
  /\.(activations|applications|backend|callbacks|constraints|datasets|initializers|losses|metrics|optimizers|preprocessing|regularizers|utils)\.\w+$/;

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** Functions of the same name as a layer's snake case: `keras.layers.concatenate`. */
const MERGE_FUNCTIONS: Readonly<Record<string, string>> = {
  concatenate: 'Concatenate',
  add: 'Add',
  subtract: 'Subtract',
  multiply: 'Multiply',
  average: 'Average',
  maximum: 'Maximum',
  minimum: 'Minimum',
  dot: 'Dot',
};

function callKeras(path: string, args: CallArguments, context: CallContext): Value | null {
  if (!ROOT.test(path)) return null;
  const data = dataCall(path, args, context);
  if (data !== null) return data;
  const name = lastOf(path);
  const backend = backendCall(name, args, context.machine);
  if (backend !== null) return backend;
  const isLayers = /\blayers\b/.test(path);
  if (name === 'Input' || (name === 'InputLayer' && isLayers)) return makeInput(name, args, context);
  if (name === 'Sequential') return foreign(sequentialModel(args, context));
  if (name === 'Model' || name === 'Functional') {
    const model = functionalModel(args, context);
    return model === null ? unknown('the inputs or outputs of a model are not known') : foreign(model);
  }
  if (name === '__init__') return callInit(path, args, context);
  if (name === 'merge' && isLayers) return oldMerge(args, context);
  const merge = isLayers ? MERGE_FUNCTIONS[name] : undefined;
  if (merge !== undefined) return callMerge(merge, args, context);
  if (/^[A-Z]/.test(name) && (isLayers || path.startsWith('keras_contrib') || path.startsWith('tensorflow_addons'))) {
    const wrapped = wrapperLayer(name, args, context);
    if (wrapped !== null) return wrapped;
    const layer = kerasLayer(name, withAxisOf(path, args), context);
    if (layer !== null) return foreign(layer);
    return unknown(`Slimwise does not know ${path}`);
  }
  if (/\b(optimizers|losses|callbacks|metrics|initializers|regularizers|constraints)\b/.test(path)) return null;
  if (/\b(data|io|train|summary|config|distribute|saved_model|preprocessing|datasets|utils)\./.test(path)) return null;
  if (name === 'function') return decorated(args);
  return tensorFunction(name)?.(args, context, name) ?? null;
}

/** keras_contrib's InstanceNormalization has one scale for all, where no axis is given; others have one per channel. */
function withAxisOf(path: string, args: CallArguments): CallArguments {
  const isOne = path.startsWith('keras_contrib') && path.endsWith('.InstanceNormalization');
  if (!isOne || args.positional.length > 0 || args.keywords.has('axis')) return args;
  return { ...args, keywords: new Map([...args.keywords, ['axis', NONE]]) };
}

function decorated(args: CallArguments): Value {
  const [callee] = args.positional;
  return callee ?? builtin('function', ({ positional }) => positional[0] ?? NONE);
}

function makeInput(name: string, args: CallArguments, context: CallContext): Value {
  const { keywords } = args;
  const [first] = args.positional;
  const tensor = kerasTensorOf(keywords.get('tensor'));
  if (tensor !== null) return foreign(tensor);
  const whole = keywords.get('batch_shape') ?? keywords.get('batch_input_shape');
  const rest = keywords.get('shape') ?? keywords.get('input_shape') ?? first;
  const named = keywords.get('name');
  const own = named?.kind === 'string' ? named.value : null;
  if (name === 'InputLayer') {
    const layer = kerasLayer(
      'Identity',
      {
        positional: [],
        keywords: new Map([...keywords, ...(rest === undefined ? [] : [['input_shape', rest] as const])]),
        open: null,
      },
      context,
      'InputLayer',
    );
    return layer === null ? NONE : foreign(layer);
  }
  if (whole?.kind === 'tuple' || whole?.kind === 'list') {
    return foreign(inputTensor([1, ...dimsOf({ kind: 'tuple', items: whole.items.slice(1) })], context, own));
  }
  const shape =
    rest === undefined || rest.kind === 'unknown'
      ? null
      : rest.kind === 'none'
        ? null
        : ([1, ...dimsOf(rest)] as const);
  return foreign(inputTensor(shape, context, own));
}

function callMerge(type: string, args: CallArguments, context: CallContext): Value {
  const own = { positional: [], keywords: new Map([...args.keywords].filter(([key]) => key !== 'inputs')), open: null };
  const axis = args.positional[1];
  if (axis !== undefined) own.keywords.set('axis', axis);
  const layer = kerasLayer(type, own, context);
  const tensors = args.positional[0] ?? args.keywords.get('inputs') ?? NONE;
  return layer?.call?.({ positional: [tensors], keywords: new Map(), open: null }, context) ?? NONE;
}

/** Keras 1's `merge(tensors, mode='concat')`; the mode may be a function. */
function oldMerge(args: CallArguments, context: CallContext): Value {
  const mode = args.keywords.get('mode') ?? args.positional[1];
  const name = mode === undefined ? 'sum' : mode.kind === 'string' ? mode.value : null;
  const types: Readonly<Record<string, string>> = {
    concat: 'Concatenate',
    sum: 'Add',
    mul: 'Multiply',
    max: 'Maximum',
    ave: 'Average',
  };
  const type = name === null ? undefined : types[name];
  const tensors = args.positional[0] ?? args.keywords.get('inputs') ?? NONE;
  const inner = { positional: [tensors], keywords: new Map(), open: null };
  if (type !== undefined) {
    const axis = args.keywords.get('concat_axis');
    const keywords = new Map(axis === undefined ? [] : [['axis', axis] as const]);
    return callMerge(type, { positional: [tensors], keywords, open: null }, context);
  }
  if (mode === undefined || name !== null) return unknown('how these tensors are merged is not known');
  const lambda = wrapperLayer('Lambda', { positional: [mode], keywords: new Map(), open: null }, context);
  return lambda === null ? NONE : context.call(lambda, inner);
}

function callInit(path: string, args: CallArguments, context: CallContext): Value | null {
  const [self] = args.positional;
  if (self?.kind !== 'instance') return null;
  kerasBase(path.slice(0, -'.__init__'.length))?.construct?.(self, withoutFirst(args), context);
  return NONE;
}

/** Classes that inherit from `keras.Model`, `keras.layers.Layer`, or from a layer. */
function kerasBase(path: string): ExternalBase | null {
  if (!ROOT.test(path)) return null;
  const name = lastOf(path);
  if (name === 'Model' || name === 'Layer' || name === 'Module' || /^_?Merge$/.test(name)) {
    const typePath = name === 'Model' ? 'keras.Model' : 'keras.layers.Layer';
    return {
      typePaths: [typePath, 'keras.layers.Layer'],
      construct(self, args, context) {
        if (name !== 'Model') noteOrigin(self, args, context);
        const model =
          name === 'Model' && args.positional.length + args.keywords.size >= 2 ? functionalModel(args, context) : null;
        if (model !== null) self.foreign = model;
      },
      call: callInstance,
      attribute: instanceAttribute,
    };
  }
  if (name === 'Sequential') {
    return {
      typePaths: ['keras.Sequential', 'keras.Model', 'keras.layers.Layer'],
      construct(self, args, context) {
        self.foreign = sequentialModel(args, context);
      },
      call: callInstance,
      attribute: (self, key, context) =>
        self.foreign?.attribute?.(key, context) ?? instanceAttribute(self, key, context),
    };
  }
  if (kerasBuilder(name) !== null) {
    return {
      typePaths: [`keras.layers.${name}`, 'keras.layers.Layer'],
      construct(self, args, context) {
        self.foreign = kerasLayer(name, args, context, self.class.name);
      },
      call: callInstance,
      attribute: instanceAttribute,
    };
  }
  return { typePaths: [path] };
}

/** Calling a layer or model of the user's: builds it once with the input's shape, then runs `call`. */
function callInstance(self: InstanceValue, args: CallArguments, context: CallContext): Value | null {
  const { machine } = context;
  const method = ['call', '__call__', '_merge_function'].find((key) => findMember(self.class, key) !== null);
  if (method === undefined) return self.foreign?.call?.(args, context) ?? null;
  const build = findMember(self.class, 'build');
  const built = 'slimwise built';
  if (build !== null && !self.attributes.has(built)) {
    context.journal.setEntry(self, self.attributes, built, bool(true));
    const input = kerasTensorOf(args.positional[0]);
    const shape = input === null ? unknown('the input shape') : context.getAttribute(foreign(input), 'shape');
    context.call(getAttribute(machine, self, 'build'), { positional: [shape], keywords: new Map(), open: null });
  }
  if (self.class.order.some((entry) => entry.kind === 'external' && /\bModel$/.test(entry.path))) machine.modelCalls++;
  machine.modelDepth++;
  try {
    const start = recorderOf(machine).nodes.length;
    const result = context.call(getAttribute(machine, self, method), args);
    return noteRun(self, args, result, start, context);
  } finally {
    machine.modelDepth--;
  }
}

function instanceAttribute(self: InstanceValue, name: string, context: CallContext): Value | null {
  switch (name) {
    case 'add_weight':
    case 'add_variable':
      return builtin(name, (args) => {
        const { positional, keywords } = args;
        noteWeight(self, args);
        const shape = keywords.get('shape') ?? positional.find(({ kind }) => kind === 'tuple' || kind === 'list');
        return freeKerasTensor(context, shape === undefined ? [] : dimsOf(shape));
      });
    case 'trainable':
    case 'built':
      return bool(true);
    case 'trainable_variables':
    case 'trainable_weights':
    case 'variables':
    case 'weights':
      return unknownList('the weights of a model');
    case 'compile':
    case 'fit':
    case 'summary':
    case 'save':
    case 'save_weights':
    case 'load_weights':
    case 'add_loss':
    case 'set_weights':
      return builtin(name, () => NONE);
    case 'build':
      return builtin(name, ({ positional, keywords }) => {
        const shape = positional[0] ?? keywords.get('input_shape');
        const items = shape === undefined ? null : context.iterate(shape);
        if (items === null || items.length < 2) return NONE;
        const input = freeKerasTensor(context, [1, ...dimsOf(tuple(items)).slice(1)]);
        context.call(self, { positional: [input], keywords: new Map(), open: null });
        return NONE;
      });
    case 'name':
      return string(self.class.name);
    default:
      return self.foreign?.attribute?.(name, context) ?? null;
  }
}
