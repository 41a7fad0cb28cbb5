/**
 * Findings of one document's models, as that document shows them. A finding about a layer that another
 * file builds is shown where this file calls that code, with the other place as related information, or
 * not at all. Findings of one rule at one place are one: a helper called four times is not four problems.
 */
import type { Finding, Severity } from '../../core/report/analyzeReport.ts';
import type { FileDescription } from '../describeFile.ts';
import { wholeLine } from '../findings/rule.ts';
import { withoutSuppressed } from '../findings/suppress.ts';

export interface ShownFinding extends Finding {
  readonly modelName: string | null;
}

/** SW407: the source was not read to its end. A syntax error is said by the language's own tools, and not again. */
const notAnalysed = 'SW407';
const unread: ReadonlySet<string> = new Set(['SWP_SOURCE_TOO_LARGE', 'SWP_SOURCE_TOO_COMPLEX']);

export interface ShownOptions {
  readonly text: string;
  readonly severities?: Readonly<Record<string, Severity | 'off'>>;
}

export function shownFindings(
  { models, problems }: FileDescription,
  file: string,
  { text, severities = {} }: ShownOptions,
): readonly ShownFinding[] {
  const placed = models.flatMap(({ report, findings }) =>
    findings.flatMap((finding): readonly ShownFinding[] => {
      const here = placeInFile(finding, file);
      return here === null ? [] : [{ ...here, modelName: report.name }];
    }),
  );
  const severity = severities[notAnalysed] ?? 'information';
  const mayHoldModels = /\b(torch|keras|tensorflow|tfjs)\b/.test(text);
  if (severity === 'off' || !mayHoldModels) return mergeRepeats(placed);
  const own = problems
    .filter((problem) => problem.file === file && unread.has(problem.code))
    .map(({ message, line }): ShownFinding => {
      const place = { file, line, column: 0, endLine: line, endColumn: wholeLine };
      return { code: notAnalysed, severity, message, ...place, modelName: null };
    });
  return [...mergeRepeats(placed), ...withoutSuppressed(own, () => text)];
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
