/**
 * What differs between languages when the shared tree is evaluated. The interpreter asks these for
 * built-in values only; instances, classes, functions and foreign objects are handled in one place for
 * all languages. To plug in a language: lower to language/syntax/ast.ts, write one `Semantics`, and
 * register it in `createMachine` (machine.ts). null always means "not known".
 */
import type { BinaryOperator, CompareOperator, Language, SourceModule } from '../syntax/ast.ts';
import type { CallContext } from './library.ts';
import type { Machine, SourceUnit } from './machine.ts';
import type { Value } from './values.ts';

export interface Semantics {
  readonly language: Language;
  /** File name endings, with the dot. */
  readonly extensions: readonly string[];
  parse(text: string): SourceModule;
  /** `__init__` or `constructor`. */
  readonly constructorName: string;
  /** Methods get the instance as first parameter, or as `this`. */
  readonly selfBinding: 'parameter' | 'this';
  /** Assignment binds in the function around (Python), or where the name is declared (JavaScript). */
  readonly assignment: 'local' | 'resolved';
  /** Missing arguments and attributes are `undefined` instead of an error. */
  readonly isLenient: boolean;
  truth(value: Value, context: CallContext): boolean | null;
  unary(operator: '-' | '+' | '~', operand: Value): Value | null;
  binary(operator: BinaryOperator, left: Value, right: Value, context: CallContext): Value | null;
  compare(operator: CompareOperator, left: Value, right: Value, context: CallContext): Value | null;
  /** Attributes and methods of built-in values; for instances and classes only what is not found there. */
  attribute(object: Value, name: string, context: CallContext): Value | null;
  /** False: cannot be set. */
  setAttribute(object: Value, name: string, value: Value, context: CallContext): boolean;
  index(object: Value, index: Value, context: CallContext): Value | null;
  setIndex(object: Value, index: Value, value: Value, context: CallContext): boolean;
  /** Items of a loop; `keys` for JavaScript's `for … in`. */
  iterate(value: Value, over: 'of' | 'in', context: CallContext): readonly Value[] | null;
  /** Text of a value in templates; null where it is not known. */
  format(value: Value, spec: string | null): string | null;
  /** Built-in names: `range`, `Math`. */
  global(name: string): Value | null;
  /** What `instance op other` calls: `__add__`; null in languages without operator methods. */
  operatorMethod(operator: BinaryOperator | CompareOperator, reflected: boolean): string | null;
  /** Before a file's top level runs; what it gives is called after. */
  beginModule?(unit: SourceUnit): (() => void) | null;
  /** Binds what an import statement names; see modules.ts. */
  importPath(machine: Machine, unit: SourceUnit, path: string): Value;
}
