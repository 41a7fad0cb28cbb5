/** `nn.Sequential`, `nn.ModuleList`, `nn.ModuleDict` and `nn.ParameterList`. */
import type { CallArguments, CallContext } from '../../interpreter/library.ts';
import { indexValue } from '../../interpreter/access.ts';
import { NONE, builtin, foreign, int, list, string, tuple, unknown } from '../../interpreter/values.ts';
import type { Value } from '../../interpreter/values.ts';
import type { ModuleObject } from './torchModule.ts';
import { recordPossibleRuns } from './possibleRuns.ts';
import { moduleAttribute } from './torchModule.ts';

type ContainerKind = 'sequential' | 'list' | 'dict';

const TYPE_NAMES: Readonly<Record<ContainerKind, string>> = {
  sequential: 'Sequential',
  list: 'ModuleList',
  dict: 'ModuleDict',
};

export function containerObject(kind: ContainerKind, args: CallArguments, context: CallContext): ModuleObject {
  const children = new Map<string, Value>();
  let reason: string | null = args.open;
  const name = TYPE_NAMES[kind];
  const self: ModuleObject = {
    typeName: name,
    typePaths: [`torch.nn.${name}`, 'torch.nn.Module'],
    moduleKind: kind,
    children,
    attribute: (key) => containerAttribute(self, key, context, (why) => (reason ??= why)) ?? childNamed(self, key),
    setAttribute(key, value) {
      context.journal.setEntry(self, children, key, value);
      return true;
    },
    index: (index) => indexChildren(self, index, context),
    setIndex(index, value) {
      const key = childKey(self, index);
      if (key !== null) context.journal.setEntry(self, children, key, value);
      return true;
    },
    iterate: () =>
      reason !== null ? null : kind === 'dict' ? [...children.keys()].map(string) : [...children.values()],
    length: () => (reason === null ? int(children.size) : unknown(reason)),
    truth: () => true,
    call(given) {
      if (kind !== 'sequential') return unknown(`a ${name} cannot be called`);
      if (reason !== null) return unknown(reason);
      let current = given;
      let result: Value = given.positional[0] ?? NONE;
      for (const child of children.values()) {
        result = context.call(child, current);
        current = { positional: [result], keywords: new Map(), open: null };
      }
      return result;
    },
    binary(operator, other) {
      const added = operator === '+' ? context.iterate(other) : null;
      if (added === null) return null;
      const items = [...children.values(), ...added];
      return foreign(
        containerObject(
          kind,
          { positional: kind === 'list' ? [list(items)] : items, keywords: new Map(), open: null },
          context,
        ),
      );
    },
  };
  const problem = fill(self, kind, args, context);
  reason ??= problem;
  return self;
}

/** The initial children; gives the reason where they are not known. */
function fill(self: ModuleObject, kind: ContainerKind, args: CallArguments, context: CallContext): string | null {
  const [first] = args.positional;
  const addNumbered = (items: readonly Value[]): void => {
    for (const item of items) context.journal.setEntry(self, self.children, String(self.children.size), item);
  };
  if (kind === 'sequential') {
    if (first?.kind === 'dict' && args.positional.length === 1) return addNamed(self, first, context);
    addNumbered(args.positional);
    return null;
  }
  const source = first ?? args.keywords.get('modules');
  if (source === undefined || source.kind === 'none') return null;
  if (kind === 'dict') {
    if (source.kind === 'dict') return addNamed(self, source, context);
    const pairs = context.iterate(source);
    for (const pair of pairs ?? []) {
      if (pair.kind !== 'tuple' && pair.kind !== 'list') continue;
      const [key, value] = pair.items;
      if (key?.kind === 'string' && value !== undefined)
        context.journal.setEntry(self, self.children, key.value, value);
    }
    return pairs === null ? 'the modules of this dictionary are not known' : null;
  }
  const items = context.iterate(source);
  if (items === null) return source.kind === 'unknown' ? source.reason : 'the modules of this list are not known';
  addNumbered(items);
  return null;
}

function addNamed(self: ModuleObject, source: Extract<Value, { kind: 'dict' }>, context: CallContext): string | null {
  for (const { key, value } of source.entries.values()) {
    if (key.kind === 'string') context.journal.setEntry(self, self.children, key.value, value);
    else if (key.kind === 'number') context.journal.setEntry(self, self.children, String(key.value), value);
  }
  return source.open;
}

function childNamed(self: ModuleObject, name: string): Value | null {
  return self.children.get(name) ?? null;
}

function childKey(self: ModuleObject, index: Value): string | null {
  if (index.kind === 'string') return index.value;
  if (index.kind !== 'number') return null;
  const keys = [...self.children.keys()];
  return keys[index.value < 0 ? keys.length + index.value : index.value] ?? null;
}

function indexChildren(self: ModuleObject, index: Value, context: CallContext): Value | null {
  if (index.kind === 'slice') {
    const part = indexValue(
      context.machine,
      list([...self.children].map(([key, value]) => tuple([string(key), value]))),
      index,
    );
    if (part.kind !== 'list' || part.unknown !== null) return null;
    const made = containerObject(
      self.moduleKind === 'list' ? 'list' : 'sequential',
      { positional: [], keywords: new Map(), open: null },
      context,
    );
    for (const item of part.items) {
      if (item.kind !== 'tuple' || item.items[0]?.kind !== 'string' || item.items[1] === undefined) continue;
      const key = self.moduleKind === 'list' ? String(made.children.size) : item.items[0].value;
      made.children.set(key, item.items[1]);
    }
    return foreign(made);
  }
  const key = childKey(self, index);
  const child = key === null ? undefined : self.children.get(key);
  if (child !== undefined) return child;
  // Any of them may run, also once more: what is never run, and how often, cannot be told from here on.
  const reason = 'which of the modules this is, is not known';
  recordPossibleRuns(foreign(self), reason, context);
  return unknown(reason);
}

function containerAttribute(
  self: ModuleObject,
  name: string,
  context: CallContext,
  forget: (reason: string) => void,
): Value | null {
  const { children } = self;
  const add = (value: Value): void => context.journal.setEntry(self, children, String(children.size), value);
  switch (name) {
    case 'append':
      return builtin(name, ({ positional }) => {
        if (positional[0] !== undefined) add(positional[0]);
        return foreign(self);
      });
    case 'extend':
      return builtin(name, ({ positional }) => {
        const items = context.iterate(positional[0] ?? NONE);
        if (items === null) forget('what was added to these modules is not known');
        for (const item of items ?? []) add(item);
        return foreign(self);
      });
    case 'insert':
      return builtin(name, ({ positional }) => {
        const [at, value] = positional;
        if (at?.kind !== 'number' || value === undefined) return NONE;
        const items = [...children.values()];
        items.splice(at.value, 0, value);
        items.forEach((item, idx) => context.journal.setEntry(self, children, String(idx), item));
        return NONE;
      });
    case 'keys':
      return builtin(name, () => list([...children.keys()].map(string)));
    case 'values':
      return builtin(name, () => list([...children.values()]));
    case 'items':
      return builtin(name, () => list([...children].map(([key, value]) => tuple([string(key), value]))));
    case 'update':
      return builtin(name, ({ positional }) => {
        if (positional[0]?.kind === 'dict') addNamed(self, positional[0], context);
        return NONE;
      });
    case '__len__':
      return builtin(name, () => int(children.size));
    case 'forward':
      return builtin(name, (args) => self.call?.(args, context) ?? NONE);
    case '__class__':
      return { kind: 'external', path: self.typePaths[0] ?? '' };
    default:
      return moduleAttribute(foreign(self), name, context);
  }
}
