/**
 * Reading and writing attributes: instance, then classes in resolution order with methods bound and
 * properties called, then what an external base offers, then the language's own.
 */
import { RaisedError, callValue } from './calls.ts';
import type { ExternalBase } from './library.ts';
import { positional } from './library.ts';
import type { Machine } from './machine.ts';
import { partOf } from './unknownNumbers.ts';
import { dict, external, unknown } from './values.ts';
import type { ClassValue, InstanceValue, Value } from './values.ts';

export function getAttribute(machine: Machine, object: Value, name: string): Value {
  switch (object.kind) {
    case 'unknown':
      return partOf(object);
    case 'external':
      return externalAttribute(machine, object.path, name);
    case 'module': {
      const found = object.unit.scope.names.get(name) ?? object.unit.exports.get(name);
      if (found === undefined && name === '__dict__') return dict(object.unit.scope.names);
      return found ?? submodule(machine, object.unit.path, name) ?? missing(machine, object, name);
    }
    case 'instance':
      return instanceAttribute(machine, object, name);
    case 'class':
      return classAttribute(machine, object, name);
    case 'super':
      return superAttribute(machine, object, name);
    case 'foreign': {
      const found = object.object.attribute?.(name, machine.context) ?? null;
      return found ?? missing(machine, object, name);
    }
    case 'function': {
      const found = object.attributes.get(name);
      if (found !== undefined) return found;
      break;
    }
    default:
      break;
  }
  return machine.current.attribute(object, name, machine.context) ?? missing(machine, object, name);
}

function missing(machine: Machine, object: Value, name: string): Value {
  if (machine.current.isLenient && object.kind !== 'foreign') return { kind: 'undefined' };
  const what = object.kind === 'foreign' ? `a ${object.object.typeName}` : `this ${object.kind}`;
  return unknown(`the attribute ${name} of ${what} is not known`);
}

function externalAttribute(machine: Machine, path: string, name: string): Value {
  if (name === '__name__') return { kind: 'string', value: path.split('.').pop() ?? path };
  const full = `${path}.${name}`;
  for (const library of machine.libraries) {
    const constant = library.constant?.(full, machine.context) ?? null;
    if (constant !== null) return constant;
  }
  return external(full);
}

/** `package.module` where `package/__init__.py` does not import it itself. */
function submodule(machine: Machine, path: string, name: string): Value | null {
  if (!path.endsWith('__init__.py')) return null;
  const folder = path.slice(0, -'__init__.py'.length);
  for (const candidate of [`${folder}${name}.py`, `${folder}${name}/__init__.py`]) {
    const unit = machine.units.get(candidate);
    if (unit !== undefined) return { kind: 'module', unit };
  }
  return null;
}

/** A member of a user's class or of its bases in the workspace; null where there is none. */
export function findMember(cls: ClassValue, name: string): { value: Value; owner: ClassValue } | null {
  for (const entry of cls.order) {
    if (entry.kind !== 'class') continue;
    const value = entry.members.get(name);
    if (value !== undefined) return { value, owner: entry };
  }
  return null;
}

/** External bases of a class, in resolution order. */
export function externalBases(machine: Machine, cls: ClassValue): ExternalBase[] {
  const bases: ExternalBase[] = [];
  for (const entry of cls.order) {
    if (entry.kind !== 'external') continue;
    const base = findBase(machine, entry.path);
    if (base !== null) bases.push(base);
  }
  return bases;
}

export function findBase(machine: Machine, path: string): ExternalBase | null {
  for (const library of machine.libraries) {
    const base = library.baseClass?.(path) ?? null;
    if (base !== null) return base;
  }
  return null;
}

function instanceAttribute(machine: Machine, object: InstanceValue, name: string): Value {
  const member = findMember(object.class, name);
  if (member?.value.kind === 'function' && isAccessor(member.value.flavour)) {
    return bindMember(machine, member.value, object, object.class);
  }
  const own = object.attributes.get(name);
  if (own !== undefined) return own;
  if (member !== null) return bindMember(machine, member.value, object, object.class);
  if (name === '__class__' || name === 'constructor') return object.class;
  for (const base of externalBases(machine, object.class)) {
    const found = base.attribute?.(object, name, machine.context) ?? null;
    if (found !== null) return found;
  }
  const inner = object.foreign?.attribute?.(name, machine.context) ?? null;
  if (inner !== null) return inner;
  const special = findMember(object.class, '__getattr__');
  if (special !== null && !name.startsWith('__')) {
    const bound = bindMember(machine, special.value, object, object.class);
    return callValue(machine, bound, positional({ kind: 'string', value: name }));
  }
  const hasUnknownBase = object.class.order.some((entry) => entry.kind !== 'class');
  const fallback = machine.current.attribute(object, name, machine.context);
  if (fallback !== null) return fallback;
  if (hasUnknownBase) return unknown(`${name} may come from a base class of ${object.class.name}`);
  return machine.current.isLenient ? { kind: 'undefined' } : unknown(`${object.class.name} has no attribute ${name}`);
}

function isAccessor(flavour: string): boolean {
  return flavour === 'property' || flavour === 'getter';
}

/** A class member as seen through an instance: methods bound, properties called. */
function bindMember(machine: Machine, member: Value, self: Value, cls: ClassValue): Value {
  if (member.kind === 'builtin' && member.typeName === undefined && machine.current.selfBinding === 'this') {
    return { kind: 'bound', callee: member, self };
  }
  if (member.kind !== 'function') return member;
  if (member.flavour === 'static' || member.flavour === 'setter') return member;
  if (member.flavour === 'class') return { kind: 'bound', callee: member, self: cls };
  const bound: Value = { kind: 'bound', callee: member, self };
  return isAccessor(member.flavour) ? readAccessor(machine, bound) : bound;
}

/** A getter that refuses (data is not loaded yet) says nothing about the code that reads it. */
function readAccessor(machine: Machine, getter: Value): Value {
  try {
    return callValue(machine, getter, positional());
  } catch (error) {
    if (!(error instanceof RaisedError) || !machine.current.isLenient) throw error;
    return unknown(error.message);
  }
}

function classAttribute(machine: Machine, object: ClassValue, name: string): Value {
  const member = findMember(object, name);
  if (member !== null) {
    if (member.value.kind === 'function' && member.value.flavour === 'class') {
      return { kind: 'bound', callee: member.value, self: object };
    }
    if (member.value.kind === 'function' && member.value.flavour === 'getter') {
      return callValue(machine, { kind: 'bound', callee: member.value, self: object }, positional());
    }
    return member.value;
  }
  if (name === '__name__' || name === 'name') return { kind: 'string', value: object.name };
  for (const entry of object.order) {
    if (entry.kind === 'external') {
      const offered = findBase(machine, entry.path)?.ofClass?.(object, name, machine.context) ?? null;
      return offered ?? externalAttribute(machine, entry.path, name);
    }
    if (entry.kind === 'unknown') return entry;
  }
  return machine.current.attribute(object, name, machine.context) ?? missing(machine, object, name);
}

function superAttribute(machine: Machine, object: Extract<Value, { kind: 'super' }>, name: string): Value {
  const cls =
    object.self.kind === 'instance' ? object.self.class : object.self.kind === 'class' ? object.self : object.class;
  const from = cls.order.findIndex((entry) => entry === object.class);
  for (const entry of cls.order.slice(from + 1)) {
    if (entry.kind === 'unknown') return unknown(`${name} of a base class that is not known`);
    if (entry.kind === 'external') {
      const found = externalSuper(machine, entry.path, object.self, name);
      if (found !== null) return found;
      continue;
    }
    const member = entry.members.get(name);
    if (member !== undefined) return bindMember(machine, member, object.self, cls);
  }
  if (name === machine.current.constructorName || name === '__setattr__') {
    return { kind: 'builtin', name, call: () => ({ kind: 'none' }) };
  }
  return unknown(`${name} of a base class that is not known`);
}

function externalSuper(machine: Machine, path: string, self: Value, name: string): Value | null {
  const base = findBase(machine, path);
  if (self.kind !== 'instance') return null;
  if (name === machine.current.constructorName) {
    return {
      kind: 'builtin',
      name,
      call: (args, context) => {
        base?.construct?.(self, args, context);
        return { kind: 'none' };
      },
    };
  }
  if (name === 'forward' || name === '__call__' || name === 'call') {
    return {
      kind: 'builtin',
      name,
      call: (args, context) =>
        (name === '__call__' ? base?.call?.(self, args, context) : null) ??
        self.foreign?.call?.(args, context) ??
        unknown(`${name} of ${path} is not known`),
    };
  }
  if (name === '__setattr__') {
    return {
      kind: 'builtin',
      name,
      call: (args) => {
        const [key, value] = args.positional;
        if (key?.kind === 'string' && value !== undefined) setAttribute(machine, self, key.value, value);
        return { kind: 'none' };
      },
    };
  }
  return base?.attribute?.(self, name, machine.context) ?? self.foreign?.attribute?.(name, machine.context) ?? null;
}

export function setAttribute(machine: Machine, object: Value, name: string, value: Value): void {
  switch (object.kind) {
    case 'instance': {
      const member = findMember(object.class, name);
      if (member?.value.kind === 'function' && isAccessor(member.value.flavour)) {
        const setter = findMember(object.class, `${name} setter`);
        if (setter !== null)
          callValue(machine, { kind: 'bound', callee: setter.value, self: object }, positional(value));
        return;
      }
      for (const base of externalBases(machine, object.class)) {
        if (base.setAttribute?.(object, name, value, machine.context) === true) return;
      }
      machine.journal.setEntry(object, object.attributes, name, value);
      return;
    }
    case 'class':
      machine.journal.setEntry(object, object.members, name, value);
      return;
    case 'function':
      machine.journal.setEntry(object, object.attributes, name, value);
      return;
    case 'module':
      machine.journal.setEntry(object.unit.scope, object.unit.scope.names, name, value);
      return;
    case 'foreign':
      object.object.setAttribute?.(name, value, machine.context);
      return;
    default:
      machine.current.setAttribute(object, name, value, machine.context);
  }
}
