/**
 * The bases of a class up to `torch.nn.Module` or Keras' `Model` and `Layer`, where each stands in the same file and nothing about them is
 * left open: one base each, no decorator, no metaclass, every name bound once. Any other class has attributes
 * that the file does not show, and gives null.
 */
import type { Argument, ClassParts, Expression, SourceModule } from '../../syntax/ast.ts';
import { fileNames } from './fileNames.ts';

export function chainToFramework(module: SourceModule, definition: ClassParts): readonly ClassParts[] | null {
  const chain: ClassParts[] = [];
  let current: ClassParts | null = definition;
  while (current !== null) {
    const [base, ...others]: readonly Argument[] = current.bases;
    if (chain.includes(current) || current.decorators.length > 0 || others.length > 0) return null;
    if (base?.kind !== 'positional') return null;
    chain.push(current);
    if (isFrameworkBase(module, base.value)) return chain;
    current = base.value.kind === 'name' ? topClass(module, base.value.id) : null;
  }
  return null;
}

/** The class that a name of the module scope always means. */
export function topClass(module: SourceModule, name: string): ClassParts | null {
  if (fileNames(module).moduleNames.get(name) !== 1) return null;
  const found = module.body.find(
    (statement) => statement.kind === 'classDefinition' && statement.definition.name === name,
  );
  return found?.kind === 'classDefinition' ? found.definition : null;
}

const keras = /^(tensorflow\.keras|keras|keras_core)\.(Model|models\.Model|Layer|layers\.Layer)$/;

/** Whether a name means a base whose attributes are all known (knownNames.ts). */
export function isFrameworkBase(module: SourceModule, expression: Expression): boolean {
  const path = pathOf(module, expression);
  return path !== null && (path === 'torch.nn.Module' || keras.test(path));
}

/** `nn.Module` → `torch.nn.Module`, by the imports of the module scope. */
function pathOf(module: SourceModule, expression: Expression): string | null {
  if (expression.kind === 'member') {
    const object = pathOf(module, expression.object);
    return object === null ? null : `${object}.${expression.property}`;
  }
  if (expression.kind !== 'name') return null;
  const { id } = expression;
  const paths = module.body.flatMap((statement) => {
    if (statement.kind === 'fromImport') {
      return statement.names.flatMap(({ name, alias }) =>
        (alias ?? name) === id ? [`${statement.path}.${name}`] : [],
      );
    }
    if (statement.kind !== 'import') return [];
    return statement.modules.flatMap(({ path, alias }) =>
      alias === id ? [path] : alias === null && path.split('.')[0] === id ? [id] : [],
    );
  });
  const isOnlyImported = paths.length === fileNames(module).moduleNames.get(id);
  return isOnlyImported && new Set(paths).size === 1 ? (paths[0] ?? null) : null;
}
