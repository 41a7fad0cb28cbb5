/**
 * Constructors that fail whenever they are called: a name that nothing defines, an attribute that nothing has
 * set. Read from the tree of the file, afresh after every edit, because a line anywhere in the file can define
 * the name. Said only where it is certain: whatever the file leaves open keeps it silent.
 */
import type { GraphFault, ModelGraph } from '../../../core/graph/modelGraph.ts';
import { pythonSemantics } from '../../interpreter/python/pythonSemantics.ts';
import type { SourceHost } from '../../sourceHost.ts';
import type { ClassParts, FunctionParts, NameExpression, SourceModule, Span } from '../../syntax/ast.ts';
import { createLineMap } from '../../syntax/lineMap.ts';
import { certainReads } from './certainReads.ts';
import { topClass } from './classChain.ts';
import { boundNames, fileNames, partsOf, type Node } from './fileNames.ts';
import { builtinNames } from './knownNames.ts';
import { maySetElsewhere } from './neighbours.ts';
import { isPlainlySound } from './plainlySound.ts';
import { unsetAttributes } from './unsetAttributes.ts';

/** The faults of each graph of a file, in their order; those of a class that several models use come once. */
export function constructorFaults(
  host: SourceHost,
  file: string,
  graphs: readonly ModelGraph[],
): readonly (readonly GraphFault[])[] {
  const text = file.endsWith('.py') && graphs.length > 0 ? host.read(file) : null;
  if (text === null) return graphs.map(() => []);
  try {
    return readFaults(host, file, text, graphs);
  } catch (error) {
    // A source can nest deeper than the stack of this thread; nothing is certain of such a file.
    if (!(error instanceof RangeError)) throw error;
    return graphs.map(() => []);
  }
}

function readFaults(
  host: SourceHost,
  file: string,
  text: string,
  graphs: readonly ModelGraph[],
): readonly (readonly GraphFault[])[] {
  const module = pythonSemantics.parse(text);
  if (isPlainlySound(module) || fileNames(module).isOpen) return graphs.map(() => []);
  const lines = createLineMap(text);
  const told = new Set<ClassParts>();
  return graphs.map((graph) => {
    const model = graph.file === file ? topClass(module, graph.name) : null;
    if (model === null || lines.lineOf(model.start) !== graph.line) return [];
    return withParts(module, model).flatMap((cls) => {
      if (told.has(cls)) return [];
      told.add(cls);
      return faultsOf(host, file, module, cls).map(({ span, message }): GraphFault => ({
        kind: 'cannotConstruct',
        message,
        site: lines.siteOf(file, span),
        layer: null,
      }));
    });
  });
}

/** A class and the classes of the file that it names, and so on. */
function withParts(module: SourceModule, model: ClassParts): readonly ClassParts[] {
  const found = new Set([model]);
  for (const cls of found) {
    const visit = (node: Node): void => {
      const part = node.kind === 'name' ? topClass(module, node['id'] as string) : null;
      if (part !== null) found.add(part);
      for (const inner of partsOf(node)) visit(inner);
    };
    visit(cls as unknown as Node);
  }
  return [...found];
}

interface Told {
  readonly span: Span;
  readonly message: string;
}

function faultsOf(host: SourceHost, file: string, module: SourceModule, cls: ClassParts): readonly Told[] {
  const isPlain = cls.decorators.length === 0 && cls.bases.every(({ kind }) => kind === 'positional');
  const constructors = cls.body.filter(
    (statement) => statement.kind === 'functionDefinition' && statement.definition.name === '__init__',
  );
  const [constructor] = constructors;
  const isBoundOnce = boundNames(cls.body).filter((name) => name === '__init__').length === 1;
  if (!isPlain || !isBoundOnce || constructor?.kind !== 'functionDefinition') return [];
  const { definition } = constructor;
  const [self] = definition.parameters;
  if (definition.decorators.length > 0 || self?.kind !== 'positional' || self.target.kind !== 'namePattern') return [];
  const name = cls.name ?? 'the class';
  const reads = certainReads(definition, self.target.id);
  const undefinedNames = file.endsWith('.ipynb.py') ? [] : namesWithoutMeaning(module, definition, reads.names);
  const unset = unsetAttributes({ host, file, module, cls, definition, self: self.target.id }, reads.attributes);
  return [
    ...firstOfEach(undefinedNames, ({ id }) => id)
      .filter(({ id }) => !maySetElsewhere(host, file, id))
      .map((span) => ({ span, message: `${name} cannot be constructed: the name '${span.id}' is not defined` })),
    ...firstOfEach(unset, ({ property }) => property).map((span) => ({
      span,
      message: `${name} cannot be constructed: '${span.property}' is read before anything sets it`,
    })),
  ];
}

/** Bound neither in the constructor nor in the module, by whatever statement; methods do not see the class body. */
function namesWithoutMeaning(
  module: SourceModule,
  definition: FunctionParts,
  reads: readonly NameExpression[],
): readonly NameExpression[] {
  const { moduleNames } = fileNames(module);
  const foreign = reads.filter(({ id }) => !id.startsWith('_') && !builtinNames.has(id) && !moduleNames.has(id));
  if (foreign.length === 0) return [];
  const own = new Set(boundNames([...definition.parameters, ...definition.body]));
  return foreign.filter(({ id }) => !own.has(id));
}

function firstOfEach<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const isNew = !seen.has(keyOf(item));
    seen.add(keyOf(item));
    return isNew;
  });
}
