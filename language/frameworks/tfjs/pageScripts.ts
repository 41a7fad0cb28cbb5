/**
 * The scripts of a web page share one scope: `gan.js` builds what `index.js` calls, or the page itself, with no
 * import between them. Finds the page that loads a script, in its folder or the one above, and gives the page's
 * scripts in order, the page last where it has some of its own. A module, or a script that no page loads, stands alone.
 */
import type { SourceHost } from '../../sourceHost.ts';
import { holdsScripts, scriptTags } from '../../syntax/scriptBlocks.ts';

const maxPages = 8;
const maxPageLength = 200_000;
const maxScripts = 12;
const maxScriptLength = 200_000;

/** Paths of the page's scripts, `path` among them. */
export function pageScripts(host: SourceHost, path: string): readonly string[] {
  if (holdsScripts(path)) return scriptsAround(host, path);
  const text = path.endsWith('.js') ? host.read(path) : null;
  if (text === null || isModule(text)) return [path];
  const page = pageOf(host, path);
  if (page === null) return [path];
  const loaded = scriptsOf(page.text, folderOf(page.path))
    .filter((script) => script === path || isScript(host, script))
    .slice(-maxScripts);
  return hasOwnScripts(page.text) ? [...loaded, page.path] : loaded;
}

/** The page that a script stands in, or that loads it; null where none does. */
export function pageOf(host: SourceHost, path: string): { readonly path: string; readonly text: string } | null {
  if (holdsScripts(path)) {
    const text = host.read(path);
    return text === null || text.length > maxPageLength ? null : { path, text };
  }
  const folder = folderOf(path);
  const places = folder === '' ? [''] : [folder, folderOf(folder)];
  let nPages = 0;
  for (const place of places) {
    for (const name of host.list(place)) {
      if (!name.endsWith('.html') || ++nPages > maxPages) continue;
      const text = host.read(join(place, name));
      if (text === null || text.length > maxPageLength) continue;
      if (scriptsOf(text, place).includes(path)) return { path: join(place, name), text };
    }
  }
  return null;
}

/** What a page loads before its own scripts run. */
function scriptsAround(host: SourceHost, path: string): readonly string[] {
  const page = host.read(path);
  if (page === null || page.length > maxPageLength || !/\.html?$/i.test(path)) return [path];
  return [
    ...scriptsOf(page, folderOf(path))
      .filter((script) => isScript(host, script))
      .slice(-maxScripts),
    path,
  ];
}

function hasOwnScripts(page: string): boolean {
  return scriptTags(page).some(({ src, isJavascript, start, end }) => src === null && isJavascript && start < end);
}

function scriptsOf(page: string, folder: string): readonly string[] {
  const paths = new Set<string>();
  for (const { src } of scriptTags(page)) {
    const source = src === null ? undefined : /^([^\s?#]+\.(?:[cm]?[jt]s|[jt]sx))(?:[?#]|$)/i.exec(src)?.[1];
    if (source === undefined || /^(?:\w+:)?\/\//.test(source) || /\.min\.js$/.test(source)) continue;
    paths.add(resolve(folder, source));
  }
  return [...paths];
}

function isScript(host: SourceHost, path: string): boolean {
  const text = host.read(path);
  return text !== null && text.length <= maxScriptLength && !isModule(text);
}

function isModule(text: string): boolean {
  return /^\s*(?:import|export)\b|\bmodule\.exports\b|\brequire\(/m.test(text);
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

function resolve(folder: string, source: string): string {
  const parts = source.startsWith('/') || folder === '' ? [] : folder.split('/');
  for (const part of source.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
