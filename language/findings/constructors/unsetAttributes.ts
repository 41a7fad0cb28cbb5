/**
 * Attributes that the constructor of a PyTorch or Keras class reads and nothing can have set: no statement of the file sets one of that
 * name on anything before, no class body binds it, no text names it, and the framework's class has none. Silent
 * where `self` leaves the class (it may be given attributes there), where attributes are set by computed names,
 * and where another file may bring them.
 */
import type { ClassParts, Expression, FunctionParts, MemberExpression, SourceModule } from '../../syntax/ast.ts';
import type { SourceHost } from '../../sourceHost.ts';
import { chainToFramework, isFrameworkBase, topClass } from './classChain.ts';
import { boundNames, fileNames, partsOf, type Node } from './fileNames.ts';
import { frameworkAttributes } from './knownNames.ts';
import { isExtendedElsewhere, maySetElsewhere } from './neighbours.ts';

export interface Constructor {
  readonly host: SourceHost;
  readonly file: string;
  readonly module: SourceModule;
  readonly cls: ClassParts;
  readonly definition: FunctionParts;
  readonly self: string;
}

export function unsetAttributes(
  { host, file, module, cls, definition, self }: Constructor,
  reads: readonly MemberExpression[],
): readonly MemberExpression[] {
  const names = fileNames(module);
  if (names.setsAnyAttribute || boundNames(definition.body).includes(self)) return [];
  const isOwn = ({ property }: MemberExpression): boolean =>
    !property.startsWith('_') && !frameworkAttributes.has(property) && !names.members.has(property);
  const possible = reads.filter(isOwn);
  const chain = possible.length === 0 ? null : chainToFramework(module, cls);
  if (chain === null || chain.some((entry) => letsSelfOut(module, entry))) return [];
  const candidates = possible.filter(({ property, end }) => {
    const stores = (names.attributeStores.get(property) ?? []).filter((store) => !isOfAnother(module, chain, store));
    const isLater = stores.every((store) => end < store.start && store.end <= definition.end);
    return isLater && (stores.length === 0 || !isInLoop(definition, end));
  });
  if (candidates.length === 0) return [];
  const name = cls.name ?? '';
  if (isExtendedElsewhere(host, file, name)) return [];
  if (isInPackage(host, file) && !names.calledNames.has(name)) return [];
  return candidates.filter(({ property }) => !maySetElsewhere(host, file, property));
}

/** `self.x = …` in a method of a class that has nothing to do with these. */
function isOfAnother(module: SourceModule, chain: readonly ClassParts[], store: Node): boolean {
  const object = (store['place'] as Node)['object'] as Node;
  const around = module.body.find(({ start, end }) => start <= store.start && store.end <= end);
  if (object.kind !== 'name' || around?.kind !== 'classDefinition') return false;
  const { definition } = around;
  const [cls] = chain;
  if (chain.includes(definition) || cls === undefined || isExtended(module, cls)) return false;
  const method = definition.body.find(({ start, end }) => start <= store.start && store.end <= end);
  if (method?.kind !== 'functionDefinition') return false;
  const [self] = method.definition.parameters;
  const isSelf = self?.target.kind === 'namePattern' && self.target.id === object['id'];
  return isSelf && !boundNames(method.definition.body).includes(object['id'] as string);
}

/** Whether the file has a class that names it as a base. */
function isExtended(module: SourceModule, cls: ClassParts): boolean {
  const names = (node: Node): boolean => (node.kind === 'name' && node['id'] === cls.name) || partsOf(node).some(names);
  const extend = (node: Node): boolean =>
    (node.kind === 'classDefinition' &&
      (node['definition'] as ClassParts).bases.some(({ value }) => names(value as unknown as Node))) ||
    partsOf(node).some(extend);
  return module.body.some((statement) => extend(statement as unknown as Node));
}

/** What a loop's later turns read, an earlier one may have set. */
function isInLoop(definition: FunctionParts, at: number): boolean {
  return definition.body.some(({ kind, start, end }) => kind === 'for' && start <= at && at <= end);
}

/** Classes of a package are meant to be extended by files that are not here. */
function isInPackage(host: SourceHost, file: string): boolean {
  return host.list(file.split('/').slice(0, -1).join('/')).includes('__init__.py');
}

/** Whether a method gives its object away, other than to the constructor of a base. */
function letsSelfOut(module: SourceModule, cls: ClassParts): boolean {
  return cls.body.some((statement) => {
    if (statement.kind !== 'functionDefinition')
      return statement.kind !== 'assign' && statement.kind !== 'expression' && statement.kind !== 'empty';
    const [first] = statement.definition.parameters;
    if (statement.definition.decorators.length > 0 || first?.target.kind !== 'namePattern') return true;
    const self = first.target.id;
    const leaks = (node: Node): boolean => {
      if (node.kind === 'name') return node['id'] === self;
      const given = node.kind === 'call' ? givenToBase(module, node) : null;
      if (given !== null) return given.some(leaks);
      if (node.kind === 'member') {
        const object = node['object'] as Node;
        const property = node['property'] as string;
        if (isSuperCall(object)) return property !== '__init__' && property !== 'forward';
        if (object.kind === 'name' && object['id'] === self) return opensObject(property);
      }
      if (node.kind === 'call' && isNamedByComputation(node, self)) return true;
      return partsOf(node).some(leaks);
    };
    return partsOf(statement.definition).some(leaks);
  });
}

/** `self.apply(f)` calls f with the object; `_modules` and dunder names reach its attributes under any name. */
function opensObject(property: string): boolean {
  return /^(_?apply|_modules|_parameters|_buffers|__\w+__)$/.test(property);
}

/** `self.register_buffer(name, …)`, `self.add_module(f'conv{idx}', …)`. */
function isNamedByComputation(call: Node, self: string): boolean {
  const callee = call['callee'] as Node;
  const object = callee.kind === 'member' ? (callee['object'] as Node) : null;
  if (object?.kind !== 'name' || object['id'] !== self) return false;
  if (!/^(register_(buffer|parameter|module)|add_module|load_state_dict)$/.test(callee['property'] as string))
    return false;
  const [name] = call['args'] as { readonly value: Node }[];
  return name?.value.kind !== 'string';
}

/**
 * What `super().__init__(…)`, `super(Net, self).__init__(…)` and `nn.Module.__init__(self, …)` are given beside
 * the object; null where the call is none of these.
 */
function givenToBase(module: SourceModule, call: Node): readonly Node[] | null {
  const callee = call['callee'] as Node;
  if (callee.kind !== 'member' || callee['property'] !== '__init__') return null;
  const args = (call['args'] as { readonly value: Node }[]).map(({ value }) => value);
  const object = callee['object'] as Node;
  if (isSuperCall(object)) return args;
  const base = object as unknown as Expression;
  const isBase = isFrameworkBase(module, base) || (base.kind === 'name' && topClass(module, base.id) !== null);
  return isBase ? args.slice(1) : null;
}

function isSuperCall(node: Node): boolean {
  const callee = node.kind === 'call' ? (node['callee'] as Node) : null;
  return callee?.kind === 'name' && callee['id'] === 'super';
}
