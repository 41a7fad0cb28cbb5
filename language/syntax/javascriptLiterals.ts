/** JavaScript's numbers, strings and templates, with their escapes. BigInts are numbers while they are exact. */
import type { SyntaxNode } from '@lezer/common';
import type { Expression, TemplateHole } from './ast.ts';
import { childrenOf, spanOf, textOf, type JavascriptContext } from './javascript.ts';
import { lowerExpression, unknownExpression } from './javascriptExpressions.ts';

export function lowerNumber(context: JavascriptContext, node: SyntaxNode): Expression {
  const text = textOf(context, node).replaceAll('_', '').replace(/n$/, '');
  const value = Number(text);
  if (!Number.isFinite(value)) return unknownExpression(spanOf(node), 'number');
  return { kind: 'number', ...spanOf(node), value, isInteger: Number.isInteger(value) };
}

export function stringValue(context: JavascriptContext, node: SyntaxNode): string {
  const source = textOf(context, node);
  const closed = source.length > 1 && source.endsWith(source[0] ?? '');
  return unescape(source.slice(1, closed ? -1 : undefined));
}

export function lowerTemplate(context: JavascriptContext, node: SyntaxNode, depth: number): Expression {
  const parts: (string | TemplateHole)[] = [];
  let offset = node.from + 1;
  const addText = (end: number): void => {
    if (end > offset) parts.push(unescape(context.text.slice(offset, end)));
  };
  for (const child of childrenOf(node)) {
    if (child.name !== 'Interpolation') continue;
    addText(child.from);
    const inner = childrenOf(child).find(({ name }) => !name.startsWith('Interpolation'));
    const value =
      inner === undefined
        ? unknownExpression(spanOf(child), 'syntax error')
        : lowerExpression(context, inner, depth + 1);
    parts.push({ value, spec: null });
    offset = child.to;
  }
  addText(Math.max(offset, context.text[node.to - 1] === '`' ? node.to - 1 : node.to));
  const [only] = parts;
  if (parts.length === 0) return { kind: 'string', ...spanOf(node), value: '' };
  if (parts.length === 1 && typeof only === 'string') return { kind: 'string', ...spanOf(node), value: only };
  return { kind: 'template', ...spanOf(node), parts };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', '0': '\0' };

function unescape(body: string): string {
  if (!body.includes('\\')) return body;
  return body.replace(
    /\\(x[\da-fA-F]{2}|u[\da-fA-F]{4}|u\{[\da-fA-F]{1,6}\}|\r\n|[\s\S])/g,
    (_whole: string, code: string) => {
      if (code.length > 1 && /^[xu]/.test(code)) {
        const point = Number.parseInt(code.replace(/[xu{}]/g, ''), 16);
        return point <= 0x10ffff ? String.fromCodePoint(point) : '';
      }
      return code === '\n' || code === '\r\n' ? '' : (escapes[code] ?? code);
    },
  );
}
