/**
 * Shows a run's report in an editor tab. The file lies in the user's workspace and may have been changed
 * by anybody, so the page runs no script and loads nothing but images of the run's own folder.
 */
import { readFile } from 'node:fs/promises';
import { ColorThemeKind, env, Uri, ViewColumn, window } from 'vscode';
import { failure, success, type Result } from '../../core/result.ts';
import { runFiles } from '../../core/session/runRecord.ts';
import { runFileMissing } from '../problems.ts';
import type { RunFolder } from '../sessions/runFolder.ts';
import { reportHtml } from './runPanelHtml.ts';

export async function openReport(run: RunFolder): Promise<Result<null>> {
  const file = run.fileInside(runFiles.report);
  const html = file === null ? null : await readText(file);
  if (html === null) return failure(runFileMissing(run.folder, 'report'));
  const folder = Uri.file(run.folder);
  const panel = window.createWebviewPanel('slimwise.report', `Report: ${run.record.name}`, ViewColumn.Active, {
    enableScripts: false,
    localResourceRoots: [folder],
    enableFindWidget: true,
  });
  const { webview } = panel;
  const show = (): void => {
    const { cspSource } = webview;
    const baseUri = webview.asWebviewUri(folder).toString();
    webview.html = reportHtml(html, { cspSource, baseUri, dark: isDark() });
  };
  show();
  const themes = window.onDidChangeActiveColorTheme(show);
  panel.onDidDispose(() => themes.dispose());
  return success(null);
}

/** In the user's own browser, where the page's export buttons work. */
export async function openReportInBrowser(run: RunFolder): Promise<Result<null>> {
  const file = run.fileInside(runFiles.report);
  if (file === null || (await readText(file)) === null) return failure(runFileMissing(run.folder, 'report'));
  await env.openExternal(Uri.file(file));
  return success(null);
}

function isDark(): boolean {
  const { kind } = window.activeColorTheme;
  return kind === ColorThemeKind.Dark || kind === ColorThemeKind.HighContrast;
}

async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
