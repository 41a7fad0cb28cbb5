/** An object with free attributes: `argparse.Namespace`, `EasyDict`, `SimpleNamespace`, command-line flags. */
import type { ForeignObject } from '../foreign.ts';
import { NONE, dict, string } from '../values.ts';
import type { Value } from '../values.ts';

export interface NamespaceObject extends ForeignObject {
  readonly values: Map<string, Value>;
}

export function namespaceObject(typePath: string, values: Map<string, Value>): NamespaceObject {
  const object: NamespaceObject = {
    typeName: typePath.split('.').pop() ?? typePath,
    typePaths: [typePath],
    values,
    attribute(name) {
      if (name === '__dict__') return dict(values);
      const own = values.get(name);
      if (own !== undefined) return own;
      if (name === 'update' || name === 'merge') {
        return {
          kind: 'builtin',
          name,
          call: (args, context) => {
            const [other] = args.positional;
            if (other?.kind === 'dict') {
              for (const { key, value } of other.entries.values()) {
                if (key.kind === 'string') context.journal.setEntry(object, values, key.value, value);
              }
            }
            for (const [key, value] of args.keywords) context.journal.setEntry(object, values, key, value);
            return NONE;
          },
        };
      }
      if (name === 'get') {
        return {
          kind: 'builtin',
          name,
          call: ({ positional }) => {
            const [key, otherwise] = positional;
            return (key?.kind === 'string' ? values.get(key.value) : undefined) ?? otherwise ?? NONE;
          },
        };
      }
      return null;
    },
    setAttribute(name, value, context) {
      context.journal.setEntry(object, values, name, value);
      return true;
    },
    index: (index) => (index.kind === 'string' ? (values.get(index.value) ?? null) : null),
    setIndex(index, value, context) {
      if (index.kind === 'string') context.journal.setEntry(object, values, index.value, value);
      return true;
    },
    compare(operator, other) {
      // `'name' in opt` comes with the object on the right and is answered by `iterate`.
      return operator === '==' && other.kind === 'none' ? { kind: 'bool', value: false } : null;
    },
    iterate: () => [...values.keys()].map(string),
    truth: () => true,
  };
  return object;
}
