/**
 * TypeScript and JavaScript text to the shared syntax tree, on Lezer's error-tolerant grammar. Types,
 * casts and `!` vanish; enums become dictionaries. Any string gives a module: what does not parse becomes
 * `error` statements and `unknown` expressions, listed in `errors`. Each top-level declaration is parsed by itself
 * (javascriptChunks.ts, chunkedParser.ts). Nesting is capped; the length of the text is the caller's business
 * (see analyze.ts).
 */
import { parser } from '@lezer/javascript';
import type { SyntaxNode, Tree } from '@lezer/common';
import type { Comment, SourceModule, Span, SyntaxProblem } from './ast.ts';
import {
  createChunkedParser,
  parseInChunks,
  unreadChunk,
  type ChunkedLanguage,
  type ParsedChunk,
} from './chunkedParser.ts';
import { javascriptChunkStarts } from './javascriptChunks.ts';
import { lowerStatements } from './javascriptStatements.ts';
import { parseBounded } from './parseBounded.ts';
import { valueOfSplitAssignment } from './javascriptPatterns.ts';

const maxReportedErrors = 50;

/** What the lowering functions share: the text and how deep they may nest. */
export interface JavascriptContext {
  readonly text: string;
  readonly maxDepth: number;
}

const chunked: ChunkedLanguage = {
  language: 'javascript',
  maxReportedErrors,
  starts: javascriptChunkStarts,
  parse: parseChunk,
};

export function parseJavascript(text: string): SourceModule {
  return parseInChunks(chunked, text);
}

/** A parser that remembers the statements it has seen. */
export function createJavascriptParser(): (text: string) => SourceModule {
  return createChunkedParser(chunked);
}

function parseChunk(text: string): ParsedChunk {
  const tree = parseBest(text);
  if (tree === null) return unreadChunk(text);
  const errors: SyntaxProblem[] = [];
  const comments: Comment[] = [];
  tree.iterate({
    enter(node) {
      const parent = node.type.isError ? node.node.parent : null;
      if (parent !== null && valueOfSplitAssignment(parent) !== null) return;
      if (node.type.isError && errors.length < maxReportedErrors) {
        errors.push({ start: node.from, end: node.to, message: 'This is not understood as TypeScript or JavaScript.' });
      } else if (node.name === 'LineComment') {
        comments.push({ start: node.from, end: node.to, text: text.slice(node.from + 2, node.to) });
      } else if (node.name === 'BlockComment') {
        comments.push({
          start: node.from,
          end: node.to,
          text: text.slice(node.from + 2, node.to).replace(/\*\/$/, ''),
        });
      }
    },
  });
  const context: JavascriptContext = { text, maxDepth: 160 };
  return { body: lowerStatements(context, childrenOf(tree.topNode), 0), comments, errors };
}

/**
 * TypeScript's grammar reads JavaScript too. Where it finds errors, the reading with the fewest counts; null where
 * the text is too tangled to be read at all.
 */
function parseBest(text: string): Tree | null {
  const plain = parseBounded(parser.configure({ dialect: 'ts' }), text);
  if (plain === null || !hasError(plain)) return plain;
  const annotated = annotateArrowDefaults(text);
  const jsx = /<\/|\/>/.test(text);
  const others = [
    annotated === text ? null : parseBounded(parser.configure({ dialect: 'ts' }), annotated),
    jsx ? parseBounded(parser.configure({ dialect: 'ts jsx' }), annotated) : null,
  ];
  const readings = [plain, ...others.filter((tree) => tree !== null)];
  const counts = readings.map(countErrors);
  return readings[counts.indexOf(Math.min(...counts))] ?? plain;
}

/** So many defaults are looked at; a file with more is generated. */
const maxDefaults = 2000;

/**
 * The grammar takes `({ n } = {}) => n` for an assignment in parentheses, but reads it well with a type
 * between: `({ n }:T={}) => n` is as long, so that every position stays what it was.
 */
function annotateArrowDefaults(text: string): string {
  let nLooks = 0;
  return text.replace(/[}\]] = (?![=>])/g, (match, offset: number) =>
    nLooks++ < maxDefaults && endsInArrow(text, offset + match.length) ? `${match.charAt(0)}:T=` : match,
  );
}

/** Whether the parenthesis around `offset` closes before an arrow; looks no further than a few lines. */
function endsInArrow(text: string, offset: number): boolean {
  let depth = 0;
  for (let at = offset; at < text.length && at < offset + 2000; at++) {
    const character = text[at] ?? '';
    if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character) && --depth < 0) {
      return character === ')' && /^\)\s*(:[^=;{}]{1,100})?=>/.test(text.slice(at, at + 120));
    }
  }
  return false;
}

function countErrors(tree: Tree): number {
  let count = 0;
  tree.iterate({
    enter(node) {
      if (node.type.isError) count++;
    },
  });
  return count;
}

function hasError(tree: Tree): boolean {
  let found = false;
  tree.iterate({
    enter(node) {
      found ||= node.type.isError;
      return !found;
    },
  });
  return found;
}

const silent: ReadonlySet<string> = new Set([
  'LineComment',
  'BlockComment',
  'TypeAnnotation',
  'TypeArgList',
  'TypeParamList',
  'TypePredicate',
  'Optional',
]);

/** The children that carry meaning: no comments, no types, no error nodes. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (!child.type.isError && !silent.has(child.name)) children.push(child);
  }
  return children;
}

/** `children` between brackets, cut at commas; holes are empty groups, a last comma opens none. */
export function commaGroups(children: readonly SyntaxNode[]): SyntaxNode[][] {
  const groups: SyntaxNode[][] = [];
  let group: SyntaxNode[] = [];
  for (const child of children) {
    if (brackets.has(child.name)) continue;
    if (child.name === ',') {
      groups.push(group);
      group = [];
    } else {
      group.push(child);
    }
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

const brackets: ReadonlySet<string> = new Set(['(', ')', '{', '}', '[', ']']);

export function spanOf(node: SyntaxNode): Span {
  return { start: node.from, end: node.to };
}

export function groupSpan(group: readonly SyntaxNode[], fallback: Span): Span {
  const first = group[0];
  const last = group[group.length - 1];
  return first === undefined || last === undefined ? fallback : { start: first.from, end: last.to };
}

export function textOf(context: JavascriptContext, node: SyntaxNode): string {
  return context.text.slice(node.from, node.to);
}
