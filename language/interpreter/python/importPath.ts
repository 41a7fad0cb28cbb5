/**
 * Where a Python import leads: relative paths by the package they stand in; absolute ones beside the
 * importing file, beside the main file, in folders put on `sys.path`, and in every folder above. Names
 * that a library answers for (`torch`, `keras`) are external even where a folder has the same name.
 */
import { loadUnit } from '../imports.ts';
import type { Machine, SourceUnit } from '../machine.ts';
import { external, unknown } from '../values.ts';
import type { Value } from '../values.ts';

export function importPythonPath(machine: Machine, unit: SourceUnit, path: string): Value {
  const dots = /^\.*/.exec(path)?.[0].length ?? 0;
  const rest = path.slice(dots);
  // The generated module beside a source is known by its name; its text is not followed.
  if (rest === 'slimwise_layers') return external(rest);
  if (dots > 0) {
    let folder = folderOf(unit.path);
    for (let level = 1; level < dots; level++) folder = folderOf(folder);
    return fromFolder(machine, folder, rest, rest) ?? unknown(`the module ${path} is not in the workspace`);
  }
  if (machine.libraries.some((library) => library.knows?.(rest) === true)) return external(rest);
  for (const folder of searchFolders(machine, unit)) {
    const found = fromFolder(machine, folder, rest, rest);
    if (found !== null) return found;
  }
  return external(rest);
}

function searchFolders(machine: Machine, unit: SourceUnit): string[] {
  const folders = new Set<string>();
  const [main] = machine.units.values();
  folders.add(folderOf(unit.path));
  if (main !== undefined) folders.add(folderOf(main.path));
  for (const path of machine.searchPaths) folders.add(path);
  for (let folder = folderOf(unit.path); folder !== ''; folder = folderOf(folder)) folders.add(folderOf(folder));
  for (const folder of [...folders]) folders.add(joinPath(folder, 'src'));
  return [...folders];
}

/** `a.b` in a folder: `a/b.py`, or the package `a/b`; null where neither is there. */
function fromFolder(machine: Machine, folder: string, path: string, name: string): Value | null {
  const base = joinPath(folder, path.replaceAll('.', '/'));
  const candidates = path === '' ? [joinPath(folder, '__init__.py')] : [`${base}.py`, `${base}/__init__.py`];
  for (const candidate of candidates) {
    const unit = loadUnit(machine, candidate, name === '' ? '__init__' : name);
    if (unit !== null) return { kind: 'module', unit };
  }
  // A folder without __init__.py is a package too: it is loaded piece by piece.
  if (path !== '' && machine.host.list(base).some((entry) => entry.endsWith('.py')))
    return namespacePackage(machine, base);
  return null;
}

function namespacePackage(machine: Machine, folder: string): Value | null {
  const path = `${folder}/__init__.py`;
  const known = machine.units.get(path);
  if (known !== undefined) return { kind: 'module', unit: known };
  const unit = loadUnit(
    { ...machine, host: { read: (wanted) => (wanted === path ? '' : null), list: () => [] } },
    path,
    folder.split('/').pop() ?? folder,
  );
  return unit === null ? null : { kind: 'module', unit };
}

export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

/** Posix join without `.` and `..`; never above the workspace. */
export function joinPath(folder: string, path: string): string {
  const parts = path.startsWith('/') ? [] : folder.split('/').filter(Boolean);
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}
