/**
 * Import and export statements. Where a path leads is the language's business (`Semantics.importPath`);
 * files are loaded once, their top level evaluated like any other code, and cycles see what is there so far.
 */
import type { ExportStatement, FromImportStatement, ImportStatement, Statement } from '../syntax/statement.ts';
import { createLineMap } from '../syntax/lineMap.ts';
import { sourceIn } from '../syntax/scriptBlocks.ts';
import { RaisedError } from './calls.ts';
import { getAttribute } from './attributes.ts';
import { evaluate } from './expressions.ts';
import type { Frame, Machine, SourceUnit } from './machine.ts';
import { assignLocal, createScope, type Scope } from './scope.ts';
import { runStatements } from './statements.ts';
import { external } from './values.ts';
import type { Value } from './values.ts';

/** The unit of a file, its top level evaluated; null where it cannot be read, or too many were. */
export function loadUnit(
  machine: Machine,
  path: string,
  name: string,
  scope: Scope = createScope('module', null),
): SourceUnit | null {
  const loaded = machine.units.get(path);
  if (loaded !== undefined) return loaded;
  const semantics = machine.semantics.find(({ extensions }) => extensions.some((ending) => path.endsWith(ending)));
  if (semantics === undefined || machine.units.size >= machine.limits.files) return null;
  const read = machine.host.read(path);
  if (read === null || read.length > machine.limits.sourceLength) return null;
  const text = sourceIn(path, read);
  const unit: SourceUnit = {
    path,
    name,
    text,
    module: semantics.parse(text),
    lines: createLineMap(text),
    scope,
    semantics,
    exports: new Map(),
    stars: [],
  };
  machine.units.set(path, unit);
  const exported = semantics.beginModule?.(unit) ?? null;
  const previous = machine.current;
  const previousSites = machine.callSites.splice(0);
  machine.current = semantics;
  try {
    runModule(machine, unit);
  } finally {
    machine.current = previous;
    machine.callSites.push(...previousSites);
    exported?.();
  }
  return unit;
}

/**
 * The top level, statement by statement: one that raises (a check of the command line) is passed over,
 * since a script that is meant to run gets past it.
 */
function runModule(machine: Machine, unit: SourceUnit): void {
  const frame = moduleFrame(machine, unit);
  const { body } = unit.module;
  if (unit.semantics.isLenient) {
    try {
      runStatements(machine, frame, body);
    } catch (error) {
      if (!(error instanceof RaisedError)) throw error;
    }
    return;
  }
  for (const statement of body) {
    try {
      runStatements(machine, frame, [statement]);
    } catch (error) {
      if (!(error instanceof RaisedError)) throw error;
    }
  }
}

export function moduleFrame(machine: Machine, unit: SourceUnit): Frame {
  return {
    unit,
    scope: unit.scope,
    semantics: unit.semantics,
    self: null,
    firstArgument: null,
    owner: null,
    functionName: '<module>',
    pendingReturns: [],
    yields: null,
    uncertainLoop: false,
    depth: machine.depth,
  };
}

export function runImport(machine: Machine, frame: Frame, statement: ImportStatement | FromImportStatement): void {
  const bind = (name: string, value: Value): void => assignLocal(machine.journal, frame.scope, name, value);
  if (statement.kind === 'import') {
    for (const { path, alias } of statement.modules) {
      const module = frame.semantics.importPath(machine, frame.unit, path);
      const first = path.split('.')[0] ?? path;
      if (alias !== null) bind(alias, module);
      else bind(first, first === path ? module : frame.semantics.importPath(machine, frame.unit, first));
    }
    return;
  }
  const module = frame.semantics.importPath(machine, frame.unit, statement.path);
  if (statement.namespace !== null) bind(statement.namespace, module);
  if (statement.star) {
    if (module.kind === 'external') frame.unit.stars.push(module.path);
    if (module.kind === 'module') {
      for (const [name, value] of module.unit.scope.names) if (!name.startsWith('_')) bind(name, value);
      frame.unit.stars.push(...module.unit.stars);
    }
    return;
  }
  for (const { name, alias } of statement.names) {
    bind(alias ?? name, importedName(machine, frame, statement.path, module, name));
  }
}

function importedName(machine: Machine, frame: Frame, path: string, module: Value, name: string): Value {
  if (module.kind !== 'module') {
    const isWhole = name === 'default' && (module.kind === 'class' || module.kind === 'function');
    return isWhole ? module : getAttribute(machine, module, name);
  }
  const isPython = frame.semantics.selfBinding === 'parameter';
  const found = isPython ? module.unit.scope.names.get(name) : module.unit.exports.get(name);
  if (found !== undefined) return found;
  if (isPython) {
    const inner = frame.semantics.importPath(machine, frame.unit, path.endsWith('.') ? path + name : `${path}.${name}`);
    if (inner.kind === 'module') return inner;
    for (const star of module.unit.stars) {
      const full = `${star}.${name}`;
      if (machine.libraries.some((library) => library.knows?.(full) === true)) return external(full);
    }
  }
  return getAttribute(machine, module, name);
}

export function runExport(
  machine: Machine,
  frame: Frame,
  statement: ExportStatement,
  run: (inner: Statement) => unknown,
): void {
  const { exports } = frame.unit;
  if (statement.declaration !== null) {
    const before = new Set(frame.scope.names.keys());
    run(statement.declaration);
    const declared = declaredNames(statement.declaration);
    for (const [name, value] of frame.scope.names) {
      if (!declared.has(name) && before.has(name)) continue;
      if (declared.has(name)) exports.set(statement.isDefault ? 'default' : name, value);
    }
  }
  if (statement.defaultValue !== null) exports.set('default', evaluate(machine, frame, statement.defaultValue));
  if (statement.from === null) {
    for (const { name, alias } of statement.names) {
      const value = frame.scope.names.get(name);
      if (value !== undefined) exports.set(alias ?? name, value);
    }
    return;
  }
  const module = frame.semantics.importPath(machine, frame.unit, statement.from);
  for (const { name, alias } of statement.names) exports.set(alias ?? name, getAttribute(machine, module, name));
  if (statement.star && module.kind === 'module') {
    for (const [name, value] of module.unit.exports) if (name !== 'default') exports.set(name, value);
  }
}

function declaredNames(statement: Statement): Set<string> {
  switch (statement.kind) {
    case 'functionDefinition':
    case 'classDefinition':
      return new Set([statement.definition.name ?? '']);
    case 'assign':
      return new Set(statement.targets.flatMap((target) => (target.kind === 'namePattern' ? [target.id] : [])));
    case 'block':
      return new Set(statement.body.flatMap((inner) => [...declaredNames(inner)]));
    default:
      return new Set();
  }
}
