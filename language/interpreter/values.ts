/**
 * What an expression can be worth to the analysis. A value is known, a foreign object that a framework
 * answers for (a tensor, a layer), an external name that no workspace file defines, or unknown with the
 * reason in words for the user. Mutable values are changed only through journal.ts, so that both sides
 * of a branch that cannot be decided can be followed and joined.
 */
import type { ClassParts, FunctionParts, Span } from '../syntax/ast.ts';
import type { ForeignObject } from './foreign.ts';
import type { CallArguments, CallContext } from './library.ts';
import type { SourceUnit } from './machine.ts';
import type { Scope } from './scope.ts';

export type Value =
  | NoneValue
  | BoolValue
  | NumberValue
  | StringValue
  | ListValue
  | TupleValue
  | DictValue
  | SetValue
  | RangeValue
  | SliceValue
  | FunctionValue
  | BuiltinValue
  | BoundValue
  | ClassValue
  | InstanceValue
  | SuperValue
  | ModuleValue
  | ForeignValue
  | ExternalValue
  | UnknownValue;

export interface NoneValue {
  /** `undefined` is JavaScript's; `None` and `null` are `none`. */
  readonly kind: 'none' | 'undefined' | 'ellipsis';
}

export interface BoolValue {
  readonly kind: 'bool';
  readonly value: boolean;
}

export interface NumberValue {
  readonly kind: 'number';
  readonly value: number;
  /** Python's int; JavaScript numbers are integers where they are whole. */
  readonly isInteger: boolean;
}

export interface StringValue {
  readonly kind: 'string';
  readonly value: string;
}

export interface ListValue {
  readonly kind: 'list';
  items: Value[];
  /** Why the contents are not known (then `items` is empty); null where they are. */
  unknown: string | null;
  /** A generator or iterator: consumed from the front by `next`. */
  readonly isIterator?: boolean;
}

export interface TupleValue {
  readonly kind: 'tuple';
  readonly items: readonly Value[];
  /** Field names of a namedtuple or of a size. */
  readonly names?: readonly string[];
  /** It is the size of a tensor: `FloatTensor(x.size())` makes one of that size. */
  readonly isSize?: true;
}

export interface DictValue {
  readonly kind: 'dict';
  entries: Map<string, { readonly key: Value; readonly value: Value }>;
  /** Why there may be other entries than these; null where there are none. */
  open: string | null;
  /** Made for keys that are missing: defaultdict's factory. */
  readonly factory?: Value;
}

export interface SetValue {
  readonly kind: 'set';
  entries: Map<string, Value>;
  unknown: string | null;
}

export interface RangeValue {
  readonly kind: 'range';
  readonly start: number;
  readonly stop: number;
  readonly step: number;
}

export interface SliceValue {
  readonly kind: 'slice';
  readonly lower: Value | null;
  readonly upper: Value | null;
  readonly step: Value | null;
}

export interface FunctionValue {
  readonly kind: 'function';
  readonly definition: FunctionParts;
  readonly unit: SourceUnit;
  readonly scope: Scope;
  /** Evaluated once, where the function is defined; by parameter position. */
  readonly defaults: readonly (Value | null)[];
  readonly name: string;
  /** The class whose body defines it: what `super()` starts from. */
  readonly owner: ClassValue | null;
  /** `this` of the surroundings, for arrow functions. */
  readonly lexicalThis: Value | null;
  readonly flavour: 'plain' | 'static' | 'class' | 'property' | 'getter' | 'setter';
  /** Functions are objects: `forward.calls = 0`. */
  readonly attributes: Map<string, Value>;
}

export interface BuiltinValue {
  readonly kind: 'builtin';
  readonly name: string;
  readonly call: (args: CallArguments, context: CallContext) => Value;
  /** Class-like builtins (`list`, `dict`, `Math`) answer `isinstance` and static members by this name. */
  readonly typeName?: string;
  /** Of a named tuple: what a class that is based on it is made of. */
  readonly fields?: readonly ClassField[];
}

export interface BoundValue {
  readonly kind: 'bound';
  readonly callee: Value;
  readonly self: Value;
}

export interface ClassValue {
  readonly kind: 'class';
  readonly name: string;
  readonly definition: ClassParts;
  readonly unit: SourceUnit;
  readonly bases: readonly Value[];
  /** Method resolution order, itself first; ends with external and unknown bases. */
  readonly order: readonly (ClassValue | ExternalValue | UnknownValue)[];
  readonly members: Map<string, Value>;
  /** JavaScript fields with initializers, and dataclass fields, in order. */
  readonly fields: readonly ClassField[];
  readonly isDataclass: boolean;
}

export interface ClassField {
  readonly name: string;
  readonly make: (() => Value) | null;
}

export interface InstanceValue {
  readonly kind: 'instance';
  readonly class: ClassValue;
  readonly attributes: Map<string, Value>;
  /** What an external base class answers for: the layer of a subclass of `nn.Conv2d`. */
  foreign: ForeignObject | null;
  readonly id: number;
  readonly birth: number;
  /** Where and with what it was constructed. */
  readonly origin: Origin;
}

export interface Origin {
  readonly unit: SourceUnit | null;
  readonly span: Span;
  readonly args: CallArguments;
}

export interface SuperValue {
  readonly kind: 'super';
  readonly class: ClassValue;
  readonly self: Value;
}

export interface ModuleValue {
  readonly kind: 'module';
  readonly unit: SourceUnit;
}

export interface ForeignValue {
  readonly kind: 'foreign';
  readonly object: ForeignObject;
}

/** A name outside the workspace: `torch.nn.Conv2d`. Libraries know what some of them do. */
export interface ExternalValue {
  readonly kind: 'external';
  readonly path: string;
}

export interface UnknownValue {
  readonly kind: 'unknown';
  readonly reason: string;
  /** A number of which this much is known: `times` another one and `by` more (unknownNumbers.ts). */
  readonly counted?: { readonly from: object; readonly times: number; readonly by: number };
}

/** Sequences and texts grow no further than this by joining: what doubles in a loop ends as unknown. */
export const MAX_JOINED_ITEMS = 65_536;
export const MAX_JOINED_TEXT = 1_000_000;
/** Values share their parts: `x = (x, x)` in a loop is small, and a walk over it without an end. */
export const MAX_WALK = 4096;

/** How many parts a walk may still see. */
export interface Walk {
  left: number;
}

export const NONE: NoneValue = { kind: 'none' };
export const UNDEFINED: NoneValue = { kind: 'undefined' };
export const ELLIPSIS: NoneValue = { kind: 'ellipsis' };
export const TRUE: BoolValue = { kind: 'bool', value: true };
export const FALSE: BoolValue = { kind: 'bool', value: false };

export function bool(value: boolean): BoolValue {
  return value ? TRUE : FALSE;
}

export function int(value: number): NumberValue {
  return { kind: 'number', value, isInteger: true };
}

export function float(value: number): NumberValue {
  return { kind: 'number', value, isInteger: false };
}

export function string(value: string): StringValue {
  return { kind: 'string', value };
}

export function list(items: Value[]): ListValue {
  return { kind: 'list', items, unknown: null };
}

export function unknownList(reason: string): ListValue {
  return { kind: 'list', items: [], unknown: reason };
}

export function iterator(items: Value[]): ListValue {
  return { kind: 'list', items, unknown: null, isIterator: true };
}

export function tuple(items: readonly Value[]): TupleValue {
  return { kind: 'tuple', items };
}

export function dict(entries: Iterable<readonly [string, Value]> = []): DictValue {
  const map = new Map<string, { key: Value; value: Value }>();
  for (const [key, value] of entries) map.set(`s${key}`, { key: string(key), value });
  return { kind: 'dict', entries: map, open: null };
}

export function unknown(reason: string): UnknownValue {
  return { kind: 'unknown', reason };
}

export function external(path: string): ExternalValue {
  return { kind: 'external', path };
}

export function foreign(object: ForeignObject): ForeignValue {
  return { kind: 'foreign', object };
}

export function builtin(name: string, call: BuiltinValue['call'], typeName?: string): BuiltinValue {
  return typeName === undefined ? { kind: 'builtin', name, call } : { kind: 'builtin', name, call, typeName };
}

/** A key of dictionaries and sets; null where the value cannot be one or is not known. */
export function keyOf(value: Value): string | null {
  switch (value.kind) {
    case 'string':
      return `s${value.value}`;
    case 'number':
      return `n${value.value}`;
    case 'bool':
      return `n${value.value ? 1 : 0}`;
    case 'none':
    case 'undefined':
    case 'ellipsis':
      return value.kind;
    case 'tuple':
      return tupleKey(value, { left: MAX_WALK });
    case 'external':
      return `e${value.path}`;
    case 'class':
      return `c${value.unit.path}:${value.definition.start}`;
    case 'function':
      return `f${value.unit.path}:${value.definition.start}`;
    case 'instance':
      return `i${value.id}`;
    case 'foreign':
      return value.object.key === undefined ? null : `o${value.object.key}`;
    default:
      return null;
  }
}

function tupleKey({ items }: TupleValue, room: Walk): string | null {
  const keys: string[] = [];
  for (const item of items) {
    if (room.left-- <= 0) return null;
    const key = item.kind === 'tuple' ? tupleKey(item, room) : keyOf(item);
    if (key === null) return null;
    keys.push(key);
  }
  return `(${keys.join(',')})`;
}

/** Equal for sure: the same object, or the same known data. */
export function sameValue(left: Value, right: Value, room: Walk = { left: MAX_WALK }): boolean {
  if (left === right) return true;
  if (left.kind !== right.kind || room.left-- <= 0) return false;
  switch (left.kind) {
    case 'none':
    case 'undefined':
    case 'ellipsis':
      return true;
    case 'bool':
    case 'string':
      return left.value === (right as typeof left).value;
    case 'number': {
      const other = right as NumberValue;
      return left.value === other.value && left.isInteger === other.isInteger;
    }
    case 'tuple': {
      const other = right as TupleValue;
      return (
        left.items.length === other.items.length &&
        left.items.every((item, idx) => sameValue(item, other.items[idx] ?? NONE, room))
      );
    }
    case 'external':
      return left.path === (right as ExternalValue).path;
    case 'range': {
      const other = right as RangeValue;
      return left.start === other.start && left.stop === other.stop && left.step === other.step;
    }
    case 'function':
      return left.definition === (right as FunctionValue).definition && left.scope === (right as FunctionValue).scope;
    case 'bound': {
      const other = right as BoundValue;
      return sameValue(left.callee, other.callee, room) && sameValue(left.self, other.self, room);
    }
    case 'foreign':
      return left.object === (right as ForeignValue).object;
    case 'module':
      return left.unit === (right as ModuleValue).unit;
    default:
      return false;
  }
}

/** The words for a value in messages: `a list`, `unknown`. */
export function describe(value: Value): string {
  switch (value.kind) {
    case 'foreign':
      return `a ${value.object.typeName}`;
    case 'instance':
      return `a ${value.class.name}`;
    case 'external':
      return value.path;
    case 'class':
      return `the class ${value.name}`;
    case 'function':
      return `the function ${value.name}`;
    case 'unknown':
      return `unknown (${value.reason})`;
    case 'number':
    case 'bool':
      return String(value.value);
    case 'string':
      return `'${value.value.slice(0, 40)}'`;
    case 'tuple':
      return value.items.some(({ kind }) => kind === 'tuple') || value.items.length > 16
        ? 'a tuple'
        : `(${value.items.map(describe).join(', ')})`;
    default:
      return `a ${value.kind}`;
  }
}
