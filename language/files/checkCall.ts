/**
 * Whether the sizes of an operator are sizes: files may state anything. Everything after this may count on whole,
 * positive channels, kernels, strides and features.
 */
import type { OpCall } from '../../core/graph/ops.ts';

const counts = new Set([
  'inChannels',
  'outChannels',
  'inFeatures',
  'outFeatures',
  'features',
  'units',
  'count',
  'groups',
  'depthMultiplier',
  'factor',
  'heads',
  'kernel',
  'stride',
  'dilation',
]);

/** What is wrong, as `its kernel is [3, -1]`; null where all sizes are sizes. */
export function wrongSize({ attributes }: OpCall): string | null {
  for (const [name, value] of Object.entries(attributes)) {
    if (!counts.has(name) || value === undefined) continue;
    const sizes: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (!sizes.every(isCount)) return `its ${name} is ${JSON.stringify(value)}`;
  }
  return null;
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && 1 <= value && value < 2 ** 31;
}
