/**
 * Python's numbers and strings: prefixes, escapes, implicit concatenation and f-strings.
 * Bytes are read as strings; imaginary numbers are unknown.
 */
import type { SyntaxNode } from '@lezer/common';
import type { Expression, TemplateHole } from './ast.ts';
import type { PythonContext } from './python.ts';
import { childrenOf } from './python.ts';
import { lowerExpression, spanOf, unknownExpression } from './pythonExpressions.ts';

export function lowerNumber(context: PythonContext, node: SyntaxNode): Expression {
  const span = spanOf(node);
  const text = context.text.slice(node.from, node.to).replaceAll('_', '').replace(/[lL]$/, '');
  if (/[jJ]$/.test(text)) return unknownExpression(span, 'imaginary number');
  const isInteger = context.text[node.to] !== '.' && /^(0[xX][\da-fA-F]+|0[bB][01]+|0[oO][0-7]+|\d+)$/.test(text);
  const oldOctal = /^0[0-7]+$/.test(text);
  const value = oldOctal ? Number.parseInt(text, 8) : Number(text);
  return Number.isFinite(value) ? { kind: 'number', ...span, value, isInteger } : unknownExpression(span, 'number');
}

export function lowerString(context: PythonContext, node: SyntaxNode, depth: number): Expression {
  const span = spanOf(node);
  const parts: (string | TemplateHole)[] = [];
  const pieces = node.name === 'ContinuedString' ? childrenOf(node) : [node];
  for (const piece of pieces) {
    if (piece.name === 'FormatString') appendFormatString(context, piece, parts, depth);
    else parts.push(plainString(context.text.slice(piece.from, piece.to)));
  }
  const merged = mergeText(parts);
  const [only] = merged;
  if (merged.length === 0) return { kind: 'string', ...span, value: '' };
  if (merged.length === 1 && typeof only === 'string') return { kind: 'string', ...span, value: only };
  return { kind: 'template', ...span, parts: merged };
}

function plainString(source: string): string {
  const { raw, start, end } = quotes(source);
  const body = source.slice(start, end);
  return raw ? body : unescape(body);
}

function quotes(source: string): { raw: boolean; start: number; end: number } {
  const prefix = /^[a-zA-Z]*/.exec(source)?.[0] ?? '';
  const rest = source.slice(prefix.length);
  const width = rest.startsWith('"""') || rest.startsWith("'''") ? 3 : 1;
  const mark = rest.slice(0, width);
  const closed = rest.length >= 2 * width && rest.endsWith(mark);
  return {
    raw: /r/i.test(prefix),
    start: prefix.length + width,
    end: closed ? source.length - width : source.length,
  };
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
  '0': '\0',
};

function unescape(body: string): string {
  if (!body.includes('\\')) return body;
  return body.replace(/\\(x[\da-fA-F]{2}|u[\da-fA-F]{4}|[\s\S])/g, (whole: string, code: string) => {
    if (code.length > 1) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return ESCAPES[code] ?? whole;
  });
}

function appendFormatString(
  context: PythonContext,
  node: SyntaxNode,
  parts: (string | TemplateHole)[],
  depth: number,
): void {
  const source = context.text.slice(node.from, node.to);
  const { raw, start, end } = quotes(source);
  const textOf = (from: number, to: number): string => {
    const body = context.text.slice(from, to).replaceAll('{{', '{').replaceAll('}}', '}');
    return raw ? body : unescape(body);
  };
  let offset = node.from + start;
  for (const child of childrenOf(node)) {
    if (child.name !== 'FormatReplacement') continue;
    parts.push(textOf(offset, child.from), holeOf(context, child, depth));
    offset = child.to;
  }
  parts.push(textOf(Math.min(offset, node.from + end), node.from + end));
}

function holeOf(context: PythonContext, node: SyntaxNode, depth: number): TemplateHole {
  const children = childrenOf(node);
  const value = children.find((child) => child.name !== '{' && child.name !== '}');
  const spec = children.find((child) => child.name === 'FormatSpec');
  return {
    value:
      value === undefined
        ? unknownExpression(spanOf(node), 'syntax error')
        : lowerExpression(context, value, depth + 1),
    spec: spec === undefined ? null : context.text.slice(spec.from + 1, spec.to),
  };
}

function mergeText(parts: readonly (string | TemplateHole)[]): (string | TemplateHole)[] {
  const merged: (string | TemplateHole)[] = [];
  for (const part of parts) {
    const last = merged[merged.length - 1];
    if (typeof part === 'string' && typeof last === 'string') merged[merged.length - 1] = last + part;
    else if (part !== '') merged.push(part);
  }
  return merged;
}
