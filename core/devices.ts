/**
 * Devices that a model's memory is measured against. Data only: the status bar, the budget finding, the run's
 * memory bars, the command line and the plan's `budget.device` all name one of these by id. Users add their own, in
 * the setting `slimwise.devices` or the plan's `devices`; one may not take the id of another. A budget is what one model may take,
 * except where the label says that it is all of a device's memory; `source` says what was published and what
 * is our own choice, so that nobody takes a choice for a measurement.
 */
export interface DeviceProfile {
  readonly id: string;
  /** As shown to the user. */
  readonly label: string;
  readonly budgetBytes: number;
  readonly source: string;
}

const kiB = 1024;
const miB = 1024 * kiB;

export const devices: readonly DeviceProfile[] = [
  {
    id: 'phone',
    label: 'Phone app',
    budgetBytes: 4 * miB,
    source: 'PBGen (§I): "just a few megabytes" for a network on a phone with 4 GB; 4 MiB is our choice.',
  },
  {
    id: 'watch',
    label: 'Watch app',
    budgetBytes: 768 * kiB,
    source: 'PBGen (§I) names a watch with 768 MB: the phone app’s budget scaled by memory, our choice.',
  },
  {
    id: 'microcontroller',
    label: 'Microcontroller',
    budgetBytes: 256 * kiB,
    source: 'A quarter of a 1 MiB flash, the rest left to the program; our choice.',
  },
  {
    id: 'browser',
    label: 'Browser tab',
    budgetBytes: 16 * miB,
    source: 'What loads within about two seconds at 64 Mbit/s; our choice.',
  },
  {
    id: 'watch-memory',
    label: 'All of a watch’s memory',
    budgetBytes: 768e6,
    source: 'Apple Watch series 3, as PBGen (§I) gives it; the system takes most of it.',
  },
  {
    id: 'phone-memory',
    label: 'All of a phone’s memory',
    budgetBytes: 4e9,
    source: 'iPhone XS Max, as PBGen (§I) gives it; the system takes most of it.',
  },
];

export const defaultDeviceId = 'phone';

/** undefined: there is no such device, neither here nor among the user's own. */
export function deviceProfile(id: string, own: readonly DeviceProfile[] = []): DeviceProfile | undefined {
  return devices.find((device) => device.id === id) ?? own.find((device) => device.id === id);
}

/** A device as a user writes it; the rest is filled in. */
export interface WrittenDevice {
  readonly id: string;
  readonly label?: string;
  readonly budgetBytes: number;
  readonly source?: string;
}

export function ownProfile({ id, label, budgetBytes, source }: WrittenDevice): DeviceProfile {
  return { id, label: label ?? id, budgetBytes, source: source ?? 'Your own profile.' };
}

export interface OwnDevices {
  /** Those that are sound. */
  readonly devices: readonly DeviceProfile[];
  /** What is wrong with the others, and which. */
  readonly faults: readonly string[];
}

const idForm = /^[a-z0-9][a-z0-9._-]{0,63}$/i;
const fields: ReadonlySet<string> = new Set(['id', 'label', 'budgetBytes', 'source']);

/** Devices from a setting, which may hold anything: each entry is taken or its fault told. */
export function readOwnDevices(value: unknown): OwnDevices {
  if (value === undefined || value === null) return { devices: [], faults: [] };
  if (!Array.isArray(value)) return { devices: [], faults: ['it is not a list'] };
  const found: DeviceProfile[] = [];
  const faults: string[] = [];
  for (const [index, entry] of (value as readonly unknown[]).entries()) {
    const fault = faultOf(entry, found);
    if (fault === null) found.push(ownProfile(entry as WrittenDevice));
    else faults.push(`entry ${index + 1} ${fault}`);
  }
  return { devices: found, faults };
}

function faultOf(entry: unknown, before: readonly DeviceProfile[]): string | null {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return 'is not an object';
  const { id, label, budgetBytes, source } = entry as Record<string, unknown>;
  if (typeof id !== 'string' || !idForm.test(id)) return 'has no id of letters, digits, dots and dashes';
  if (deviceProfile(id, before) !== undefined) return `takes the id "${id}" of another device`;
  if (typeof budgetBytes !== 'number' || !Number.isSafeInteger(budgetBytes) || budgetBytes < 1) {
    return `("${id}") has no budgetBytes, a whole number of bytes from 1`;
  }
  for (const [name, text] of Object.entries({ label, source })) {
    if (text !== undefined && (typeof text !== 'string' || text === ''))
      return `("${id}") has a ${name} that is no text`;
  }
  const stranger = Object.keys(entry).find((key) => !fields.has(key));
  return stranger === undefined ? null : `("${id}") has a field "${stranger}" that devices do not have`;
}
