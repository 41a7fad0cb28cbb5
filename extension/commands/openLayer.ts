/**
 * From a row to its line. A row of the Models tree knows its place; a row of a run names a layer, which is
 * looked up in the source as it is now, because lines move and names stay.
 */
import { dirname, resolve } from 'node:path';
import { Position, Range, Selection, TextEditorRevealType, Uri, ViewColumn, window, workspace } from 'vscode';
import { failure, success, type Result } from '../../core/result.ts';
import type { LanguageService } from '../language/languageService.ts';
import { layerNotFound } from '../problems.ts';
import type { RunFolder } from '../sessions/runFolder.ts';

export async function openPlace(place: unknown): Promise<void> {
  if (typeof place !== 'object' || place === null || !('file' in place) || !('line' in place)) return;
  if (typeof place.file === 'string' && typeof place.line === 'number')
    await showLine(Uri.file(place.file), place.line);
}

export async function openLayerOfRun(language: LanguageService, run: RunFolder, layer: string): Promise<Result<null>> {
  for (const source of sourcesOf(run)) {
    const uri = Uri.file(resolve(dirname(run.record.planPath), source));
    const document = await Promise.resolve(workspace.openTextDocument(uri)).catch(() => null);
    if (document === null) continue;
    const models = await language.models(document);
    const found = models.flatMap(({ layers }) => layers).find(({ name }) => name === layer);
    if (found === undefined) continue;
    await showLine(Uri.file(found.file), found.line);
    return success(null);
  }
  return failure(layerNotFound(layer));
}

/** The generator's source first: decisions and memory are about it. */
function sourcesOf(run: RunFolder): readonly string[] {
  const plan = run.record.plan as Readonly<Record<string, { readonly source?: unknown } | undefined>> | null;
  const sources = [plan?.['generator']?.source, plan?.['discriminator']?.source];
  return [...new Set(sources.filter((source) => typeof source === 'string'))];
}

async function showLine(uri: Uri, line: number): Promise<void> {
  const document = await workspace.openTextDocument(uri);
  const beside = window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri.toString());
  const editor = await window.showTextDocument(document, { viewColumn: beside?.viewColumn ?? ViewColumn.One });
  const place = new Position(Math.min(Math.max(line - 1, 0), document.lineCount - 1), 0);
  const start = document.lineAt(place.line).firstNonWhitespaceCharacterIndex;
  editor.selection = new Selection(place.line, start, place.line, start);
  editor.revealRange(new Range(place, place), TextEditorRevealType.InCenterIfOutsideViewport);
}
