/**
 * The device that `--device` names: a built-in profile, or one of the `devices` in the `slimwise.json` of the folder
 * that the command was called in. A list that is not sound is a problem, not a device that is missing.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { deviceProfile, devices, readOwnDevices, type DeviceProfile } from '../../core/devices.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { noSuchDevice, ownDevicesUnsound } from './problems.ts';

export async function deviceNamed(id: string, cwd: string): Promise<Result<DeviceProfile>> {
  const builtIn = deviceProfile(id);
  if (builtIn !== undefined) return success(builtIn);
  const plan = path.join(cwd, 'slimwise.json');
  const own = readOwnDevices(devicesOf(await readFile(plan, 'utf8').catch(() => null)));
  if (own.faults.length > 0) return failure(ownDevicesUnsound(own.faults, plan));
  const found = deviceProfile(id, own.devices);
  return found === undefined
    ? failure(
        noSuchDevice(
          id,
          [...devices, ...own.devices].map((device) => device.id),
        ),
      )
    : success(found);
}

/** A plan that is no JSON has no devices here; `slimwise run` says what is wrong with it. */
function devicesOf(text: string | null): unknown {
  try {
    const plan: unknown = text === null ? null : JSON.parse(text);
    return typeof plan === 'object' && plan !== null && 'devices' in plan ? plan.devices : null;
  } catch {
    return null;
  }
}
