/**
 * What a model's weights may take on a kind of device: data that the status bar, the budget finding, the
 * run's memory bars and the command line share. `budgetBytes` is a budget for one model, not the
 * device's memory; `basis` says where the number comes from, because only one of them was published.
 */
export interface DeviceProfile {
  readonly id: string;
  readonly label: string;
  readonly budgetBytes: number;
  readonly basis: string;
}

const MiB = 1024 * 1024;

export const deviceProfiles: readonly DeviceProfile[] = [
  {
    id: 'phone',
    label: 'Phone app',
    budgetBytes: 4 * MiB,
    basis: 'PBGen: developers must stay within "just a few megabytes" on a phone with 4 GB; taken as 4 MiB.',
  },
  {
    id: 'watch',
    label: 'Watch app',
    budgetBytes: 0.75 * MiB,
    basis: "PBGen names a watch with 768 MB: the phone's 4 MiB scaled by memory. Our reading.",
  },
  {
    id: 'microcontroller',
    label: 'Microcontroller',
    budgetBytes: 0.25 * MiB,
    basis: 'A quarter of a 1 MB flash, the rest left to the program. Our choice.',
  },
  {
    id: 'browser',
    label: 'Browser tab',
    budgetBytes: 16 * MiB,
    basis: 'What loads within about two seconds at 64 Mbit/s. Our choice.',
  },
];

export const defaultDeviceId = 'phone';

export function deviceProfile(id: string): DeviceProfile | undefined {
  return deviceProfiles.find((profile) => profile.id === id);
}
