/** Expressions read as assignment targets: Python writes both the same way. */
import type { Expression, Pattern } from './ast.ts';

export function patternOf(expression: Expression): Pattern {
  const { start, end } = expression;
  switch (expression.kind) {
    case 'name':
      return { kind: 'namePattern', start, end, id: expression.id };
    case 'member':
    case 'index':
      return { kind: 'placePattern', start, end, place: expression };
    case 'list':
    case 'tuple':
      return { kind: 'sequencePattern', start, end, items: expression.items.map(patternOf) };
    case 'spread':
      return { kind: 'restPattern', start, end, target: patternOf(expression.value) };
    default:
      return { kind: 'unknownPattern', start, end };
  }
}
