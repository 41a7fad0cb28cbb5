/**
 * The notebooks that the editor holds. To the analysis a notebook is one document, the joined text of its
 * Python cells; to the editor each cell is a document of its own. `view` says which lines of which text a
 * document shows, for both kinds, so that everything else thinks in lines of the analysed text.
 */
import { TextDocument } from 'vscode-languageserver-textdocument';
import { joinCells, type JoinedCells } from '../notebook/joinCells.ts';
import type { OpenDocument, OpenDocuments } from './openDocuments.ts';
import type { Located } from './toProtocol.ts';

export interface OpenNotebook {
  readonly uri: string;
  readonly joined: JoinedCells;
  /** Its Python cells, in order. */
  readonly cells: readonly TextDocument[];
}

/** The part of an analysed text that one document of the editor shows. */
export interface View {
  readonly uri: string;
  readonly opened: OpenDocument;
  /** The editor's own version of the document. */
  readonly version: number;
  /** Lines of the analysed text before the document's first. */
  readonly nLinesBefore: number;
  readonly nLines: number;
}

/** Whether a line of the analysed text, from 1, stands in the document. */
export function shows({ nLinesBefore, nLines }: View, line: number): boolean {
  return nLinesBefore < line && line <= nLinesBefore + nLines;
}

export class OpenNotebooks {
  readonly #documents: OpenDocuments;
  readonly #open = new Map<string, OpenNotebook>();
  readonly #byCell = new Map<string, { readonly notebook: OpenNotebook; readonly cellIdx: number }>();
  #version = 0;

  constructor(documents: OpenDocuments) {
    this.#documents = documents;
  }

  /** The notebook as it is now: opened, or any of its cells changed, moved, added or removed. */
  set(uri: string, cells: readonly TextDocument[]): void {
    this.#forgetCells(uri);
    const joined = joinCells(cells.map((cell) => cell.getText()));
    const notebook: OpenNotebook = { uri, joined, cells };
    this.#open.set(uri, notebook);
    for (const [cellIdx, cell] of cells.entries()) this.#byCell.set(cell.uri, { notebook, cellIdx });
    this.#documents.add(TextDocument.create(uri, 'python', ++this.#version, joined.text));
  }

  get(uri: string): OpenNotebook | undefined {
    return this.#open.get(uri);
  }

  remove(uri: string): void {
    this.#forgetCells(uri);
    this.#open.delete(uri);
  }

  /** The document that is analysed for `uri`: the notebook of a cell, else itself. */
  analysedUri(uri: string): string {
    return this.#byCell.get(uri)?.notebook.uri ?? uri;
  }

  /** What the document shows; undefined where it is not open. */
  view(uri: string): View | undefined {
    const cell = this.#byCell.get(uri);
    const opened = this.#documents.get(cell?.notebook.uri ?? uri);
    if (opened === undefined) return undefined;
    if (cell === undefined) return { uri, opened, version: opened.document.version, nLinesBefore: 0, nLines: Infinity };
    const { joined, cells } = cell.notebook;
    const version = cells[cell.cellIdx]?.version ?? 0;
    const nLinesBefore = joined.firstLineOf(cell.cellIdx) - 1;
    return { uri, opened, version, nLinesBefore, nLines: joined.nLinesOf(cell.cellIdx) };
  }

  /** All documents of the editor that show parts of an analysed one. */
  viewsOf(opened: OpenDocument): readonly View[] {
    const notebook = this.#open.get(opened.uri);
    const uris = notebook?.cells.map((cell) => cell.uri) ?? [opened.uri];
    return uris.flatMap((uri) => this.view(uri) ?? []);
  }

  /** The document that shows a line of a file below the root of an opened document. */
  locate(opened: OpenDocument, file: string, line: number): Located {
    const uri = this.#documents.uriOf(opened.place.root, file);
    const notebook = this.#open.get(uri);
    const cell = notebook?.cells[notebook.joined.placeOf(line).cellIdx];
    return (cell === undefined ? undefined : this.view(cell.uri)) ?? { uri, nLinesBefore: 0 };
  }

  #forgetCells(uri: string): void {
    for (const cell of this.#open.get(uri)?.cells ?? []) this.#byCell.delete(cell.uri);
  }
}
