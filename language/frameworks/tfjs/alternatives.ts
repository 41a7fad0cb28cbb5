/**
 * The texts that a function compares one of its arguments with say what people hand it. Where nobody calls
 * the function, they stand for the argument in turn, the first of them first, as with options of a command line.
 */
import type { Expression } from '../../syntax/ast.ts';
import type { Statement } from '../../syntax/statement.ts';

const MAX_NODES = 4000;
const MAX_TEXTS = 6;

/** The texts in `name === 'text'` and `switch (name) { case 'text': … }`, in the order of the source. */
export function alternatives(body: readonly Statement[], name: string): readonly string[] {
  const texts = new Set<string>();
  let nNodes = 0;
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || ++nNodes > MAX_NODES || texts.size >= MAX_TEXTS) return;
    if (!Array.isArray(value)) for (const text of comparedTexts(value as Expression | Statement, name)) texts.add(text);
    for (const part of Object.values(value)) visit(part);
  };
  visit(body);
  return [...texts].slice(0, MAX_TEXTS);
}

function comparedTexts(node: Expression | Statement, name: string): readonly string[] {
  const isName = (expression: Expression): boolean => expression.kind === 'name' && expression.id === name;
  if (node.kind === 'compare') {
    const [link] = node.links;
    if (link === undefined || node.links.length > 1 || !/^===?$/.test(link.operator)) return [];
    if (isName(node.first) && link.operand.kind === 'string') return [link.operand.value];
    return isName(link.operand) && node.first.kind === 'string' ? [node.first.value] : [];
  }
  if (node.kind !== 'switch' || !isName(node.subject)) return [];
  const tests = node.cases.flatMap((part) => part.tests ?? []);
  return tests.flatMap((test) => (test.kind === 'string' ? [test.value] : []));
}
