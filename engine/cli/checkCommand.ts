/**
 * `slimwise check <path>`: the gate for a build. Findings of a severity or of named codes, and models over their
 * budget, fail it; what stands in the baseline does not. A baseline names a finding by its code, file and layer, never
 * by its line, so that it survives edits elsewhere.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formatBytes } from '../../core/format/numbers.ts';
import type { AnalyzeReport, Finding, Severity } from '../../core/report/analyzeReport.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { checkPlanAt, type Failing } from './checkPlanAt.ts';
import { fail, type CliCommand, type CliIo, type ExitCode } from './command.ts';
import { budgetNamed } from './deviceNamed.ts';
import type { ParsedBudget } from './parseBytes.ts';
import { badUsage, baselineUnreadable } from './problems.ts';
import { reportAt } from './reportAt.ts';
import { isPlanPath, plansIn } from './sourceFiles.ts';

const usage = `Usage: slimwise check <source, model file, folder or plan> [options]

  A plan (slimwise.json) is held against its sources: fields, names of layers, redundancy, budget. In a folder
  all sources, model files and plans are checked.

  --fail-on SEVERITY     error, warning (as a rule), information or hint: findings from there on fail
  --forbid SW101,SW203   these codes fail whatever their severity
  --budget 4MiB          models whose weights take more fail; also a device (phone, watch, …, or your own)
                         weights count with the bits that the source declares
  --baseline FILE        known findings, which do not fail (slimwise-baseline.json where it exists)
  --update-baseline      write the baseline from what is found now
  --format FORMAT        text (as a rule), github (annotations of a pull request), or json

Exit codes: 0 nothing new, 1 something fails, 2 wrong usage or nothing readable.`;

const severities = ['hint', 'information', 'warning', 'error'] as const;
const formats = ['text', 'github', 'json'] as const;

interface CheckRequest {
  readonly path: string;
  readonly failOn: Severity;
  readonly forbidden: ReadonlySet<string>;
  readonly budget: ParsedBudget | null;
  readonly baseline: string;
  readonly updates: boolean;
  readonly format: (typeof formats)[number];
}

export const checkCommand: CliCommand = {
  summary: 'Fails a build on findings or budgets; with a baseline and annotations.',
  usage,
  run(args, io) {
    const request = parseRequest(args, io.cwd);
    return Promise.resolve(request.ok ? check(request.value, io) : fail(io, request.problem));
  },
};

function check(request: CheckRequest, io: CliIo): ExitCode {
  const found = isPlanPath(request.path) ? planAt(request, io.cwd) : findingsAt(request, io.cwd);
  if (!found.ok) return fail(io, found.problem);
  const { failing, looked } = found.value;
  const path = resolve(io.cwd, request.baseline);
  if (request.updates) {
    const findings = [...new Set(failing.map(keyOf))].sort();
    writeFileSync(path, `${JSON.stringify({ version: 1, findings }, null, 2)}\n`);
    io.out(`${findings.length} findings are in the baseline now: ${request.baseline}\n`);
    return 0;
  }
  const known = readBaseline(path);
  if (!known.ok) return fail(io, known.problem);
  const fresh = failing.filter((finding) => !known.value.has(keyOf(finding)));
  io.out(rendered(fresh, failing.length - fresh.length, looked, request.format));
  return fresh.length > 0 ? 1 : 0;
}

interface Looked {
  readonly failing: readonly Failing[];
  /** What was looked at, in words. */
  readonly looked: string;
}

function findingsAt(request: CheckRequest, cwd: string): Result<Looked> {
  const { path, failOn } = request;
  const plans = plansIn(resolve(cwd, path));
  const found = reportAt({ path, budget: null, convFormula: 'published', root: null, options: {} }, cwd);
  if (!found.ok) return found;
  const { report, isComplete } = found.value;
  const failing = [...failures(report, request)];
  for (const plan of plans.files) {
    const checked = checkPlanAt(plan, cwd);
    if (!checked.ok) return checked;
    failing.push(...checked.value.filter((own) => isFailing(own, failOn)));
  }
  const counts = [
    countText(report.models.length, 'model'),
    ...(plans.files.length === 0 ? [] : [countText(plans.files.length, 'plan')]),
  ];
  const cut = isComplete && plans.complete ? '' : ' (the folder is large: not all of it was looked at)';
  return success({ failing, looked: `${counts.join(', ')}${cut}` });
}

function planAt({ path, failOn }: CheckRequest, cwd: string): Result<Looked> {
  const checked = checkPlanAt(path, cwd);
  if (!checked.ok) return checked;
  return success({ failing: checked.value.filter((own) => isFailing(own, failOn)), looked: '1 plan' });
}

function isFailing({ severity }: Failing, failOn: Severity): boolean {
  return severities.indexOf(severity) >= severities.indexOf(failOn);
}

function countText(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function failures(report: AnalyzeReport, { failOn, forbidden, budget }: CheckRequest): readonly Failing[] {
  const isBad = ({ code, severity }: Finding): boolean =>
    forbidden.has(code) || severities.indexOf(severity) >= severities.indexOf(failOn);
  return report.models.flatMap(({ name, findings, totals, file, line }): Failing[] => {
    const bytes = totals.declaredBytes ?? totals.bytes.fp32;
    const own = findings.filter(isBad).map((finding) => ({ ...finding, layer: finding.layer ?? null }));
    if (budget === null || bytes <= budget.bytes) return own;
    const message = `${name} takes ${formatBytes(bytes)}, over ${budget.name} (${formatBytes(budget.bytes)}) by ${formatBytes(bytes - budget.bytes)}.`;
    return [...own, { code: 'SW301', severity: 'error', message, file, line, column: 0, layer: name }];
  });
}

function keyOf({ code, file, layer, message }: Failing): string {
  return `${code} ${file} ${layer ?? message}`;
}

function readBaseline(path: string): Result<ReadonlySet<string>> {
  if (!existsSync(path)) return success(new Set());
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const findings = typeof value === 'object' && value !== null && 'findings' in value ? value.findings : null;
    if (!Array.isArray(findings)) return failure(baselineUnreadable(path, 'it has no list of findings'));
    return success(new Set(findings.filter((key): key is string => typeof key === 'string')));
  } catch (error) {
    return failure(baselineUnreadable(path, error instanceof Error ? error.message : String(error)));
  }
}

function rendered(fresh: readonly Failing[], nKnown: number, looked: string, format: CheckRequest['format']): string {
  if (format === 'json') return `${JSON.stringify({ version: 1, failing: fresh, known: nKnown }, null, 2)}\n`;
  if (format === 'github') return fresh.map(annotation).join('');
  const lines = fresh.map(
    ({ file, line, severity, code, message }) => `${file}:${line}  ${severity} ${code}  ${message}`,
  );
  const known = nKnown === 0 ? '' : `, ${nKnown} known from the baseline`;
  return [...lines, `${looked}, ${fresh.length} findings fail${known}.`, ''].join('\n');
}

/** GitHub's workflow commands: `::warning file=…,line=…,col=…,title=…::message`. */
function annotation({ file, line, column, severity, code, message }: Failing): string {
  const level = severity === 'error' ? 'error' : severity === 'warning' ? 'warning' : 'notice';
  const escape = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (text: string): string => escape(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::${level} file=${property(file)},line=${line},col=${column + 1},title=${property(`Slimwise ${code}`)}::${escape(message)}\n`;
}

function parseRequest(args: readonly string[], cwd: string): Result<CheckRequest> {
  const wrong = (message: string): Result<CheckRequest> => failure(badUsage(message, 'check'));
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        'fail-on': { type: 'string', default: 'warning' },
        forbid: { type: 'string', multiple: true },
        budget: { type: 'string' },
        baseline: { type: 'string', default: 'slimwise-baseline.json' },
        'update-baseline': { type: 'boolean', default: false },
        format: { type: 'string', default: 'text' },
      },
    });
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) return wrong('Give one file or folder.');
    const failOn = severities.find((severity) => severity === values['fail-on']);
    if (failOn === undefined) return wrong(`--fail-on is one of ${severities.join(', ')}.`);
    const format = formats.find((name) => name === values.format);
    if (format === undefined) return wrong(`--format is one of ${formats.join(', ')}.`);
    const budget = values.budget === undefined ? null : budgetNamed(values.budget, cwd);
    if (values.budget !== undefined && budget === null)
      return wrong(`'${values.budget}' is neither a size (4MiB) nor a device (phone).`);
    if (budget !== null && !budget.ok) return budget;
    const forbidden = new Set((values.forbid ?? []).flatMap((codes) => codes.split(',')).map((code) => code.trim()));
    const unknown = [...forbidden].find((code) => !/^SW\d{3}$/.test(code));
    if (unknown !== undefined) return wrong(`'${unknown}' is no code of a finding: write SW101.`);
    return success({
      path,
      failOn,
      forbidden,
      budget: budget?.value ?? null,
      baseline: values.baseline,
      updates: values['update-baseline'],
      format,
    });
  } catch (error) {
    // `parseArgs` throws for unknown options, with a message made for users.
    return wrong(error instanceof Error ? error.message : String(error));
  }
}
