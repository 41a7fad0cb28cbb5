/**
 * Lezer's JavaScript expression nodes to expressions of the shared tree. Total: a node that is unknown,
 * broken or nested too deeply becomes an `unknown` expression with the node's span.
 */
import type { SyntaxNode } from '@lezer/common';
import type { Argument, BinaryOperator, CompareOperator, DictEntry, Expression, Span } from './ast.ts';
import { childrenOf, commaGroups, groupSpan, spanOf, textOf, type JavascriptContext } from './javascript.ts';
import { lowerClassParts, lowerFunctionParts } from './javascriptFunctions.ts';
import { lowerNumber, lowerTemplate, stringValue } from './javascriptLiterals.ts';
import { lowerKey, lowerPattern } from './javascriptPatterns.ts';

export function unknownExpression(span: Span, what: string): Expression {
  return { kind: 'unknown', start: span.start, end: span.end, what };
}

export function lowerExpression(context: JavascriptContext, node: SyntaxNode, depth: number): Expression {
  const span = spanOf(node);
  if (depth > context.maxDepth) return unknownExpression(span, 'nested too deeply');
  const children = childrenOf(node);
  const next = (child: SyntaxNode | undefined): Expression =>
    child === undefined ? unknownExpression(span, 'syntax error') : lowerExpression(context, child, depth + 1);
  switch (node.name) {
    case 'VariableName': {
      const id = textOf(context, node);
      return id === 'undefined' ? { kind: 'undefined', ...span } : { kind: 'name', ...span, id };
    }
    case 'this':
    case 'super':
      return { kind: 'name', ...span, id: node.name };
    case 'null':
      return { kind: 'none', ...span };
    case 'BooleanLiteral':
      return { kind: textOf(context, node) === 'true' ? 'true' : 'false', ...span };
    case 'Number':
      return lowerNumber(context, node);
    case 'String':
      return { kind: 'string', ...span, value: stringValue(context, node) };
    case 'TemplateString':
      return lowerTemplate(context, node, depth);
    case 'ParenthesizedExpression':
      return next(children[1]);
    case 'ArrayExpression':
      return { kind: 'list', ...span, items: lowerItems(context, children, span, depth) };
    case 'ObjectExpression':
      return { kind: 'dict', ...span, entries: lowerProperties(context, children, depth) };
    case 'SequenceExpression':
      return { kind: 'comma', ...span, items: children.filter(({ name }) => name !== ',').map((child) => next(child)) };
    case 'MemberExpression':
      return lowerMember(context, children, span, depth);
    case 'CallExpression':
    case 'NewExpression': {
      const isNew = node.name === 'NewExpression';
      const list = children.find(({ name }) => name === 'ArgList');
      const args = list === undefined ? [] : lowerArguments(context, list, depth + 1);
      const optional = children.some(({ name }) => name === '?.');
      return { kind: 'call', ...span, callee: next(children[isNew ? 1 : 0]), args, isNew, optional };
    }
    case 'DynamicImport': {
      const path = children.find(({ name }) => name !== 'import' && name !== '(' && name !== ')');
      const value = next(path);
      const args: Argument[] = [{ kind: 'positional', start: value.start, end: value.end, name: null, value }];
      const callee: Expression = { kind: 'name', start: span.start, end: span.start + 'import'.length, id: 'import' };
      return { kind: 'call', ...span, callee, args, isNew: false, optional: false };
    }
    case 'InstantiationExpression':
      return next(children[0]);
    case 'PrefixCast':
      return next(children[children.length - 1]);
    case 'UnaryExpression':
      return lowerUnary(context, children, span, depth);
    case 'PostfixExpression':
      return textOf(context, children[1] ?? node) === '!'
        ? next(children[0])
        : lowerStep(context, children, span, true, depth);
    case 'BinaryExpression':
      return lowerBinary(context, children, span, depth);
    case 'ConditionalExpression':
      return {
        kind: 'ternary',
        ...span,
        test: next(children[0]),
        whenTrue: next(children[2]),
        whenFalse: next(children[4]),
      };
    case 'AssignmentExpression':
      return lowerAssignment(context, children, span, depth);
    case 'ArrowFunction':
    case 'FunctionExpression':
      return { kind: 'lambda', ...span, definition: lowerFunctionParts(context, node, depth + 1) };
    case 'ClassExpression':
      return { kind: 'class', ...span, definition: lowerClassParts(context, node, depth + 1) };
    case 'AwaitExpression':
      return { kind: 'await', ...span, value: next(children[1]) };
    case 'YieldExpression': {
      const delegate = children[1]?.name === 'Star';
      const value = children[delegate ? 2 : 1];
      return { kind: 'yield', ...span, delegate, value: value === undefined ? null : next(value) };
    }
    case 'RegExp':
      return unknownExpression(span, 'regular expression');
    default:
      return unknownExpression(span, node.type.isError ? 'syntax error' : node.name);
  }
}

export function lowerArguments(context: JavascriptContext, list: SyntaxNode, depth: number): Argument[] {
  return commaGroups(childrenOf(list))
    .filter((group) => group.length > 0)
    .map((group): Argument => {
      const span = groupSpan(group, spanOf(list));
      const isSpread = group[0]?.name === 'Spread';
      const node = group[isSpread ? 1 : 0];
      const value =
        node === undefined ? unknownExpression(span, 'syntax error') : lowerExpression(context, node, depth + 1);
      return { kind: isSpread ? 'spread' : 'positional', ...span, name: null, value };
    });
}

function lowerItems(
  context: JavascriptContext,
  children: readonly SyntaxNode[],
  outer: Span,
  depth: number,
): Expression[] {
  return commaGroups(children).map((group): Expression => {
    const span = groupSpan(group, { start: outer.start, end: outer.start });
    if (group.length === 0) return { kind: 'undefined', ...span };
    const isSpread = group[0]?.name === 'Spread';
    const node = group[isSpread ? 1 : 0];
    const value =
      node === undefined ? unknownExpression(span, 'syntax error') : lowerExpression(context, node, depth + 1);
    return isSpread ? { kind: 'spread', ...span, value } : value;
  });
}

function lowerProperties(context: JavascriptContext, children: readonly SyntaxNode[], depth: number): DictEntry[] {
  return children.filter(({ name }) => name === 'Property').map((node) => lowerProperty(context, node, depth));
}

function lowerProperty(context: JavascriptContext, node: SyntaxNode, depth: number): DictEntry {
  const span = spanOf(node);
  const children = childrenOf(node);
  const [first] = children;
  const valueOf = (child: SyntaxNode | undefined): Expression =>
    child === undefined ? unknownExpression(span, 'syntax error') : lowerExpression(context, child, depth + 1);
  if (first?.name === 'Spread') return { ...span, key: null, value: valueOf(children[1]) };
  const nameNodes = children.filter(({ name }) => name !== 'async' && name !== 'Star');
  const isAccessor = nameNodes[0]?.name === 'get' || nameNodes[0]?.name === 'set';
  const key = lowerKey(context, isAccessor ? nameNodes.slice(1) : nameNodes, span, depth);
  if (isAccessor) return { ...span, key, value: unknownExpression(span, 'accessor') };
  if (children.some(({ name }) => name === 'ParamList')) {
    const definition = lowerFunctionParts(context, node, depth + 1);
    return { ...span, key, value: { kind: 'lambda', ...span, definition } };
  }
  const colonIdx = children.findIndex(({ name }) => name === ':');
  if (colonIdx >= 0) return { ...span, key, value: valueOf(children[colonIdx + 1]) };
  return {
    ...span,
    key,
    value: first === undefined ? valueOf(first) : { kind: 'name', ...span, id: textOf(context, first) },
  };
}

function lowerMember(
  context: JavascriptContext,
  children: readonly SyntaxNode[],
  span: Span,
  depth: number,
): Expression {
  const [first] = children;
  if (first === undefined) return unknownExpression(span, 'syntax error');
  const object = lowerExpression(context, first, depth + 1);
  const optional = children.some(({ name }) => name === '?.');
  const openIdx = children.findIndex(({ name }, idx) => idx > 0 && name === '[');
  if (openIdx > 0) {
    const node = children[openIdx + 1];
    const index =
      node === undefined ? unknownExpression(span, 'syntax error') : lowerExpression(context, node, depth + 1);
    return { kind: 'index', ...span, object, index, optional };
  }
  const property = children.find(({ name }) => name === 'PropertyName' || name === 'PrivatePropertyName');
  if (property === undefined) return unknownExpression(span, 'syntax error');
  return {
    kind: 'member',
    ...span,
    object,
    property: textOf(context, property),
    propertySpan: spanOf(property),
    optional,
  };
}

function lowerUnary(
  context: JavascriptContext,
  children: readonly SyntaxNode[],
  span: Span,
  depth: number,
): Expression {
  const [operatorNode, operandNode] = children;
  if (operatorNode === undefined || operandNode === undefined) return unknownExpression(span, 'syntax error');
  const operator = textOf(context, operatorNode);
  if (operator === '++' || operator === '--')
    return lowerStep(context, [operandNode, operatorNode], span, false, depth);
  const operand = lowerExpression(context, operandNode, depth + 1);
  switch (operator) {
    case '!':
      return { kind: 'unary', ...span, operator: 'not', operand };
    case '-':
    case '+':
    case '~':
    case 'typeof':
    case 'void':
    case 'delete':
      return { kind: 'unary', ...span, operator, operand };
    default:
      return unknownExpression(span, 'syntax error');
  }
}

/** `i++`, `--i`: an assignment of one more or less. */
function lowerStep(
  context: JavascriptContext,
  [targetNode, operatorNode]: readonly SyntaxNode[],
  span: Span,
  postfix: boolean,
  depth: number,
): Expression {
  const operator = operatorNode !== undefined && textOf(context, operatorNode) === '--' ? '-' : '+';
  const target = lowerPattern(context, targetNode, span, depth + 1);
  return {
    kind: 'assignExpression',
    ...span,
    target,
    operator,
    value: { kind: 'number', ...span, value: 1, isInteger: true },
    postfix,
  };
}

const binaryOperators: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '**', '<<', '>>', '>>>', '&', '|', '^']);
const compareOperators: ReadonlySet<string> = new Set(['==', '!=', '===', '!==', '<', '<=', '>', '>=', 'instanceof']);
const logicalOperators: Readonly<Record<string, 'and' | 'or' | 'nullish'>> = {
  '&&': 'and',
  '||': 'or',
  '??': 'nullish',
};

function lowerBinary(
  context: JavascriptContext,
  children: readonly SyntaxNode[],
  span: Span,
  depth: number,
): Expression {
  const [leftNode, operatorNode, rightNode] = children;
  if (leftNode === undefined || operatorNode === undefined) return unknownExpression(span, 'syntax error');
  const operator = textOf(context, operatorNode);
  const left = lowerExpression(context, leftNode, depth + 1);
  if (operator === 'as' || operator === 'satisfies') return left;
  if (rightNode === undefined) return unknownExpression(span, 'syntax error');
  const right = lowerExpression(context, rightNode, depth + 1);
  const logical = logicalOperators[operator];
  if (logical !== undefined) return { kind: 'logical', ...span, operator: logical, left, right };
  if (binaryOperators.has(operator))
    return { kind: 'binary', ...span, operator: operator as BinaryOperator, left, right };
  if (operator === 'in')
    return { kind: 'compare', ...span, first: left, links: [{ operator: 'has key', operand: right }] };
  if (!compareOperators.has(operator)) return unknownExpression(span, 'syntax error');
  return { kind: 'compare', ...span, first: left, links: [{ operator: operator as CompareOperator, operand: right }] };
}

function lowerAssignment(
  context: JavascriptContext,
  children: readonly SyntaxNode[],
  span: Span,
  depth: number,
): Expression {
  const [targetNode, operatorNode, valueNode] = children;
  if (operatorNode === undefined || valueNode === undefined) return unknownExpression(span, 'syntax error');
  const written = textOf(context, operatorNode).slice(0, -1);
  const operator = written === '' ? null : (logicalOperators[written] ?? (written as BinaryOperator));
  const target = lowerPattern(context, targetNode, span, depth + 1);
  return {
    kind: 'assignExpression',
    ...span,
    target,
    operator,
    value: lowerExpression(context, valueNode, depth + 1),
    postfix: false,
  };
}
