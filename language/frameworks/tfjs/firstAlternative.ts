/**
 * The texts that a function compares one of its arguments with say what people hand it. Where nobody calls
 * the function, its first alternative stands for the argument, as with options of a command line.
 */
import type { Expression, Statement } from '../../syntax/ast.ts';

const MAX_NODES = 4000;

/** The text in the first `name === 'text'` or `switch (name) { case 'text': … }`; null: none. */
export function firstAlternative(body: readonly Statement[], name: string): string | null {
  let nNodes = 0;
  const visit = (value: unknown): string | null => {
    if (typeof value !== 'object' || value === null || ++nNodes > MAX_NODES) return null;
    const found = Array.isArray(value) ? null : comparedText(value as Expression | Statement, name);
    if (found !== null) return found;
    for (const part of Object.values(value)) {
      const inner = visit(part);
      if (inner !== null) return inner;
    }
    return null;
  };
  return visit(body);
}

function comparedText(node: Expression | Statement, name: string): string | null {
  const isName = (expression: Expression): boolean => expression.kind === 'name' && expression.id === name;
  if (node.kind === 'compare') {
    const [link] = node.links;
    if (link === undefined || node.links.length > 1 || !/^===?$/.test(link.operator)) return null;
    if (isName(node.first) && link.operand.kind === 'string') return link.operand.value;
    return isName(link.operand) && node.first.kind === 'string' ? node.first.value : null;
  }
  if (node.kind !== 'switch' || !isName(node.subject)) return null;
  const tests = node.cases.flatMap((part) => part.tests ?? []);
  const [text] = tests.flatMap((test) => (test.kind === 'string' ? [test.value] : []));
  return text ?? null;
}
