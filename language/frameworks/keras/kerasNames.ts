/** The names that Keras gives to layers: snake case of the class, counted per class. */
import type { CallContext } from '../../interpreter/library.ts';

export function snakeCase(name: string): string {
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z0-9]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** `conv2d`, `conv2d_1`, …; inputs count from 1. */
export function nextName(type: string, context: CallContext): string {
  const key = 'keras names';
  const counts = (context.machine.extensions.get(key) as Map<string, number> | undefined) ?? new Map<string, number>();
  context.machine.extensions.set(key, counts);
  const base = type === 'InputLayer' ? 'input' : snakeCase(type);
  const count = counts.get(base) ?? 0;
  counts.set(base, count + 1);
  if (type === 'InputLayer') return `input_${count + 1}`;
  return count === 0 ? base : `${base}_${count}`;
}
