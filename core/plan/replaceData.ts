/**
 * The text of a plan with another `data` section: everything else stays as the user wrote it, byte for byte, with
 * their indentation and comments of neighbours untouched. null where the text has no top-level `data` object to
 * replace. Pure; strict JSON only, as plans are.
 */
export interface DataSection {
  readonly images: string;
  readonly size: number;
  readonly channels: 1 | 3;
  readonly limit?: number;
}

export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Fields of the old section that the new one does not set are kept. */
export function replaceData(plan: string, data: DataSection): TextChange | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(plan);
  } catch {
    return null;
  }
  if (!isRecord(parsed) || !isRecord(parsed['data'])) return null;
  const span = valueSpan(plan, 'data');
  if (span === null) return null;
  const kept = { ...parsed['data'], limit: undefined };
  const section = { ...kept, ...data };
  const old = plan.slice(span.start, span.end);
  const indent = /\n([ \t]*)[^\n]*$/.exec(plan.slice(0, span.start))?.[1] ?? '';
  const text = old.includes('\n')
    ? JSON.stringify(section, null, 2).replaceAll('\n', `\n${indent}`)
    : JSON.stringify(section, null, 1).replaceAll(/\n\s*/g, ' ');
  return { ...span, text };
}

/** The text with another value of a top-level key; null where it has none, or is no JSON object. */
export function replaceValue(plan: string, key: string, value: unknown): TextChange | null {
  try {
    if (!isRecord(JSON.parse(plan))) return null;
  } catch {
    return null;
  }
  const span = valueSpan(plan, key);
  if (span === null) return null;
  const indent = /\n([ \t]*)[^\n]*$/.exec(plan.slice(0, span.start))?.[1] ?? '';
  return { ...span, text: JSON.stringify(value, null, 2).replaceAll('\n', `\n${indent}`) };
}

/** Where the value of a top-level key stands; the text is valid JSON. */
function valueSpan(text: string, key: string): { readonly start: number; readonly end: number } | null {
  let depth = 0;
  let start = -1;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') {
      const end = endOfString(text, i);
      const colon = /^\s*:\s*/.exec(text.slice(end));
      if (depth === 1 && start < 0 && colon !== null && JSON.parse(text.slice(i, end)) === key) {
        start = end + colon[0].length;
        i = start - 1;
        continue;
      }
      i = end - 1;
    } else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') {
      depth--;
      if (start >= 0 && depth === 1) return { start, end: i + 1 };
    }
  }
  return null;
}

function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i + 1;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
