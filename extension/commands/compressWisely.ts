/**
 * One click: finds the plan of the file that the user is in, or makes one with them, starts it and shows
 * the run. In Restricted Mode it says why it does not, before it asks anything. What is unsaved beside
 * the plan is saved first, because the engine reads from disk.
 */
import { dirname, sep } from 'node:path';
import { Uri, window, workspace } from 'vscode';
import { failure, success, type Result } from '../../core/result.ts';
import type { LanguageService } from '../language/languageService.ts';
import { mayDefineModel, modelLanguages } from '../language/modelSource.ts';
import { flagSetting } from '../platform/settings.ts';
import { noModelFile, notOnDisk, notTrusted } from '../problems.ts';
import type { RunFolder } from '../sessions/runFolder.ts';
import type { RunSessions } from '../sessions/runSessions.ts';
import type { RunPanels } from '../views/runPanels.ts';
import { createPlan } from './createPlan.ts';
import { findPlans, isPlanFile } from './findPlans.ts';
import { whileReading } from './whileReading.ts';

export interface CompressContext {
  readonly language: LanguageService;
  readonly sessions: RunSessions;
  readonly panels: RunPanels;
  readonly extensionUri: Uri;
}

/** `target` is a file or plan (a URI, or its text from a code action); `model` a model of it. */
export async function compressWisely(
  context: CompressContext,
  target: unknown,
  model: unknown,
  options: { readonly short: boolean },
): Promise<Result<RunFolder | null>> {
  if (!workspace.isTrusted) return failure(notTrusted());
  const uri = uriOf(target) ?? sourceInSight();
  if (uri === undefined) return failure(noModelFile());
  if (uri.scheme !== 'file') return failure(notOnDisk(uri.toString()));
  const plan = isPlanFile(uri.fsPath)
    ? success(uri.fsPath)
    : await planOf(context, uri, typeof model === 'string' ? model : null);
  if (!plan.ok || plan.value === null) return plan.ok ? success(null) : plan;
  return startPlan(context, plan.value, { short: options.short || flagSetting('engine.short', false) });
}

/** Makes a plan and opens it, without starting anything. */
export async function createPlanOnly(context: CompressContext, target: unknown): Promise<Result<string | null>> {
  const uri = uriOf(target) ?? sourceInSight();
  if (uri === undefined) return failure(noModelFile());
  if (uri.scheme !== 'file') return failure(notOnDisk(uri.toString()));
  const made = await createPlan(context, await workspace.openTextDocument(uri), null);
  if (made.ok && made.value !== null) await window.showTextDocument(Uri.file(made.value));
  return made;
}

async function planOf(context: CompressContext, uri: Uri, model: string | null): Promise<Result<string | null>> {
  const document = await workspace.openTextDocument(uri);
  if (!modelLanguages.some((id) => id === document.languageId)) return failure(noModelFile());
  const top = workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? dirname(uri.fsPath);
  const plans = await findPlans(uri.fsPath, top);
  const [first, ...more] = plans;
  if (first === undefined) return createPlan(context, document, model);
  if (more.length === 0) return success(first.path);
  const items = plans.map(({ path, name }) => ({ label: name, description: workspace.asRelativePath(path), path }));
  const picked = await window.showQuickPick(items, { title: 'Compress Wisely', placeHolder: 'Which plan?' });
  return success(picked?.path ?? null);
}

async function startPlan(
  { sessions, panels }: CompressContext,
  planPath: string,
  options: { readonly short: boolean },
): Promise<Result<RunFolder | null>> {
  await saveBeside(dirname(planPath));
  const started = await whileReading((reading) => sessions.start(planPath, options, reading));
  if (started.ok && started.value !== null) panels.open(started.value);
  return started;
}

async function saveBeside(folder: string): Promise<void> {
  for (const document of workspace.textDocuments) {
    if (document.isDirty && document.uri.scheme === 'file' && document.uri.fsPath.startsWith(folder + sep))
      await document.save();
  }
}

/** The source that the user looks at; with the focus in a panel, the model file beside it. */
function sourceInSight(): Uri | undefined {
  if (window.activeTextEditor !== undefined) return window.activeTextEditor.document.uri;
  const documents = window.visibleTextEditors.map(({ document }) => document);
  const model = documents.find((document) => mayDefineModel(document.languageId, document.getText()));
  return (model ?? documents.find(({ uri }) => isPlanFile(uri.fsPath)))?.uri;
}

/** Menus give a URI, code actions its text, the Models tree a node. */
function uriOf(target: unknown): Uri | undefined {
  if (target instanceof Uri) return target;
  if (typeof target === 'string') return Uri.parse(target);
  if (typeof target !== 'object' || target === null || !('model' in target)) return undefined;
  const { model } = target;
  if (typeof model !== 'object' || model === null || !('file' in model)) return undefined;
  return typeof model.file === 'string' ? Uri.file(model.file) : undefined;
}
