/**
 * `and`, `or` and `not`. The grammar lets `not` swallow everything to its right (`not a or b` comes as
 * `not (a or b)`), so a chain of them is laid flat and built again by Python's precedence.
 */
import type { SyntaxNode } from '@lezer/common';
import type { Expression } from './ast.ts';
import type { PythonContext } from './python.ts';
import { childrenOf } from './python.ts';
import { lowerExpression, unknownExpression } from './pythonExpressions.ts';

interface Operand {
  readonly node: SyntaxNode;
  /** Start of each `not` before it, outermost first. */
  readonly nots: readonly number[];
}

export function isLogical(context: PythonContext, node: SyntaxNode): boolean {
  if (node.name === 'UnaryExpression') {
    const [operator] = childrenOf(node);
    return operator !== undefined && context.text.slice(operator.from, operator.to) === 'not';
  }
  return node.name === 'BinaryExpression' && operatorOf(context, node) !== null;
}

function operatorOf(context: PythonContext, node: SyntaxNode): 'and' | 'or' | null {
  const children = childrenOf(node);
  const [, operator] = children;
  const text = operator === undefined || children.length !== 3 ? '' : context.text.slice(operator.from, operator.to);
  return text === 'and' || text === 'or' ? text : null;
}

export function lowerLogical(context: PythonContext, node: SyntaxNode, depth: number): Expression {
  const operands: Operand[] = [];
  const operators: ('and' | 'or')[] = [];
  flatten(context, node, [], operands, operators, depth);
  const lowered = operands.map(({ node: operand, nots }) => {
    const inner = lowerExpression(context, operand, depth + 1);
    return [...nots]
      .reverse()
      .reduce<Expression>(
        (value, start) => ({ kind: 'unary', start, end: value.end, operator: 'not', operand: value }),
        inner,
      );
  });
  const groups: Expression[] = [];
  lowered.forEach((operand, idx) => {
    const last = groups[groups.length - 1];
    if (idx > 0 && operators[idx - 1] === 'and' && last !== undefined)
      groups[groups.length - 1] = join('and', last, operand);
    else groups.push(operand);
  });
  const [first, ...rest] = groups;
  if (first === undefined) return unknownExpression({ start: node.from, end: node.to }, 'syntax error');
  return rest.reduce((left, right) => join('or', left, right), first);
}

function join(operator: 'and' | 'or', left: Expression, right: Expression): Expression {
  return { kind: 'logical', start: left.start, end: right.end, operator, left, right };
}

/** Operands and operators in the order of the text; parentheses keep what is inside together. */
function flatten(
  context: PythonContext,
  node: SyntaxNode,
  nots: readonly number[],
  operands: Operand[],
  operators: ('and' | 'or')[],
  depth: number,
): void {
  const children = childrenOf(node);
  const [first, second, third] = children;
  if (depth < context.maxDepth && isLogical(context, node)) {
    if (node.name === 'UnaryExpression' && second !== undefined) {
      flatten(context, second, [...nots, node.from], operands, operators, depth + 1);
      return;
    }
    const operator = operatorOf(context, node);
    if (operator !== null && first !== undefined && third !== undefined) {
      flatten(context, first, nots, operands, operators, depth + 1);
      operators.push(operator);
      flatten(context, third, [], operands, operators, depth + 1);
      return;
    }
  }
  operands.push({ node, nots });
}
