/**
 * Lezer's JavaScript statement nodes to statements of the shared tree. Total: what is not understood is an
 * `error` statement with the node's span, and everything around it is kept. Type declarations are `empty`.
 */
import type { SyntaxNode } from '@lezer/common';
import type { DictEntry, Expression } from './ast.ts';
import type { Statement, SwitchCase } from './statement.ts';
import { childrenOf, commaGroups, groupSpan, spanOf, textOf, type JavascriptContext } from './javascript.ts';
import { lowerExpression, unknownExpression } from './javascriptExpressions.ts';
import { lowerClassParts, lowerFunctionParts } from './javascriptFunctions.ts';
import { asImport, lowerExport, lowerImport } from './javascriptModules.ts';
import { lowerPattern, lowerSplitPattern, valueOfSplitAssignment } from './javascriptPatterns.ts';

export function lowerStatements(context: JavascriptContext, nodes: readonly SyntaxNode[], depth: number): Statement[] {
  const statements: Statement[] = [];
  const kept = nodes.filter(({ name }) => name !== ';' && name !== 'Hashbang');
  for (let idx = 0; idx < kept.length; idx++) {
    const node = kept[idx] as SyntaxNode;
    const rest = valueOfSplitAssignment(node);
    if (rest === null) {
      statements.push(lowerStatement(context, node, depth));
      continue;
    }
    const value = lowerStatement(context, rest, depth);
    statements.push({
      kind: 'assign',
      start: node.from,
      end: rest.to,
      targets: [lowerSplitPattern(context, node, depth)],
      value: value.kind === 'expression' ? value.expression : null,
      annotation: null,
      declaration: null,
    });
    idx++;
  }
  return statements;
}

/** The statements between a block's braces. */
export function lowerBlock(context: JavascriptContext, block: SyntaxNode, depth: number): Statement[] {
  if (depth > context.maxDepth) return [];
  const inner = childrenOf(block).filter(({ name }) => name !== '{' && name !== '}');
  return lowerStatements(context, inner, depth + 1);
}

/** The body of a loop or branch, with or without braces. */
function lowerBody(context: JavascriptContext, node: SyntaxNode | undefined, depth: number): Statement[] {
  if (node === undefined || node.name === ';') return [];
  return node.name === 'Block' ? lowerBlock(context, node, depth) : [lowerStatement(context, node, depth + 1)];
}

export function lowerStatement(context: JavascriptContext, node: SyntaxNode, depth: number): Statement {
  const span = spanOf(node);
  if (depth > context.maxDepth) return { kind: 'error', ...span };
  const children = childrenOf(node);
  const one = (child: SyntaxNode | undefined): Expression =>
    child === undefined ? unknownExpression(span, 'syntax error') : lowerExpression(context, child, depth + 1);
  switch (node.name) {
    case 'ExpressionStatement':
      return { kind: 'expression', ...span, expression: one(children[0]) };
    case 'VariableDeclaration':
      return lowerDeclaration(context, node, depth);
    case 'FunctionDeclaration':
      return children.some(({ name }) => name === 'Block')
        ? { kind: 'functionDefinition', ...span, definition: lowerFunctionParts(context, node, depth + 1) }
        : { kind: 'empty', ...span };
    case 'ClassDeclaration':
      return { kind: 'classDefinition', ...span, definition: lowerClassParts(context, node, depth + 1) };
    case 'EnumDeclaration':
      return lowerEnum(context, node, depth);
    case 'ImportDeclaration':
      return lowerImport(context, node);
    case 'ExportDeclaration':
      return lowerExport(context, node, depth);
    case 'Block':
      return { kind: 'block', ...span, body: lowerBlock(context, node, depth), ownScope: true };
    case 'IfStatement': {
      const elseIdx = children.findIndex(({ name }) => name === 'else');
      if (isMainGuard(context, children[1])) {
        return { kind: 'block', ...span, body: lowerBody(context, children[2], depth), ownScope: true };
      }
      return {
        kind: 'if',
        ...span,
        test: one(children[1]),
        whenTrue: lowerBody(context, children[2], depth),
        whenFalse: elseIdx < 0 ? [] : lowerBody(context, children[elseIdx + 1], depth),
      };
    }
    case 'ForStatement':
      return lowerFor(context, node, depth);
    case 'WhileStatement':
      return {
        kind: 'while',
        ...span,
        test: one(children[1]),
        body: lowerBody(context, children[2], depth),
        otherwise: [],
        testAfter: false,
      };
    case 'DoStatement':
      return {
        kind: 'while',
        ...span,
        test: one(children.find(({ name }) => name === 'ParenthesizedExpression')),
        body: lowerBody(context, children[1], depth),
        otherwise: [],
        testAfter: true,
      };
    case 'SwitchStatement':
      return lowerSwitch(context, node, depth);
    case 'TryStatement':
      return lowerTry(context, node, depth);
    case 'ReturnStatement':
      return { kind: 'return', ...span, value: valueAfterKeyword(context, children, depth) };
    case 'ThrowStatement':
      return { kind: 'raise', ...span, value: valueAfterKeyword(context, children, depth) };
    case 'BreakStatement':
    case 'ContinueStatement': {
      const label = children.find(({ name }) => name === 'Label');
      const kind = node.name === 'BreakStatement' ? 'break' : 'continue';
      return { kind, ...span, label: label === undefined ? null : textOf(context, label) };
    }
    case 'LabeledStatement':
      return { kind: 'block', ...span, body: lowerBody(context, children[children.length - 1], depth), ownScope: true };
    case 'TypeAliasDeclaration':
    case 'InterfaceDeclaration':
    case 'AmbientDeclaration':
    case 'NamespaceDeclaration':
    case 'DebuggerStatement':
      return { kind: 'empty', ...span };
    default:
      return { kind: 'error', ...span };
  }
}

/** `if (import.meta.url === …)` and `if (require.main === module)`: the file is read as if it were started. */
function isMainGuard(context: JavascriptContext, test: SyntaxNode | undefined): boolean {
  return test !== undefined && /\bimport\.meta\.(url|main|filename)\b|\brequire\.main\b/.test(textOf(context, test));
}

function valueAfterKeyword(
  context: JavascriptContext,
  children: readonly SyntaxNode[],
  depth: number,
): Expression | null {
  const node = children[1];
  return node === undefined || node.name === ';' ? null : lowerExpression(context, node, depth + 1);
}

function lowerDeclaration(context: JavascriptContext, node: SyntaxNode, depth: number): Statement {
  const span = spanOf(node);
  const [keyword, ...rest] = childrenOf(node);
  const declaration = keyword?.name === 'const' || keyword?.name === 'var' ? keyword.name : 'let';
  const statements = commaGroups(rest.filter(({ name }) => name !== ';'))
    .filter((group) => group.length > 0)
    .map((group): Statement => {
      const own = groupSpan(group, span);
      const target = lowerPattern(context, group[0], own, depth + 1);
      const equalsIdx = group.findIndex(({ name }) => name === 'Equals');
      const valueNode = equalsIdx < 0 ? undefined : group[equalsIdx + 1];
      const value = valueNode === undefined ? null : lowerExpression(context, valueNode, depth + 1);
      const imported = value === null ? null : asImport(target, value);
      return imported ?? { kind: 'assign', ...own, targets: [target], value, annotation: null, declaration };
    });
  const [only] = statements;
  return statements.length === 1 && only !== undefined
    ? only
    : { kind: 'block', ...span, body: statements, ownScope: false };
}

/** `enum E { A, B = 2 }` is `const E = { A: 0, B: 2 }`; counting stops at a value that is no plain number. */
function lowerEnum(context: JavascriptContext, node: SyntaxNode, depth: number): Statement {
  const span = spanOf(node);
  const children = childrenOf(node);
  const nameNode = children.find(({ name }) => name === 'TypeDefinition');
  const body = children.find(({ name }) => name === 'EnumBody');
  if (nameNode === undefined || body === undefined) return { kind: 'error', ...span };
  let counter: number | null = 0;
  const entries = commaGroups(childrenOf(body)).flatMap((group): readonly DictEntry[] => {
    const [key, , valueNode] = group;
    if (key === undefined) return [];
    const own = groupSpan(group, span);
    const value: Expression =
      valueNode !== undefined
        ? lowerExpression(context, valueNode, depth + 1)
        : counter === null
          ? unknownExpression(own, 'enum member')
          : { kind: 'number', ...own, value: counter, isInteger: true };
    counter = value.kind === 'number' ? value.value + 1 : null;
    return [{ ...own, key: { kind: 'string', ...spanOf(key), value: textOf(context, key) }, value }];
  });
  return {
    kind: 'assign',
    ...span,
    targets: [{ kind: 'namePattern', ...spanOf(nameNode), id: textOf(context, nameNode) }],
    value: { kind: 'dict', ...spanOf(body), entries },
    annotation: null,
    declaration: 'const',
  };
}

function lowerFor(context: JavascriptContext, node: SyntaxNode, depth: number): Statement {
  const span = spanOf(node);
  const children = childrenOf(node);
  const spec = children.find(({ name }) => /^For(In|Of)?Spec$/.test(name));
  const body = lowerBody(context, children[children.length - 1], depth);
  if (spec === undefined) return { kind: 'error', ...span };
  const parts = childrenOf(spec).filter(({ name }) => name !== '(' && name !== ')');
  if (spec.name === 'ForSpec') return lowerClassicFor(context, parts, span, body, depth);
  const keyword = parts[0]?.name;
  const declaration = keyword === 'const' || keyword === 'let' || keyword === 'var' ? keyword : null;
  const operatorIdx = parts.findIndex(({ name }) => name === 'of' || name === 'in');
  const iterable = parts[operatorIdx + 1];
  return {
    kind: 'for',
    ...span,
    target: lowerPattern(context, parts[declaration === null ? 0 : 1], spanOf(spec), depth + 1),
    iterable:
      iterable === undefined
        ? unknownExpression(spanOf(spec), 'syntax error')
        : lowerExpression(context, iterable, depth + 1),
    body,
    otherwise: [],
    over: spec.name === 'ForOfSpec' ? 'of' : 'in',
    declaration,
  };
}

function lowerClassicFor(
  context: JavascriptContext,
  parts: readonly SyntaxNode[],
  span: { readonly start: number; readonly end: number },
  body: readonly Statement[],
  depth: number,
): Statement {
  const [first] = parts;
  const isDeclared = first?.name === 'VariableDeclaration';
  const rest = isDeclared ? parts.slice(1) : parts;
  const sections: SyntaxNode[][] = isDeclared ? [[], []] : [[]];
  for (const part of rest) {
    if (part.name === ';') sections.push([]);
    else sections[sections.length - 1]?.push(part);
  }
  const expressionOf = (section: readonly SyntaxNode[] | undefined): Expression | null => {
    const node = section?.[0];
    return node === undefined ? null : lowerExpression(context, node, depth + 1);
  };
  const initial = isDeclared ? null : expressionOf(sections[0]);
  const init: Statement | null = isDeclared
    ? lowerDeclaration(context, first, depth + 1)
    : initial === null
      ? null
      : { kind: 'expression', start: initial.start, end: initial.end, expression: initial };
  return {
    kind: 'classicFor',
    ...span,
    init,
    test: expressionOf(sections[1]),
    update: expressionOf(sections[2]),
    body,
  };
}

function lowerSwitch(context: JavascriptContext, node: SyntaxNode, depth: number): Statement {
  const span = spanOf(node);
  const children = childrenOf(node);
  const subject = children[1];
  const body = children.find(({ name }) => name === 'SwitchBody');
  const cases: SwitchCase[] = [];
  let current: { tests: Expression[] | null; body: Statement[]; span: { start: number; end: number } } | null = null;
  const close = (): void => {
    if (current !== null) cases.push({ ...current.span, tests: current.tests, body: current.body });
  };
  for (const child of body === undefined ? [] : childrenOf(body)) {
    if (child.name === 'CaseLabel' || child.name === 'DefaultLabel') {
      close();
      const test = childrenOf(child)[1];
      const tests =
        child.name === 'DefaultLabel' || test === undefined ? null : [lowerExpression(context, test, depth + 1)];
      current = { tests, body: [], span: spanOf(child) };
    } else if (current !== null && child.name !== '{' && child.name !== '}' && child.name !== ';') {
      current.body.push(lowerStatement(context, child, depth + 1));
      current.span = { ...current.span, end: child.to };
    }
  }
  close();
  return {
    kind: 'switch',
    ...span,
    subject:
      subject === undefined ? unknownExpression(span, 'syntax error') : lowerExpression(context, subject, depth + 1),
    cases,
    fallsThrough: true,
  };
}

function lowerTry(context: JavascriptContext, node: SyntaxNode, depth: number): Statement {
  const span = spanOf(node);
  const children = childrenOf(node);
  const blockOf = (parent: readonly SyntaxNode[]): Statement[] =>
    lowerBody(
      context,
      parent.find(({ name }) => name === 'Block'),
      depth,
    );
  const handlers = children
    .filter(({ name }) => name === 'CatchClause')
    .map((clause) => {
      const parts = childrenOf(clause);
      const target = parts.find(({ name }) => /^(VariableDefinition|ArrayPattern|ObjectPattern)$/.test(name));
      return {
        ...spanOf(clause),
        type: null,
        target: target === undefined ? null : lowerPattern(context, target, spanOf(clause), depth + 1),
        body: blockOf(parts),
      };
    });
  const finallyClause = children.find(({ name }) => name === 'FinallyClause');
  return {
    kind: 'try',
    ...span,
    body: blockOf(children),
    handlers,
    otherwise: [],
    finalizer: finallyClause === undefined ? [] : blockOf(childrenOf(finallyClause)),
  };
}
