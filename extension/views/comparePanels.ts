/**
 * Pages that compare runs: one per set of runs, found again after a window reload by the ids that the page keeps.
 * Runs are loaded whole while they are compared, and their digests sent again, at most once a second, while one of
 * them goes on. The page names only runs and variants of its own.
 */
import { randomBytes } from 'node:crypto';
import { Uri, ViewColumn, window, workspace, type Disposable, type LogOutputChannel, type WebviewPanel } from 'vscode';
import { tableCsv } from '../../core/chart/chartTable.ts';
import { compareRuns, comparisonData, type RowChoice } from '../../core/compare/compareRuns.ts';
import { digestRun, type RunDigest } from '../../core/compare/runDigest.ts';
import { createRpcServer, ProblemError } from '../../core/rpc/rpc.ts';
import type { ComparePush, CompareRequests } from '../../core/session/compareProtocol.ts';
import { runCli } from '../platform/runCli.ts';
import { runFileMissing } from '../problems.ts';
import type { RunFolder } from '../sessions/runFolder.ts';
import type { RunLibrary } from '../sessions/runLibrary.ts';
import { runPanelHtml } from './runPanelHtml.ts';

export const compareViewType = 'slimwise.compare';

export interface CompareContext {
  readonly extensionUri: Uri;
  readonly library: RunLibrary;
  /** The command line's entry. */
  readonly cli: string;
  readonly log: LogOutputChannel;
  openRun(run: RunFolder): void;
  /** A panel shows the run: it stays loaded. */
  isShown(run: RunFolder): boolean;
}

const pushMs = 1_000;

export class ComparePanels implements Disposable {
  readonly #context: CompareContext;
  readonly #open = new Map<string, WebviewPanel>();
  readonly #serializer: Disposable;

  constructor(context: CompareContext) {
    this.#context = context;
    this.#serializer = window.registerWebviewPanelSerializer(compareViewType, {
      deserializeWebviewPanel: async (panel, state) => {
        await context.library.ready;
        const ids = typeof state === 'object' && state !== null && 'run' in state ? String(state.run).split(' ') : [];
        this.#connect(
          panel,
          ids.flatMap((id) => context.library.byId(id) ?? []),
        );
      },
    });
  }

  /** Ids of the runs of every open page. */
  all(): readonly (readonly string[])[] {
    return [...this.#open.keys()].map((key) => key.split(' '));
  }

  open(runs: readonly RunFolder[]): void {
    const known = this.#open.get(keyOf(runs));
    if (known !== undefined) {
      known.reveal();
      return;
    }
    this.#connect(window.createWebviewPanel(compareViewType, 'Compare Runs', ViewColumn.Active, {}), runs);
  }

  dispose(): void {
    // Open pages stay: VS Code keeps them for the next window.
    this.#serializer.dispose();
  }

  #connect(panel: WebviewPanel, runs: readonly RunFolder[]): void {
    const { library, log, extensionUri } = this.#context;
    const { webview } = panel;
    const key = keyOf(runs);
    this.#open.set(key, panel);
    const server = createRpcServer<CompareRequests>(
      { post: (message) => void webview.postMessage(message) },
      {
        ready: async () => ({ runs: await digests(runs) }),
        sample: async ({ run, variant, step }) => {
          const found = runOf(runs, run);
          await found.load();
          const samples = found.state.variants.find(({ info }) => info.id === variant)?.samples ?? [];
          const name = samples.find((sample) => sample.step === step)?.file;
          const file = name === undefined ? null : found.fileInside(name);
          if (file === null) throw new ProblemError(runFileMissing(found.folder, `sample of step ${Number(step)}`));
          return { uri: webview.asWebviewUri(Uri.file(file)).toString() };
        },
        openRun: ({ run }) => {
          this.#context.openRun(runOf(runs, run));
          return null;
        },
        save: ({ format, choice }) => this.#save(runs, format, choice),
      },
      (error) => {
        if (!(error instanceof ProblemError)) log.error(error instanceof Error ? error : String(error));
      },
    );
    let timer: NodeJS.Timeout | undefined;
    const subscriptions = [
      webview.onDidReceiveMessage((message: unknown) => void server.receive(message)),
      library.onRunChanged(({ run }) => {
        if (!runs.includes(run)) return;
        timer ??= setTimeout(() => {
          timer = undefined;
          void digests(runs).then((each) => webview.postMessage({ type: 'runs', runs: each } satisfies ComparePush));
        }, pushMs);
      }),
    ];
    panel.onDidDispose(() => {
      clearTimeout(timer);
      if (this.#open.get(key) === panel) this.#open.delete(key);
      for (const subscription of subscriptions) subscription.dispose();
      for (const run of runs) if (!this.#context.isShown(run)) void run.unload();
    });
    const bundle = Uri.joinPath(extensionUri, 'dist', 'webview');
    const [only] = runs;
    panel.title =
      runs.length === 1 && only !== undefined ? `Compare: ${only.record.name}` : `Compare ${runs.length} Runs`;
    panel.iconPath = {
      light: Uri.joinPath(extensionUri, 'media', 'run-light.svg'),
      dark: Uri.joinPath(extensionUri, 'media', 'run-dark.svg'),
    };
    webview.options = {
      enableScripts: true,
      localResourceRoots: [bundle, ...runs.map(({ folder }) => Uri.file(folder))],
    };
    webview.html = runPanelHtml({
      cspSource: webview.cspSource,
      scriptUri: webview.asWebviewUri(Uri.joinPath(bundle, 'comparePanel.js')).toString(),
      nonce: randomBytes(16).toString('base64'),
      runId: key,
    });
  }

  async #save(runs: readonly RunFolder[], format: 'csv' | 'html', choice: RowChoice): Promise<boolean> {
    const folder = workspace.workspaceFolders?.[0]?.uri;
    const target = await window.showSaveDialog({
      title: 'Save the Comparison',
      filters: format === 'csv' ? { CSV: ['csv'] } : { 'Web page': ['html'] },
      ...(folder === undefined ? {} : { defaultUri: Uri.joinPath(folder, `comparison.${format}`) }),
    });
    if (target === undefined) return false;
    if (format === 'csv') {
      const text = tableCsv(comparisonData(compareRuns(await digests(runs), choice)));
      await workspace.fs.writeFile(target, new TextEncoder().encode(text));
      return true;
    }
    const folders = runs.map((run) => run.folder);
    const all = choice === 'all' ? ['--all'] : [];
    const done = await runCli(this.#context.cli, [
      'runs',
      'compare',
      ...folders,
      ...all,
      '--json',
      '--html',
      target.fsPath,
    ]);
    if (!done.ok) throw new ProblemError(done.problem);
    return true;
  }
}

async function digests(runs: readonly RunFolder[]): Promise<readonly RunDigest[]> {
  await Promise.all(runs.map((run) => run.load()));
  return runs.map(({ record, state }) => digestRun(record, state));
}

function runOf(runs: readonly RunFolder[], id: unknown): RunFolder {
  const found = runs.find(({ record }) => record.id === id);
  if (found === undefined) throw new ProblemError(runFileMissing('', 'such id in this comparison'));
  return found;
}

function keyOf(runs: readonly RunFolder[]): string {
  return runs.map(({ record }) => record.id).join(' ');
}
