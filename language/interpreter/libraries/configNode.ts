/**
 * `yacs.config.CfgNode`: settings with defaults written in Python, which a file of the workspace may override.
 * `merge_from_file` reads that file; where it is not there, every setting keeps its default, as it does for a
 * script that is started without one. `merge_from_list` is what a command line would give: nothing.
 */
import type { CallContext } from '../library.ts';
import { NONE, bool, builtin, foreign } from '../values.ts';
import type { Value } from '../values.ts';
import { readSettings } from './fileLibrary.ts';
import type { NamespaceObject } from './namespaceObject.ts';
import { namespaceObject } from './namespaceObject.ts';

export function configNode(values: Map<string, Value>): NamespaceObject {
  const plain = namespaceObject('yacs.config.CfgNode', values);
  const node: NamespaceObject = {
    ...plain,
    attribute(name, context) {
      switch (name) {
        case 'clone':
          return builtin(name, () => foreign(copied(node)));
        case 'freeze':
        case 'defrost':
        case 'merge_from_list':
        case 'dump':
          return builtin(name, () => NONE);
        case 'is_frozen':
          return builtin(name, () => bool(false));
        case 'merge_from_file':
          return builtin(name, (args, at) => {
            const settings = readSettings(args, at);
            if (settings !== null) merge(node, settings, at);
            return NONE;
          });
        case 'merge_from_other_cfg':
          return builtin(name, ({ positional }, at) => {
            if (positional[0] !== undefined) merge(node, positional[0], at);
            return NONE;
          });
        default:
          return plain.attribute?.(name, context) ?? null;
      }
    },
  };
  return node;
}

function nodeOf(value: Value | undefined): NamespaceObject | null {
  return value?.kind === 'foreign' && value.object.typeName === 'CfgNode' ? (value.object as NamespaceObject) : null;
}

function copied(node: NamespaceObject): NamespaceObject {
  const values = [...node.values].map(([name, value]) => {
    const inner = nodeOf(value);
    return [name, inner === null ? value : foreign(copied(inner))] as const;
  });
  return configNode(new Map(values));
}

function merge(node: NamespaceObject, settings: Value, context: CallContext): void {
  const other = nodeOf(settings);
  const entries: (readonly [string, Value])[] = [];
  if (settings.kind === 'dict') {
    for (const { key, value } of settings.entries.values()) if (key.kind === 'string') entries.push([key.value, value]);
  } else if (other !== null) entries.push(...other.values);
  for (const [name, value] of entries) {
    const inner = nodeOf(node.values.get(name));
    if (inner !== null) merge(inner, value, context);
    else node.setAttribute?.(name, value, context);
  }
}
