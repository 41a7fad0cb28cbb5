/**
 * What a function is certain to read when it is called: names, and attributes of its first parameter. Only what
 * stands on the one way that every call takes counts: not what a condition, a handler, a `with` (which may
 * swallow exceptions), a short-circuit or an inner function guards, and nothing after a conditional `return`.
 * A loop's body counts where its list is written out and not empty.
 */
import type { Expression, FunctionParts, NameExpression, Pattern } from '../../syntax/ast.ts';
import type { Statement } from '../../syntax/statement.ts';
import type { MemberExpression } from '../../syntax/ast.ts';
import { partsOf, type Node } from './fileNames.ts';

export interface CertainReads {
  readonly names: readonly NameExpression[];
  /** `self.width`. */
  readonly attributes: readonly MemberExpression[];
}

export function certainReads(definition: FunctionParts, self: string): CertainReads {
  const names: NameExpression[] = [];
  const attributes: MemberExpression[] = [];
  followStatements(definition.body, (expression) => {
    if (expression.kind === 'name') names.push(expression);
    else if (expression.object.kind === 'name' && expression.object.id === self) attributes.push(expression);
  });
  return { names, attributes };
}

type Note = (expression: NameExpression | MemberExpression) => void;

/** False where the way may end. */
function followStatements(body: readonly Statement[], note: Note): boolean {
  return body.every((statement) => {
    followStatement(statement, note);
    return !mayLeave(statement);
  });
}

function mayLeave(statement: Statement): boolean {
  const leaves = (node: Node): boolean => {
    if (/^(return|raise|break|continue|yield|await)$/.test(node.kind)) return true;
    if (/^(functionDefinition|classDefinition|lambda)$/.test(node.kind)) return false;
    return partsOf(node).some(leaves);
  };
  return leaves(statement as unknown as Node);
}

function followStatement(statement: Statement, note: Note): void {
  switch (statement.kind) {
    case 'expression':
      return follow(statement.expression, note);
    case 'assign':
      if (statement.value === null) return;
      follow(statement.value, note);
      return statement.targets.forEach((target) => followTarget(target, note));
    case 'augmented':
      follow(statement.value, note);
      return followTarget(statement.target, note);
    case 'if':
      return follow(statement.test, note);
    case 'while':
      return follow(statement.test, note);
    case 'for':
      follow(statement.iterable, note);
      if (isFilled(statement.iterable)) followStatements(statement.body, note);
      return;
    case 'with': {
      const [first] = statement.items;
      return first === undefined ? undefined : follow(first.context, note);
    }
    case 'return':
      return statement.value === null ? undefined : follow(statement.value, note);
    default:
      return;
  }
}

/** `[1, 2]`, `range(3)`. */
function isFilled(iterable: Expression): boolean {
  if (iterable.kind === 'list' || iterable.kind === 'tuple') {
    return iterable.items.some(({ kind }) => kind !== 'spread');
  }
  if (iterable.kind !== 'call' || iterable.callee.kind !== 'name' || iterable.callee.id !== 'range') return false;
  const [count] = iterable.args;
  return iterable.args.length === 1 && count?.value.kind === 'number' && count.value.value > 0;
}

/** What `a.b.c = …` and `a[k] = …` read. */
function followTarget(target: Pattern, note: Note): void {
  if (target.kind === 'placePattern') {
    follow(target.place.object, note);
    if (target.place.kind === 'index') follow(target.place.index, note);
  } else if (target.kind === 'sequencePattern') {
    for (const item of target.items) if (item !== null) followTarget(item, note);
  }
}

function follow(expression: Expression, note: Note): void {
  switch (expression.kind) {
    case 'name':
      return note(expression);
    case 'member':
      note(expression);
      return follow(expression.object, note);
    case 'call':
      follow(expression.callee, note);
      return expression.args.forEach(({ value }) => follow(value, note));
    case 'index':
      follow(expression.object, note);
      return follow(expression.index, note);
    case 'slice':
      for (const part of [expression.lower, expression.upper, expression.step]) if (part !== null) follow(part, note);
      return;
    case 'binary':
      follow(expression.left, note);
      return follow(expression.right, note);
    case 'unary':
      return follow(expression.operand, note);
    case 'logical':
      return follow(expression.left, note);
    case 'compare':
      follow(expression.first, note);
      return expression.links.slice(0, 1).forEach(({ operand }) => follow(operand, note));
    case 'ternary':
      return follow(expression.test, note);
    case 'comprehension': {
      const [first] = expression.clauses;
      return first?.kind === 'for' ? follow(first.iterable, note) : undefined;
    }
    case 'list':
    case 'tuple':
    case 'set':
      return expression.items.forEach((item) => follow(item, note));
    case 'dict':
      for (const { key, value } of expression.entries) {
        if (key !== null) follow(key, note);
        follow(value, note);
      }
      return;
    case 'template':
      for (const part of expression.parts) if (typeof part !== 'string') follow(part.value, note);
      return;
    case 'spread':
    case 'assignExpression':
      return follow(expression.value, note);
    default:
      return;
  }
}
