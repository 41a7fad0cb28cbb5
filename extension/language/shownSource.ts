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

/** The open files that a diff in this tab is about, in its order: the file's own document for a proposed side. */
export function inDiff(tab: Pick<Tab, 'input'> | undefined): readonly TextDocument[] {
  const isSide = ({ uri }: TextDocument, side: Uri): boolean =>
    uri.path === side.path &&
    (side.scheme === proposedScheme ? uri.scheme !== proposedScheme : uri.scheme === side.scheme);
  const documents = sidesOf(tab?.input).flatMap(
    (side) => workspace.textDocuments.find((one) => isSide(one, side)) ?? [],
  );
  return [...new Set(documents)];
}

/** By their fields: VS Code names no class for a diff of several files. */
function sidesOf(input: unknown): readonly Uri[] {
  if (typeof input !== 'object' || input === null) return [];
  const { original, modified, textDiffs } = input as Readonly<Record<string, unknown>>;
  const diffs = Array.isArray(textDiffs) ? textDiffs : [];
  return [...[original, modified].filter(isUri), ...diffs.flatMap(sidesOf)];
}

function isUri(value: unknown): value is Uri {
  return typeof value === 'object' && value !== null && 'scheme' in value && 'path' in value;
}
