/**
 * The documents that the editor holds, with the places that the analysis knows them by. The editor's text
 * wins over the disk's. Line texts are kept per version, because every position needs them.
 */
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { SourceHost } from '../sourceHost.ts';
import type { OpenText } from './analyses.ts';
import { emptyHost, overlayHost } from './diskHost.ts';
import { folderOnDisk, placeDocument, uriOf, type DocumentPlace } from './documentPaths.ts';

const languages: ReadonlySet<string> = new Set([
  'python',
  'javascript',
  'javascriptreact',
  'typescript',
  'typescriptreact',
  'html',
  'vue',
  'svelte',
]);

export interface OpenDocument extends OpenText {
  readonly document: TextDocument;
}

export class OpenDocuments {
  readonly #roots: () => readonly string[];
  readonly #diskHost: (folder: string) => SourceHost;
  readonly #open = new Map<string, OpenDocument>();
  readonly #hosts = new Map<string, SourceHost>();
  readonly #lines = new Map<string, { readonly version: number; readonly lines: readonly string[] }>();

  constructor(roots: () => readonly string[], diskHost: (folder: string) => SourceHost) {
    this.#roots = roots;
    this.#diskHost = diskHost;
  }

  /** Null for a language that Slimwise does not read. */
  add(document: TextDocument): OpenDocument | null {
    const known = this.#open.get(document.uri);
    if (known?.document === document) return known;
    if (!languages.has(document.languageId)) return null;
    const place = placeDocument(document.uri, this.#roots(), document.languageId);
    const opened = { uri: document.uri, place, document };
    this.#open.set(document.uri, opened);
    return opened;
  }

  get(uri: string): OpenDocument | undefined {
    return this.#open.get(uri);
  }

  all(): readonly OpenDocument[] {
    return [...this.#open.values()];
  }

  remove(uri: string): void {
    this.#open.delete(uri);
    this.#lines.delete(uri);
  }

  /** Places depend on the workspace's folders. */
  placeAgain(): void {
    const documents = this.all().map(({ document }) => document);
    this.#open.clear();
    this.#hosts.clear();
    for (const document of documents) this.add(document);
  }

  /** Files changed on the disk: what was read of it is asked for again. */
  forgetDisk(): void {
    this.#hosts.clear();
  }

  placeOf(uri: string): DocumentPlace {
    return this.#open.get(uri)?.place ?? placeDocument(uri, this.#roots(), '');
  }

  linesOf({ document }: OpenDocument): readonly string[] {
    const known = this.#lines.get(document.uri);
    if (known?.version === document.version) return known.lines;
    const lines = document.getText().split(/\r\n|\r|\n/);
    this.#lines.set(document.uri, { version: document.version, lines });
    return lines;
  }

  /** The files of a root as the editor has them now. */
  hostOf(root: string): SourceHost {
    const known = this.#hosts.get(root);
    if (known !== undefined) return known;
    const folder = folderOnDisk(root);
    const host = overlayHost(folder === null ? emptyHost : this.#diskHost(folder), (path) =>
      this.#openText(root, path),
    );
    this.#hosts.set(root, host);
    return host;
  }

  /** The editor's own URI for an open file, else one made from the root's. */
  uriOf(root: string, path: string): string {
    return this.#find(root, path)?.uri ?? uriOf(root, path);
  }

  #openText(root: string, path: string): string | null {
    return this.#find(root, path)?.document.getText() ?? null;
  }

  #find(root: string, path: string): OpenDocument | undefined {
    for (const opened of this.#open.values()) {
      if (opened.place.path === path && opened.place.root === root) return opened;
    }
    return undefined;
  }
}
