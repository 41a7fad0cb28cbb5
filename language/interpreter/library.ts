/**
 * How knowledge about code outside the workspace is plugged in: a library answers for dotted names
 * (`torch.nn.Conv2d`, `math.sqrt`, `tf.layers.dense`). The first library that answers wins; a call that
 * none answers is unknown with the name as its reason. Also what a call hands over: its arguments and
 * its surroundings.
 */
import type { Site } from '../../core/graph/modelGraph.ts';
import type { Journal } from './journal.ts';
import type { Machine } from './machine.ts';
import type { ClassValue, InstanceValue, Value } from './values.ts';

export interface CallArguments {
  readonly positional: readonly Value[];
  readonly keywords: ReadonlyMap<string, Value>;
  /** Why there may be other arguments than these (`*unknown`); null where there are none. */
  readonly open: string | null;
}

/** Where a call stands, and everything it may use. */
export interface CallContext {
  readonly machine: Machine;
  readonly journal: Journal;
  /** The innermost call in the user's own source. */
  site(): Site;
  /** The callers of `site`, innermost first. */
  callers(): readonly { readonly file: string; readonly line: number }[];
  call(callee: Value, args: CallArguments): Value;
  getAttribute(object: Value, name: string): Value;
  /** The items of a loop, or null where they are not known. */
  iterate(value: Value): readonly Value[] | null;
  truth(value: Value): boolean | null;
}

export interface Library {
  readonly name: string;
  /** The value of a dotted name where it is not a name to call: `math.pi`; null: not ours, or only callable. */
  constant?(path: string, context: CallContext): Value | null;
  /** A call of a dotted name; null: not ours. */
  call?(path: string, args: CallArguments, context: CallContext): Value | null;
  /** Whether a dotted name exists, for `from x import *`. */
  knows?(path: string): boolean;
  /** A class that people inherit from; null: not ours. */
  baseClass?(path: string): ExternalBase | null;
}

/** What a subclass of an external class inherits. */
export interface ExternalBase {
  /** Dotted names that `isinstance` accepts, most specific first. */
  readonly typePaths: readonly string[];
  /** The base's own constructor, as `super().__init__(...)` runs it. */
  construct?(self: InstanceValue, args: CallArguments, context: CallContext): void;
  /** A call of the instance. */
  call?(self: InstanceValue, args: CallArguments, context: CallContext): Value | null;
  attribute?(self: InstanceValue, name: string, context: CallContext): Value | null;
  /** What it offers on the class itself. */
  ofClass?(cls: ClassValue, name: string, context: CallContext): Value | null;
  setAttribute?(self: InstanceValue, name: string, value: Value, context: CallContext): boolean;
}

export function noArguments(): CallArguments {
  return { positional: [], keywords: new Map(), open: null };
}

export function positional(...values: readonly Value[]): CallArguments {
  return { positional: values, keywords: new Map(), open: null };
}

/** The argument at a position or of a name, whichever is given. */
export function argument(args: CallArguments, position: number, name: string): Value | undefined {
  return args.keywords.get(name) ?? args.positional[position];
}

/** Arguments without their first, for methods called through their class. */
export function withoutFirst(args: CallArguments): CallArguments {
  return { ...args, positional: args.positional.slice(1) };
}
