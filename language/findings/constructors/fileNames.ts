/**
 * Which names and attributes one Python file gives a meaning to, read from its tree: what the module scope
 * binds, wherever (under a condition, in `except`, later than it is used, by `global` in a function), and every
 * attribute that is set on anything. It errs towards more names. What no reader can know (`exec`, star imports,
 * text that is no Python) makes the whole file `isOpen`, and then nothing may be concluded from a missing name.
 */
import type { ClassParts, FunctionParts, SourceModule, Span } from '../../syntax/ast.ts';

export interface FileNames {
  /** A name may come from where no reader sees it. */
  readonly isOpen: boolean;
  /** How often the module scope binds a name. */
  readonly moduleNames: ReadonlyMap<string, number>;
  /** Names that may be attributes: methods, names that any class body binds, and every text in the file. */
  readonly members: ReadonlySet<string>;
  /** Where an attribute of that name is set, on any object. */
  readonly attributeStores: ReadonlyMap<string, readonly Node[]>;
  /** Attributes may be set without being named. */
  readonly setsAnyAttribute: boolean;
  /** Names that are called, as `Net(…)`. */
  readonly calledNames: ReadonlySet<string>;
}

/** A node of the tree, seen without its type; spans and kinds are all a search needs. */
export type Node = Span & { readonly kind: string } & Readonly<Record<string, unknown>>;

const openNames = /^(exec|execfile|globals|locals|vars|__builtins__|__builtin__|builtins)$/;
const openMembers = /^(__dict__|f_globals|f_builtins|_getframe|run_line_magic|magic|embed)$/;
const attributeMethods = /^__(getattr|getattribute|setattr|new|init_subclass|slots|class_getitem)__$/;

const known = new WeakMap<SourceModule, FileNames>();

export function fileNames(module: SourceModule): FileNames {
  const before = known.get(module);
  if (before !== undefined) return before;
  const found = readNames(module);
  known.set(module, found);
  return found;
}

function readNames(module: SourceModule): FileNames {
  let isOpen = module.errors.length > 0;
  let setsAnyAttribute = false;
  const moduleNames = new Map<string, number>();
  const members = new Set<string>();
  const calledNames = new Set<string>();
  const attributeStores = new Map<string, Node[]>();
  for (const name of boundNames(module.body)) moduleNames.set(name, (moduleNames.get(name) ?? 0) + 1);
  const visit = (node: Node): void => {
    switch (node.kind) {
      case 'error':
      case 'unknown':
      case 'unknownPattern':
      case 'switch':
        isOpen = true;
        break;
      case 'fromImport':
        if (node['star'] === true) isOpen = true;
        break;
      case 'comprehension':
        if ((node['clauses'] as readonly unknown[]).length === 0) isOpen = true;
        break;
      case 'global':
        for (const name of node['names'] as string[]) moduleNames.set(name, (moduleNames.get(name) ?? 0) + 1);
        break;
      case 'name': {
        const id = node['id'] as string;
        if (openNames.test(id)) isOpen = true;
        if (/^(setattr|delattr|exec|vars)$/.test(id)) setsAnyAttribute = true;
        break;
      }
      case 'member':
        if (openMembers.test(node['property'] as string) || isSysModules(node)) isOpen = true;
        break;
      case 'string':
        members.add(node['value'] as string);
        break;
      case 'placePattern': {
        const place = node['place'] as Node;
        if (place.kind !== 'member') break;
        const property = place['property'] as string;
        attributeStores.set(property, [...(attributeStores.get(property) ?? []), node]);
        break;
      }
      case 'functionDefinition': {
        const { name } = node['definition'] as FunctionParts;
        if (name === null) break;
        members.add(name);
        if (attributeMethods.test(name)) setsAnyAttribute = true;
        break;
      }
      case 'classDefinition':
        for (const name of boundNames((node['definition'] as ClassParts).body)) {
          members.add(name);
          if (attributeMethods.test(name)) setsAnyAttribute = true;
        }
        break;
      case 'call': {
        const callee = node['callee'] as Node;
        if (callee.kind === 'name') calledNames.add(callee['id'] as string);
        break;
      }
    }
    for (const inner of partsOf(node)) visit(inner);
  };
  for (const statement of module.body) visit(statement as unknown as Node);
  return { isOpen, moduleNames, members, attributeStores, setsAnyAttribute, calledNames };
}

function isSysModules(node: Node): boolean {
  const object = node['object'] as Node;
  return node['property'] === 'modules' && object.kind === 'name' && object['id'] === 'sys';
}

/** The nodes right inside a node; the records between them (arguments, clauses, handlers) are looked through. */
export function partsOf(node: object): readonly Node[] {
  const parts: Node[] = [];
  addParts(node, parts);
  return parts;
}

function addParts(value: object, parts: Node[]): void {
  for (const inner of Array.isArray(value) ? (value as unknown[]) : Object.values(value)) {
    if (typeof inner !== 'object' || inner === null) continue;
    if (isNode(inner)) parts.push(inner);
    else addParts(inner, parts);
  }
}

function isNode(value: object): value is Node {
  return 'kind' in value && typeof value.kind === 'string' && 'start' in value;
}

/** Names that the statements of one scope bind; what functions and classes inside bind for themselves is left out. */
export function boundNames(body: readonly object[]): readonly string[] {
  const names: string[] = [];
  const visit = (node: Node): void => {
    switch (node.kind) {
      case 'functionDefinition':
      case 'classDefinition': {
        const { name } = node['definition'] as FunctionParts | ClassParts;
        if (name !== null) names.push(name);
        return;
      }
      case 'lambda':
      case 'class':
        return;
      case 'namePattern':
        names.push(node['id'] as string);
        return;
      case 'import':
        for (const { path, alias } of node['modules'] as { path: string; alias: string | null }[]) {
          names.push(alias ?? path.split('.')[0] ?? path);
        }
        return;
      case 'fromImport':
        for (const { name, alias } of node['names'] as { name: string; alias: string | null }[]) {
          names.push(alias ?? name);
        }
        return;
    }
    for (const inner of partsOf(node)) visit(inner);
  };
  for (const statement of body) visit(statement as Node);
  return names;
}
