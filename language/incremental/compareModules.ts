/**
 * What an edit of a source file changed, as far as an analysis can tell: nothing but places (comments, blank
 * lines, docstrings), the insides of some functions, or more than that (null). Statements that stay must keep
 * their text and their column; then everything an analysis says of their lines holds on the lines where they
 * are now. Compares text and trees only, and is never cleverer than that: in doubt the answer is null.
 */
import { cellId } from '../models/cells.ts';
import type { ClassParts, Comment, Expression, FunctionParts, SourceModule, Span } from '../syntax/ast.ts';
import type { Statement } from '../syntax/statement.ts';
import type { LineMap } from '../syntax/lineMap.ts';

export interface ParsedFile {
  readonly text: string;
  readonly module: SourceModule;
  readonly lines: LineMap;
  /** Of a page: the scripts that it loads and what its fields hold, which stand outside of its scripts. */
  readonly around: string;
}

export interface Comparison {
  /** The line where what stood on `line` before stands now. */
  lineOf(line: number): number;
  readonly hasMoved: boolean;
  /** Functions whose insides changed, by their cell's id (models/cells.ts). */
  readonly changed: ReadonlySet<string>;
  /** Texts that are there only before or only after: comments, docstrings, changed functions. */
  readonly differences: readonly string[];
  readonly comments: readonly ChangedComment[];
  readonly docstrings: readonly string[];
}

export interface ChangedComment {
  readonly text: string;
  /** What stands before it on its line. */
  readonly code: string;
}

export function compareModules(before: ParsedFile, after: ParsedFile): Comparison | null {
  const [older, newer] = [before.module.body, after.module.body];
  if (older.length !== newer.length) return null;
  const walk: Walk = {
    before,
    after,
    moved: new Map(),
    changed: new Set(),
    differences: [],
    comments: [],
    docstrings: [],
  };
  const nEqualEnd = commonEnd(before.text, after.text);
  const sameFrom = before.text.length - nEqualEnd;
  const distance = after.text.length - before.text.length;
  let restDelta = after.lines.nLines - before.lines.nLines;
  let restLine = Infinity;
  for (let idx = 0; idx < older.length; idx++) {
    const [old, now] = [older[idx], newer[idx]];
    if (old === undefined || now === undefined) return null;
    if (old === now && isInPlace(walk, old)) continue;
    // At the margin and behind the edit: this statement and all that follow were parsed from the same text.
    if (sameFrom < old.start && now.start - old.start === distance && before.lines.columnOf(old.start) === 0) {
      restLine = before.lines.lineOf(old.start);
      restDelta = after.lines.lineOf(now.start) - restLine;
      break;
    }
    if (!compareTop(walk, old, now, idx)) return null;
  }
  if (!compareComments(walk)) return null;
  const lineOf = (line: number): number => (line >= restLine ? line + restDelta : (walk.moved.get(line) ?? line));
  const hasMoved = (restLine !== Infinity && restDelta !== 0) || [...walk.moved].some(([from, to]) => from !== to);
  const { changed, differences, comments, docstrings } = walk;
  return { lineOf, hasMoved, changed, differences, comments, docstrings };
}

interface Walk {
  readonly before: ParsedFile;
  readonly after: ParsedFile;
  readonly moved: Map<number, number>;
  readonly changed: Set<string>;
  readonly differences: string[];
  readonly comments: ChangedComment[];
  readonly docstrings: string[];
}

/** The same offset can be on another line: an edit may put line ends in the place of other characters. */
function isInPlace({ before, after }: Walk, span: Span): boolean {
  return before.lines.lineOf(span.start) === after.lines.lineOf(span.start);
}

function commonEnd(older: string, newer: string): number {
  const shorter = Math.min(older.length, newer.length);
  let end = 0;
  while (end < shorter && older.charCodeAt(older.length - 1 - end) === newer.charCodeAt(newer.length - 1 - end)) end++;
  return end;
}

function compareTop(walk: Walk, old: Statement, now: Statement, idx: number): boolean {
  if (old.kind === 'functionDefinition' && now.kind === 'functionDefinition') {
    return sameStart(walk, old, now) && compareFunction(walk, old.definition, now.definition, cellId(idx));
  }
  if (old.kind === 'classDefinition' && now.kind === 'classDefinition') {
    return sameStart(walk, old, now) && compareClass(walk, old.definition, now.definition, idx);
  }
  return sameTree(walk, old, now);
}

function compareClass(walk: Walk, old: ClassParts, now: ClassParts, idx: number): boolean {
  const { body: oldBody, ...oldHead } = old;
  const { body: nowBody, ...nowHead } = now;
  if (!sameTree(walk, oldHead, nowHead) || oldBody.length !== nowBody.length) return false;
  return oldBody.every((oldMember, memberIdx) => {
    const member = nowBody[memberIdx];
    if (member === undefined) return false;
    if (oldMember.kind === 'functionDefinition' && member.kind === 'functionDefinition') {
      const id = cellId(idx, memberIdx);
      return sameStart(walk, oldMember, member) && compareFunction(walk, oldMember.definition, member.definition, id);
    }
    return sameTree(walk, oldMember, member);
  });
}

/** A function may differ inside, and in defaults that are plain values; its name and decorators may not. */
function compareFunction(walk: Walk, old: FunctionParts, now: FunctionParts, id: string): boolean {
  if (old === now && isInPlace(walk, old)) return true;
  const tried: Walk = { ...walk, moved: new Map(), differences: [], docstrings: [] };
  if (sameTree(tried, old, now)) {
    for (const [from, to] of tried.moved) walk.moved.set(from, to);
    walk.differences.push(...tried.differences);
    walk.docstrings.push(...tried.docstrings);
    return true;
  }
  if (old.name !== now.name || !sameTree(walk, old.decorators, now.decorators)) return false;
  if (!sameStart(walk, old, now) || !haveSameParameters(walk, old, now)) return false;
  walk.changed.add(id);
  walk.differences.push(walk.before.text.slice(old.start, old.end), walk.after.text.slice(now.start, now.end));
  return true;
}

function haveSameParameters(walk: Walk, old: FunctionParts, now: FunctionParts): boolean {
  const isSimple = ({ parameters }: FunctionParts): boolean =>
    parameters.every(({ defaultValue, annotation }) => annotation === null && isPlain(defaultValue));
  if (isSimple(old) && isSimple(now)) return true;
  return sameTree(walk, old.parameters, now.parameters);
}

/** Evaluating it calls nothing. */
function isPlain(expression: Expression | null): boolean {
  switch (expression?.kind) {
    case undefined:
    case 'name':
    case 'number':
    case 'string':
    case 'true':
    case 'false':
    case 'none':
      return true;
    case 'member':
      return isPlain(expression.object);
    case 'unary':
      return isPlain(expression.operand);
    case 'binary':
      return isPlain(expression.left) && isPlain(expression.right);
    case 'list':
    case 'tuple':
      return expression.items.every(isPlain);
    default:
      return false;
  }
}

const holders: ReadonlySet<string> = new Set([
  'functionDefinition',
  'classDefinition',
  'if',
  'for',
  'while',
  'switch',
  'try',
  'with',
  'export',
  'method',
  'block',
  'classicFor',
]);

/** The same tree at the same columns. What holds statements is compared part by part, everything else as text. */
function sameTree(walk: Walk, old: unknown, now: unknown): boolean {
  if (typeof old !== 'object' || typeof now !== 'object' || old === null || now === null) return old === now;
  if (Array.isArray(old)) {
    return Array.isArray(now) && old.length === now.length && old.every((item, idx) => sameTree(walk, item, now[idx]));
  }
  const [oldFields, nowFields] = [old as Readonly<Record<string, unknown>>, now as Readonly<Record<string, unknown>>];
  const kind = oldFields['kind'];
  if (kind !== nowFields['kind']) return false;
  if (isSpan(old) && isSpan(now)) {
    if (!sameStart(walk, old, now)) return false;
    if (typeof kind === 'string' && !holders.has(kind)) return sameText(walk, old, now);
  }
  for (const key in oldFields) {
    if (key === 'start' || key === 'end') continue;
    if (!sameTree(walk, oldFields[key], nowFields[key])) return false;
  }
  return true;
}

function sameText({ before, after, moved, differences, docstrings }: Walk, old: Span, now: Span): boolean {
  const [oldText, nowText] = [before.text.slice(old.start, old.end), after.text.slice(now.start, now.end)];
  if (oldText !== nowText) {
    if (!isDocstring(old) || !isDocstring(now)) return false;
    differences.push(oldText, nowText);
    docstrings.push(oldText, nowText);
    return true;
  }
  const from = before.lines.lineOf(old.start);
  const to = after.lines.lineOf(now.start);
  const nLines = before.lines.lineOf(old.end) - from;
  for (let line = 0; line <= nLines; line++) moved.set(from + line, to + line);
  return true;
}

/** A text that stands for itself says nothing to an analysis. */
function isDocstring(value: object): boolean {
  const statement = value as Partial<Statement>;
  return statement.kind === 'expression' && statement.expression?.kind === 'string';
}

function sameStart({ before, after, moved }: Walk, old: Span, now: Span): boolean {
  if (before.lines.columnOf(old.start) !== after.lines.columnOf(now.start)) return false;
  moved.set(before.lines.lineOf(old.start), after.lines.lineOf(now.start));
  return true;
}

/** Comments that tell Slimwise something must be the same ones; others are only noted. */
function compareComments({ before, after, differences, comments }: Walk): boolean {
  const [older, newer] = [before.module.comments, after.module.comments];
  let start = 0;
  while (start < Math.min(older.length, newer.length) && older[start]?.text === newer[start]?.text) start++;
  let end = 0;
  const nRest = Math.min(older.length, newer.length) - start;
  while (end < nRest && older[older.length - 1 - end]?.text === newer[newer.length - 1 - end]?.text) end++;
  const gone = older.slice(start, older.length - end).map((comment) => withCode(comment, before.text));
  const come = newer.slice(start, newer.length - end).map((comment) => withCode(comment, after.text));
  const changed = [...gone, ...come];
  comments.push(...changed);
  differences.push(...changed.map(({ text }) => text));
  return changed.every(({ text }) => !/slimwise:\s*(?!ignore\b)/.test(text));
}

function withCode({ start, text }: Comment, source: string): ChangedComment {
  return { text, code: source.slice(source.lastIndexOf('\n', start - 1) + 1, start).trim() };
}

function isSpan(value: object): value is Span {
  return 'start' in value && 'end' in value;
}
