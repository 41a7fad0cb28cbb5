/**
 * The same tree further down or up the text: a copy with every offset moved. Nothing of the tree is
 * changed, because others may hold it. Knows of trees only that they are made of records and lists, and
 * that offsets are called `start` and `end` (syntax/ast.ts).
 */
import type { Span } from './ast.ts';

export function shiftSpans<T>(tree: T, distance: number): T {
  return distance === 0 ? tree : (shifted(tree, distance) as T);
}

function shifted(value: unknown, distance: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => shifted(item, distance));
  const copy: Record<string, unknown> = { ...value };
  for (const key in copy) {
    const field = copy[key];
    if (typeof field === 'object' && field !== null) copy[key] = shifted(field, distance);
  }
  if (isSpan(copy)) {
    copy.start += distance;
    copy.end += distance;
  }
  return copy;
}

function isSpan(record: object): record is { -readonly [Key in keyof Span]: Span[Key] } {
  return 'start' in record;
}
