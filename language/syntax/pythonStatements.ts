/**
 * Lezer's Python statement nodes to statements of the shared tree. Total: what is not understood is an
 * `error` statement with the node's span, and everything around it is kept.
 */
import type { SyntaxNode } from '@lezer/common';
import type { BinaryOperator, Expression, FunctionParts } from './ast.ts';
import type { ExceptHandler, Statement, SwitchCase } from './statement.ts';
import type { PythonContext } from './python.ts';
import { childrenOf, splitChildren } from './python.ts';
import {
  groupSpan,
  lowerArguments,
  lowerExpression,
  lowerList,
  spanOf,
  unknownExpression,
} from './pythonExpressions.ts';
import { lowerImport } from './pythonImports.ts';
import { annotationOf, lowerParameters } from './pythonParameters.ts';
import { patternOf } from './pythonPatterns.ts';

export function lowerStatements(context: PythonContext, nodes: readonly SyntaxNode[], depth: number): Statement[] {
  const statements: Statement[] = [];
  for (const node of nodes) {
    if (node.name === ':' || node.name === ';') continue;
    if (node.name === 'StatementGroup') statements.push(...lowerStatements(context, childrenOf(node), depth));
    else statements.push(lowerStatement(context, node, depth));
  }
  return statements;
}

function lowerBody(context: PythonContext, node: SyntaxNode | undefined, depth: number): Statement[] {
  return node === undefined ? [] : lowerStatements(context, childrenOf(node), depth + 1);
}

function lowerStatement(context: PythonContext, node: SyntaxNode, depth: number): Statement {
  const span = spanOf(node);
  if (depth > context.maxDepth) return { kind: 'error', ...span };
  const children = childrenOf(node);
  const one = (child: SyntaxNode | undefined): Expression =>
    child === undefined ? unknownExpression(span, 'syntax error') : lowerExpression(context, child, depth + 1);
  const many = (group: readonly SyntaxNode[]): Expression =>
    group.length === 0 ? unknownExpression(span, 'syntax error') : lowerList(context, group, depth + 1);
  switch (node.name) {
    case 'ExpressionStatement':
      return { kind: 'expression', ...span, expression: many(children) };
    case 'AssignStatement':
      return lowerAssign(context, node, children, depth);
    case 'UpdateStatement': {
      const opIdx = children.findIndex((child) => child.name === 'UpdateOp');
      const opNode = children[opIdx];
      if (opNode === undefined) return { kind: 'error', ...span };
      const operator = context.text.slice(opNode.from, opNode.to).slice(0, -1) as BinaryOperator;
      const target = patternOf(many(children.slice(0, opIdx)));
      return { kind: 'augmented', ...span, target, operator, value: many(children.slice(opIdx + 1)) };
    }
    case 'FunctionDefinition':
      return { kind: 'functionDefinition', ...span, definition: lowerFunction(context, node, [], depth) };
    case 'ClassDefinition':
      return { kind: 'classDefinition', ...span, definition: lowerClass(context, node, [], depth) };
    case 'DecoratedStatement':
      return lowerDecorated(context, node, children, depth);
    case 'IfStatement':
      return lowerIf(context, children, 0, span.end, depth);
    case 'ForStatement':
      return lowerFor(context, node, children, depth);
    case 'WhileStatement': {
      const bodies = children.filter((child) => child.name === 'Body');
      return {
        kind: 'while',
        ...span,
        test: one(children[1]),
        body: lowerBody(context, bodies[0], depth),
        otherwise: lowerBody(context, bodies[1], depth),
        testAfter: false,
      };
    }
    case 'TryStatement':
      return lowerTry(context, node, children, depth);
    case 'WithStatement': {
      const start = children.findIndex((child) => child.name === 'with') + 1;
      const bodyIdx = children.findIndex((child) => child.name === 'Body');
      const head = children.slice(start, bodyIdx < 0 ? children.length : bodyIdx);
      const bare = head.filter((child) => child.name !== '(' && child.name !== ')');
      const items = splitChildren(bare, ',').map((group) => {
        const asIdx = group.findIndex((child) => child.name === 'as');
        const targetNode = asIdx < 0 ? undefined : group[asIdx + 1];
        return { context: one(group[0]), target: targetNode === undefined ? null : patternOf(one(targetNode)) };
      });
      return { kind: 'with', ...span, items, body: lowerBody(context, children[bodyIdx], depth) };
    }
    case 'ReturnStatement':
      return { kind: 'return', ...span, value: children.length > 1 ? many(children.slice(1)) : null };
    case 'RaiseStatement':
      return { kind: 'raise', ...span, value: children.length > 1 ? one(children[1]) : null };
    case 'BreakStatement':
      return { kind: 'break', ...span, label: null };
    case 'ContinueStatement':
      return { kind: 'continue', ...span, label: null };
    case 'ImportStatement':
      return lowerImport(context, node, children);
    case 'ScopeStatement': {
      const names = children.filter((child) => child.name === 'VariableName');
      const kind = children[0]?.name === 'global' ? 'global' : 'nonlocal';
      return { kind, ...span, names: names.map((name) => context.text.slice(name.from, name.to)) };
    }
    case 'DeleteStatement': {
      const groups = splitChildren(children.slice(1), ',');
      return { kind: 'delete', ...span, targets: groups.map((group) => one(group[0])) };
    }
    case 'AssertStatement':
      return { kind: 'assert', ...span, test: one(children[1]) };
    case 'MatchStatement':
      return lowerMatch(context, node, children, depth);
    case 'YieldStatement': {
      const rest = children.slice(children[1]?.name === 'from' ? 2 : 1);
      const value = rest.length === 0 ? null : many(rest);
      const expression: Expression = { kind: 'yield', ...span, value, delegate: children[1]?.name === 'from' };
      return { kind: 'expression', ...span, expression };
    }
    case 'PassStatement':
    case 'PrintStatement':
      return { kind: 'empty', ...span };
    default:
      return { kind: 'error', ...span };
  }
}

function lowerAssign(
  context: PythonContext,
  node: SyntaxNode,
  children: readonly SyntaxNode[],
  depth: number,
): Statement {
  const span = spanOf(node);
  const annotation = annotationOf(context, children, depth + 1);
  const groups = splitChildren(
    children.filter((child) => child.name !== 'TypeDef'),
    'AssignOp',
  );
  const hasValue = children.some((child) => child.name === 'AssignOp');
  const valueGroup = hasValue ? groups[groups.length - 1] : undefined;
  const targetGroups = hasValue ? groups.slice(0, -1) : groups;
  return {
    kind: 'assign',
    ...span,
    targets: targetGroups
      .filter((group) => group.length > 0)
      .map((group) => patternOf(lowerList(context, group, depth + 1))),
    value: valueGroup === undefined || valueGroup.length === 0 ? null : lowerList(context, valueGroup, depth + 1),
    annotation,
    declaration: null,
  };
}

function lowerFunction(
  context: PythonContext,
  node: SyntaxNode,
  decorators: readonly Expression[],
  depth: number,
): FunctionParts {
  const children = childrenOf(node);
  const name = children.find((child) => child.name === 'VariableName');
  const list = children.find((child) => child.name === 'ParamList');
  const body = children.find((child) => child.name === 'Body');
  return {
    ...spanOf(node),
    name: name === undefined ? null : context.text.slice(name.from, name.to),
    parameters: list === undefined ? [] : lowerParameters(context, list, depth + 1),
    body: lowerBody(context, body, depth),
    decorators,
    isAsync: children[0]?.name === 'async',
    isGenerator: body !== undefined && containsYield(body),
    thisBinding: 'dynamic',
  };
}

function containsYield(body: SyntaxNode): boolean {
  let found = false;
  body.cursor().iterate((node) => {
    if (node.name === 'YieldExpression' || node.name === 'YieldStatement' || node.name === 'yield') found = true;
    return node.name !== 'FunctionDefinition' && node.name !== 'LambdaExpression' && node.name !== 'ClassDefinition';
  });
  return found;
}

function lowerClass(
  context: PythonContext,
  node: SyntaxNode,
  decorators: readonly Expression[],
  depth: number,
): Extract<Statement, { kind: 'classDefinition' }>['definition'] {
  const children = childrenOf(node);
  const name = children.find((child) => child.name === 'VariableName');
  const list = children.find((child) => child.name === 'ArgList');
  const body = children.find((child) => child.name === 'Body');
  return {
    ...spanOf(node),
    name: name === undefined ? null : context.text.slice(name.from, name.to),
    bases: list === undefined ? [] : lowerArguments(context, list, depth + 1),
    body: lowerBody(context, body, depth),
    decorators,
  };
}

function lowerDecorated(
  context: PythonContext,
  node: SyntaxNode,
  children: readonly SyntaxNode[],
  depth: number,
): Statement {
  const span = spanOf(node);
  const decorators = children
    .filter((child) => child.name === 'Decorator')
    .map((child) => lowerDecorator(context, child, depth));
  const inner = children.find((child) => child.name === 'FunctionDefinition' || child.name === 'ClassDefinition');
  if (inner === undefined) return { kind: 'error', ...span };
  return inner.name === 'FunctionDefinition'
    ? { kind: 'functionDefinition', ...span, definition: lowerFunction(context, inner, decorators, depth) }
    : { kind: 'classDefinition', ...span, definition: lowerClass(context, inner, decorators, depth) };
}

/** `@a.b(c)`: the grammar lays the path out flat. */
function lowerDecorator(context: PythonContext, node: SyntaxNode, depth: number): Expression {
  const span = spanOf(node);
  let expression: Expression | null = null;
  for (const child of childrenOf(node)) {
    const end = child.to;
    if (child.name === 'At' || child.name === '.') continue;
    if (child.name === 'PropertyName' || (child.name === 'VariableName' && expression !== null)) {
      if (expression === null) return unknownExpression(span, 'syntax error');
      const property = context.text.slice(child.from, child.to);
      const start: number = expression.start;
      expression = {
        kind: 'member',
        start,
        end,
        object: expression,
        property,
        propertySpan: spanOf(child),
        optional: false,
      };
    } else if (child.name === 'ArgList' && expression !== null) {
      const args = lowerArguments(context, child, depth + 1);
      const start: number = expression.start;
      expression = { kind: 'call', start, end, callee: expression, args, isNew: false, optional: false };
    } else {
      expression = lowerExpression(context, child, depth + 1);
    }
  }
  return expression ?? unknownExpression(span, 'syntax error');
}

/** `if`/`elif`/`else` from `children[at]` on; an `elif` is an `if` in `whenFalse`. */
function lowerIf(
  context: PythonContext,
  children: readonly SyntaxNode[],
  at: number,
  end: number,
  depth: number,
): Statement {
  const start = children[at]?.from ?? end;
  const test = children[at + 1];
  const bodyIdx = children.findIndex((child, idx) => idx > at && child.name === 'Body');
  const nextIdx = bodyIdx < 0 ? -1 : bodyIdx + 1;
  const next = nextIdx < 0 ? undefined : children[nextIdx];
  const whenFalse =
    next === undefined
      ? []
      : next.name === 'elif'
        ? [lowerIf(context, children, nextIdx, end, depth + 1)]
        : lowerBody(context, children[nextIdx + 1], depth);
  return {
    kind: 'if',
    start,
    end,
    test:
      test === undefined || test.name === 'Body'
        ? unknownExpression({ start, end: start }, 'syntax error')
        : lowerExpression(context, test, depth + 1),
    whenTrue: lowerBody(context, bodyIdx < 0 ? undefined : children[bodyIdx], depth),
    whenFalse,
  };
}

function lowerFor(context: PythonContext, node: SyntaxNode, children: readonly SyntaxNode[], depth: number): Statement {
  const span = spanOf(node);
  const forIdx = children.findIndex((child) => child.name === 'for');
  const inIdx = children.findIndex((child) => child.name === 'in');
  const bodyIdx = children.findIndex((child) => child.name === 'Body');
  const bodies = children.filter((child) => child.name === 'Body');
  if (inIdx < 0 || bodyIdx < 0 || inIdx <= forIdx + 1 || bodyIdx <= inIdx + 1) return { kind: 'error', ...span };
  return {
    kind: 'for',
    ...span,
    target: patternOf(lowerList(context, children.slice(forIdx + 1, inIdx), depth + 1)),
    iterable: lowerList(context, children.slice(inIdx + 1, bodyIdx), depth + 1),
    body: lowerBody(context, bodies[0], depth),
    otherwise: lowerBody(context, bodies[1], depth),
    over: 'of',
    declaration: null,
  };
}

function lowerTry(context: PythonContext, node: SyntaxNode, children: readonly SyntaxNode[], depth: number): Statement {
  const handlers: ExceptHandler[] = [];
  let body: Statement[] = [];
  let otherwise: Statement[] = [];
  let finalizer: Statement[] = [];
  let clause: SyntaxNode[] = [];
  for (const child of children) {
    if (child.name !== 'Body') {
      if (['try', 'except', 'else', 'finally'].includes(child.name)) clause = [];
      clause.push(child);
      continue;
    }
    const statements = lowerBody(context, child, depth);
    const keyword = clause[0]?.name;
    if (keyword === 'except') {
      const asIdx = clause.findIndex((part) => part.name === 'as' || part.name === ',');
      const typeNode = clause[1];
      const nameNode = asIdx < 0 ? undefined : clause[asIdx + 1];
      handlers.push({
        start: clause[0]?.from ?? child.from,
        end: child.to,
        type: typeNode === undefined ? null : lowerExpression(context, typeNode, depth + 1),
        target: nameNode === undefined ? null : patternOf(lowerExpression(context, nameNode, depth + 1)),
        body: statements,
      });
    } else if (keyword === 'else') otherwise = statements;
    else if (keyword === 'finally') finalizer = statements;
    else body = statements;
  }
  return { kind: 'try', ...spanOf(node), body, handlers, otherwise, finalizer };
}

function lowerMatch(
  context: PythonContext,
  node: SyntaxNode,
  children: readonly SyntaxNode[],
  depth: number,
): Statement {
  const span = spanOf(node);
  const body = children.find((child) => child.name === 'MatchBody');
  const subject = children[1];
  if (body === undefined || subject === undefined) return { kind: 'error', ...span };
  const cases: SwitchCase[] = childrenOf(body)
    .filter((child) => child.name === 'MatchClause')
    .map((clause) => {
      const parts = childrenOf(clause);
      const patterns = parts.slice(1).filter((part) => part.name !== 'Body' && part.name !== 'Guard');
      const isWildcard =
        patterns.length === 1 && context.text.slice(patterns[0]?.from ?? 0, patterns[0]?.to ?? 0) === '_';
      return {
        ...spanOf(clause),
        tests: isWildcard ? null : patterns.flatMap((pattern) => matchTests(context, pattern, depth)),
        body: lowerBody(
          context,
          parts.find((part) => part.name === 'Body'),
          depth,
        ),
      };
    });
  return { kind: 'switch', ...span, subject: lowerExpression(context, subject, depth + 1), cases, fallsThrough: false };
}

function matchTests(context: PythonContext, pattern: SyntaxNode, depth: number): Expression[] {
  if (pattern.name === 'OrPattern') {
    return childrenOf(pattern)
      .filter((child) => child.name !== 'LogicOp' && child.name !== '|')
      .flatMap((child) => matchTests(context, child, depth));
  }
  if (pattern.name !== 'LiteralPattern') return [unknownExpression(groupSpan([pattern]), pattern.name)];
  const [literal] = childrenOf(pattern);
  return [
    literal === undefined
      ? unknownExpression(groupSpan([pattern]), 'syntax error')
      : lowerExpression(context, literal, depth + 1),
  ];
}
