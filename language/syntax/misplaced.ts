/** For tests and measurements: whether the spans of a syntax tree nest. */

/** The first node that does not lie within its parent, or ends before it starts; null where all nest. */
export function misplaced(value: unknown, start: number, end: number): unknown {
  if (typeof value !== 'object' || value === null) return null;
  const span = Array.isArray(value) ? {} : (value as { readonly start?: number; readonly end?: number });
  const isNode = span.start !== undefined && span.end !== undefined;
  const [first, last] = isNode ? [span.start ?? start, span.end ?? end] : [start, end];
  if (first < start || end < last || last < first) return value;
  for (const [key, inner] of Object.entries(value) as [string, unknown][]) {
    // A decorator stands before what it decorates.
    const found = key === 'decorators' ? misplaced(inner, start, end) : misplaced(inner, first, last);
    if (found !== null) return found;
  }
  return null;
}
