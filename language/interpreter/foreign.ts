/**
 * Objects that a framework or library answers for: tensors, layers, argument parsers, data sets.
 * Every method is optional; null means "not mine", and the interpreter then says unknown.
 * Their mutable state is changed through `context.journal`, like that of any other value.
 */
import type { BinaryOperator, CompareOperator } from '../syntax/ast.ts';
import type { CallArguments, CallContext } from './library.ts';
import type { Value } from './values.ts';

export interface ForeignObject {
  /** As the user knows it: `Tensor`, `Conv2d`. */
  readonly typeName: string;
  /** Dotted names for `isinstance`, most specific first: `torch.nn.Conv2d`, `torch.nn.Module`. */
  readonly typePaths: readonly string[];
  /** What it is as a key of dictionaries and sets; without it, it is none. */
  readonly key?: string;
  attribute?(name: string, context: CallContext): Value | null;
  setAttribute?(name: string, value: Value, context: CallContext): boolean;
  call?(args: CallArguments, context: CallContext): Value;
  index?(index: Value, context: CallContext): Value | null;
  setIndex?(index: Value, value: Value, context: CallContext): boolean;
  /** `self op other`, or `other op self` where `reflected`. */
  binary?(operator: BinaryOperator, other: Value, reflected: boolean, context: CallContext): Value | null;
  compare?(operator: CompareOperator, other: Value, context: CallContext): Value | null;
  unary?(operator: '-' | '+' | '~', context: CallContext): Value | null;
  /** The items of a loop over it, or null where their number is not known. */
  iterate?(context: CallContext): readonly Value[] | null;
  /** One item of a loop whose number of turns is not known: a batch of a data loader. */
  sample?(context: CallContext): Value | null;
  length?(context: CallContext): Value | null;
  truth?(): boolean | null;
  /** A copy of its own, for `copy.deepcopy`; without it copies are the object itself. */
  copy?(): ForeignObject;
  /** What stands for either of two objects where a branch cannot be decided; null: unknown. */
  join?(other: ForeignObject, reason: string, context: CallContext): ForeignObject | null;
}
