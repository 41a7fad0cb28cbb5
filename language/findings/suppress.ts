/**
 * Suppression comments: `# slimwise: ignore[SW101]` (or `//` in TypeScript) at the end of the
 * finding's line, alone on the line above it, or, as `ignore-file[SW101]`, anywhere in the file. Without codes it silences all codes.
 * A comment is recognized by its marker outside of what looks like code before it; a string that
 * contains one does no worse than hide a finding on its own line.
 */
import type { Finding } from '../../core/report/analyzeReport.ts';

const comment = /(?:#|\/\/)\s*slimwise:\s*(ignore-file|ignore)\b(?:\s*\[([^\]]*)\])?/;

export interface Suppressions {
  has(code: string, line: number): boolean;
}

/** `read` gives the text of a finding's file; null where it cannot be read, and then nothing is suppressed. */
export function withoutSuppressed<T extends Pick<Finding, 'code' | 'file' | 'line'>>(
  findings: readonly T[],
  read: (file: string) => string | null,
): readonly T[] {
  const byFile = new Map<string, Suppressions>();
  return findings.filter((finding) => {
    let suppressions = byFile.get(finding.file);
    if (suppressions === undefined) {
      suppressions = parseSuppressions(read(finding.file) ?? '');
      byFile.set(finding.file, suppressions);
    }
    return !suppressions.has(finding.code, finding.line);
  });
}

export function parseSuppressions(text: string): Suppressions {
  const byLine = new Map<number, ReadonlySet<string>>();
  const byNextLine = new Map<number, ReadonlySet<string>>();
  const inFile: ReadonlySet<string>[] = [];
  if (text.includes('slimwise:')) {
    text.split(/\r\n|\r|\n/).forEach((lineText, lineIdx) => {
      const match = comment.exec(lineText);
      if (match === null) return;
      const codes = parseCodes(match[2]);
      if (match[1] === 'ignore-file') inFile.push(codes);
      else if (lineText.slice(0, match.index).trim() === '') byNextLine.set(lineIdx + 2, codes);
      else byLine.set(lineIdx + 1, codes);
    });
  }
  return {
    has: (code, line) =>
      inFile.some((codes) => covers(codes, code)) ||
      covers(byLine.get(line), code) ||
      covers(byNextLine.get(line), code),
  };
}

/** Empty: all codes. */
function parseCodes(list: string | undefined): ReadonlySet<string> {
  return new Set((list ?? '').split(/[\s,]+/).filter((code) => code !== ''));
}

function covers(codes: ReadonlySet<string> | undefined, code: string): boolean {
  return codes !== undefined && (codes.size === 0 || codes.has(code));
}
