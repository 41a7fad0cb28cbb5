/**
 * Between an editor's URIs and the analysis' paths. A document's path is what follows its root's URI,
 * decoded: roots are the workspace folders, else the document's own folder. Works for any scheme with a
 * path (`file`, `vscode-remote`, `vscode-vfs`, `untitled`), and never re-encodes a URI that the editor
 * gave: editors compare them as text, and encode them differently.
 */
import { joinedPath } from '../notebook/notebookReport.ts';

export interface DocumentPlace {
  /** URI of the folder that paths are relative to, without a trailing slash. */
  readonly root: string;
  /** Posix, relative to the root: `models/dcgan.py`. */
  readonly path: string;
}

/** The innermost of `roots` that holds the document; its own folder where none does. */
export function placeDocument(uri: string, roots: readonly string[], languageId: string): DocumentPlace {
  const bare = withoutSuffix(uri);
  const decoded = decodeUri(bare);
  const holders = roots
    .map(trimSlash)
    .filter((root) => decoded.startsWith(`${decodeUri(root)}/`))
    .sort((a, b) => b.length - a.length);
  const root = holders[0] ?? bare.slice(0, Math.max(bare.lastIndexOf('/'), bare.indexOf(':') + 1));
  const path = decoded.slice(decodeUri(root).length).replace(/^\/+/, '');
  return { root: trimSlash(root), path: withExtension(path, languageId) };
}

/** The URI of a path below a root; `known` are the editor's own URIs, which win over a newly made one. */
export function uriOf(root: string, path: string): string {
  const separator = root.endsWith(':') ? '' : '/';
  return `${root}${separator}${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** The folder on this machine that a URI means; null where it is not on this machine. */
export function folderOnDisk(root: string, platform: NodeJS.Platform = process.platform): string | null {
  const match = /^(file|vscode-remote):\/\/([^/]*)(\/.*)?$/.exec(root);
  if (match === null) return null;
  const [, scheme, host] = match;
  const path = decodeUri(match[3] ?? '/');
  const drive = /^\/([A-Za-z]):(.*)$/.exec(path);
  if (platform === 'win32' && drive !== null)
    return `${drive[1]}:${drive[2] === '' ? '\\' : (drive[2] ?? '').replaceAll('/', '\\')}`;
  if (scheme === 'file' && host !== '' && host !== 'localhost')
    return platform === 'win32' ? `\\\\${host}${path.replaceAll('/', '\\')}` : null;
  return path;
}

/** `%3A` and `:` mean the same; a broken escape stands for itself. */
function decodeUri(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

function withoutSuffix(uri: string): string {
  return uri.replace(/[?#].*$/s, '');
}

function trimSlash(uri: string): string {
  return uri.replace(/\/+$/, '');
}

const extensions: Readonly<Record<string, string>> = {
  python: '.py',
  javascript: '.js',
  javascriptreact: '.jsx',
  typescript: '.ts',
  typescriptreact: '.tsx',
  html: '.html',
  vue: '.vue',
  svelte: '.svelte',
};

/** An unsaved document has no extension, and the analysis goes by it; of a notebook it reads the joined cells. */
function withExtension(path: string, languageId: string): string {
  const extension = extensions[languageId] ?? '';
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name.endsWith('.ipynb')) return joinedPath(path);
  return name.includes('.') ? path : `${path}${extension}`;
}
