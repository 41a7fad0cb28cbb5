/**
 * The dialog for a data set of a plan. What a path holds is found out by the command line in its own process, so
 * that a damaged archive or a million files never hold up the extension host; the plan is changed by one edit that
 * the user sees first and can undo.
 */
import { randomBytes } from 'node:crypto';
import { basename, dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { Range, Uri, ViewColumn, window, workspace, WorkspaceEdit, type LogOutputChannel } from 'vscode';
import type { ImagesDescription } from '../../core/data/imagesDescription.ts';
import { replaceData } from '../../core/plan/replaceData.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { createRpcServer, ProblemError } from '../../core/rpc/rpc.ts';
import type { DataFit, DataRequests, DataState } from '../../core/session/dataProtocol.ts';
import { runCli } from '../platform/runCli.ts';
import { dataReadingStopped, noModelFile, planNotEditable } from '../problems.ts';
import { runPanelHtml } from '../views/runPanelHtml.ts';
import { isPlanFile } from './findPlans.ts';

export interface DataSetContext {
  readonly extensionUri: Uri;
  /** The command line's entry. */
  readonly cli: string;
  readonly log: LogOutputChannel;
}

/** A dialog as it is now, for tests and other extensions. */
export interface ShownDataSet {
  readonly plan: string;
  readonly images: string | null;
  readonly reading: boolean;
  /** Of what was described last; null where it could not be. */
  readonly nFound: number | null;
  readonly nBad: number | null;
  readonly problem: string | null;
}

const dialogs = new Set<() => ShownDataSet>();

export function shownDataSets(): readonly ShownDataSet[] {
  return [...dialogs].map((shown) => shown());
}

/**
 * `target`: a plan, or the folder or file of images; else the plan in the active editor, else one of the workspace's.
 * `images`: what to show at first instead of what the plan names.
 */
export async function addDataSet(context: DataSetContext, target: unknown, images: unknown): Promise<Result<null>> {
  const isPlan = target instanceof Uri && isPlanFile(target.fsPath);
  const plan = isPlan ? target : await askPlan();
  if (plan === null) return failure(noModelFile());
  const first = isPlan ? images : target;
  if (plan !== undefined) openDialog(context, plan, first instanceof Uri ? first.fsPath : null);
  return success(null);
}

/** undefined: the user left; null: there is none. */
async function askPlan(): Promise<Uri | null | undefined> {
  const active = window.activeTextEditor?.document.uri;
  if (active !== undefined && isPlanFile(active.fsPath)) return active;
  const found = await workspace.findFiles('**/slimwise*.json', '**/{node_modules,.slimwise}/**', 100);
  const plans = found.filter(({ fsPath }) => isPlanFile(fsPath));
  if (plans.length <= 1) return plans[0] ?? null;
  const items = plans.map((uri) => ({ label: workspace.asRelativePath(uri), uri }));
  return (await window.showQuickPick(items, { title: 'Add Data Set', placeHolder: 'To which plan?' }))?.uri;
}

function openDialog({ extensionUri, cli, log }: DataSetContext, plan: Uri, first: string | null): void {
  const bundle = Uri.joinPath(extensionUri, 'dist', 'webview');
  const panel = window.createWebviewPanel('slimwise.dataSet', `Images of ${basename(plan.fsPath)}`, ViewColumn.Active, {
    enableScripts: true,
    localResourceRoots: [bundle],
    retainContextWhenHidden: true,
  });
  const { webview } = panel;
  let reading: AbortController | null = null;
  let progress: string | null = null;
  let problem: string | null = null;
  let path: string | null = null;
  let state: DataState = { plan: basename(plan.fsPath), images: null, fit: null, description: null };
  const describe = async (fit: DataFit | null): Promise<DataState> => {
    if (path === null) return state;
    const fitted = fit === null ? [] : ['--size', String(Number(fit.size)), '--channels', String(Number(fit.channels))];
    // What was asked before is of no use any more.
    reading?.abort();
    const mine = new AbortController();
    reading = mine;
    const onLine = (line: string): void => void (progress = line);
    const printed = await runCli(cli, ['data', path, ...fitted, '--json'], { signal: mine.signal, onLine });
    if (reading === mine) [reading, progress] = [null, null];
    const failed = mine.signal.aborted ? dataReadingStopped() : printed.ok ? null : printed.problem;
    problem = failed?.code ?? null;
    if (failed !== null || !printed.ok) throw new ProblemError(failed ?? dataReadingStopped());
    const description = JSON.parse(printed.value) as ImagesDescription;
    state = {
      ...state,
      images: relativeTo(dirname(plan.fsPath), path),
      description,
      fit: { ...description.fitted, limit: fit?.limit ?? null },
    };
    return state;
  };
  const server = createRpcServer<DataRequests>(
    { post: (message) => void webview.postMessage(message) },
    {
      ready: async () => {
        if (first !== null) {
          path = first;
          return describe(null);
        }
        const named = await imagesOf(plan);
        if (named === null) return state;
        path = named.path;
        return describe(named.fit);
      },
      choose: async ({ what }) => {
        const [uri] =
          (await window.showOpenDialog({
            title: what === 'folder' ? 'Folder of images' : 'Archive, IDX file or NumPy array of images',
            canSelectFolders: what === 'folder',
            canSelectFiles: what === 'file',
            defaultUri: Uri.file(dirname(plan.fsPath)),
          })) ?? [];
        if (uri === undefined) return state;
        path = uri.fsPath;
        return describe(null);
      },
      describe: (fit) => describe(fit),
      progress: () => progress,
      stop: () => {
        reading?.abort();
        return null;
      },
      apply: (fit) => applyTo(plan, state.images ?? '', fit),
    },
    (error) => log.error(error instanceof Error ? error : String(error)),
  );
  webview.onDidReceiveMessage((message: unknown) => void server.receive(message));
  const shown = (): ShownDataSet => ({
    plan: plan.fsPath,
    images: path,
    reading: reading !== null,
    nFound: problem === null ? (state.description?.nFound ?? null) : null,
    nBad: problem === null ? (state.description?.bad.length ?? null) : null,
    problem,
  });
  dialogs.add(shown);
  panel.onDidDispose(() => {
    dialogs.delete(shown);
    reading?.abort();
  });
  webview.html = runPanelHtml({
    cspSource: webview.cspSource,
    imageSource: 'data:',
    scriptUri: webview.asWebviewUri(Uri.joinPath(bundle, 'dataSetPanel.js')).toString(),
    nonce: randomBytes(16).toString('base64'),
    runId: '',
  });
}

/** What the plan says now, where it can be read. */
async function imagesOf(plan: Uri): Promise<{ readonly path: string; readonly fit: DataFit | null } | null> {
  try {
    const value: unknown = JSON.parse((await workspace.openTextDocument(plan)).getText());
    const data = (value as { data?: { images?: unknown; size?: unknown; channels?: unknown; limit?: unknown } }).data;
    if (typeof data?.images !== 'string') return null;
    const path = resolve(dirname(plan.fsPath), data.images);
    const known = typeof data.size === 'number' && (data.channels === 1 || data.channels === 3);
    const limit = typeof data.limit === 'number' ? data.limit : null;
    return { path, fit: known ? { size: data.size as number, channels: data.channels as 1 | 3, limit } : null };
  } catch {
    return null;
  }
}

/** One edit with a preview; false where the user turned it down. */
async function applyTo(plan: Uri, images: string, { size, channels, limit }: DataFit): Promise<boolean> {
  const document = await workspace.openTextDocument(plan);
  const change = replaceData(document.getText(), {
    images,
    size: Number(size),
    channels: channels === 1 ? 1 : 3,
    ...(limit === null ? {} : { limit: Number(limit) }),
  });
  if (change === null) throw new ProblemError(planNotEditable(plan.fsPath, 'it is not JSON with a data section'));
  const edit = new WorkspaceEdit();
  const range = new Range(document.positionAt(change.start), document.positionAt(change.end));
  edit.replace(plan, range, change.text, {
    needsConfirmation: true,
    label: 'Images to learn from',
    description: images,
  });
  const applied = await workspace.applyEdit(edit, { isRefactoring: true });
  if (applied) await window.showTextDocument(document);
  return applied;
}

/** As a plan names it: relative with forward slashes where it lies near, else in full. */
function relativeTo(folder: string, path: string): string {
  const inside = relative(folder, path);
  if (inside === '') return '.';
  return (isAbsolute(inside) || inside.startsWith(`..${sep}..${sep}..`) ? path : inside).split(sep).join('/');
}
