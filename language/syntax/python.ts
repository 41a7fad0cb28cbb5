/**
 * Python text to the shared syntax tree, on Lezer's error-tolerant grammar. Any string gives a module:
 * what does not parse becomes `error` statements and `unknown` expressions, listed in `errors`.
 * Each top-level statement is parsed by itself (pythonChunks.ts, chunkedParser.ts). Nesting is
 * capped, so hostile input cannot exhaust the stack; the length of the text is the caller's business (see
 * analyze.ts). Python 2 statements (`print x`) are accepted and ignored.
 */
import { parser } from '@lezer/python';
import type { SyntaxNode } from '@lezer/common';
import type { Comment, SourceModule, SyntaxProblem } from './ast.ts';
import {
  createChunkedParser,
  parseInChunks,
  unreadChunk,
  type ChunkedLanguage,
  type ParsedChunk,
} from './chunkedParser.ts';
import { parseBounded } from './parseBounded.ts';
import { chunkStarts } from './pythonChunks.ts';
import { lowerStatements } from './pythonStatements.ts';

const maxReportedErrors = 50;

/** What the lowering functions share: the text, the problems found and how deep they may nest. */
export interface PythonContext {
  readonly text: string;
  readonly errors: SyntaxProblem[];
  readonly maxDepth: number;
}

const chunked: ChunkedLanguage = { language: 'python', maxReportedErrors, starts: chunkStarts, parse: parseChunk };

export function parsePython(text: string): SourceModule {
  return parseInChunks(chunked, text);
}

/** A parser that remembers the statements it has seen. */
export function createPythonParser(): (text: string) => SourceModule {
  return createChunkedParser(chunked);
}

/** `0. else`: the grammar would take the word for a member of the number; it is shown a space for the point. */
const POINTED = /(?<![\w.])(\d[\d_]*)\.(?=[ \t]*(?:if|else|and|or|in|is|not|for)\b)/g;

function parseChunk(text: string): ParsedChunk {
  const tree = parseBounded(parser, text.replace(POINTED, '$1 '));
  if (tree === null) return unreadChunk(text);
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
  return { body: lowerStatements(context, childrenOf(tree.topNode), 0), comments, errors };
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
