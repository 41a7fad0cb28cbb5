/**
 * Cuts a TypeScript or JavaScript text where its top-level declarations begin, without parsing it: a line at
 * the left margin, outside of brackets, texts and comments, whose first word begins a declaration and which
 * cannot go on with what stands before. Whether a slash begins a regular expression is judged by the
 * character before it; a wrong judgement costs a cut, and strings and expressions end with their line, so it
 * reaches no further. Any text gives chunks that join to it again.
 */

const newline = 10;

const declaration =
  /^(?:const|let|var|class|function|import|export|enum|interface|async function|abstract class|type \w+ ?[=<]|declare )\b/;
const openEnd =
  /(?:[=(,?:&|+\-*/%!<>[{.~^@]|\b(?:default|export|abstract|async|declare|return|await|new|in|of|instanceof|extends|case|typeof|void|else|do))$/;
/** What stands behind its brackets is a part of it: `if (…)` with its statement on the next line. */
const header = /^\s*(?:else\s+)?(?:if|for|while|with)\b/;

/** Offsets at which chunks begin, ascending; the first is 0. */
export function javascriptChunkStarts(text: string): readonly number[] {
  const starts = [0];
  const scanner = new Scanner(text);
  let isDecorated = false;
  let isInHeader = false;
  while (scanner.at < text.length) {
    const { at } = scanner;
    if (scanner.isOutside()) {
      const goesOn = openEnd.test(scanner.before.slice(-12)) || (isInHeader && scanner.before.endsWith(')'));
      if (beginsDeclaration(text, at) && !goesOn) {
        if (at > 0 && !isDecorated) starts.push(at);
        isDecorated = text[at] === '@';
      }
      const line = text.slice(at, Math.min(lineEnd(text, at), at + 40));
      if (!isBlank(line)) isInHeader = header.test(line);
    }
    scanner.line();
  }
  return starts;
}

/** Nothing but space, or only a comment. */
function isBlank(line: string): boolean {
  return /^\s*(?:\/[/*]|$)/.test(line);
}

function beginsDeclaration(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  // Declarations begin with a small letter from `a` to `v`; most lines do not stand at the margin at all.
  return code === 64 || (97 <= code && code <= 118 && declaration.test(text.slice(at, at + 40)));
}

class Scanner {
  at = 0;
  /** What stands before `at`, without comments and space; only its end matters. */
  before = '';
  private readonly text: string;
  private depth = 0;
  private inComment = false;
  /** Depths of brackets at which a template goes on after `}`. */
  private readonly templates: number[] = [];
  private inTemplate = false;

  constructor(text: string) {
    this.text = text;
  }

  isOutside(): boolean {
    return this.depth === 0 && !this.inComment && !this.inTemplate && this.templates.length === 0;
  }

  /** Reads to the start of the next line. */
  line(): void {
    const { text } = this;
    while (this.at < text.length) {
      const code = text.charCodeAt(this.at);
      if (this.inComment) this.comment();
      else if (this.inTemplate) this.template();
      else if (code === newline) {
        this.at++;
        return;
      } else if (this.character(code)) return;
      if (text.charCodeAt(this.at - 1) === newline) return;
    }
  }

  /** One token outside of comments and templates; true where it ended the line. */
  private character(code: number): boolean {
    const { text } = this;
    const next = text.charCodeAt(this.at + 1);
    switch (code) {
      case 32:
      case 9:
      case 13:
        this.at++;
        return false;
      case 34: // "
      case 39: // '
        this.at = afterQuoted(text, this.at, code);
        this.before = "'";
        return false;
      case 96: // `
        this.at++;
        this.inTemplate = true;
        return false;
      case 47: // a slash
        if (next === 47) this.at = lineEnd(text, this.at);
        else if (next === 42) {
          this.at += 2;
          this.inComment = true;
        } else if (/[\w$)\]}'"]$/.test(this.before) && !/\b(?:return|typeof|case|in|of)$/.test(this.before))
          this.note('/');
        else {
          this.at = afterExpression(text, this.at);
          this.before = "'";
        }
        return false;
      case 40: // (
      case 91: // [
      case 123: // {
        this.depth++;
        this.note(text[this.at] ?? '');
        return false;
      case 41: // )
      case 93: // ]
      case 125: // }
        if (code === 125 && this.templates[this.templates.length - 1] === this.depth) {
          this.templates.pop();
          this.inTemplate = true;
          this.at++;
          return false;
        }
        this.depth = Math.max(0, this.depth - 1);
        this.note(text[this.at] ?? '');
        return false;
      default:
        this.note(text[this.at] ?? '');
        return false;
    }
  }

  private note(character: string): void {
    const isSplit = /\s/.test(this.text[this.at - 1] ?? '') && /[\w$]/.test(character);
    this.before = `${this.before.slice(-20)}${isSplit ? ' ' : ''}${character}`;
    this.at++;
  }

  private comment(): void {
    const stop = lineEnd(this.text, this.at);
    const end = this.text.slice(this.at, stop).indexOf('*/');
    if (end >= 0) {
      this.at += end + 2;
      this.inComment = false;
    } else this.at = Math.min(this.text.length, stop + 1);
  }

  private template(): void {
    const { text } = this;
    while (this.at < text.length) {
      const code = text.charCodeAt(this.at++);
      if (code === 92) this.at++;
      else if (code === newline) return;
      else if (code === 96) {
        this.inTemplate = false;
        this.before = "'";
        return;
      } else if (code === 36 && text.charCodeAt(this.at) === 123) {
        this.at++;
        this.templates.push(this.depth);
        this.inTemplate = false;
        this.before = '{';
        return;
      }
    }
  }
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** After a text in quotes; one without its end stops at the line's, unless a backslash continues it. */
function afterQuoted(text: string, start: number, quote: number): number {
  let at = start + 1;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 92) at++;
    else if (code === quote) return at + 1;
    else if (code === newline) return at;
  }
  return Math.min(at, text.length);
}

/** After a regular expression; a class in it may hold slashes. */
function afterExpression(text: string, start: number): number {
  let at = start + 1;
  let inClass = false;
  for (; at < text.length; at++) {
    const character = text[at];
    if (character === '\\') at++;
    else if (character === '\n') return at;
    else if (character === '[') inClass = true;
    else if (character === ']') inClass = false;
    else if (character === '/' && !inClass) return at + 1;
  }
  return Math.min(at, text.length);
}
