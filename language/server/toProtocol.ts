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
  uriOf(file: string): string;
}

export function toDiagnostic(finding: ShownFinding, { lines, docs, uriOf }: DiagnosticContext): Diagnostic {
  const related = finding.related ?? [];
  return {
    range: rangeOf(finding, lines),
    severity: severities[finding.severity],
    code: finding.code,
    source: diagnosticSource,
    message: finding.message,
    ...(docs === null ? {} : { codeDescription: { href: `${docs}#${finding.code.toLowerCase()}` } }),
    ...(related.length === 0
      ? {}
      : {
          relatedInformation: related.map(({ message, file, line }) => ({
            message,
            location: { uri: uriOf(file), range: lineRange(line, file === finding.file ? lines : []) },
          })),
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

export function toCodeAction(action: FixedAction, uri: string, diagnostics: readonly Diagnostic[]): CodeAction {
  const { title, kind, insertion, command, finding } = action;
  const fixed =
    finding && diagnostics.filter(({ code, range }) => code === finding.code && range.start.line === finding.line - 1);
  return {
    title,
    kind: kind === 'quickfix' ? CodeActionKind.QuickFix : CodeActionKind.Refactor,
    ...(fixed === undefined || fixed.length === 0 ? {} : { diagnostics: fixed }),
    ...(insertion === undefined
      ? {}
      : {
          edit: {
            changes: {
              [uri]: [
                {
                  range: pointRange(insertion.line - 1, insertion.column),
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

function pointRange(line: number, character: number): Range {
  return { start: { line, character }, end: { line, character } };
}
