/** Defining classes (bases, resolution order, bodies, fields) and constructing their instances. */
import type { ClassParts } from '../syntax/ast.ts';
import { externalBases, findMember, getAttribute } from './attributes.ts';
import { callValue } from './calls.ts';
import { evaluate } from './expressions.ts';
import { nextBirth } from './journal.ts';
import type { CallArguments } from './library.ts';
import type { Frame, Machine } from './machine.ts';
import { step } from './machine.ts';
import { memberOf, nameMembers } from './enumerations.ts';
import { createScope, declare } from './scope.ts';
import { makeFunction } from './functions.ts';
import { runStatements } from './statements.ts';
import { UNDEFINED, string, unknown } from './values.ts';
import type { ClassField, ClassValue, InstanceValue, Value } from './values.ts';

export function defineClass(machine: Machine, frame: Frame, definition: ClassParts): ClassValue {
  const written = definition.bases
    .filter((base) => base.kind === 'positional')
    .map((base) => evaluate(machine, frame, base.value))
    .filter((base) => !(base.kind === 'builtin' && base.typeName === 'object'));
  const named = written.flatMap((base) => (base.kind === 'builtin' && base.fields !== undefined ? base.fields : []));
  const bases = named.length === 0 ? written : written.filter((base) => base.kind !== 'builtin');
  const decorators = definition.decorators.map((decorator) => evaluate(machine, frame, decorator));
  const scope = createScope('class', frame.scope);
  const fields: ClassField[] = [...named];
  const order: ClassValue['order'][number][] = [];
  const cls: ClassValue = {
    kind: 'class',
    name: definition.name ?? 'anonymous class',
    definition,
    unit: frame.unit,
    bases,
    order,
    members: scope.names,
    fields,
    isDataclass: named.length > 0 || decorators.some(isDataclassDecorator),
  };
  step(machine, bases.length ** 2);
  order.push(cls, ...linearize(bases));
  step(machine, order.length * bases.length ** 2);
  const inner: Frame = { ...frame, scope, owner: cls, pendingReturns: [], yields: null };
  declare(machine.journal, scope, '__qualname__', string(cls.name));
  for (const statement of definition.body) {
    step(machine);
    if (statement.kind === 'method') {
      const flavour = statement.accessor === 'get' ? 'getter' : statement.isStatic ? 'static' : 'plain';
      const method = makeFunction(machine, inner, statement.definition, {
        flavour: statement.accessor === 'set' ? 'setter' : flavour,
      });
      const name = statement.definition.name ?? '';
      declare(machine.journal, scope, statement.accessor === 'set' ? `${name} setter` : name, method);
    } else if (statement.kind === 'field') {
      const { value } = statement;
      const make = (self: Value | null): Value =>
        value === null ? UNDEFINED : evaluate(machine, { ...inner, self }, value);
      if (statement.isStatic) declare(machine.journal, scope, statement.name, make(cls));
      else fields.push({ name: statement.name, make: value === null ? null : () => make(null) });
    } else {
      runStatements(machine, inner, [statement]);
      noteDataclassField(machine, cls, statement, fields);
    }
  }
  if (order.some((entry) => entry.kind === 'external' && /^enum\.\w*(Enum|Flag)$/.test(entry.path))) nameMembers(cls);
  return cls;
}

function isDataclassDecorator(decorator: Value): boolean {
  const path = decorator.kind === 'external' ? decorator.path : decorator.kind === 'builtin' ? decorator.name : '';
  return path === 'dataclasses.dataclass' || path === 'attr.s' || path === 'attr.dataclass';
}

function noteDataclassField(
  machine: Machine,
  cls: ClassValue,
  statement: ClassParts['body'][number],
  fields: ClassField[],
): void {
  if (!cls.isDataclass || statement.kind !== 'assign' || statement.annotation === null) return;
  const [target] = statement.targets;
  if (target?.kind !== 'namePattern') return;
  const value = cls.members.get(target.id);
  const isFactory = value?.kind === 'builtin' && value.name === 'dataclasses.field';
  const make = value === undefined ? null : isFactory ? () => value.call(emptyCall, machine.context) : () => value;
  fields.push({ name: target.id, make });
}

const emptyCall: CallArguments = { positional: [], keywords: new Map(), open: null };

/** C3 linearization; where it has no answer, depth first. */
function linearize(bases: readonly Value[]): ClassValue['order'] {
  type Entry = ClassValue['order'][number];
  const entryOf = (base: Value): Entry =>
    base.kind === 'class' || base.kind === 'external' ? base : unknown('a base class that is not known');
  const [only, ...others] = bases;
  if (only !== undefined && others.length === 0) return only.kind === 'class' ? only.order : [entryOf(only)];
  const sequences: Entry[][] = [
    ...bases.map((base) => (base.kind === 'class' ? [...base.order] : [entryOf(base)])),
    bases.map(entryOf),
  ];
  const same = (left: Entry, right: Entry): boolean =>
    left === right || (left.kind === 'external' && right.kind === 'external' && left.path === right.path);
  const merged: Entry[] = [];
  let remaining = sequences.filter((sequence) => sequence.length > 0);
  while (remaining.length > 0) {
    const head =
      remaining
        .map((sequence) => sequence[0] as Entry)
        .find((entry) => !remaining.some((sequence) => sequence.slice(1).some((later) => same(later, entry)))) ??
      (remaining[0]?.[0] as Entry);
    merged.push(head);
    remaining = remaining
      .map((sequence) => sequence.filter((entry) => !same(entry, head)))
      .filter((sequence) => sequence.length > 0);
  }
  return merged;
}

export function instantiate(machine: Machine, cls: ClassValue, args: CallArguments): Value {
  const enumMember = cls.order.some((entry) => entry.kind === 'external' && entry.path.startsWith('enum.'));
  if (enumMember) return memberOf(cls, args.positional[0] ?? UNDEFINED) ?? unknown('an enumeration member');
  const top = machine.callSites[machine.callSites.length - 1];
  const instance: InstanceValue = {
    kind: 'instance',
    class: cls,
    attributes: new Map(),
    foreign: null,
    id: machine.nextId++,
    birth: nextBirth(),
    origin: { unit: top?.unit ?? null, span: top?.span ?? { start: 0, end: 0 }, args },
  };
  for (const observer of machine.observers) observer.constructing?.(instance);
  try {
    runConstructor(machine, cls, instance, args);
  } finally {
    for (const observer of machine.observers) observer.constructed?.(instance);
  }
  return instance;
}

function runConstructor(machine: Machine, cls: ClassValue, instance: InstanceValue, args: CallArguments): void {
  initializeFields(machine, cls, instance);
  const { constructorName } = cls.unit.semantics;
  if (findMember(cls, constructorName) !== null) {
    callValue(machine, getAttribute(machine, instance, constructorName), args);
  } else if (cls.isDataclass || cls.order.some((entry) => entry.kind === 'class' && entry.isDataclass)) {
    fillDataclass(machine, cls, instance, args);
  } else {
    for (const base of externalBases(machine, cls)) base.construct?.(instance, args, machine.context);
  }
}

function initializeFields(machine: Machine, cls: ClassValue, instance: InstanceValue): void {
  if (cls.unit.semantics.selfBinding !== 'this') return;
  for (const entry of [...cls.order].reverse()) {
    if (entry.kind !== 'class') continue;
    for (const field of entry.definition.body) {
      if (field.kind !== 'field' || field.isStatic) continue;
      const value =
        field.value === null ? UNDEFINED : evaluate(machine, fieldFrame(entry, instance, machine), field.value);
      machine.journal.setEntry(instance, instance.attributes, field.name, value);
    }
  }
}

function fieldFrame(cls: ClassValue, self: Value, machine: Machine): Frame {
  return {
    unit: cls.unit,
    scope: cls.unit.scope,
    semantics: cls.unit.semantics,
    self,
    firstArgument: null,
    owner: cls,
    functionName: cls.name,
    pendingReturns: [],
    yields: null,
    uncertainLoop: false,
    depth: machine.depth + 1,
  };
}

function fillDataclass(machine: Machine, cls: ClassValue, instance: InstanceValue, args: CallArguments): void {
  const fields = [...cls.order].reverse().flatMap((entry) => (entry.kind === 'class' ? [...entry.fields] : []));
  fields.forEach((field, idx) => {
    const given = args.positional[idx] ?? args.keywords.get(field.name);
    const value =
      given ?? (args.open !== null ? unknown(args.open) : (field.make?.() ?? unknown(`${field.name} is not given`)));
    machine.journal.setEntry(instance, instance.attributes, field.name, value);
  });
  if (findMember(cls, '__post_init__') !== null) {
    callValue(machine, getAttribute(machine, instance, '__post_init__'), emptyCall);
  }
}

/** `isinstance(value, cls)` for a user's class; null where an unknown base may decide it. */
export function isInstanceOf(value: Value, cls: ClassValue): boolean | null {
  if (value.kind === 'unknown') return null;
  if (value.kind !== 'instance') return false;
  if (value.class.order.includes(cls)) return true;
  const same = value.class.order.some(
    (entry) =>
      entry.kind === 'class' && entry.unit.path === cls.unit.path && entry.definition.start === cls.definition.start,
  );
  if (same) return true;
  return value.class.order.some((entry) => entry.kind === 'unknown') ? null : false;
}
