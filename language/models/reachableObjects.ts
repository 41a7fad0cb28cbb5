/**
 * Everything that the files of a machine hold: whoever changes one of these changes what others see. Walks
 * values without knowing their kinds, past syntax trees and the machine itself; null where there is too much.
 */
import type { Machine } from '../interpreter/machine.ts';

const maxObjects = 50_000;
const passed: ReadonlySet<string> = new Set([
  'unit',
  'definition',
  'span',
  'semantics',
  'machine',
  'journal',
  'module',
]);

export function reachableObjects(machine: Machine): ReadonlySet<object> | null {
  const seen = new Set<object>();
  const pending: unknown[] = [...machine.units.values()].map(({ scope }) => scope);
  const add = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    pending.push(value);
  };
  while (pending.length > 0 && seen.size <= maxObjects) {
    const value = pending.pop() as object;
    if (value instanceof Map) {
      for (const [key, item] of value) {
        add(key);
        add(item);
      }
    } else if (value instanceof Set || Array.isArray(value)) {
      for (const item of value) add(item);
    } else {
      const record = value as Readonly<Record<string, unknown>>;
      for (const key in record) if (!passed.has(key)) add(record[key]);
    }
  }
  return seen.size <= maxObjects ? seen : null;
}
