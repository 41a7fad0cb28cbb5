/** Function definitions to function values: defaults evaluated once, decorators applied. */
import type { Expression, FunctionParts } from '../syntax/ast.ts';
import { callValue } from './calls.ts';
import { evaluate } from './expressions.ts';
import { positional } from './library.ts';
import type { Frame, Machine } from './machine.ts';
import type { FunctionValue, Value } from './values.ts';

export function makeFunction(
  machine: Machine,
  frame: Frame,
  definition: FunctionParts,
  options: { readonly flavour?: FunctionValue['flavour'] } = {},
): FunctionValue {
  const isEager = !frame.semantics.isLenient;
  const made: FunctionValue = {
    kind: 'function',
    definition,
    unit: frame.unit,
    scope: frame.scope,
    defaults: isEager
      ? definition.parameters.map(({ defaultValue }) =>
          defaultValue === null ? null : evaluate(machine, frame, defaultValue),
        )
      : [],
    name: definition.name ?? '<lambda>',
    owner: frame.owner,
    lexicalThis: frame.self,
    flavour: options.flavour ?? 'plain',
    attributes: new Map(),
  };
  for (const observer of machine.observers) observer.made?.(made);
  return made;
}

/** Decorators that leave what a call means as it is are passed over; those of the workspace are called. */
export function decorate(
  machine: Machine,
  frame: Frame,
  definition: FunctionParts,
  made: FunctionValue,
): { readonly name: string; readonly value: Value } {
  let value: Value = made;
  let name = made.name;
  for (const decorator of [...definition.decorators].reverse()) {
    const flavour = flavourOf(decorator);
    if (flavour !== null && value.kind === 'function') {
      if (flavour === 'setter') name = `${made.name} setter`;
      value = { ...value, flavour };
      continue;
    }
    const callee = evaluate(machine, frame, decorator);
    const isOurs = callee.kind === 'function' || callee.kind === 'bound' || callee.kind === 'class';
    if (isOurs) value = callValue(machine, callee, positional(value));
  }
  return { name, value };
}

function flavourOf(decorator: Expression): FunctionValue['flavour'] | null {
  const name = decorator.kind === 'name' ? decorator.id : decorator.kind === 'member' ? decorator.property : null;
  if (name === 'staticmethod') return 'static';
  if (name === 'classmethod') return 'class';
  if (name === 'property' || name === 'cached_property' || name === 'abstractproperty') return 'property';
  return name === 'setter' && decorator.kind === 'member' ? 'setter' : null;
}
