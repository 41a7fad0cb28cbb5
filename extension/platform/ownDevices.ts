/**
 * The user's own device profiles, from the setting `slimwise.devices`. Entries that are not sound are left out and
 * told once per fault, not at every keystroke that reads the setting.
 */
import { workspace, type Disposable, type LogOutputChannel, type Uri } from 'vscode';
import { devices, readOwnDevices, type DeviceProfile } from '../../core/devices.ts';
import { devicesUnsound } from '../problems.ts';
import { showProblem } from './showProblem.ts';

const setting = 'slimwise.devices';

export function ownDevices(scope?: Uri): readonly DeviceProfile[] {
  return readOwnDevices(workspace.getConfiguration(undefined, scope ?? null).get(setting)).devices;
}

/** Built-in profiles first. */
export function allDevices(scope?: Uri): readonly DeviceProfile[] {
  return [...devices, ...ownDevices(scope)];
}

/** Tells what is wrong with the setting, now and whenever it changes. */
export function watchDevices(log: LogOutputChannel): Disposable {
  let told = '';
  const check = (): void => {
    const { faults } = readOwnDevices(workspace.getConfiguration().get(setting));
    const now = faults.join('; ');
    if (now !== '' && now !== told) showProblem(devicesUnsound(now), log);
    told = now;
  };
  check();
  return workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration(setting)) check();
  });
}
