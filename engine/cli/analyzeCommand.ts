/**
 * `slimwise analyze <path>`: the report of one source or model file, or of every model below a folder, as text
 * or JSON (the contract in `core/report`). Nothing of the project is executed. Exit code 1 means that a model is
 * over the budget, so that a build can fail on it.
 */
import { parseArgs } from 'node:util';
import type { AnalyzeReport } from '../../core/report/analyzeReport.ts';
import { failure, success, type Result } from '../../core/result.ts';
import type { AnalyzeOptions } from '../../language/analyze.ts';
import type { ConvFormula } from '../../language/settings.ts';
import { fail, type CliCommand, type CliIo, type ExitCode } from './command.ts';
import { budgetNamed, deviceNamed } from './deviceNamed.ts';
import type { ParsedBudget } from './parseBytes.ts';
import { badUsage, entryNotFound } from './problems.ts';
import { analyzeOptions } from './openSource.ts';
import { renderReport } from './renderReport.ts';
import { reportAt } from './reportAt.ts';

const usage = `Usage: slimwise analyze <file or folder> [options]

  Sources (.py, .ts, .js, …), scripts in pages (.html, .vue, .svelte), notebooks (.ipynb) and model files (.onnx,
  TF.js model.json, .safetensors).

  --json                 print the report as JSON
  --entry "G(100)"       build this model, as written in the source (repeatable)
  --input 1,100,1,1      input shape with batch 1, or a plain value as =0.5, =None, =[(1,8),(1,8)]
                         (repeatable: one per input)
  --budget 4MiB          exit with 1 where a model's fp32 weights take more;
                         also a device: phone, watch, microcontroller, browser
  --device NAME          the same with a device's budget: built in, or of slimwise.json
  --conv-formula derived redundancy of convolutions by the deconvolution's derivation
  --root FOLDER          top of the project, for its imports (found by itself as a rule)

Exit codes: 0 fine, 1 over the budget, 2 wrong usage or nothing readable.`;

interface Request {
  readonly path: string;
  readonly json: boolean;
  readonly budget: ParsedBudget | null;
  readonly convFormula: ConvFormula;
  readonly root: string | null;
  readonly options: AnalyzeOptions;
}

export const analyzeCommand: CliCommand = {
  summary: 'Layers, costs, redundancy and findings of the models in a file or folder.',
  usage,
  run(args, io) {
    const request = parseRequest(args, io.cwd);
    return Promise.resolve(request.ok ? analyze(request.value, io) : fail(io, request.problem));
  },
};

function analyze(request: Request, io: CliIo): ExitCode {
  const found = reportAt(request, io.cwd);
  if (!found.ok) return fail(io, found.problem);
  const { report, isComplete } = found.value;
  const { entries } = request.options;
  if (entries !== undefined && report.models.length === 0) {
    return fail(io, entryNotFound(entries.join(', '), request.path));
  }
  print(report, request, io);
  if (!isComplete) io.err('slimwise: this folder has too many files; only the first were looked at.\n');
  const { budget } = request;
  return budget !== null && isOver(report, budget.bytes) ? 1 : 0;
}

/** A file of tensors alone takes what it stores; a model, what its weights take with the bits that it declares. */
function isOver({ models, modelFiles = [] }: AnalyzeReport, bytes: number): boolean {
  return (
    models.some(({ totals }) => (totals.declaredBytes ?? totals.bytes.fp32) > bytes) ||
    modelFiles.some(({ tensors }) => (tensors?.totals.bytes ?? 0) > bytes)
  );
}

function print(report: AnalyzeReport, request: Request, io: CliIo): void {
  if (request.json) {
    io.out(`${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  const colour = io.isTerminal && !io.env['NO_COLOR'];
  io.out(renderReport(report, { colour, budget: request.budget }));
  if (report.models.length === 0 && report.modelFiles === undefined)
    io.err(`slimwise: no model was found in ${request.path}.\n`);
}

function parseRequest(args: readonly string[], cwd: string): Result<Request> {
  const usageProblem = (message: string): Result<Request> => failure(badUsage(message, 'analyze'));
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        entry: { type: 'string', multiple: true },
        input: { type: 'string', multiple: true },
        budget: { type: 'string' },
        device: { type: 'string' },
        root: { type: 'string' },
        'conv-formula': { type: 'string', default: 'published' },
      },
    });
    const [path, ...more] = positionals;
    if (path === undefined) return usageProblem('Say which file or folder to analyze.');
    if (more.length > 0) return usageProblem(`One path at a time: '${more[0] ?? ''}' is one too many.`);
    const named = values.budget === undefined ? null : budgetNamed(values.budget, cwd);
    if (values.budget !== undefined && named === null) {
      return usageProblem(`'${values.budget}' is neither a size (4MiB) nor a device (phone).`);
    }
    const convFormula = values['conv-formula'];
    if (convFormula !== 'published' && convFormula !== 'derived') {
      return usageProblem(`--conv-formula is 'published' or 'derived', not '${convFormula}'.`);
    }
    const options = analyzeOptions(values);
    if (typeof options === 'string') return usageProblem(options);
    const device = values.device === undefined ? null : deviceNamed(values.device, cwd);
    if (device !== null && !device.ok) return device;
    if (named !== null && !named.ok) return named;
    // A device goes before a budget.
    const budget =
      device === null ? (named?.value ?? null) : { bytes: device.value.budgetBytes, name: device.value.label };
    return success({ path, json: values.json, budget, convFormula, root: values.root ?? null, options });
  } catch (error) {
    // `parseArgs` throws for unknown options, with a message made for users.
    return usageProblem(error instanceof Error ? error.message : String(error));
  }
}
