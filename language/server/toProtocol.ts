/**
 * From the analysis' own records to those of the language server protocol: lines count from 0 there, and
 * an end beyond the line is clipped to it. Pure; knows neither connection nor disk.
 */
import {
  CodeActionKind,
  DiagnosticSeverity,
  type CodeAction,
  type Diagnostic,
  type InlayHint,
  type Range,
} from 'vscode-languageserver';
import type { FixedAction } from '../actions/codeActions.ts';
import type { Severity } from '../../core/report/analyzeReport.ts';
import { wholeLine } from '../findings/rule.ts';
import type { LineHint } from '../hints/inlayHints.ts';
import type { ShownFinding } from './shownFindings.ts';

export const diagnosticSource = 'slimwise';

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

export interface DiagnosticContext {
  readonly lines: readonly string[];
  /** Address of `docs/findings.md`; null where there is none. */
  readonly docs: string | null;
  /** The document that shows a line of a file. */
  locate(file: string, line: number): Located;
}

/** A document of the editor, and how many lines of the analysed text come before its first. */
export interface Located {
  readonly uri: string;
  readonly nLinesBefore: number;
}

export function toDiagnostic(finding: ShownFinding, { lines, docs, locate }: DiagnosticContext): Diagnostic {
  const related = finding.related ?? [];
  return {
    range: moveUp(rangeOf(finding, lines), locate(finding.file, finding.line)),
    severity: severities[finding.severity],
    code: finding.code,
    source: diagnosticSource,
    message: finding.message,
    ...(docs === null ? {} : { codeDescription: { href: `${docs}#${finding.code.toLowerCase()}` } }),
    ...(related.length === 0
      ? {}
      : {
          relatedInformation: related.map(({ message, file, line }) => {
            const place = locate(file, line);
            const range = moveUp(lineRange(line, file === finding.file ? lines : []), place);
            return { message, location: { uri: place.uri, range } };
          }),
        }),
  };
}

export function toInlayHint(hint: LineHint, lines: readonly string[]): InlayHint {
  return {
    position: { line: hint.line - 1, character: (lines[hint.line - 1] ?? '').length },
    label: hint.label,
    paddingLeft: true,
    data: { line: hint.line },
  };
}

/** `diagnostics` are those that the editor sent with its request, from the document with `nLinesBefore`. */
export function toCodeAction(
  action: FixedAction,
  { nLinesBefore }: Located,
  diagnostics: readonly Diagnostic[],
  locate: (line: number) => Located,
): CodeAction {
  const { title, kind, insertion, command, finding } = action;
  const fixed =
    finding &&
    diagnostics.filter(
      ({ code, range }) => code === finding.code && range.start.line === finding.line - 1 - nLinesBefore,
    );
  const place = insertion === undefined ? null : locate(insertion.line);
  return {
    title,
    kind: kind === 'quickfix' ? CodeActionKind.QuickFix : CodeActionKind.Refactor,
    ...(fixed === undefined || fixed.length === 0 ? {} : { diagnostics: fixed }),
    ...(insertion === undefined || place === null
      ? {}
      : {
          edit: {
            changes: {
              [place.uri]: [
                {
                  range: moveUp(pointRange(insertion.line - 1, insertion.column), place),
                  newText: insertion.text,
                },
              ],
            },
          },
        }),
    ...(command === undefined ? {} : { command: { title, command: command.name, arguments: [...command.arguments] } }),
  };
}

export function lineRange(line: number, lines: readonly string[]): Range {
  const text = lines[line - 1] ?? '';
  return rangeOf({ line, column: text.length - text.trimStart().length, endLine: line, endColumn: wholeLine }, lines);
}

function rangeOf(
  place: { readonly line: number; readonly column: number; readonly endLine: number; readonly endColumn: number },
  lines: readonly string[],
): Range {
  const clip = (line: number, column: number): { line: number; character: number } => ({
    line: Math.max(0, line - 1),
    character: Math.min(column, (lines[line - 1] ?? '').length),
  });
  return { start: clip(place.line, place.column), end: clip(place.endLine, place.endColumn) };
}

/** From lines of the analysed text to those of the document that shows them. */
export function moveUp({ start, end }: Range, { nLinesBefore }: Pick<Located, 'nLinesBefore'>): Range {
  const up = (line: number): number => Math.max(0, line - nLinesBefore);
  return { start: { ...start, line: up(start.line) }, end: { ...end, line: up(end.line) } };
}

function pointRange(line: number, character: number): Range {
  return { start: { line, character }, end: { line, character } };
}
