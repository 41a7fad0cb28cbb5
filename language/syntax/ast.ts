/**
 * The typed syntax tree shared by Python and TypeScript/JavaScript; its statements are in statement.ts. Only the lowerings
 * (`python*.ts`, `javascript*.ts`) see parser nodes; everything after them reads this tree.
 *
 * Invariants: every node has a span in offsets of the source text (end exclusive); a child's span lies
 * within its parent's, but for decorators, which stand before the definition they belong to; text that could not be understood is an `unknown` expression or an `error`
 * statement, so any input gives a tree. Lines come from a `LineMap`, never from the nodes.
 *
 * How a second language plugs in: lower to these kinds (`None`, `null` → `none`; `undefined` →
 * `undefined`; object literals → `dict`; arrow functions and function expressions → `lambda`;
 * `i++` → `assignExpression` with `postfix`; class members → `method` and `field` statements inside
 * `classDefinition`; TypeScript types, `as`, `!` and `satisfies` vanish), then give the interpreter a
 * `Semantics` record (language/interpreter/semantics.ts) for what differs at run time.
 */

import type { Statement } from './statement.ts';

/** Offsets into the source text; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Language = 'python' | 'javascript';

export interface SourceModule {
  readonly language: Language;
  readonly body: readonly Statement[];
  /** Comments in source order, text without its marker: `# slimwise: …` → ` slimwise: …`. */
  readonly comments: readonly Comment[];
  readonly errors: readonly SyntaxProblem[];
}

export interface Comment extends Span {
  readonly text: string;
}

export interface SyntaxProblem extends Span {
  readonly message: string;
}

// Expressions

export type Expression =
  | NameExpression
  | NumberExpression
  | StringExpression
  | TemplateExpression
  | ConstantExpression
  | SequenceExpression
  | DictExpression
  | CallExpression
  | MemberExpression
  | IndexExpression
  | SliceExpression
  | UnaryExpression
  | BinaryExpression
  | LogicalExpression
  | CompareExpression
  | TernaryExpression
  | LambdaExpression
  | ClassExpression
  | ComprehensionExpression
  | SpreadExpression
  | AssignExpression
  | AwaitExpression
  | YieldExpression
  | CommaExpression
  | UnknownExpression;

/** `this` and `super` are names too. */
export type NameExpression = Span & { readonly kind: 'name'; readonly id: string };

export interface NumberExpression extends Span {
  readonly kind: 'number';
  readonly value: number;
  /** Written without point or exponent; Python tells 2 from 2.0. */
  readonly isInteger: boolean;
}

export type StringExpression = Span & { readonly kind: 'string'; readonly value: string };

/** An f-string or template literal. */
export interface TemplateExpression extends Span {
  readonly kind: 'template';
  readonly parts: readonly (string | TemplateHole)[];
}

export interface TemplateHole {
  readonly value: Expression;
  /** Python's format specification without the colon: `02d`; null where there is none. */
  readonly spec: string | null;
}

export interface ConstantExpression extends Span {
  readonly kind: 'true' | 'false' | 'none' | 'undefined' | 'ellipsis';
}

export interface SequenceExpression extends Span {
  readonly kind: 'list' | 'tuple' | 'set';
  /** Items may be `spread`. */
  readonly items: readonly Expression[];
}

export interface DictExpression extends Span {
  readonly kind: 'dict';
  readonly entries: readonly DictEntry[];
}

export interface DictEntry extends Span {
  /** null: `value` is spread into the dictionary. A JavaScript key is a string expression unless computed. */
  readonly key: Expression | null;
  readonly value: Expression;
}

export interface CallExpression extends Span {
  readonly kind: 'call';
  readonly callee: Expression;
  readonly args: readonly Argument[];
  /** `new X(...)`. */
  readonly isNew: boolean;
  /** `f?.(...)`. */
  readonly optional: boolean;
}

export interface Argument extends Span {
  readonly kind: 'positional' | 'keyword' | 'spread' | 'keywordSpread';
  /** Set for `keyword` only. */
  readonly name: string | null;
  readonly value: Expression;
}

export interface MemberExpression extends Span {
  readonly kind: 'member';
  readonly object: Expression;
  readonly property: string;
  /** Span of the property's name. */
  readonly propertySpan: Span;
  /** `a?.b`. */
  readonly optional: boolean;
}

export interface IndexExpression extends Span {
  readonly kind: 'index';
  readonly object: Expression;
  /** `a[1:2, 0]` has a tuple of slices and expressions. */
  readonly index: Expression;
  readonly optional: boolean;
}

export interface SliceExpression extends Span {
  readonly kind: 'slice';
  readonly lower: Expression | null;
  readonly upper: Expression | null;
  readonly step: Expression | null;
}

export interface UnaryExpression extends Span {
  readonly kind: 'unary';
  readonly operator: '-' | '+' | '~' | 'not' | 'typeof' | 'void' | 'delete';
  readonly operand: Expression;
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**' | '@' | '<<' | '>>' | '>>>' | '&' | '|' | '^';

export interface BinaryExpression extends Span {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export interface LogicalExpression extends Span {
  readonly kind: 'logical';
  readonly operator: 'and' | 'or' | 'nullish';
  readonly left: Expression;
  readonly right: Expression;
}

export type CompareOperator =
  '==' | '!=' | '===' | '!==' | '<' | '<=' | '>' | '>=' | 'in' | 'not in' | 'is' | 'is not' | 'instanceof' | 'has key';

/** `a < b <= c`; one link in JavaScript. JavaScript's `'k' in object` is `has key`. */
export interface CompareExpression extends Span {
  readonly kind: 'compare';
  readonly first: Expression;
  readonly links: readonly { readonly operator: CompareOperator; readonly operand: Expression }[];
}

export interface TernaryExpression extends Span {
  readonly kind: 'ternary';
  readonly test: Expression;
  readonly whenTrue: Expression;
  readonly whenFalse: Expression;
}

export type LambdaExpression = Span & { readonly kind: 'lambda'; readonly definition: FunctionParts };

export type ClassExpression = Span & { readonly kind: 'class'; readonly definition: ClassParts };

export interface ComprehensionExpression extends Span {
  readonly kind: 'comprehension';
  readonly flavour: 'list' | 'set' | 'dict' | 'generator';
  readonly element: Expression;
  /** The value of a dict comprehension, whose `element` is the key. */
  readonly value: Expression | null;
  readonly clauses: readonly ComprehensionClause[];
}

export type ComprehensionClause =
  | { readonly kind: 'for'; readonly target: Pattern; readonly iterable: Expression }
  | { readonly kind: 'if'; readonly test: Expression };

/** `*xs` or `...xs` inside a list, tuple, set or index. */
export type SpreadExpression = Span & { readonly kind: 'spread'; readonly value: Expression };

/** `(n := 3)`, `a = b`, `a += b`, `i++` where a value is expected. */
export interface AssignExpression extends Span {
  readonly kind: 'assignExpression';
  readonly target: Pattern;
  /** null: plain assignment; `nullish`, `and`, `or` for `??=`, `&&=`, `||=`. */
  readonly operator: BinaryOperator | 'nullish' | 'and' | 'or' | null;
  readonly value: Expression;
  /** The expression's value is the one from before (`i++`). */
  readonly postfix: boolean;
}

export type AwaitExpression = Span & { readonly kind: 'await'; readonly value: Expression };

export interface YieldExpression extends Span {
  readonly kind: 'yield';
  readonly value: Expression | null;
  readonly delegate: boolean;
}

/** JavaScript's comma operator. */
export type CommaExpression = Span & { readonly kind: 'comma'; readonly items: readonly Expression[] };

export interface UnknownExpression extends Span {
  readonly kind: 'unknown';
  /** What stood here: `regular expression`, `syntax error`. */
  readonly what: string;
}

// Patterns: what can be assigned to

export type Pattern =
  NamePattern | PlacePattern | SequencePattern | ObjectPattern | RestPattern | DefaultPattern | UnknownPattern;

export type NamePattern = Span & { readonly kind: 'namePattern'; readonly id: string };

/** `self.x`, `a[0]`. */
export interface PlacePattern extends Span {
  readonly kind: 'placePattern';
  readonly place: MemberExpression | IndexExpression;
}

export interface SequencePattern extends Span {
  readonly kind: 'sequencePattern';
  /** null: a hole in a JavaScript array pattern. */
  readonly items: readonly (Pattern | null)[];
}

export interface ObjectPattern extends Span {
  readonly kind: 'objectPattern';
  readonly entries: readonly { readonly key: Expression; readonly target: Pattern }[];
  readonly rest: Pattern | null;
}

/** `*rest` or `...rest` inside a sequence pattern. */
export type RestPattern = Span & { readonly kind: 'restPattern'; readonly target: Pattern };

export interface DefaultPattern extends Span {
  readonly kind: 'defaultPattern';
  readonly target: Pattern;
  readonly value: Expression;
}

export interface UnknownPattern extends Span {
  readonly kind: 'unknownPattern';
}

// Functions and classes

export interface Parameter extends Span {
  readonly kind: 'positional' | 'varPositional' | 'keywordOnly' | 'varKeyword';
  readonly target: Pattern;
  readonly defaultValue: Expression | null;
  readonly annotation: Expression | null;
}

export interface FunctionParts extends Span {
  /** null for lambdas. */
  readonly name: string | null;
  readonly parameters: readonly Parameter[];
  /** A lambda's expression body is one `return`. */
  readonly body: readonly Statement[];
  readonly decorators: readonly Expression[];
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
  /** `lexical`: `this` is that of the surrounding function (arrows); Python functions are `dynamic`. */
  readonly thisBinding: 'dynamic' | 'lexical';
}

export interface ClassParts extends Span {
  readonly name: string | null;
  /** Python: bases and keywords such as `metaclass=`; JavaScript: the `extends` expression. */
  readonly bases: readonly Argument[];
  readonly body: readonly Statement[];
  readonly decorators: readonly Expression[];
}
