/**
 * Lezer's Python expression nodes to expressions of the shared tree. Total: a node that is unknown,
 * broken or nested too deeply becomes an `unknown` expression with the node's span.
 */
import type { SyntaxNode } from '@lezer/common';
import type {
  Argument,
  BinaryOperator,
  CompareOperator,
  ComprehensionClause,
  DictEntry,
  Expression,
  FunctionParts,
  Pattern,
  Span,
} from './ast.ts';
import type { PythonContext } from './python.ts';
import { childrenOf, splitChildren } from './python.ts';
import { lowerParameters } from './pythonParameters.ts';
import { lowerNumber, lowerString } from './pythonLiterals.ts';
import { isLogical, lowerLogical } from './pythonLogic.ts';
import { patternOf } from './pythonPatterns.ts';

export function spanOf(node: SyntaxNode): Span {
  return { start: node.from, end: node.to };
}

export function unknownExpression(span: Span, what: string): Expression {
  return { kind: 'unknown', start: span.start, end: span.end, what };
}

export function lowerExpression(context: PythonContext, node: SyntaxNode, depth: number): Expression {
  const span = spanOf(node);
  if (depth > context.maxDepth) return unknownExpression(span, 'nested too deeply');
  const children = childrenOf(node);
  const next = (child: SyntaxNode | undefined): Expression =>
    child === undefined ? unknownExpression(span, 'syntax error') : lowerExpression(context, child, depth + 1);
  switch (node.name) {
    case 'VariableName':
    case 'PropertyName':
      return { kind: 'name', ...span, id: context.text.slice(node.from, node.to) };
    case 'Number':
      return lowerNumber(context, node);
    case 'String':
    case 'FormatString':
    case 'ContinuedString':
      return lowerString(context, node, depth);
    case 'Boolean':
      return { kind: context.text.slice(node.from, node.to) === 'True' ? 'true' : 'false', ...span };
    case 'None':
      return { kind: 'none', ...span };
    case 'Ellipsis':
      return { kind: 'ellipsis', ...span };
    case 'ParenthesizedExpression':
      return next(children.find((child) => child.name !== '(' && child.name !== ')'));
    case 'TupleExpression':
    case 'ArrayExpression':
    case 'SetExpression': {
      const kind = node.name === 'TupleExpression' ? 'tuple' : node.name === 'ArrayExpression' ? 'list' : 'set';
      return { kind, ...span, items: lowerItems(context, withoutBrackets(children), depth) };
    }
    case 'DictionaryExpression':
      return { kind: 'dict', ...span, entries: lowerEntries(context, withoutBrackets(children), depth) };
    case 'ArrayComprehensionExpression':
    case 'SetComprehensionExpression':
    case 'DictionaryComprehensionExpression':
    case 'ComprehensionExpression':
      return lowerComprehension(context, span, withoutBrackets(children), comprehensionFlavour(node.name), depth);
    case 'CallExpression': {
      const list = children.find((child) => child.name === 'ArgList');
      const args = list === undefined ? [] : lowerArguments(context, list, depth + 1);
      return { kind: 'call', ...span, callee: next(children[0]), args, isNew: false, optional: false };
    }
    case 'MemberExpression':
      return lowerMember(context, node, children, depth);
    case 'UnaryExpression': {
      if (isLogical(context, node)) return lowerLogical(context, node, depth);
      const operator = context.text.slice(children[0]?.from ?? node.from, children[0]?.to ?? node.from);
      const known = operator === '-' || operator === '+' || operator === '~' || operator === 'not';
      return known
        ? { kind: 'unary', ...span, operator, operand: next(children[1]) }
        : unknownExpression(span, 'syntax error');
    }
    case 'BinaryExpression':
      return lowerBinary(context, node, children, depth);
    case 'ConditionalExpression':
      return {
        kind: 'ternary',
        ...span,
        whenTrue: next(children[0]),
        test: next(children[2]),
        whenFalse: next(children[4]),
      };
    case 'LambdaExpression':
      return { kind: 'lambda', ...span, definition: lowerLambda(context, node, children, depth) };
    case 'NamedExpression': {
      const [target] = children;
      const pattern: Pattern = target === undefined ? { kind: 'unknownPattern', ...span } : patternOf(next(target));
      return {
        kind: 'assignExpression',
        ...span,
        target: pattern,
        operator: null,
        value: next(children[2]),
        postfix: false,
      };
    }
    case 'AwaitExpression':
      return { kind: 'await', ...span, value: next(children[1]) };
    case 'YieldExpression': {
      const delegate = children[1]?.name === 'from';
      const rest = children.slice(delegate ? 2 : 1);
      return { kind: 'yield', ...span, delegate, value: rest.length === 0 ? null : lowerList(context, rest, depth) };
    }
    default:
      return unknownExpression(span, node.type.isError ? 'syntax error' : node.name);
  }
}

/** `a, *b` without brackets: one expression, or a tuple where there is a comma. */
export function lowerList(context: PythonContext, children: readonly SyntaxNode[], depth: number): Expression {
  const [first] = children;
  const last = children[children.length - 1];
  if (first === undefined || last === undefined) return unknownExpression({ start: 0, end: 0 }, 'syntax error');
  const items = lowerItems(context, children, depth);
  const [only] = items;
  if (!children.some((child) => child.name === ',') && only !== undefined && items.length === 1) return only;
  return { kind: 'tuple', start: first.from, end: last.to, items };
}

export function lowerArguments(context: PythonContext, list: SyntaxNode, depth: number): Argument[] {
  const groups: SyntaxNode[][] = [[]];
  // The comma in `f(x for i, x in y)` separates targets, not arguments.
  let isTarget = false;
  for (const child of withoutBrackets(childrenOf(list))) {
    if (child.name === 'for') isTarget = true;
    else if (child.name === 'in') isTarget = false;
    if (child.name === ',' && !isTarget) groups.push([]);
    else groups[groups.length - 1]?.push(child);
  }
  return groups.filter((group) => group.length > 0).map((group) => lowerArgument(context, group, depth));
}

function lowerArgument(context: PythonContext, group: readonly SyntaxNode[], depth: number): Argument {
  const span = groupSpan(group);
  const [first, second] = group;
  const valueOf = (nodes: readonly SyntaxNode[]): Expression =>
    nodes.some((node) => node.name === 'for')
      ? lowerComprehension(context, groupSpan(nodes), nodes, 'generator', depth)
      : nodes[0] === undefined
        ? unknownExpression(span, 'syntax error')
        : lowerExpression(context, nodes[0], depth + 1);
  if (first?.name === '*') return { kind: 'spread', ...span, name: null, value: valueOf(group.slice(1)) };
  if (first?.name === '**') return { kind: 'keywordSpread', ...span, name: null, value: valueOf(group.slice(1)) };
  if (first !== undefined && second?.name === 'AssignOp') {
    const name = context.text.slice(first.from, first.to);
    return { kind: 'keyword', ...span, name, value: valueOf(group.slice(2)) };
  }
  return { kind: 'positional', ...span, name: null, value: valueOf(group) };
}

function lowerItems(context: PythonContext, children: readonly SyntaxNode[], depth: number): Expression[] {
  return splitChildren(children, ',')
    .filter((group) => group.length > 0)
    .map((group) => {
      const span = groupSpan(group);
      const isSpread = group[0]?.name === '*';
      const node = group[isSpread ? 1 : 0];
      if (node === undefined) return unknownExpression(span, 'syntax error');
      const value = lowerExpression(context, node, depth + 1);
      return isSpread ? { kind: 'spread', ...span, value } : value;
    });
}

function lowerEntries(context: PythonContext, children: readonly SyntaxNode[], depth: number): DictEntry[] {
  return splitChildren(children, ',')
    .filter((group) => group.length > 0)
    .map((group) => {
      const span = groupSpan(group);
      const valueAt = (idx: number): Expression => {
        const node = group[idx];
        return node === undefined ? unknownExpression(span, 'syntax error') : lowerExpression(context, node, depth + 1);
      };
      if (group[0]?.name === '**') return { ...span, key: null, value: valueAt(1) };
      return { ...span, key: valueAt(0), value: valueAt(2) };
    });
}

function comprehensionFlavour(name: string): 'list' | 'set' | 'dict' | 'generator' {
  if (name === 'ArrayComprehensionExpression') return 'list';
  if (name === 'SetComprehensionExpression') return 'set';
  return name === 'DictionaryComprehensionExpression' ? 'dict' : 'generator';
}

function lowerComprehension(
  context: PythonContext,
  span: Span,
  children: readonly SyntaxNode[],
  flavour: 'list' | 'set' | 'dict' | 'generator',
  depth: number,
): Expression {
  const isClause = (node: SyntaxNode): boolean => node.name === 'for' || node.name === 'if' || node.name === 'async';
  const firstClause = children.findIndex(isClause);
  const head = children.slice(0, firstClause < 0 ? children.length : firstClause);
  const at = (node: SyntaxNode | undefined): Expression =>
    node === undefined ? unknownExpression(span, 'syntax error') : lowerExpression(context, node, depth + 1);
  const clauses: ComprehensionClause[] = [];
  let idx = firstClause < 0 ? children.length : firstClause;
  while (idx < children.length) {
    const keyword = children[idx]?.name;
    let end = idx + 1;
    while (end < children.length && !isClause(children[end] as SyntaxNode)) end++;
    const body = children.slice(idx + 1, end);
    if (keyword === 'for') {
      const inIdx = body.findIndex((node) => node.name === 'in');
      const targets = body.slice(0, inIdx < 0 ? body.length : inIdx);
      if (targets.length > 0 && inIdx >= 0) {
        const target = patternOf(lowerList(context, targets, depth + 1));
        clauses.push({ kind: 'for', target, iterable: at(body[inIdx + 1]) });
      }
    } else if (keyword === 'if') {
      clauses.push({ kind: 'if', test: at(body[0]) });
    }
    idx = end;
  }
  const value = flavour === 'dict' ? at(head[2]) : null;
  return { kind: 'comprehension', ...span, flavour, element: at(head[0]), value, clauses };
}

function lowerMember(
  context: PythonContext,
  node: SyntaxNode,
  children: readonly SyntaxNode[],
  depth: number,
): Expression {
  const span = spanOf(node);
  const [first, second] = children;
  const object =
    first === undefined ? unknownExpression(span, 'syntax error') : lowerExpression(context, first, depth + 1);
  if (second?.name === '[') {
    const inner = children.slice(2).filter((child) => child.name !== ']');
    const parts = splitChildren(inner, ',').map((group) => lowerSubscript(context, group, depth));
    const [only] = parts;
    const isTuple = inner.some((child) => child.name === ',');
    // While it is typed the bracket may not be closed yet.
    const end = children.find(({ name }) => name === ']')?.from ?? node.to;
    const index: Expression =
      only !== undefined && !isTuple
        ? only
        : { kind: 'tuple', start: second.to, end: Math.max(second.to, end), items: parts };
    return { kind: 'index', ...span, object, index, optional: false };
  }
  const property = children.find((child) => child.name === 'PropertyName');
  // The grammar reads `1.` as a member expression without a name.
  if (property === undefined && object.kind === 'number') return { ...object, isInteger: false };
  if (property === undefined) return unknownExpression(span, 'syntax error');
  const name = context.text.slice(property.from, property.to);
  return { kind: 'member', ...span, object, property: name, propertySpan: spanOf(property), optional: false };
}

function lowerSubscript(context: PythonContext, group: readonly SyntaxNode[], depth: number): Expression {
  const span = groupSpan(group);
  if (!group.some((child) => child.name === ':')) {
    const isSpread = group[0]?.name === '*';
    const node = group[isSpread ? 1 : 0];
    if (node === undefined) return unknownExpression(span, 'syntax error');
    const value = lowerExpression(context, node, depth + 1);
    return isSpread ? { kind: 'spread', ...span, value } : value;
  }
  const bounds: (Expression | null)[] = [null, null, null];
  let position = 0;
  for (const child of group) {
    if (child.name === ':') position++;
    else if (position < 3) bounds[position] = lowerExpression(context, child, depth + 1);
  }
  return { kind: 'slice', ...span, lower: bounds[0] ?? null, upper: bounds[1] ?? null, step: bounds[2] ?? null };
}

const BINARY = new Set<string>(['+', '-', '*', '/', '//', '%', '**', '@', '<<', '>>', '&', '|', '^']);
const COMPARE = new Set<string>(['==', '!=', '<', '<=', '>', '>=', 'in', 'not in', 'is', 'is not']);

function lowerBinary(
  context: PythonContext,
  node: SyntaxNode,
  children: readonly SyntaxNode[],
  depth: number,
): Expression {
  const span = spanOf(node);
  const leftNode = children[0];
  const rightNode = children[children.length - 1];
  if (leftNode === undefined || rightNode === undefined || children.length < 3) {
    return unknownExpression(span, 'syntax error');
  }
  const written = children.slice(1, -1).map((child) => context.text.slice(child.from, child.to));
  const operator = written.join(' ') === '<>' ? '!=' : written.join(' ');
  if (operator === 'and' || operator === 'or') return lowerLogical(context, node, depth);
  const left = lowerExpression(context, leftNode, depth + 1);
  const right = lowerExpression(context, rightNode, depth + 1);
  if (BINARY.has(operator)) return { kind: 'binary', ...span, operator: operator as BinaryOperator, left, right };
  if (!COMPARE.has(operator)) return unknownExpression(span, 'syntax error');
  const link = { operator: operator as CompareOperator, operand: right };
  if (left.kind === 'compare' && leftNode.name === 'BinaryExpression') {
    return { kind: 'compare', ...span, first: left.first, links: [...left.links, link] };
  }
  return { kind: 'compare', ...span, first: left, links: [link] };
}

function lowerLambda(
  context: PythonContext,
  node: SyntaxNode,
  children: readonly SyntaxNode[],
  depth: number,
): FunctionParts {
  const span = spanOf(node);
  const list = children.find((child) => child.name === 'ParamList');
  const last = children[children.length - 1];
  const value =
    last === undefined ? unknownExpression(span, 'syntax error') : lowerExpression(context, last, depth + 1);
  return {
    ...span,
    name: null,
    parameters: list === undefined ? [] : lowerParameters(context, list, depth + 1),
    body: [{ kind: 'return', start: value.start, end: value.end, value }],
    decorators: [],
    isAsync: false,
    isGenerator: false,
    thisBinding: 'dynamic',
  };
}

export function withoutBrackets(children: readonly SyntaxNode[]): SyntaxNode[] {
  const brackets = new Set(['(', ')', '[', ']', '{', '}']);
  return children.filter((child) => !brackets.has(child.name));
}

export function groupSpan(group: readonly SyntaxNode[]): Span {
  return { start: group[0]?.from ?? 0, end: group[group.length - 1]?.to ?? 0 };
}
