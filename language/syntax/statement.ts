/**
 * The statements of the typed syntax tree (ast.ts), with its invariants: what Python and TypeScript/JavaScript
 * have in common is one kind, and what only one of them has says so.
 */
import type { BinaryOperator, ClassParts, Expression, FunctionParts, Pattern, Span } from './ast.ts';

export type Statement =
  | ExpressionStatement
  | AssignStatement
  | AugmentedStatement
  | FunctionStatement
  | ClassStatement
  | MethodStatement
  | FieldStatement
  | IfStatement
  | ForStatement
  | ClassicForStatement
  | WhileStatement
  | SwitchStatement
  | TryStatement
  | WithStatement
  | ReturnStatement
  | RaiseStatement
  | JumpStatement
  | ImportStatement
  | FromImportStatement
  | ExportStatement
  | ScopeStatement
  | DeleteStatement
  | AssertStatement
  | BlockStatement
  | EmptyStatement;

export interface ExpressionStatement extends Span {
  readonly kind: 'expression';
  readonly expression: Expression;
}

/** `a = b = value`; `x: int` has a null value. A JavaScript declaration without initializer has one too. */
export interface AssignStatement extends Span {
  readonly kind: 'assign';
  readonly targets: readonly Pattern[];
  readonly value: Expression | null;
  readonly annotation: Expression | null;
  /** null in Python; `const` and `let` are block-scoped. */
  readonly declaration: 'const' | 'let' | 'var' | null;
}

export interface AugmentedStatement extends Span {
  readonly kind: 'augmented';
  readonly target: Pattern;
  readonly operator: BinaryOperator;
  readonly value: Expression;
}

export interface FunctionStatement extends Span {
  readonly kind: 'functionDefinition';
  readonly definition: FunctionParts;
}

export interface ClassStatement extends Span {
  readonly kind: 'classDefinition';
  readonly definition: ClassParts;
}

/** A JavaScript class member function; `constructor` is named so. */
export interface MethodStatement extends Span {
  readonly kind: 'method';
  readonly definition: FunctionParts;
  readonly isStatic: boolean;
  readonly accessor: 'get' | 'set' | null;
}

/** A JavaScript class field. */
export interface FieldStatement extends Span {
  readonly kind: 'field';
  readonly name: string;
  readonly value: Expression | null;
  readonly isStatic: boolean;
}

export interface IfStatement extends Span {
  readonly kind: 'if';
  readonly test: Expression;
  readonly whenTrue: readonly Statement[];
  readonly whenFalse: readonly Statement[];
}

export interface ForStatement extends Span {
  readonly kind: 'for';
  readonly target: Pattern;
  readonly iterable: Expression;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[];
  /** `in` is JavaScript's loop over keys; Python's loops are `of`. */
  readonly over: 'of' | 'in';
  /** JavaScript: the target is declared per iteration. */
  readonly declaration: 'const' | 'let' | 'var' | null;
}

export interface ClassicForStatement extends Span {
  readonly kind: 'classicFor';
  readonly init: Statement | null;
  readonly test: Expression | null;
  readonly update: Expression | null;
  readonly body: readonly Statement[];
}

export interface WhileStatement extends Span {
  readonly kind: 'while';
  readonly test: Expression;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[];
  /** `do … while`: the body runs before the first test. */
  readonly testAfter: boolean;
}

/** JavaScript's switch (falls through) and Python's match on literals. */
export interface SwitchStatement extends Span {
  readonly kind: 'switch';
  readonly subject: Expression;
  readonly cases: readonly SwitchCase[];
  readonly fallsThrough: boolean;
}

export interface SwitchCase extends Span {
  /** null: default, or Python's `case _`. Several for `case 1 | 2`. */
  readonly tests: readonly Expression[] | null;
  readonly body: readonly Statement[];
}

export interface TryStatement extends Span {
  readonly kind: 'try';
  readonly body: readonly Statement[];
  readonly handlers: readonly ExceptHandler[];
  readonly otherwise: readonly Statement[];
  readonly finalizer: readonly Statement[];
}

export interface ExceptHandler extends Span {
  readonly type: Expression | null;
  readonly target: Pattern | null;
  readonly body: readonly Statement[];
}

export interface WithStatement extends Span {
  readonly kind: 'with';
  readonly items: readonly { readonly context: Expression; readonly target: Pattern | null }[];
  readonly body: readonly Statement[];
}

export interface ReturnStatement extends Span {
  readonly kind: 'return';
  readonly value: Expression | null;
}

export interface RaiseStatement extends Span {
  readonly kind: 'raise';
  readonly value: Expression | null;
}

export interface JumpStatement extends Span {
  readonly kind: 'break' | 'continue';
  readonly label: string | null;
}

/** Python's `import a.b as c`; with an alias the name binds the whole path, else its first part. */
export interface ImportStatement extends Span {
  readonly kind: 'import';
  readonly modules: readonly { readonly path: string; readonly alias: string | null }[];
}

/**
 * `from ..a import b as c`: path `..a` (leading dots kept). JavaScript: path is the specifier;
 * `import d from 'x'` imports the name `default`, `import * as n` has `namespace` set.
 */
export interface FromImportStatement extends Span {
  readonly kind: 'fromImport';
  readonly path: string;
  readonly names: readonly { readonly name: string; readonly alias: string | null }[];
  /** Python's `import *`. */
  readonly star: boolean;
  readonly namespace: string | null;
}

/** JavaScript's exports; a re-export is a `fromImport` inside. `isDefault`: the value is `default`. */
export interface ExportStatement extends Span {
  readonly kind: 'export';
  readonly declaration: Statement | null;
  /** `export { a as b }`. */
  readonly names: readonly { readonly name: string; readonly alias: string | null }[];
  /** `export … from path`; null otherwise. */
  readonly from: string | null;
  /** `export default <expression>`. */
  readonly defaultValue: Expression | null;
  /** The declaration is the default export. */
  readonly isDefault: boolean;
  /** `export * from`. */
  readonly star: boolean;
}

export interface ScopeStatement extends Span {
  readonly kind: 'global' | 'nonlocal';
  readonly names: readonly string[];
}

export interface DeleteStatement extends Span {
  readonly kind: 'delete';
  readonly targets: readonly Expression[];
}

export interface AssertStatement extends Span {
  readonly kind: 'assert';
  readonly test: Expression;
}

/** A JavaScript block, and declarations that were one statement in the source. */
export interface BlockStatement extends Span {
  readonly kind: 'block';
  readonly body: readonly Statement[];
  /** False for `let a = 1, b = 2`, which belongs to the surrounding scope. */
  readonly ownScope: boolean;
}

/** `pass`, `;`, type declarations; `error` is text that could not be understood. */
export interface EmptyStatement extends Span {
  readonly kind: 'empty' | 'error';
}
