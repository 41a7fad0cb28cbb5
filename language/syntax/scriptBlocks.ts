/**
 * The scripts that stand inside of a page or a component (`.html`, `.vue`, `.svelte`) as one JavaScript text of the
 * same length: everything else is spaces, line ends stay, so that every offset, line and column is the page's own.
 * Scripts that are loaded (`src`) and blocks of data or shaders (`type`) are left out, and so is what stands in HTML
 * comments. Any text gives an answer, in one pass.
 */

/** Whether the scripts of a file stand between other things. */
export function holdsScripts(path: string): boolean {
  return /\.(?:html?|vue|svelte)$/i.test(path);
}

/** What of a file's text is source: of a page its scripts alone, at their places; else all of it. */
export function sourceIn(path: string, text: string): string {
  return holdsScripts(path) ? scriptsOnly(text) : text;
}

export interface ScriptTag {
  readonly src: string | null;
  /** Between the tag and its end, as offsets. */
  readonly start: number;
  readonly end: number;
  readonly isJavascript: boolean;
}

/** The script tags of a page, in order. */
export function scriptTags(text: string): readonly ScriptTag[] {
  const tags: ScriptTag[] = [];
  const opening = /<!--|<script(?=[\s>/])/gi;
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    if (match[0] === '<!--') {
      const end = text.indexOf('-->', match.index + 4);
      if (end < 0) break;
      opening.lastIndex = end + 3;
      continue;
    }
    const start = endOfTag(text, opening.lastIndex);
    if (start === null) break;
    const attributes = text.slice(opening.lastIndex, start - 1);
    closing.lastIndex = start;
    const end = closing.exec(text)?.index ?? text.length;
    tags.push({ src: attributeOf(attributes, 'src'), start, end, isJavascript: isJavascript(attributes) });
    opening.lastIndex = end;
  }
  return tags;
}

const closing = /<\/script/gi;
const maxTagLength = 4000;

/** After the `>` that ends a tag, which may stand in quotes before. */
export function endOfTag(text: string, from: number): number | null {
  let quote = '';
  for (let at = from; at < text.length && at < from + maxTagLength; at++) {
    const character = text[at] ?? '';
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === '>') return at + 1;
  }
  return null;
}

/** The value of an attribute of a tag; null where it has none. */
export function attributeOf(attributes: string, name: string): string | null {
  const match = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(attributes);
  return match === null ? null : (match[1] ?? match[2] ?? match[3] ?? '');
}

function isJavascript(attributes: string): boolean {
  const type = attributeOf(attributes, 'type')?.trim().toLowerCase() ?? '';
  return /^(?:module|ts|(?:text|application)\/(?:x-)?(?:javascript|ecmascript|typescript|babel|jsx)|)$/.test(type);
}

function scriptsOnly(text: string): string {
  let code = '';
  let at = 0;
  for (const { src, start, end, isJavascript: isCode } of scriptTags(text)) {
    if (src !== null || !isCode) continue;
    // A script ends with its tag, whatever the next one begins with.
    code += blank(text.slice(at, start)) + unhidden(text.slice(start, end)) + (end < text.length ? ';' : '');
    at = Math.min(end + 1, text.length);
  }
  return code + blank(text.slice(at));
}

/** Pages once hid their scripts from browsers without JavaScript: `<!--` alone on the first line. */
function unhidden(script: string): string {
  return script.replace(/^(\s*)<!--/, (_, space: string) => `${space}    `);
}

function blank(text: string): string {
  return text.replace(/[^\r\n\u2028\u2029]+/g, (hidden) => ' '.repeat(hidden.length));
}
