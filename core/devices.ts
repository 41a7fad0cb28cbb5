/**
 * Devices that a model's memory is measured against. Data only: the status bar, the budget finding, the run's
 * memory bars and the plan's `budget.device` all name one of these by id. A budget is what one model may take,
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

/** undefined: there is no such device. */
export function deviceProfile(id: string): DeviceProfile | undefined {
  return devices.find((device) => device.id === id);
}
