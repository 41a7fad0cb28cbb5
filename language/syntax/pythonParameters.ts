/** Parameter lists of Python functions and lambdas, with `*`, `/`, defaults and annotations. */
import type { SyntaxNode } from '@lezer/common';
import type { Expression, Parameter } from './ast.ts';
import type { PythonContext } from './python.ts';
import { childrenOf, splitChildren } from './python.ts';
import { groupSpan, lowerExpression, withoutBrackets } from './pythonExpressions.ts';
import { patternOf } from './pythonPatterns.ts';

export function lowerParameters(context: PythonContext, list: SyntaxNode, depth: number): Parameter[] {
  const parameters: Parameter[] = [];
  let afterStar = false;
  for (const group of splitChildren(withoutBrackets(childrenOf(list)), ',')) {
    const marker = group[0]?.name;
    const isVar = marker === '*' || marker === '**';
    const nameNode = group[isVar ? 1 : 0];
    if (marker === '/' || nameNode === undefined) {
      afterStar ||= marker === '*';
      continue;
    }
    const kind =
      marker === '*' ? 'varPositional' : marker === '**' ? 'varKeyword' : afterStar ? 'keywordOnly' : 'positional';
    const assignIdx = group.findIndex((child) => child.name === 'AssignOp');
    const valueNode = assignIdx < 0 ? undefined : group[assignIdx + 1];
    parameters.push({
      ...groupSpan(group),
      kind,
      target: patternOf(lowerExpression(context, nameNode, depth)),
      defaultValue: valueNode === undefined ? null : lowerExpression(context, valueNode, depth),
      annotation: annotationOf(context, group, depth),
    });
    if (marker === '*') afterStar = true;
  }
  return parameters;
}

export function annotationOf(context: PythonContext, group: readonly SyntaxNode[], depth: number): Expression | null {
  const typeDef = group.find((child) => child.name === 'TypeDef');
  const node = typeDef === undefined ? undefined : childrenOf(typeDef).find((child) => child.name !== ':');
  return node === undefined ? null : lowerExpression(context, node, depth);
}
