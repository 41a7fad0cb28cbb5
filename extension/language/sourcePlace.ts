/**
 * Where a document of the editor stands in the words of a report: a file and a line, and in a notebook the
 * code cell, which the editor shows as a document of its own.
 */
import {
  NotebookCellKind,
  workspace,
  type NotebookCell,
  type NotebookDocument,
  type TextDocument,
  type TextEditor,
} from 'vscode';

export interface SourcePlace {
  readonly file: string;
  /** From 1, among the notebook's Python cells; absent outside of notebooks. */
  readonly cell?: number;
  /** From 1. */
  readonly line: number;
}

export function cursorPlace({ document, selection }: TextEditor): SourcePlace {
  const line = selection.active.line + 1;
  const notebook = notebookOf(document);
  if (notebook === undefined) return { file: document.uri.fsPath, line };
  const cellIdx = pythonCells(notebook).findIndex((cell) => cell.document === document);
  return { file: notebook.uri.fsPath, cell: cellIdx + 1, line };
}

/** The text that decides whether a document may define a model: a cell's imports may stand in another cell. */
export function sourceText(document: TextDocument): string {
  const notebook = notebookOf(document);
  if (notebook === undefined) return document.getText();
  return pythonCells(notebook)
    .map((cell) => cell.document.getText())
    .join('\n');
}

/** What the language server gets to see of a notebook, in this order. */
export function pythonCells(notebook: NotebookDocument): readonly NotebookCell[] {
  return notebook
    .getCells()
    .filter(({ kind, document }) => kind === NotebookCellKind.Code && document.languageId === 'python');
}

function notebookOf(document: TextDocument): NotebookDocument | undefined {
  if (document.uri.scheme !== 'vscode-notebook-cell') return undefined;
  return workspace.notebookDocuments.find((notebook) => notebook.getCells().some((cell) => cell.document === document));
}
