/**
 * Findings of one document's models, as that document shows them. A finding about a layer that another
 * file builds is shown where this file calls that code, with the other place as related information, or
 * not at all. Findings of one rule at one place are one: a helper called four times is not four problems.
 */
import type { Finding, ReportProblem, Severity } from '../../core/report/analyzeReport.ts';
import type { FileDescription } from '../describeFile.ts';
import { wholeLine } from '../findings/rule.ts';

export interface ShownFinding extends Finding {
  readonly modelName: string | null;
}

export function shownFindings(
  { models, problems }: FileDescription,
  file: string,
  severities: Readonly<Record<string, Severity | 'off'>> = {},
): readonly ShownFinding[] {
  const placed = models.flatMap(({ report, findings }) =>
    findings.flatMap((finding): readonly ShownFinding[] => {
      const here = placeInFile(finding, file);
      return here === null ? [] : [{ ...here, modelName: report.name }];
    }),
  );
  const merged = mergeRepeats(placed);
  const said = new Set(merged.map(({ code, line }) => `${code}:${line}`));
  const others = problems
    .filter((problem) => problem.file === file && !said.has(`${problem.code}:${problem.line}`))
    .map((problem) => asFinding(problem, severities[problem.code]));
  return [...merged, ...others];
}

function placeInFile(finding: Finding, file: string): Finding | null {
  if (finding.file === file) return finding;
  const caller = finding.related?.find((related) => related.file === file);
  if (caller === undefined) return null;
  const { line } = caller;
  const built = { message: 'It is built here.', file: finding.file, line: finding.line };
  return { ...finding, file, line, column: 0, endLine: line, endColumn: wholeLine, related: [built] };
}

function mergeRepeats(findings: readonly ShownFinding[]): readonly ShownFinding[] {
  const byPlace = new Map<string, ShownFinding[]>();
  for (const finding of findings) {
    const key = `${finding.code} ${finding.line}:${finding.column} ${finding.endLine}:${finding.endColumn}`;
    const group = byPlace.get(key);
    if (group === undefined) byPlace.set(key, [finding]);
    else if (!group.some(({ message, layer }) => message === finding.message && layer === finding.layer))
      group.push(finding);
  }
  return [...byPlace.values()].flatMap((group): readonly ShownFinding[] => {
    const [first, ...others] = group;
    if (first === undefined) return [];
    const layers = [...new Set(others.map(({ layer }) => layer))].filter(
      (layer) => layer !== undefined && layer !== first.layer,
    );
    if (layers.length === 0) return [first];
    const names = layers.slice(0, 3).map((layer) => `'${layer}'`);
    const more = layers.length > names.length ? ` and ${layers.length - names.length} more` : '';
    return [{ ...first, message: `${first.message} The same goes for ${names.join(', ')}${more}.` }];
  });
}

function asFinding({ code, message, file, line }: ReportProblem, severity: Severity | 'off' | undefined): ShownFinding {
  const shown = severity === undefined || severity === 'off' ? 'information' : severity;
  return {
    code,
    severity: shown,
    message,
    file,
    line,
    column: 0,
    endLine: line,
    endColumn: wholeLine,
    modelName: null,
  };
}
