/**
 * JavaScript's functions and classes: parameters with defaults, rests and patterns, arrows with an
 * expression body, class members. TypeScript's parameter properties (`constructor(private a: number)`)
 * become the assignments that they stand for; signatures without a body vanish.
 */
import type { SyntaxNode } from '@lezer/common';
import type { Argument, ClassParts, Expression, FunctionParts, Parameter } from './ast.ts';
import type { Statement } from './statement.ts';
import { childrenOf, commaGroups, groupSpan, spanOf, textOf, type JavascriptContext } from './javascript.ts';
import { lowerExpression } from './javascriptExpressions.ts';
import { stringValue } from './javascriptLiterals.ts';
import { lowerPattern } from './javascriptPatterns.ts';
import { lowerBlock } from './javascriptStatements.ts';

/** A function declaration or expression, an arrow, or a method. */
export function lowerFunctionParts(context: JavascriptContext, node: SyntaxNode, depth: number): FunctionParts {
  const span = spanOf(node);
  const children = childrenOf(node);
  const list = children.find(({ name }) => name === 'ParamList');
  const nameNode = children.find(({ name }) => name === 'VariableDefinition');
  const isArrow = node.name === 'ArrowFunction';
  const block = children.find(({ name }) => name === 'Block');
  const parameters = list === undefined ? [] : lowerParameters(context, list, depth);
  const properties = list === undefined ? [] : parameterProperties(context, list);
  const body = block === undefined ? [] : lowerBlock(context, block, depth);
  return {
    ...span,
    name: nameNode === undefined ? null : textOf(context, nameNode),
    parameters,
    body: isArrow && block === undefined ? expressionBody(context, children, depth) : [...properties, ...body],
    decorators: [],
    isAsync: children.some(({ name }) => name === 'async'),
    isGenerator: children.some(({ name }) => name === 'Star'),
    thisBinding: isArrow ? 'lexical' : 'dynamic',
  };
}

function expressionBody(
  context: JavascriptContext,
  children: readonly SyntaxNode[],
  depth: number,
): readonly Statement[] {
  const arrowIdx = children.findIndex(({ name }) => name === 'Arrow');
  const node = children[arrowIdx + 1];
  if (arrowIdx < 0 || node === undefined) return [];
  return [{ kind: 'return', ...spanOf(node), value: lowerExpression(context, node, depth + 1) }];
}

function lowerParameters(context: JavascriptContext, list: SyntaxNode, depth: number): Parameter[] {
  return parameterGroups(list)
    .filter((group) => group[0]?.name !== 'this')
    .map((group): Parameter => {
      const span = groupSpan(group, spanOf(list));
      const isRest = group[0]?.name === 'Spread';
      const target = group.find(({ name }) => /^(VariableDefinition|ArrayPattern|ObjectPattern)$/.test(name));
      const equalsIdx = group.findIndex(({ name }) => name === 'Equals');
      const value = equalsIdx < 0 ? undefined : group[equalsIdx + 1];
      return {
        ...span,
        kind: isRest ? 'varPositional' : 'positional',
        target: lowerPattern(context, target, span, depth + 1),
        defaultValue: value === undefined ? null : lowerExpression(context, value, depth + 1),
        annotation: null,
      };
    });
}

/** Groups of one parameter each, without decorators; empty ones are left out. */
function parameterGroups(list: SyntaxNode): SyntaxNode[][] {
  return commaGroups(childrenOf(list))
    .map((group) => group.filter(({ name }) => name !== 'Decorator'))
    .filter((group) => group.length > 0);
}

function parameterProperties(context: JavascriptContext, list: SyntaxNode): Statement[] {
  return parameterGroups(list).flatMap((group): readonly Statement[] => {
    const target = group.find(({ name }) => name === 'VariableDefinition');
    if (target === undefined || !(group[0]?.name === 'Privacy' || group[0]?.name === 'readonly')) return [];
    const span = spanOf(target);
    const id = textOf(context, target);
    const object: Expression = { kind: 'name', ...span, id: 'this' };
    const place: Expression = { kind: 'member', ...span, object, property: id, propertySpan: span, optional: false };
    const pattern = { kind: 'placePattern' as const, ...span, place };
    return [
      {
        kind: 'assign',
        ...span,
        targets: [pattern],
        value: { kind: 'name', ...span, id },
        annotation: null,
        declaration: null,
      },
    ];
  });
}

export function lowerClassParts(context: JavascriptContext, node: SyntaxNode, depth: number): ClassParts {
  const span = spanOf(node);
  const children = childrenOf(node);
  const nameNode = children.find(({ name }) => name === 'VariableDefinition');
  const extendsIdx = children.findIndex(({ name }) => name === 'extends');
  const base = extendsIdx < 0 ? undefined : children[extendsIdx + 1];
  const body = children.find(({ name }) => name === 'ClassBody');
  const bases: Argument[] =
    base === undefined
      ? []
      : [{ kind: 'positional', ...spanOf(base), name: null, value: lowerExpression(context, base, depth + 1) }];
  return {
    ...span,
    name: nameNode === undefined ? null : textOf(context, nameNode),
    bases,
    body:
      body === undefined || depth > context.maxDepth
        ? []
        : childrenOf(body).flatMap((member) => lowerMember(context, member, depth + 1)),
    decorators: [],
  };
}

function lowerMember(context: JavascriptContext, node: SyntaxNode, depth: number): readonly Statement[] {
  const span = spanOf(node);
  const children = childrenOf(node);
  const isStatic = children.some(({ name }) => name === 'static');
  const name = memberName(context, children);
  if (name === null) return [];
  if (node.name === 'MethodDeclaration') {
    if (!children.some((child) => child.name === 'Block')) return [];
    const definition = { ...lowerFunctionParts(context, node, depth), name };
    return [{ kind: 'method', ...span, definition, isStatic, accessor: accessorOf(children) }];
  }
  if (node.name !== 'PropertyDeclaration') return [];
  return [{ kind: 'field', ...span, name, value: fieldValue(context, children, depth), isStatic }];
}

function fieldValue(context: JavascriptContext, children: readonly SyntaxNode[], depth: number): Expression | null {
  const equalsIdx = children.findIndex(({ name }) => name === 'Equals');
  const node = equalsIdx < 0 ? undefined : children[equalsIdx + 1];
  return node === undefined ? null : lowerExpression(context, node, depth + 1);
}

/** Null for computed names. */
function memberName(context: JavascriptContext, children: readonly SyntaxNode[]): string | null {
  const node = children.find(({ name }) => /^(PropertyDefinition|PrivatePropertyDefinition|String|Number)$/.test(name));
  const computedIdx = children.findIndex(({ name }) => name === '[');
  if (node === undefined || (computedIdx >= 0 && (children[computedIdx]?.from ?? 0) < node.from)) return null;
  return node.name === 'String' ? stringValue(context, node) : textOf(context, node);
}

/** `get` and `set` are names too: only before the member's own name are they accessors. */
function accessorOf(children: readonly SyntaxNode[]): 'get' | 'set' | null {
  const node = children.find(({ name }) => name === 'get' || name === 'set');
  return node === undefined ? null : node.name === 'get' ? 'get' : 'set';
}
