/**
 * Which source is shown where no source has the focus: a diff in front is about the file that it proposes to edit,
 * one of several files as well, which VS Code does not count among its text editors.
 */
import { workspace, type Tab, type TextDocument, type Uri } from 'vscode';

/** Texts that a proposed edit would give, at the paths of the files themselves. */
export const proposedScheme = 'slimwise-proposed';

/** The file's own document for a side of a proposed edit; else the document itself. */
export function sourceOf(document: TextDocument): TextDocument {
  const { scheme, path } = document.uri;
  if (scheme !== proposedScheme) return document;
  return workspace.textDocuments.find(({ uri }) => uri.scheme !== proposedScheme && uri.path === path) ?? document;
}

/** Whether the tab shows the file: alone, beside another version of it, or among the files of an edit. */
export function shows(tab: Pick<Tab, 'input'> | undefined, file: Uri): boolean {
  return urisOf(tab?.input).some(
    ({ scheme, path }) => path === file.path && (scheme === file.scheme || scheme === proposedScheme),
  );
}

/** By their fields: VS Code names no class for a diff of several files. */
function urisOf(input: unknown): readonly Uri[] {
  if (typeof input !== 'object' || input === null) return [];
  const { uri, original, modified, textDiffs } = input as Readonly<Record<string, unknown>>;
  const diffs = Array.isArray(textDiffs) ? textDiffs : [];
  return [...[uri, original, modified].filter(isUri), ...diffs.flatMap(urisOf)];
}

function isUri(value: unknown): value is Uri {
  return typeof value === 'object' && value !== null && 'scheme' in value && 'path' in value;
}
