/**
 * PyTorch as a library of the interpreter: names under `torch`, `torchvision` and their old homes to
 * layers, containers, functions and the base class of modules.
 */
import type { CallArguments, CallContext, ExternalBase, Library } from '../../interpreter/library.ts';
import { withoutFirst } from '../../interpreter/library.ts';
import { findMember } from '../../interpreter/attributes.ts';
import { FALSE, NONE, builtin, foreign, int, string, tuple, unknown } from '../../interpreter/values.ts';
import type { ClassValue, Value } from '../../interpreter/values.ts';
import { namespaceObject } from '../../interpreter/libraries/namespaceObject.ts';
import { containerObject } from './containers.ts';
import { legacyTensor } from './createFunctions.ts';
import { isLayerObject, layerObject } from './layers.ts';
import { layerBuilder } from './layerTable.ts';
import { recordLayer, recordNode } from '../recorder.ts';
import { noteOrigin } from './leafModule.ts';
import { callModule } from './moduleCall.ts';
import { isModuleObject, moduleAttribute, moduleOf } from './torchModule.ts';
import { plainModule } from './plainModule.ts';
import { functionNamed } from './torchFunctions.ts';
import { freeTensor, tensorObject, tensorOf } from './torchTensor.ts';

export const torchLibrary: Library = {
  name: 'PyTorch',
  knows: (path) => /^(torch|torchvision|torchtext|torchaudio|torchsummary|torch_fidelity)(\.|$)/.test(path),
  constant: torchConstant,
  call: callTorch,
  baseClass: torchBase,
};

const CONTAINERS: Readonly<Record<string, 'sequential' | 'list' | 'dict'>> = {
  Sequential: 'sequential',
  ModuleList: 'list',
  ParameterList: 'list',
  ModuleDict: 'dict',
  ParameterDict: 'dict',
};

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function torchConstant(path: string): Value | null {
  if (path === 'torch.__version__') return string('2.0.0');
  if (path === 'torch.pi') return { kind: 'number', value: Math.PI, isInteger: false };
  if (path === 'torch.backends.cudnn.benchmark') return FALSE;
  return null;
}

/** Calls whose result does not matter, or is always the same without a GPU. */
const FIXED: Readonly<Record<string, Value>> = {
  'torch.cuda.is_available': FALSE,
  'torch.cuda.device_count': int(0),
  'torch.backends.mps.is_available': FALSE,
  'torch.manual_seed': NONE,
  'torch.cuda.manual_seed': NONE,
  'torch.cuda.manual_seed_all': NONE,
  'torch.save': NONE,
  'torch.no_grad': NONE,
  'torch.enable_grad': NONE,
  'torch.set_grad_enabled': NONE,
};

/** Functions that hand their module through. */
const WRAPPERS = new Set([
  'spectral_norm',
  'weight_norm',
  'remove_weight_norm',
  'remove_spectral_norm',
  'DataParallel',
  'DistributedDataParallel',
  'convert_sync_batchnorm',
  'compile',
  'script',
  'parametrized',
]);

function callTorch(path: string, args: CallArguments, context: CallContext): Value | null {
  if (!path.startsWith('torch.')) return null;
  const fixed = FIXED[path];
  if (fixed !== undefined) return fixed;
  const name = lastOf(path);
  if (path.startsWith('torch.nn.init.')) return args.positional[0] ?? NONE;
  const times = TUPLES.get(path);
  if (times !== undefined) return timesOver(args.positional[0] ?? NONE, times);
  const container = CONTAINERS[name];
  if (container !== undefined) return foreign(containerObject(container, args, context));
  if (WRAPPERS.has(name)) return wrapModule(name, args);
  if (name === 'Parameter' || path === 'torch.nn.parameter.Parameter') return parameter(args, context);
  if (path.includes('checkpoint') && name === 'checkpoint') {
    const [callee] = args.positional;
    return callee === undefined ? null : context.call(callee, withoutFirst(args));
  }
  if (name === 'data_parallel') {
    const [module, input] = args.positional;
    return module === undefined || input === undefined
      ? null
      : context.call(module, { positional: [input], keywords: new Map(), open: null });
  }
  if (name === '__init__') return callInit(path, args, context);
  const method = unboundMethod(path, args, context);
  if (method !== null) return method;
  if (path.startsWith('torch.nn.') && !path.startsWith('torch.nn.functional.')) {
    const layer = layerObject(name, args, context);
    if (layer !== null) return foreign(layer);
    if (/Loss$/.test(name)) return lossObject(name, context);
    if (name === 'Module') return foreign(plainModule(context));
    return unknown(`Slimwise does not know ${path}`);
  }
  if (/^torch\.(cuda\.)?(\w*Tensor)$/.test(path)) return legacyTensor(args, context);
  if (name === 'device' || name === 'Generator') return unknown(`a ${name}`);
  if (name === 'Size') return args.positional[0] ?? tuple([]);
  if (path.startsWith('torch.optim') || path.startsWith('torch.utils') || path.startsWith('torch.distributed'))
    return null;
  const known = functionNamed(name);
  if (known === null) return null;
  // The function is known; what it is given is not.
  const [given] = args.positional;
  return known(args, context) ?? (given?.kind === 'unknown' ? given : null);
}

/** `_pair(3)` is `(3, 3)`; what is a sequence already stays one. */
const TUPLES: ReadonlyMap<string, number> = new Map(
  ['_single', '_pair', '_triple', '_quadruple'].map(
    (name, idx) => [`torch.nn.modules.utils.${name}`, idx + 1] as const,
  ),
);

function timesOver(value: Value, times: number): Value {
  return value.kind === 'number' ? tuple(Array.from({ length: times }, () => value)) : value;
}

/** `nn.Module.__init__(self)`: the base's constructor called through the class. */
function callInit(path: string, args: CallArguments, context: CallContext): Value | null {
  const [self] = args.positional;
  if (self?.kind !== 'instance') return null;
  torchBase(path.slice(0, -'.__init__'.length))?.construct?.(self, withoutFirst(args), context);
  return NONE;
}

/** `nn.Conv2d.forward(self, x)`, `torch.Tensor.add(a, b)`. */
function unboundMethod(path: string, args: CallArguments, context: CallContext): Value | null {
  const match = /^torch\.(?:nn\.)?(?:\w+\.)*([A-Z]\w*)\.(\w+)$/.exec(path);
  const [self] = args.positional;
  if (match === null || self === undefined) return null;
  if (self.kind === 'instance' && self.foreign !== null) {
    const method = self.foreign.attribute?.(match[2] ?? '', context) ?? null;
    return method === null ? null : context.call(method, withoutFirst(args));
  }
  return tensorOf(self) === null ? null : context.call(context.getAttribute(self, match[2] ?? ''), withoutFirst(args));
}

function wrapModule(name: string, args: CallArguments): Value {
  const module = args.positional[0] ?? args.keywords.get('module');
  if (module === undefined)
    return name === 'compile' || name === 'script' ? builtin(name, ({ positional }) => positional[0] ?? NONE) : NONE;
  if (name === 'weight_norm' || name === 'remove_weight_norm') splitWeight(name === 'weight_norm', module, args);
  return module;
}

/** Weight normalization keeps a size for each output beside the direction: `weight_g` beside `weight_v`. */
function splitWeight(isSplit: boolean, module: Value, args: CallArguments): void {
  const object = moduleOf(module) ?? (module.kind === 'instance' ? module.foreign : null);
  if (object === null || !isModuleObject(object) || !isLayerObject(object)) return;
  const { record } = object;
  const rest = record.weights?.filter((spec) => spec.name !== 'weight_g') ?? null;
  const kernel = rest?.find((spec) => spec.name === 'weight');
  const dim = args.keywords.get('dim') ?? args.positional[2];
  const axis = dim === undefined ? 0 : dim.kind === 'number' ? dim.value : null;
  if (rest === null || kernel === undefined) return;
  const shape = kernel.shape.map((size, at) => (at === axis ? size : 1));
  record.weights = isSplit ? [...rest, { name: 'weight_g', shape, trainable: kernel.trainable }] : rest;
}

function parameter(args: CallArguments, context: CallContext): Value {
  const data = args.positional[0] ?? args.keywords.get('data');
  const source = tensorOf(data);
  const grad = args.positional[1] ?? args.keywords.get('requires_grad');
  const trainable = !(grad?.kind === 'bool' && !grad.value);
  const shape = source?.shape ?? null;
  const isKnown = shape !== null && !shape.includes('?');
  if (!isKnown) {
    const made = freeTensor(context, shape, source?.unknown ?? 'the size of this parameter is not known');
    const tensor = tensorOf(made);
    return tensor === null ? made : foreign(tensorObject(tensor, { isParameter: true }));
  }
  const call = { op: 'parameter', attributes: { shape: shape as readonly number[], trainable } } as const;
  const record = recordLayer(context, 'pytorch', 'Parameter', call);
  const recorded = recordNode(context, call, [], { layout: 'channelsFirst', layer: record });
  const content = shape.length === 0 ? (source?.content ?? null) : null;
  return foreign(tensorObject(recorded, { isParameter: true, weightOf: record, content }));
}

function lossObject(name: string, context: CallContext): Value {
  return foreign({
    typeName: name,
    typePaths: [`torch.nn.${name}`, 'torch.nn.Module'],
    attribute: (key) =>
      key === 'to' || key === 'cuda' || key === 'cpu' ? builtin(key, () => lossObject(name, context)) : null,
    call: () => freeTensor(context, []),
    truth: () => true,
  });
}

const MODULE_BASE: ExternalBase = {
  typePaths: ['torch.nn.Module'],
  construct: (self, _args, context) => noteOrigin(self, context),
  call: callModule,
  attribute: (self, name, context) => moduleAttribute(self, name, context),
};

function torchBase(path: string): ExternalBase | null {
  if (!path.startsWith('torch.')) return null;
  const name = lastOf(path);
  if (name === 'Module' || name === 'LightningModule') return MODULE_BASE;
  const container = CONTAINERS[name];
  if (container !== undefined) {
    return {
      ...MODULE_BASE,
      typePaths: [`torch.nn.${name}`, 'torch.nn.Module'],
      construct(self, args, context) {
        self.foreign = containerObject(container, args, context);
      },
      attribute: (self, key, context) => self.foreign?.attribute?.(key, context) ?? moduleAttribute(self, key, context),
    };
  }
  if (layerBuilder(name) !== null) {
    return {
      ...MODULE_BASE,
      typePaths: [`torch.nn.${name}`, 'torch.nn.Module'],
      construct(self, args, context) {
        self.foreign = layerObject(name, args, context, self.class.name);
      },
    };
  }
  if (path.startsWith('torch.autograd.')) {
    return { typePaths: [path], attribute: ({ class: cls }, name) => autogradApply(cls, name), ofClass: autogradApply };
  }
  return { typePaths: [path] };
}

/** Keeps what `forward` sets on it: functions that repeat a block hold the block there. */
function autogradContext(): Value {
  const context = namespaceObject('torch.autograd.function.FunctionCtx', new Map());
  return foreign({
    ...context,
    attribute: (name, call) =>
      context.attribute?.(name, call) ??
      (/^(save_for|mark_|set_)/.test(name) ? builtin(name, () => NONE) : unknown('what an autograd function keeps')),
  });
}

/** `MyFunction.apply(x)` of an autograd function runs its forward, with a context first. */
function autogradApply(cls: ClassValue, name: string): Value | null {
  const forward = name === 'apply' ? findMember(cls, 'forward') : null;
  if (forward === null) return null;
  const first = autogradContext();
  return builtin(name, (args, context) =>
    context.call(forward.value, { ...args, positional: [first, ...args.positional] }),
  );
}
