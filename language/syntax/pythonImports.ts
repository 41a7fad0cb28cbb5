/** `import a.b as c` and `from ..a import b as c, d`; dots and names come flat from the grammar. */
import type { SyntaxNode } from '@lezer/common';
import type { Statement } from './statement.ts';
import type { PythonContext } from './python.ts';
import { splitChildren } from './python.ts';
import { spanOf } from './pythonExpressions.ts';

export function lowerImport(context: PythonContext, node: SyntaxNode, children: readonly SyntaxNode[]): Statement {
  const span = spanOf(node);
  const textOf = (nodes: readonly SyntaxNode[]): string =>
    nodes.map((child) => context.text.slice(child.from, child.to)).join('');
  const aliased = (group: readonly SyntaxNode[]): { name: string; alias: string | null } => {
    const asIdx = group.findIndex((child) => child.name === 'as');
    return asIdx < 0
      ? { name: textOf(group), alias: null }
      : { name: textOf(group.slice(0, asIdx)), alias: textOf(group.slice(asIdx + 1)) };
  };
  const importIdx = children.findIndex((child) => child.name === 'import');
  if (importIdx < 0) return { kind: 'error', ...span };
  const named = children.slice(importIdx + 1).filter((child) => child.name !== '(' && child.name !== ')');
  const groups = splitChildren(named, ',').filter((group) => group.length > 0);
  if (children[0]?.name !== 'from') {
    const modules = groups.map(aliased).map(({ name, alias }) => ({ path: name, alias }));
    return { kind: 'import', ...span, modules };
  }
  const star = named.some((child) => child.name === '*');
  return {
    kind: 'fromImport',
    ...span,
    path: textOf(children.slice(1, importIdx)),
    names: star ? [] : groups.map(aliased),
    star,
    namespace: null,
  };
}
