/** JavaScript's targets of assignments: names, places, and array and object patterns with defaults and rests. */
import type { SyntaxNode } from '@lezer/common';
import type { Expression, Pattern, Span } from './ast.ts';
import { childrenOf, commaGroups, groupSpan, spanOf, textOf, type JavascriptContext } from './javascript.ts';
import { lowerExpression, unknownExpression } from './javascriptExpressions.ts';
import { stringValue } from './javascriptLiterals.ts';

export function lowerPattern(
  context: JavascriptContext,
  node: SyntaxNode | undefined,
  span: Span,
  depth: number,
): Pattern {
  if (node === undefined || depth > context.maxDepth) return { kind: 'unknownPattern', ...span };
  const own = spanOf(node);
  switch (node.name) {
    case 'VariableDefinition':
    case 'VariableName':
      return { kind: 'namePattern', ...own, id: textOf(context, node) };
    case 'ArrayPattern':
      return {
        kind: 'sequencePattern',
        ...own,
        items: commaGroups(childrenOf(node)).map((group) => lowerPatternGroup(context, group, own, depth + 1)),
      };
    case 'ObjectPattern':
      return lowerObjectPattern(context, node, depth);
    case 'ParenthesizedExpression':
      return lowerPattern(context, childrenOf(node)[1], own, depth + 1);
    case 'MemberExpression': {
      const place = lowerExpression(context, node, depth + 1);
      return place.kind === 'member' || place.kind === 'index'
        ? { kind: 'placePattern', ...own, place }
        : { kind: 'unknownPattern', ...own };
    }
    default:
      return { kind: 'unknownPattern', ...own };
  }
}

/**
 * `[this.a, this.b] = …`: the grammar knows no places in array patterns and reads two statements with an error
 * between. Gives the second of them, which holds the value; null where it is something else.
 */
export function valueOfSplitAssignment(node: SyntaxNode): SyntaxNode | null {
  if (node.name !== 'ExpressionStatement' || node.firstChild?.name !== 'ArrayExpression') return null;
  const last = node.lastChild;
  const isEquals = last?.type.isError === true && last.firstChild?.name === 'Equals';
  const next = isEquals ? node.nextSibling : null;
  return next?.name === 'ExpressionStatement' ? next : null;
}

/** The array before the `=` of such an assignment, as a pattern. */
export function lowerSplitPattern(context: JavascriptContext, node: SyntaxNode, depth: number): Pattern {
  const array = node.firstChild;
  const span = spanOf(array ?? node);
  if (array === null) return { kind: 'unknownPattern', ...span };
  const groups = commaGroups(childrenOf(array));
  return {
    kind: 'sequencePattern',
    ...span,
    items: groups.map((group) => lowerPatternGroup(context, group, span, depth + 1)),
  };
}

/** `...x`, `x`, or `x = value`; null for a hole. */
function lowerPatternGroup(
  context: JavascriptContext,
  group: readonly SyntaxNode[],
  outer: Span,
  depth: number,
): Pattern | null {
  const [first] = group;
  if (first === undefined) return null;
  const span = groupSpan(group, outer);
  if (first.name === 'Spread') {
    return { kind: 'restPattern', ...span, target: lowerPattern(context, group[1], span, depth) };
  }
  return withDefault(context, lowerPattern(context, first, span, depth), group.slice(1), span, depth);
}

function withDefault(
  context: JavascriptContext,
  target: Pattern,
  rest: readonly SyntaxNode[],
  span: Span,
  depth: number,
): Pattern {
  const equalsIdx = rest.findIndex(({ name }) => name === 'Equals');
  const value = equalsIdx < 0 ? undefined : rest[equalsIdx + 1];
  if (value === undefined) return target;
  return { kind: 'defaultPattern', ...span, target, value: lowerExpression(context, value, depth + 1) };
}

function lowerObjectPattern(context: JavascriptContext, node: SyntaxNode, depth: number): Pattern {
  const span = spanOf(node);
  const entries: { readonly key: Expression; readonly target: Pattern }[] = [];
  let rest: Pattern | null = null;
  for (const property of childrenOf(node).filter(({ name }) => name === 'PatternProperty')) {
    const own = spanOf(property);
    const children = childrenOf(property);
    const [first] = children;
    if (first === undefined) continue;
    if (first.name === 'Spread') {
      rest = lowerPattern(context, children[1], own, depth + 1);
      continue;
    }
    const colonIdx = children.findIndex(({ name }) => name === ':');
    if (colonIdx < 0) {
      const target = lowerPattern(context, first, own, depth + 1);
      const key: Expression = { kind: 'string', ...spanOf(first), value: textOf(context, first) };
      entries.push({ key, target: withDefault(context, target, children.slice(1), own, depth) });
      continue;
    }
    const target = lowerPattern(context, children[colonIdx + 1], own, depth + 1);
    entries.push({
      key: lowerKey(context, children.slice(0, colonIdx), own, depth + 1),
      target: withDefault(context, target, children.slice(colonIdx + 2), own, depth),
    });
  }
  return { kind: 'objectPattern', ...span, entries, rest };
}

/** A property's key: `a`, `'a'`, `1`, `[expression]`. */
export function lowerKey(
  context: JavascriptContext,
  nodes: readonly SyntaxNode[],
  span: Span,
  depth: number,
): Expression {
  const [first, second] = nodes;
  if (first === undefined) return unknownExpression(span, 'syntax error');
  if (first.name === '[') {
    return second === undefined ? unknownExpression(span, 'syntax error') : lowerExpression(context, second, depth + 1);
  }
  const value = first.name === 'String' ? stringValue(context, first) : textOf(context, first);
  return { kind: 'string', ...spanOf(first), value };
}
