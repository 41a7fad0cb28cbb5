/**
 * What `--device` and `--budget` name: a size, a built-in profile, or one of the user's own, from the `devices` in the
 * `slimwise.json` of the folder that the command was called in or from the editor's setting `slimwise.devices` there
 * (`.vscode/settings.json`). A list that is not sound is a problem, not a device that is missing.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { deviceProfile, devices, readOwnDevices, type DeviceProfile } from '../../core/devices.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { parseBudget, type ParsedBudget } from './parseBytes.ts';
import { noSuchDevice, ownDevicesUnsound } from './problems.ts';

export function deviceNamed(id: string, cwd: string): Result<DeviceProfile> {
  const builtIn = deviceProfile(id);
  if (builtIn !== undefined) return success(builtIn);
  const known: DeviceProfile[] = [];
  for (const [file, field] of sources) {
    const place = path.join(cwd, file);
    const own = readOwnDevices(fieldOf(place, field));
    if (own.faults.length > 0) return failure(ownDevicesUnsound(own.faults, place));
    known.push(...own.devices);
  }
  const found = deviceProfile(id, known);
  const ids = [...devices, ...known].map((device) => device.id);
  return found === undefined ? failure(noSuchDevice(id, ids)) : success(found);
}

const sources = [
  ['slimwise.json', 'devices'],
  [path.join('.vscode', 'settings.json'), 'slimwise.devices'],
] as const;

/** A size (`200KiB`), or what a device allows one model; null: it is neither. */
export function budgetNamed(text: string, cwd: string): Result<ParsedBudget> | null {
  const budget = parseBudget(text);
  if (budget !== null) return success(budget);
  const device = deviceNamed(text, cwd);
  if (device.ok) return success({ bytes: device.value.budgetBytes, name: device.value.label });
  return device.problem.code === 'SWP_CLI_NO_SUCH_DEVICE' ? null : device;
}

/** What a file says under a name; nothing where it is not there or no JSON, which others complain about. */
function fieldOf(file: string, field: string): unknown {
  try {
    const document: unknown = JSON.parse(withoutComments(readFileSync(file, 'utf8')));
    return typeof document === 'object' && document !== null
      ? Object.entries(document).find(([key]) => key === field)?.[1]
      : null;
  } catch {
    return null;
  }
}

/** Editors let settings hold comments and a comma before a closing bracket. */
function withoutComments(text: string): string {
  const kept = (_token: string, string: string | undefined): string => string ?? '';
  return text
    .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g, kept)
    .replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, kept);
}
