/**
 * Devices that a model's memory is measured against. Data only: the status bar, the budget findings and the
 * plan's `budget.device` all name one of these by id. A budget is what the whole device has, or our own
 * stated choice of a share; `source` says which, so that nobody takes a choice for a measurement.
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
    id: 'app',
    label: 'Part of an app (4 MiB)',
    budgetBytes: 4 * miB,
    source: 'Our choice for the "few megabytes" that PBGen (§I) leaves to a network inside an app.',
  },
  {
    id: 'microcontroller',
    label: 'Microcontroller (512 KiB)',
    budgetBytes: 512 * kiB,
    source: 'Our choice: a common amount of memory of larger microcontrollers.',
  },
  {
    id: 'browser',
    label: 'Browser tab (64 MiB)',
    budgetBytes: 64 * miB,
    source: 'Our choice: a download and a heap that one tab can bear beside its page.',
  },
  {
    id: 'watch',
    label: 'Smart watch (768 MB)',
    budgetBytes: 768e6,
    source: 'Apple Watch series 3, named by PBGen (§I): all of its memory, most of it taken by the system.',
  },
  {
    id: 'phone',
    label: 'Phone (4 GB)',
    budgetBytes: 4e9,
    source: 'iPhone XS Max, named by PBGen (§I): all of its memory, most of it taken by the system.',
  },
];

export const defaultDeviceId = 'app';

/** undefined: there is no such device. */
export function deviceProfile(id: string): DeviceProfile | undefined {
  return devices.find((device) => device.id === id);
}
