/**
 * The part of YAML that configuration files of training scripts use: block and flow mappings and lists,
 * quoted and plain scalars, comments. Anchors, tags, block texts and several documents are beyond it, and
 * give null rather than a wrong reading.
 */

export type PlainData = null | boolean | number | string | readonly PlainData[] | { readonly [key: string]: PlainData };

/** A number as it was written: `1.0` is no integer. */
export interface Line {
  readonly indent: number;
  readonly text: string;
}

class NotUnderstood extends Error {}

/** undefined: the text is not understood. */
export function parseYaml(text: string): PlainData | undefined {
  try {
    const lines = linesOf(text);
    if (lines.length === 0) return null;
    const state = { at: 0 };
    const value = readBlock(lines, state, lines[0]?.indent ?? 0, 0);
    return state.at === lines.length ? value : undefined;
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    throw error;
  }
}

const MAX_LINES = 4000;
const MAX_DEPTH = 30;

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (const raw of text.split(/\r?\n/)) {
    const line = withoutComment(raw);
    if (line.trim() === '' || (lines.length === 0 && line.trim() === '---')) continue;
    if (/^\s*\t/.test(line) || lines.length >= MAX_LINES) throw new NotUnderstood();
    const content = line.trimStart();
    lines.push({ indent: line.length - content.length, text: content.trimEnd() });
  }
  return lines;
}

function withoutComment(line: string): string {
  let quote = '';
  for (let idx = 0; idx < line.length; idx++) {
    const char = line[idx] ?? '';
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = /[\s:,[{-]/.test(line[idx - 1] ?? ' ') ? char : '';
    else if (char === '#' && /\s/.test(line[idx - 1] ?? ' ')) return line.slice(0, idx);
  }
  return line;
}

function readBlock(lines: Line[], state: { at: number }, indent: number, depth: number): PlainData {
  if (depth > MAX_DEPTH) throw new NotUnderstood();
  const first = lines[state.at];
  if (first === undefined || first.indent < indent) return null;
  if (/^-(\s|$)/.test(first.text)) return readList(lines, state, first.indent, depth);
  if (keyOf(first.text) === null) {
    state.at++;
    return scalar(first.text);
  }
  return readMapping(lines, state, first.indent, depth);
}

function readList(lines: Line[], state: { at: number }, indent: number, depth: number): PlainData {
  const items: PlainData[] = [];
  for (;;) {
    const line = lines[state.at];
    if (line === undefined || line.indent !== indent || !/^-(\s|$)/.test(line.text)) return items;
    const rest = line.text.slice(1).trimStart();
    if (rest === '') {
      state.at++;
      items.push(readBlock(lines, state, indent + 1, depth + 1));
    } else if (keyOf(rest) === null && !/^-\s/.test(rest)) {
      state.at++;
      items.push(scalar(rest));
    } else {
      // `- key: value` opens a mapping at the column of its first key.
      const column = indent + line.text.length - rest.length;
      lines[state.at] = { indent: column, text: rest };
      items.push(readBlock(lines, state, column, depth + 1));
    }
  }
}

function readMapping(lines: Line[], state: { at: number }, indent: number, depth: number): PlainData {
  const entries: Record<string, PlainData> = Object.create(null) as Record<string, PlainData>;
  for (;;) {
    const line = lines[state.at];
    if (line === undefined || line.indent !== indent) {
      if (line !== undefined && line.indent > indent) throw new NotUnderstood();
      return entries;
    }
    const found = keyOf(line.text);
    if (found === null) throw new NotUnderstood();
    state.at++;
    if (found.rest !== '') {
      entries[found.key] = scalar(found.rest);
      continue;
    }
    const next = lines[state.at];
    const isListBelow = next !== undefined && next.indent === indent && /^-(\s|$)/.test(next.text);
    entries[found.key] = readBlock(lines, state, isListBelow ? indent : indent + 1, depth + 1);
  }
}

function keyOf(text: string): { readonly key: string; readonly rest: string } | null {
  const match = /^(?:"([^"]*)"|'([^']*)'|([^\s"'[{&*!|>%@`#,-][^:#]*?|-[^\s:][^:]*?))\s*:(?:\s+(.*))?$/.exec(text);
  if (match === null) return null;
  return { key: match[1] ?? match[2] ?? match[3] ?? '', rest: (match[4] ?? '').trim() };
}

function scalar(text: string): PlainData {
  const reader = { text, at: 0 };
  const value = flow(reader, 0, false);
  if (reader.text.slice(reader.at).trim() !== '') throw new NotUnderstood();
  return value;
}

function flow(reader: { text: string; at: number }, depth: number, isInner: boolean): PlainData {
  if (depth > MAX_DEPTH) throw new NotUnderstood();
  skipSpace(reader);
  const char = reader.text[reader.at] ?? '';
  if (char === '[' || char === '{') return flowCollection(reader, char, depth);
  if (char === '"' || char === "'") {
    const end = reader.text.indexOf(char, reader.at + 1);
    if (end < 0) throw new NotUnderstood();
    const value = reader.text.slice(reader.at + 1, end);
    reader.at = end + 1;
    return value;
  }
  if (/[&*!|>%@`]/.test(char)) throw new NotUnderstood();
  const plain =
    (isInner ? /^[^,[\]{}]*?(?=\s*(?:[,\]}]|:\s|$))/ : /^.*/s).exec(reader.text.slice(reader.at))?.[0] ?? '';
  reader.at += plain.length;
  return plainScalar(plain.trim());
}

function flowCollection(reader: { text: string; at: number }, open: string, depth: number): PlainData {
  const close = open === '[' ? ']' : '}';
  const items: PlainData[] = [];
  const entries: Record<string, PlainData> = Object.create(null) as Record<string, PlainData>;
  reader.at++;
  for (;;) {
    skipSpace(reader);
    const char = reader.text[reader.at];
    if (char === undefined) throw new NotUnderstood();
    if (char === close) {
      reader.at++;
      return open === '[' ? items : entries;
    }
    const value = flow(reader, depth + 1, true);
    skipSpace(reader);
    if (open === '[') items.push(value);
    else {
      if (reader.text[reader.at] !== ':') throw new NotUnderstood();
      reader.at++;
      entries[String(value)] = flow(reader, depth + 1, true);
      skipSpace(reader);
    }
    if (reader.text[reader.at] === ',') reader.at++;
    else if (reader.text[reader.at] !== close) throw new NotUnderstood();
  }
}

function skipSpace(reader: { text: string; at: number }): void {
  while (/\s/.test(reader.text[reader.at] ?? '')) reader.at++;
}

function plainScalar(text: string): PlainData {
  if (text === '' || text === '~' || /^null$/i.test(text)) return null;
  if (/^(true|yes|on)$/i.test(text)) return true;
  if (/^(false|no|off)$/i.test(text)) return false;
  if (/^[-+]?(\d[\d_]*)$/.test(text)) return Number(text.replaceAll('_', ''));
  if (/^[-+]?(\d+\.\d*|\.\d+|\d+)([eE][-+]?\d+)?$/.test(text)) return Number(text);
  return text;
}
