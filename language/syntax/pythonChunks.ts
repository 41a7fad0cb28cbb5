/**
 * Cuts a Python text where its top-level statements begin, without parsing it: a line at the left margin
 * outside of strings and brackets begins one, unless it goes on with the one before (`else:`, what a
 * decorator decorates). Blank lines and comments belong to the chunk before them. A bracket that is never
 * closed ends where the next `class`, `def` or `import` begins, so that half-typed code spoils its own
 * statement only. Any text gives chunks that join to it again.
 */

const newline = 10;
const carriageReturn = 13;
const hash = 35;
const doubleQuote = 34;
const singleQuote = 39;
const backslash = 92;

/** Offsets at which chunks begin, ascending; the first is 0. */
export function chunkStarts(text: string): readonly number[] {
  const starts = [0];
  let isDecorated = false;
  let depth = 0;
  let isContinued = false;
  let at = 0;
  while (at < text.length) {
    if (depth > 0 && beginsDefinition(text, at)) depth = 0;
    if (depth === 0 && !isContinued && beginsStatement(text, at)) {
      if (!isDecorated && at > 0) starts.push(at);
      isDecorated = text[at] === '@';
    }
    const line = scanLine(text, at, depth);
    ({ depth, isContinued } = line);
    at = line.end;
  }
  return starts;
}

export interface ScannedLine {
  /** Offset after the line's end, or after the end of the line on which its last string ends. */
  readonly end: number;
  readonly depth: number;
  /** Ends with a backslash. */
  readonly isContinued: boolean;
}

export function scanLine(text: string, start: number, depthBefore: number): ScannedLine {
  let depth = depthBefore;
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    switch (code) {
      case newline:
        return { end: at + 1, depth, isContinued: false };
      case carriageReturn:
        return { end: afterLineEnd(text, at), depth, isContinued: false };
      case hash:
        while (at < text.length && !isLineEnd(text.charCodeAt(at))) at++;
        break;
      case doubleQuote:
      case singleQuote:
        at = afterString(text, at, code);
        break;
      case backslash:
        at++;
        if (at < text.length && isLineEnd(text.charCodeAt(at)))
          return { end: afterLineEnd(text, at), depth, isContinued: true };
        break;
      case 40: // (
      case 91: // [
      case 123: // {
        depth++;
        at++;
        break;
      case 41: // )
      case 93: // ]
      case 125: // }
        depth = Math.max(0, depth - 1);
        at++;
        break;
      default:
        at++;
    }
  }
  return { end: text.length, depth, isContinued: false };
}

/** After the string that begins at `start`; one without its end stops at the line's, with triple quotes at the text's. */
function afterString(text: string, start: number, quote: number): number {
  const isTriple = text.charCodeAt(start + 1) === quote && text.charCodeAt(start + 2) === quote;
  let at = start + (isTriple ? 3 : 1);
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === backslash) at++;
    else if (!isTriple && isLineEnd(code)) return at;
    else if (code === quote) {
      if (!isTriple) return at + 1;
      if (text.charCodeAt(at + 1) === quote && text.charCodeAt(at + 2) === quote) return at + 3;
    }
  }
  return Math.min(at, text.length);
}

/** At the margin: no space, no comment, no closing bracket, and no word that goes on with what stands before. */
function beginsStatement(text: string, at: number): boolean {
  const character = text[at] ?? '';
  if (' \t\f\r\n#)]}'.includes(character)) return false;
  return !/^(?:else|elif|except|finally)\b/.test(text.slice(at, at + 8));
}

function beginsDefinition(text: string, at: number): boolean {
  return /^(?:class|def|async def|import) \w/.test(text.slice(at, at + 11));
}

function isLineEnd(code: number): boolean {
  return code === newline || code === carriageReturn;
}

function afterLineEnd(text: string, at: number): number {
  return text.charCodeAt(at) === carriageReturn && text.charCodeAt(at + 1) === newline ? at + 2 : at + 1;
}
