/**
 * Python text to the shared syntax tree, on Lezer's error-tolerant grammar. Any string gives a module:
 * what does not parse becomes `error` statements and `unknown` expressions, listed in `errors`.
 * Each top-level statement is parsed by itself (pythonChunks.ts) and only once: a parser remembers what a
 * chunk's text gave, so that an edit costs one statement, and what it gives is what a parser without memory
 * gives. Nesting is capped, so hostile input cannot exhaust the stack; the length of the text is the
 * caller's business (see analyze.ts). Python 2 statements (`print x`) are accepted and ignored.
 */
import { parser } from '@lezer/python';
import type { SyntaxNode } from '@lezer/common';
import type { Comment, SourceModule, Statement, SyntaxProblem } from './ast.ts';
import { bracketDepth, chunkStarts } from './pythonChunks.ts';
import { lowerStatements } from './pythonStatements.ts';
import { shiftSpans } from './shiftSpans.ts';

const maxReportedErrors = 50;

/** What the lowering functions share: the text, the problems found and how deep they may nest. */
export interface PythonContext {
  readonly text: string;
  readonly errors: SyntaxProblem[];
  readonly maxDepth: number;
}

interface Chunk {
  readonly text: string;
  /** Where in a text it was last seen; the offsets of its trees say the same. */
  readonly base: number;
  readonly body: readonly Statement[];
  readonly comments: readonly Comment[];
  readonly errors: readonly SyntaxProblem[];
}

/** Characters of chunks that a parser remembers; a tree takes about 80 bytes per character. */
const maxRemembered = 150_000;

export function parsePython(text: string): SourceModule {
  return assemble(text, parseChunk);
}

/** A parser that remembers the statements it has seen; those that were used last stay longest. */
export function createPythonParser(): (text: string) => SourceModule {
  const chunks = new Map<string, Chunk>();
  let nCharacters = 0;
  const forgetOldest = (): void => {
    for (const oldest of chunks.keys()) {
      if (nCharacters <= maxRemembered) return;
      chunks.delete(oldest);
      nCharacters -= oldest.length;
    }
  };
  return (text) => {
    const module = assemble(text, (part, base) => {
      const known = chunks.get(part);
      const chunkText = known === undefined ? ownCopy(part) : part;
      if (known === undefined) nCharacters += chunkText.length;
      else chunks.delete(part);
      const chunk = known === undefined ? parseChunk(chunkText, base) : chunkAt(known, base);
      chunks.set(known?.text ?? chunkText, chunk);
      return chunk;
    });
    forgetOldest();
    return module;
  };
}

/**
 * A slice of a string keeps the whole string alive, and so do names that are cut from it: what is remembered
 * is cut from a copy of the statement alone.
 */
function ownCopy(part: string): string {
  return Buffer.from(part, 'utf16le').toString('utf16le');
}

function assemble(text: string, chunkOf: (chunkText: string, base: number) => Chunk): SourceModule {
  const starts = chunkStarts(text);
  const chunks = starts.map((base, idx) => chunkOf(text.slice(base, starts[idx + 1] ?? text.length), base));
  return {
    language: 'python',
    body: chunks.flatMap(({ body }) => body),
    comments: chunks.flatMap(({ comments }) => comments),
    errors: chunks.flatMap(({ errors }) => errors).slice(0, maxReportedErrors),
  };
}

/** Where the grammar loses its way in deep brackets it keeps many readings of all of them, each as long as the text. */
const maxBrackets = 200;

function unreadChunk(text: string, base: number): Chunk {
  const span = { start: base, end: base + text.length };
  const errors = [{ ...span, message: 'Brackets nest too deeply to be read.' }];
  return { text, base, body: [{ kind: 'error', ...span }], comments: [], errors };
}

function chunkAt(chunk: Chunk, base: number): Chunk {
  if (chunk.base === base) return chunk;
  const { body, comments, errors } = chunk;
  return { text: chunk.text, base, ...shiftSpans({ body, comments, errors }, base - chunk.base) };
}

/** `0. else`: the grammar would take the word for a member of the number; it is shown a space for the point. */
const POINTED = /(?<![\w.])(\d[\d_]*)\.(?=[ \t]*(?:if|else|and|or|in|is|not|for)\b)/g;

function parseChunk(text: string, base: number): Chunk {
  if (bracketDepth(text) > maxBrackets) return unreadChunk(text, base);
  const tree = parser.parse(text.replace(POINTED, '$1 '));
  const errors: SyntaxProblem[] = [];
  const comments: Comment[] = [];
  tree.iterate({
    enter(node) {
      if (node.type.isError && errors.length < maxReportedErrors && !isPointedNumber(text, node.from)) {
        errors.push({ start: node.from, end: node.to, message: 'This is not understood as Python.' });
      } else if (node.name === 'Comment') {
        comments.push({ start: node.from, end: node.to, text: text.slice(node.from + 1, node.to) });
      }
    },
  });
  const context: PythonContext = { text, errors, maxDepth: 160 };
  const body = lowerStatements(context, childrenOf(tree.topNode), 0);
  return { text, base, ...shiftSpans({ body, comments, errors }, base) };
}

/** The grammar takes the point of `1.` for a member access without a name. */
function isPointedNumber(text: string, offset: number): boolean {
  return /\d\.\s?$/.test(text.slice(Math.max(0, offset - 3), offset));
}

/** The children that carry meaning: no comments and no error nodes. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (!child.type.isError && child.name !== 'Comment') children.push(child);
  }
  return children;
}

/** `children` cut at every child named `separator`; `a, b,` gives two groups. */
export function splitChildren(children: readonly SyntaxNode[], separator: string): SyntaxNode[][] {
  const groups: SyntaxNode[][] = [];
  let group: SyntaxNode[] = [];
  for (const child of children) {
    if (child.name === separator) {
      groups.push(group);
      group = [];
    } else {
      group.push(child);
    }
  }
  if (group.length > 0) groups.push(group);
  return groups;
}
