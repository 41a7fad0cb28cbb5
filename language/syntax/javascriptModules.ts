/**
 * Imports and exports of JavaScript, and the forms that mean the same: `const tf = require('x')`,
 * `const { a } = await import('x')`. Type-only imports and exports bind nothing.
 */
import type { SyntaxNode } from '@lezer/common';
import type { Expression, Pattern } from './ast.ts';
import type { FromImportStatement, Statement } from './statement.ts';
import { childrenOf, commaGroups, spanOf, textOf, type JavascriptContext } from './javascript.ts';
import { lowerExpression } from './javascriptExpressions.ts';
import { stringValue } from './javascriptLiterals.ts';
import { lowerStatement } from './javascriptStatements.ts';

interface ImportedName {
  readonly name: string;
  readonly alias: string | null;
}

export function lowerImport(context: JavascriptContext, node: SyntaxNode): Statement {
  const span = spanOf(node);
  const children = childrenOf(node);
  const source = children.find(({ name }) => name === 'String');
  if (source === undefined || children[1]?.name === 'type') return { kind: 'empty', ...span };
  const names: ImportedName[] = [];
  let namespace: string | null = null;
  for (const child of children) {
    if (child.name === 'ImportGroup') names.push(...groupNames(context, child));
    else if (child.name === 'VariableDefinition') {
      if (children.some(({ name }) => name === 'Star') && children.indexOf(child) > 2)
        namespace = textOf(context, child);
      else names.push({ name: 'default', alias: textOf(context, child) });
    }
  }
  return { kind: 'fromImport', ...span, path: stringValue(context, source), names, star: false, namespace };
}

/** `{ a, b as c, default as d }`; names marked `type` are left out. */
function groupNames(context: JavascriptContext, group: SyntaxNode): ImportedName[] {
  return commaGroups(childrenOf(group)).flatMap((nodes): readonly ImportedName[] => {
    if (nodes[0]?.name === 'type') return [];
    const named = nodes.filter(({ name }) => name !== 'as');
    const [first, second] = named;
    if (first === undefined) return [];
    const name = first.name === 'String' ? stringValue(context, first) : textOf(context, first);
    return [{ name, alias: second === undefined ? null : textOf(context, second) }];
  });
}

export function lowerExport(context: JavascriptContext, node: SyntaxNode, depth: number): Statement {
  const span = spanOf(node);
  const children = childrenOf(node);
  const second = children[1];
  const source = children.find(({ name }) => name === 'String');
  const from = source === undefined ? null : stringValue(context, source);
  const nothing = { declaration: null, names: [], from, defaultValue: null, isDefault: false, star: false };
  if (second?.name === 'type') return { kind: 'empty', ...span };
  if (second?.name === 'Star') return { kind: 'export', ...span, ...nothing, star: true };
  if (second?.name === 'ExportGroup') {
    return { kind: 'export', ...span, ...nothing, names: groupNames(context, second) };
  }
  if (second?.name === 'default') {
    const value = children[2];
    if (value === undefined) return { kind: 'error', ...span };
    if (/Declaration$/.test(value.name)) {
      const declaration = lowerStatement(context, value, depth + 1);
      return { kind: 'export', ...span, ...nothing, from: null, declaration, isDefault: true };
    }
    return {
      kind: 'export',
      ...span,
      ...nothing,
      from: null,
      defaultValue: lowerExpression(context, value, depth + 1),
      isDefault: true,
    };
  }
  const declaration = children.find(({ name }) => /Declaration$/.test(name));
  if (declaration === undefined) return { kind: 'empty', ...span };
  return {
    kind: 'export',
    ...span,
    ...nothing,
    from: null,
    declaration: lowerStatement(context, declaration, depth + 1),
  };
}

/** `const tf = require('x')` as the import that it is; null where it is none. */
export function asImport(target: Pattern, value: Expression): FromImportStatement | null {
  const path = requiredPath(value.kind === 'await' ? value.value : value);
  if (path === null) return null;
  const { start, end } = value;
  if (target.kind === 'namePattern') {
    return { kind: 'fromImport', start, end, path, names: [], star: false, namespace: target.id };
  }
  if (target.kind !== 'objectPattern' || target.rest !== null) return null;
  const names: ImportedName[] = [];
  for (const entry of target.entries) {
    if (entry.key.kind !== 'string' || entry.target.kind !== 'namePattern') return null;
    names.push({ name: entry.key.value, alias: entry.target.id });
  }
  return { kind: 'fromImport', start, end, path, names, star: false, namespace: null };
}

function requiredPath(value: Expression): string | null {
  if (value.kind !== 'call' || value.callee.kind !== 'name' || value.args.length !== 1) return null;
  const [argument] = value.args;
  const isRequire = value.callee.id === 'require' || value.callee.id === 'import';
  return isRequire && argument?.value.kind === 'string' ? argument.value.value : null;
}
