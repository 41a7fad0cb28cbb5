/**
 * From a row to its line. A row of the Models tree knows its place; a row of a run names a layer, which is
 * looked up in the source as it is now, because lines move and names stay.
 */
import { dirname, resolve } from 'node:path';
import {
  NotebookRange,
  Position,
  Range,
  Selection,
  TextEditorRevealType,
  Uri,
  ViewColumn,
  window,
  workspace,
} from 'vscode';
import { failure, success, type Result } from '../../core/result.ts';
import type { LanguageService } from '../language/languageService.ts';
import { pythonCells } from '../language/sourcePlace.ts';
import { layerNotFound } from '../problems.ts';
import type { RunFolder } from '../sessions/runFolder.ts';

export async function openPlace(place: unknown): Promise<void> {
  if (typeof place !== 'object' || place === null || !('file' in place) || !('line' in place)) return;
  if (typeof place.file !== 'string' || typeof place.line !== 'number') return;
  const cell = 'cell' in place && typeof place.cell === 'number' ? place.cell : null;
  if (cell === null) await showLine(Uri.file(place.file), place.line);
  else await showCell(Uri.file(place.file), cell, place.line);
}

/** A line of a notebook's code cell, both from 1. */
async function showCell(uri: Uri, cell: number, line: number): Promise<void> {
  const notebook = await workspace.openNotebookDocument(uri);
  const found = pythonCells(notebook)[cell - 1];
  if (found === undefined) return;
  const selections = [new NotebookRange(found.index, found.index + 1)];
  await window.showNotebookDocument(notebook, { selections });
  await window.showTextDocument(found.document, { selection: new Range(line - 1, 0, line - 1, 0) });
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
