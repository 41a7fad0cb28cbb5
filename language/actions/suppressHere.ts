/**
 * Quick fix: say in the source that a finding is known. Writes `# slimwise: ignore[SW101]` on its own line
 * above, adds the code to such a comment that is already there, or writes at the line's end where the line
 * above ends in a backslash (a comment there would break the statement).
 */
import { indentationOf, lineOf, type CommentMarker, type SourceAction } from './sourceAction.ts';

export function suppressHere(
  lines: readonly string[],
  finding: { readonly code: string; readonly line: number },
  marker: CommentMarker,
): SourceAction | null {
  const title = `Suppress ${finding.code} here`;
  const above = lineOf(lines, finding.line - 1);
  const existing = /^\s*(?:#|\/\/)\s*slimwise:\s*ignore\[([^\]]*)\]/.exec(above);
  if (existing !== null) {
    const column = existing[0].length - 1;
    const separator = existing[1]?.trim() === '' ? '' : ', ';
    return quickFix(title, { line: finding.line - 1, column, text: `${separator}${finding.code}` });
  }
  const own = lineOf(lines, finding.line);
  const comment = `${marker} slimwise: ignore[${finding.code}]`;
  if (!above.endsWith('\\')) {
    return quickFix(title, { line: finding.line, column: 0, text: `${indentationOf(own)}${comment}\n` });
  }
  if (own.endsWith('\\')) return null;
  return quickFix(title, { line: finding.line, column: own.length, text: `  ${comment}` });
}

function quickFix(title: string, insertion: SourceAction['insertion']): SourceAction {
  return { title, kind: 'quickfix', insertion };
}
