/**
 * Whether it can be seen at a glance that no constructor of a file reads what is nowhere set: all its names are
 * bound by plain statements of the module, are its own or are built in, and each attribute is set before, in the
 * same constructor. This is so in nearly every file at nearly every keystroke, and saves reading the whole tree.
 * What is not seen at a glance is only left to the closer look, which decides.
 */
import type { ClassParts, FunctionParts, NameExpression, Pattern, SourceModule } from '../../syntax/ast.ts';
import type { MemberExpression } from '../../syntax/ast.ts';
import { certainReads } from './certainReads.ts';
import { boundNames, partsOf, type Node } from './fileNames.ts';
import { builtinNames, frameworkAttributes } from './knownNames.ts';

export function isPlainlySound(module: SourceModule): boolean {
  const names = plainNames(module);
  return module.body.every((statement) => {
    if (statement.kind !== 'classDefinition') return true;
    const needed = neededBy(statement.definition);
    return needed.isSettled && needed.names.every((name) => names.has(name));
  });
}

interface Needed {
  /** Names that the module has to bind. */
  readonly names: readonly string[];
  /** Whether every attribute that is read was set. */
  readonly isSettled: boolean;
}

/** By class, which an edit elsewhere in the file leaves as it is. */
const known = new WeakMap<ClassParts, Needed>();

function neededBy(cls: ClassParts): Needed {
  const before = known.get(cls);
  if (before !== undefined) return before;
  const needed = cls.body.flatMap((statement) =>
    statement.kind === 'functionDefinition' && statement.definition.name === '__init__'
      ? [neededByConstructor(cls, statement.definition)]
      : [],
  );
  const found = {
    names: [...new Set(needed.flatMap(({ names }) => names))],
    isSettled: needed.every(({ isSettled }) => isSettled),
  };
  known.set(cls, found);
  return found;
}

function neededByConstructor(cls: ClassParts, definition: FunctionParts): Needed {
  const [self] = definition.parameters;
  if (self?.target.kind !== 'namePattern') return { names: [], isSettled: true };
  const reads = certainReads(definition, self.target.id);
  return { names: namesOf(definition, reads.names), isSettled: isSettled(cls, definition, reads.attributes) };
}

function namesOf(definition: FunctionParts, reads: readonly NameExpression[]): readonly string[] {
  const foreign = reads.filter(({ id }) => !id.startsWith('_') && !builtinNames.has(id));
  if (foreign.length === 0) return [];
  const own = new Set(boundNames([...definition.parameters, ...definition.body]));
  return foreign.flatMap(({ id }) => (own.has(id) ? [] : [id]));
}

function isSettled(cls: ClassParts, { body }: FunctionParts, reads: readonly MemberExpression[]): boolean {
  const methods = new Set(
    cls.body.flatMap((statement) => (statement.kind === 'functionDefinition' ? [statement.definition.name] : [])),
  );
  const open = reads.filter(
    ({ property }) => !property.startsWith('_') && !frameworkAttributes.has(property) && !methods.has(property),
  );
  if (open.length === 0) return true;
  const firstSetAt = new Map<string, number>();
  const visit = (node: Node): void => {
    const place = node.kind === 'placePattern' ? (node['place'] as Node) : null;
    if (place?.kind === 'member') {
      const property = place['property'] as string;
      firstSetAt.set(property, Math.min(firstSetAt.get(property) ?? Infinity, node.start));
    }
    for (const inner of partsOf(node)) visit(inner);
  };
  for (const statement of body) visit(statement as unknown as Node);
  return open.every(({ property, end }) => (firstSetAt.get(property) ?? Infinity) <= end);
}

/** What the module's own statements bind one by one; less than it binds in all. */
function plainNames(module: SourceModule): ReadonlySet<string> {
  const names = new Set<string>();
  for (const statement of module.body) {
    switch (statement.kind) {
      case 'functionDefinition':
      case 'classDefinition':
        if (statement.definition.name !== null) names.add(statement.definition.name);
        break;
      case 'import':
        for (const { path, alias } of statement.modules) names.add(alias ?? path.split('.')[0] ?? path);
        break;
      case 'fromImport':
        for (const { name, alias } of statement.names) names.add(alias ?? name);
        break;
      case 'assign':
        for (const target of statement.targets) addNames(target, names);
        break;
      default:
        break;
    }
  }
  return names;
}

function addNames(target: Pattern, names: Set<string>): void {
  if (target.kind === 'namePattern') names.add(target.id);
}
