/**
 * Two tools for language models in the editor: what a model costs, and what it would cost with other bits, ranks or
 * widths. Both only read files of the workspace and count; neither runs, writes or applies anything, so neither asks
 * for confirmation, and both say what they read. An editor without such tools activates all the same.
 */
import * as vscode from 'vscode';
import { formatProblem, type Problem } from '../../core/problem.ts';
import type { LanguageService } from '../language/languageService.ts';
import { isModelFile } from '../modelFile/openModelFile.ts';
import { reportText, simulationText } from './reportText.ts';
import { readAnalyzeInput, readSimulateInput } from './toolInput.ts';

export const toolNames = { analyze: 'slimwise_analyze_model', simulate: 'slimwise_simulate_plan' } as const;

export function registerTools(language: LanguageService): readonly vscode.Disposable[] {
  // VS Code before 1.95, and editors built from its sources, may have no such namespace.
  const { lm } = vscode as { readonly lm?: Partial<typeof vscode.lm> };
  if (typeof lm?.registerTool !== 'function') return [];
  const register = lm.registerTool.bind(lm);
  return [
    register(
      toolNames.analyze,
      toolOf('Reading the model in', (input) => analyze(language, input)),
    ),
    register(
      toolNames.simulate,
      toolOf('Calculating a plan for', (input) => simulate(language, input)),
    ),
  ];
}

function toolOf(doing: string, work: (input: unknown) => Promise<string>): vscode.LanguageModelTool<unknown> {
  return {
    prepareInvocation: ({ input }) => ({ invocationMessage: `${doing} ${fileOf(input)}` }),
    invoke: async ({ input }) =>
      new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(await work(input))]),
  };
}

function fileOf(input: unknown): string {
  const file: unknown = typeof input === 'object' && input !== null && 'file' in input ? input.file : null;
  return typeof file === 'string' ? file.slice(0, 200) : 'a file';
}

async function analyze(language: LanguageService, input: unknown): Promise<string> {
  const read = readAnalyzeInput(input);
  if ('wrong' in read) return read.wrong;
  const { file, entry, input: shape } = read.value;
  const uri = await inWorkspace(file);
  if (uri === null) return notInWorkspace(file);
  if (isModelFile(uri.path)) {
    const report = await language.modelFile(uri);
    return report.ok ? reportText(report.value) : inWords(report.problem);
  }
  const answer = await language.analyzeSource(uri, { entry, input: shape });
  if (!answer.ok) return inWords(answer.problem);
  return 'refused' in answer.value ? `${file}: ${answer.value.refused}.` : reportText(answer.value.report);
}

async function simulate(language: LanguageService, input: unknown): Promise<string> {
  const read = readSimulateInput(input);
  if ('wrong' in read) return read.wrong;
  const { file, model, choices, budgetBytes } = read.value;
  const uri = await inWorkspace(file);
  if (uri === null) return notInWorkspace(file);
  const answer = await language.whatIf(uri, { model, choices, budgetBytes, fit: budgetBytes !== null });
  if (!answer.ok) return inWords(answer.problem);
  const report = answer.value;
  if ('refused' in report) return `${file}: ${report.refused}.`;
  if (report.choices.length === 0) return simulationText(report, null);
  const edit = await language.proposeEdit({ uri, model: report.model, choices: report.choices });
  return simulationText(report, edit.ok ? edit.value : null);
}

/** Null for what is not a file of an open folder: a tool that nobody confirms reads nothing else. */
async function inWorkspace(file: string): Promise<vscode.Uri | null> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const isUri = /^[a-z][a-z0-9+.-]+:\/\//i.test(file);
  const isAbsolute = /^([/\\]|[A-Za-z]:[/\\])/.test(file);
  const candidates = isUri
    ? [vscode.Uri.parse(file)]
    : isAbsolute
      ? [vscode.Uri.file(file)]
      : folders.map(({ uri }) => vscode.Uri.joinPath(uri, file));
  for (const uri of candidates) {
    if (vscode.workspace.getWorkspaceFolder(uri) === undefined) continue;
    try {
      const { type } = await vscode.workspace.fs.stat(uri);
      if ((type & vscode.FileType.File) !== 0) return uri;
    } catch {
      // Not there: another folder may have it.
    }
  }
  return null;
}

function notInWorkspace(file: string): string {
  return `${file} is no file of the open workspace. Give its path relative to a workspace folder.`;
}

function inWords(problem: Problem): string {
  return formatProblem(problem);
}
