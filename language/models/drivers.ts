/**
 * Scripts that may use the classes of a file: Python files beside it and in the folders above that name
 * one of the classes, or import the file. Text search only; the likeliest first, and only a few. A script
 * that has a file of the same name beside itself imports that one.
 */
import { folderOf, joinPath } from '../interpreter/python/importPath.ts';
import type { SourceHost } from '../sourceHost.ts';
import type { FollowingMemory } from './followingMemory.ts';

const MAX_DRIVERS = 6;
const MAX_READ = 150;
const MAX_LENGTH = 200_000;

export function findDrivers(
  host: SourceHost,
  file: string,
  classes: readonly string[],
  memory: FollowingMemory,
  except: string | null = null,
): string[] {
  const stem = file.slice(file.lastIndexOf('/') + 1).replace(/\.py$/, '');
  const called =
    classes.length === 0 ? null : new RegExp(`\\b(?:${classes.map(escapeName).join('|')})(?=\\s*\\()`, 'g');
  const imported = new RegExp(
    `^\\s*(?:from|import)\\b.*\\b${escapeName(stem === '__init__' ? folderName(file) : stem)}\\b`,
    'm',
  );
  const found: { path: string; score: number }[] = [];
  const wanted = `${file} ${classes.join()} `;
  let nRead = 0;
  for (const path of nearbyFiles(host, file)) {
    if (nRead >= MAX_READ) break;
    if (path === except) continue;
    nRead++;
    const text = host.read(path);
    if (text === null || text.length > MAX_LENGTH || isTest(path, text)) continue;
    const isSameFolder = folderOf(path) === folderOf(file);
    const hasOwn = !isSameFolder && host.read(joinPath(folderOf(path), `${stem}.py`)) !== null;
    const score = memory.mention(`${wanted}${path} ${String(hasOwn)}`, text, () => scoreOf(text, hasOwn, isSameFolder));
    if (score !== null) found.push({ path, score });
  }
  return found
    .sort((left, right) => right.score - left.score)
    .slice(0, MAX_DRIVERS)
    .map(({ path }) => path);

  function scoreOf(text: string, hasOwn: boolean, isSameFolder: boolean): number | null {
    const isImporting = imported.test(text) && !(hasOwn && !mentionsFolder(text, file));
    const nCalled = hasOwn || called === null ? 0 : new Set(text.match(called)).size;
    const isCalling = nCalled > 0;
    if (!isImporting && !isCalling) return null;
    // A file that defines a class of the same name has models of its own.
    const isRival =
      !isImporting && classes.some((name) => new RegExp(`^class\\s+${escapeName(name)}\\b`, 'm').test(text));
    if (isRival) return null;
    const runs = /__main__|parse_args|DataLoader|optim\./.test(text) ? 2 : 0;
    // Of scripts alike in this, the one that builds all of the file: who trains has the discriminator, too.
    const more = Math.min(Math.max(nCalled - 1, 0), 3) / 4;
    return (isImporting ? 4 : 0) + (isCalling ? 2 : 0) + runs + (isSameFolder ? 1 : 0) + more;
  }
}

/** What tests build is made small for them. */
function isTest(path: string, text: string): boolean {
  return /(^|\/)tests?\/|(^|\/)test_\w+\.py$/.test(path) && /\bdef test_|\bimport (unittest|pytest)\b/.test(text);
}

/**
 * Scripts that use the package of a file, where the package chooses its modules by name when it runs
 * (`import_module('models.' + name)`): then no script names the file. Those that train first.
 */
export function findStarters(host: SourceHost, file: string, memory: FollowingMemory): string[] {
  return [...startersOfPackages(host, file, memory), ...importersByName(host, file)].slice(0, MAX_STARTERS);
}

const MAX_STARTERS = 2;

/** Of the packages that hold the file, the first that chooses its modules by name. */
function startersOfPackages(host: SourceHost, file: string, memory: FollowingMemory): string[] {
  for (let folder = folderOf(file); folder !== ''; folder = folderOf(folder)) {
    const entrance = joinPath(folder, '__init__.py');
    const text = file === entrance ? null : host.read(entrance);
    if (text !== null && /\bimport_module\s*\(|\b__import__\s*\(/.test(text))
      return startersOf(host, file, memory, entrance, text);
  }
  return [];
}

/** Scripts that import a module of the file's folder by a composed name: `import_module('model.' + name)`. */
function importersByName(host: SourceHost, file: string): string[] {
  const folder = folderName(file);
  if (folder === '') return [];
  const imports = new RegExp(
    `\\b(?:import_module|__import__)\\s*\\(\\s*[rf]*["'](?:[\\w.]+\\.)?${escapeName(folder)}\\.`,
  );
  const found: string[] = [];
  let nRead = 0;
  for (const path of nearbyFiles(host, file)) {
    if (nRead++ >= MAX_READ || found.length >= MAX_STARTERS) break;
    const text = host.read(path);
    if (text !== null && text.length <= MAX_LENGTH && imports.test(text) && !isTest(path, text)) found.push(path);
  }
  return found;
}

function startersOf(host: SourceHost, file: string, memory: FollowingMemory, entrance: string, text: string): string[] {
  const functions = [...text.matchAll(/^def\s+(\w+)/gm)].flatMap(([, name]) => name ?? []);
  const isTraining = (path: string): number => Number(/train/i.test(path.slice(path.lastIndexOf('/') + 1)));
  return findDrivers(host, entrance, functions, memory)
    .filter((path) => folderOf(path) !== folderOf(file))
    .sort((left, right) => isTraining(right) - isTraining(left));
}

/** Python files beside a file, in the folders inside, and the same for the folders above. */
export function* nearbyFiles(host: SourceHost, file: string): Generator<string> {
  const seen = new Set<string>([file]);
  let folder = folderOf(file);
  for (;;) {
    const names = host.list(folder);
    for (const name of names) {
      const path = joinPath(folder, name);
      if (name.endsWith('.py') && !seen.has(path)) {
        seen.add(path);
        yield path;
      }
    }
    for (const name of names) {
      if (!name.endsWith('/') || name.startsWith('.') || name === 'node_modules/') continue;
      const inner = joinPath(folder, name.slice(0, -1));
      for (const child of host.list(inner)) {
        const path = joinPath(inner, child);
        if (child.endsWith('.py') && !seen.has(path)) {
          seen.add(path);
          yield path;
        }
      }
    }
    if (folder === '') return;
    folder = folderOf(folder);
  }
}

/** `models.networks` and `from models import networks` name the folder too. */
function mentionsFolder(text: string, file: string): boolean {
  const folder = folderName(file);
  return folder !== '' && new RegExp(`^\\s*(?:from|import)\\b.*\\b${escapeName(folder)}\\b`, 'm').test(text);
}

function folderName(file: string): string {
  return folderOf(file).split('/').pop() ?? '';
}

function escapeName(name: string): string {
  return name.replace(/[^\w]/g, '\\$&');
}
