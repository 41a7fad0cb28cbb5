/**
 * Which sources and model files `slimwise analyze` looks at, and from which folder their imports are followed. Folders that
 * hold other people's code or built output are skipped, and the walk is bounded, so that a home
 * directory given by mistake ends soon. Symbolic links are not followed.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';

const sourceName = /\.(py|ipynb|[cm]?[jt]s|[jt]sx)$/;
/** Pages and components: their scripts are read. */
const pageName = /\.(html?|vue|svelte)$/;
/** A model.json may be anything; whether it is a model, its content says. */
const modelName = /(\.(onnx|safetensors)|^model\.json)$/i;
const skippedFolder = /^(\.|node_modules$|__pycache__$|site-packages$|dist$|build$|out$|venv$|env$)/;
const maxFiles = 2000;
const maxFolders = 5000;

/** What marks the top of a project, strongest first. */
const markers = ['.git', 'pyproject.toml', 'setup.py', 'package.json', 'requirements.txt'] as const;

export type Target =
  | { readonly kind: 'files'; readonly files: readonly string[]; readonly complete: boolean }
  | { readonly kind: 'missing' }
  | { readonly kind: 'notSource' };

/** Absolute paths of the sources at `path`, sorted. */
export function sourcesAt(path: string): Target {
  const stat = existsSync(path) ? statSync(path) : null;
  if (stat === null) return { kind: 'missing' };
  if (stat.isFile()) {
    const isKnown = sourceName.test(path) || pageName.test(path) || isModelFile(path);
    return isKnown ? { kind: 'files', files: [path], complete: true } : { kind: 'notSource' };
  }
  const found = filesIn(path, isScanned);
  // Written documentation can be thousands of pages: they come last, and take no place from sources.
  const pages = filesIn(path, (name) => pageName.test(name));
  const files = [...found.files, ...pages.files].slice(0, maxFiles);
  return { kind: 'files', files: files.sort(), complete: found.complete && pages.complete && files.length < maxFiles };
}

/** A plan by its name: `slimwise.json`, `slimwise.tfjs.json`; the baseline of `slimwise check` is none. */
export function isPlanPath(path: string): boolean {
  const name = basename(path);
  return /^slimwise(\..+)?\.json$/.test(name) && name !== 'slimwise-baseline.json';
}

/** The plans in a folder and below it; none where the path is a file. */
export function plansIn(path: string): FilesIn {
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  return isFolder ? filesIn(path, isPlanPath) : { files: [], complete: true };
}

interface FilesIn {
  /** Absolute, sorted. */
  readonly files: readonly string[];
  /** False where the folder holds more than is looked at. */
  readonly complete: boolean;
}

function filesIn(path: string, isWanted: (name: string) => boolean): FilesIn {
  const files: string[] = [];
  const folders = [path];
  let nFolders = 0;
  for (let folder = folders.pop(); folder !== undefined && files.length < maxFiles; folder = folders.pop()) {
    if (++nFolders > maxFolders) return { files: files.sort(), complete: false };
    for (const entry of entriesOf(folder)) {
      if (entry.isDirectory() && !skippedFolder.test(entry.name)) folders.push(join(folder, entry.name));
      else if (entry.isFile() && isWanted(entry.name)) files.push(join(folder, entry.name));
    }
  }
  return { files: files.sort().slice(0, maxFiles), complete: files.length < maxFiles };
}

/** A file to be read as a model; any JSON may be one where the user names it. */
export function isModelFile(path: string): boolean {
  return modelName.test(basename(path)) || /\.json$/i.test(path);
}

function isScanned(name: string): boolean {
  return (sourceName.test(name) && !/\.d\.[cm]?ts$/.test(name)) || modelName.test(name);
}

/** The project that a file belongs to: the nearest folder with a marker, else `cwd` where it holds the file, else its folder. */
export function projectRoot(file: string, cwd: string): string {
  const folder = dirname(file);
  for (const marker of markers) {
    for (let at = folder; ; at = dirname(at)) {
      if (existsSync(join(at, marker))) return at;
      if (dirname(at) === at) break;
    }
  }
  return isInside(file, cwd) ? cwd : folder;
}

/** As the user knows it: relative to where they are, where it is inside; else absolute. */
export function shownPath(file: string, cwd: string): string {
  return isInside(file, cwd) ? posixPath(relative(cwd, file)) : file;
}

export function posixPath(path: string): string {
  return sep === '\\' ? path.replaceAll('\\', '/') : path;
}

function isInside(file: string, folder: string): boolean {
  return resolve(file).startsWith(resolve(folder).replace(/[\\/]+$/, '') + sep);
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // Not readable: nothing of it is shown.
  }
}
