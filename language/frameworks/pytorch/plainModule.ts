/**
 * `nn.Module()` without a class of its own, a box that the source hangs modules on: `down = nn.Module();
 * down.block = block`. What it holds is found by name; it cannot be called.
 */
import type { CallContext } from '../../interpreter/library.ts';
import { foreign, unknown } from '../../interpreter/values.ts';
import type { Value } from '../../interpreter/values.ts';
import { isModule, moduleAttribute, type ModuleObject } from './torchModule.ts';

export function plainModule(context: CallContext): ModuleObject {
  const children = new Map<string, Value>();
  const others = new Map<string, Value>();
  const self: ModuleObject = {
    typeName: 'Module',
    typePaths: ['torch.nn.Module'],
    moduleKind: 'dict',
    children,
    attribute: (name) => children.get(name) ?? others.get(name) ?? moduleAttribute(foreign(self), name, context),
    setAttribute(name, value) {
      context.journal.setEntry(self, isModule(value, context) ? children : others, name, value);
      return true;
    },
    truth: () => true,
    call: () => unknown('a plain nn.Module has no forward'),
  };
  return self;
}
