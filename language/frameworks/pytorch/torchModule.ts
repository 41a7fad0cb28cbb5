/**
 * Modules of `torch.nn` that the source builds: single layers, containers, and what every module can do
 * (`to`, `apply`, `children`, `add_module`). Names are those of `state_dict`, by walking the attributes
 * in the order they were set.
 */
import type { Shape } from '../../../core/graph/shape.ts';
import type { ForeignObject } from '../../interpreter/foreign.ts';
import type { CallArguments, CallContext } from '../../interpreter/library.ts';
import { FALSE, NONE, builtin, foreign, list, string, tuple, unknown, unknownList } from '../../interpreter/values.ts';
import type { InstanceValue, Value } from '../../interpreter/values.ts';
import { externalBases } from '../../interpreter/attributes.ts';
import type { LayerRecord } from '../recorder.ts';
import { isTensor, tensorObject } from './torchTensor.ts';

/** A module that is not the user's own class: a layer or a container. */
export interface ModuleObject extends ForeignObject {
  readonly moduleKind: 'layer' | 'sequential' | 'list' | 'dict';
  /** Children by name; none for layers. */
  readonly children: Map<string, Value>;
}

export function isModuleObject(object: ForeignObject | null): object is ModuleObject {
  return object !== null && 'moduleKind' in object;
}

export function moduleOf(value: Value | undefined): ModuleObject | null {
  return value?.kind === 'foreign' && isModuleObject(value.object) ? value.object : null;
}

/** A user's object whose class comes from `nn.Module`. */
function isUserModule(value: Value, context: CallContext): value is InstanceValue {
  return (
    value.kind === 'instance' &&
    externalBases(context.machine, value.class).some((base) => base.typePaths.includes('torch.nn.Module'))
  );
}

export function isModule(value: Value, context: CallContext): boolean {
  return moduleOf(value) !== null || isUserModule(value, context);
}

/** Direct children of any module, by name. */
export function childrenOf(value: Value, context: CallContext): [string, Value][] {
  const own = moduleOf(value);
  if (own !== null) return [...own.children];
  if (value.kind !== 'instance') return [];
  const inherited = isModuleObject(value.foreign) ? [...value.foreign.children] : [];
  const attributes = [...value.attributes].filter(([, child]) => isModule(child, context));
  return [...inherited, ...attributes];
}

/** All modules with their paths, the root first, each once. */
export function namedModules(root: Value, context: CallContext): [string, Value][] {
  const found: [string, Value][] = [];
  const seen = new Set<object>();
  const visit = (value: Value, path: string, depth: number): void => {
    const identity = value.kind === 'foreign' ? value.object : value;
    if (seen.has(identity) || depth > 60) return;
    seen.add(identity);
    found.push([path, value]);
    for (const [name, child] of childrenOf(value, context))
      visit(child, path === '' ? name : `${path}.${name}`, depth + 1);
  };
  visit(root, '', 0);
  return found;
}

const RETURNS_SELF = new Set(
  (
    'to cuda cpu eval train half float double bfloat16 type requires_grad_ share_memory xpu to_empty compile ' +
    'ipu freeze fuse'
  ).split(' '),
);

/** Attributes that every module has; null: not one of them. */
export function moduleAttribute(self: Value, name: string, context: CallContext): Value | null {
  if (RETURNS_SELF.has(name)) return builtin(name, () => self);
  const children = (): [string, Value][] => childrenOf(self, context);
  switch (name) {
    case 'training':
      return FALSE;
    case 'children':
      return builtin(name, () => list(children().map(([, child]) => child)));
    case 'named_children':
      return builtin(name, () => list(children().map(([key, child]) => tuple([string(key), child]))));
    case 'modules':
      return builtin(name, () => list(namedModules(self, context).map(([, child]) => child)));
    case 'named_modules':
      return builtin(name, () => list(namedModules(self, context).map(([key, child]) => tuple([string(key), child]))));
    case '__call__':
      return builtin(name, (args) => called(self, args, context));
    case '__getattr__':
    case '__getattribute__':
      return builtin(name, ({ positional: [key] }) =>
        key?.kind === 'string' ? context.getAttribute(self, key.value) : unknown('the name of an attribute'),
      );
    case '_modules': {
      const entries = children().map(([key, child]) => [`s${key}`, { key: string(key), value: child }] as const);
      return { kind: 'dict', entries: new Map(entries), open: null };
    }
    case 'add_module':
    case 'register_module':
      return builtin(name, (args) => addModule(self, args, context));
    case 'register_buffer':
    case 'register_parameter':
      return builtin(name, ({ positional, keywords }) => {
        const [key] = positional;
        const value = positional[1] ?? keywords.get('tensor') ?? keywords.get('param') ?? NONE;
        if (self.kind === 'instance' && key?.kind === 'string') {
          context.journal.setEntry(self, self.attributes, key.value, value);
          dropReplaced(self, key.value, context);
        }
        return NONE;
      });
    case 'apply':
      return builtin(name, ({ positional }) => applied(self, positional[0], context));
    case 'parameters':
      return builtin(name, () => weightsOf(self, context) ?? unknownList('the weights of a module'));
    case 'named_parameters':
    case 'buffers':
    case 'named_buffers':
      return builtin(name, () => unknownList('the weights of a module'));
    case 'state_dict':
    case '_parameters':
    case '_buffers':
      return name === 'state_dict'
        ? builtin(name, () => unknown('the weights of a module'))
        : unknown('the weights of a module');
    case 'load_state_dict':
    case 'zero_grad':
    case 'register_forward_hook':
    case 'register_forward_pre_hook':
    case 'register_full_backward_hook':
    case 'extra_repr':
      return builtin(name, () => NONE);
    case 'get_submodule':
      return builtin(name, ({ positional }) => {
        const [path] = positional;
        const found = namedModules(self, context).find(([key]) => path?.kind === 'string' && key === path.value);
        return found?.[1] ?? unknown('a module of this name');
      });
    default:
      return null;
  }
}

/** `super().__call__(x)` in a module that is called itself: its `forward`. */
function called(self: Value, args: CallArguments, context: CallContext): Value {
  return context.call(self.kind === 'instance' ? context.getAttribute(self, 'forward') : self, args);
}

/** `apply`: a function that can change what a layer weighs is followed, one that only sets numbers is not. */
function applied(self: Value, change: Value | undefined, context: CallContext): Value {
  const called = change?.kind === 'bound' ? change.callee : change;
  if (called?.kind !== 'function') return self;
  const { definition, unit } = called;
  if (!CHANGES_WEIGHTS.test(unit.text.slice(definition.start, definition.end))) return self;
  for (const [, module] of namedModules(self, context).reverse()) {
    context.call(change ?? NONE, { positional: [module], keywords: new Map(), open: null });
  }
  return self;
}

const CHANGES_WEIGHTS = /weight_norm|spectral_norm|parametri|setattr|add_module|register_(parameter|module)/;

/** Few enough to be handed on one by one, as by functions that repeat a block to save memory. */
const MAX_WEIGHTS = 64;

/** The weights of a module as tensors; null where they are many, or not known. */
function weightsOf(self: Value, context: CallContext): Value | null {
  const shapes: Shape[] = [];
  for (const [, module] of namedModules(self, context)) {
    const own = moduleOf(module) ?? (module.kind === 'instance' ? module.foreign : null);
    if (own !== null && 'record' in own) {
      const { weights } = own.record as LayerRecord;
      if (weights === null) return null;
      shapes.push(...weights.filter(({ trainable }) => trainable).map(({ shape }) => shape));
    }
    for (const value of module.kind === 'instance' ? module.attributes.values() : []) {
      if (value.kind !== 'foreign' || value.object.typeName !== 'Parameter' || !isTensor(value.object)) continue;
      if (value.object.shape === null) return null;
      shapes.push(value.object.shape);
    }
    if (shapes.length > MAX_WEIGHTS) return null;
  }
  return list(shapes.map((shape) => foreign(tensorObject({ node: -1, shape, unknown: null }, { isParameter: true }))));
}

/** A weight that is registered anew as `weight_orig` or `weight_bar` is computed from it from then on. */
function dropReplaced(self: InstanceValue, name: string, context: CallContext): void {
  const base = /^(\w+)_(orig|bar)$/.exec(name)?.[1];
  const before = base === undefined ? undefined : self.attributes.get(base);
  if (base === undefined || before?.kind !== 'foreign') return;
  if (isTensor(before.object))
    context.journal.setEntry(self, self.attributes, base, foreign(tensorObject(before.object)));
}

function addModule(self: Value, { positional, keywords }: CallArguments, context: CallContext): Value {
  const key = positional[0] ?? keywords.get('name');
  const module = positional[1] ?? keywords.get('module');
  if (key?.kind !== 'string' || module === undefined) return NONE;
  const own = moduleOf(self) ?? (self.kind === 'instance' && isModuleObject(self.foreign) ? self.foreign : null);
  if (own !== null && own.moduleKind !== 'layer') context.journal.setEntry(own, own.children, key.value, module);
  else if (self.kind === 'instance') context.journal.setEntry(self, self.attributes, key.value, module);
  return NONE;
}
