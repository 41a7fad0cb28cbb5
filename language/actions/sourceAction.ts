/**
 * What a code action is before any editor protocol sees it: a title, and either one insertion into the
 * document or one command of the client. Insertions are whole comment lines or line ends, so they cannot
 * change what the code does.
 */
export interface SourceAction {
  readonly title: string;
  readonly kind: 'quickfix' | 'refactor';
  readonly insertion?: Insertion;
  readonly command?: { readonly name: string; readonly arguments: readonly unknown[] };
}

/** 1-based line, 0-based column. */
export interface Insertion {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

export type CommentMarker = '#' | '//';

/** The text of a 1-based line, without its line end; empty outside the document. */
export function lineOf(lines: readonly string[], line: number): string {
  return lines[line - 1] ?? '';
}

export function indentationOf(text: string): string {
  return /^[ \t]*/.exec(text)?.[0] ?? '';
}
