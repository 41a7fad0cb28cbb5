/** Sizes as people write them: `4MiB`, `750 KB`, `4194304`, or the id of a device profile (`phone`). */
import { deviceProfile } from '../../core/devices.ts';

export interface ParsedBudget {
  readonly bytes: number;
  readonly name: string;
}

const factors: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};

/** Null where the text is neither a positive size nor a device. */
export function parseBudget(text: string): ParsedBudget | null {
  const device = deviceProfile(text);
  if (device !== undefined) return { bytes: device.budgetBytes, name: device.label };
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text.trim());
  const factor = factors[match?.[2]?.toLowerCase() ?? '-'];
  const bytes = factor === undefined ? 0 : Math.floor(Number(match?.[1]) * factor);
  return bytes > 0 ? { bytes, name: 'the budget' } : null;
}
