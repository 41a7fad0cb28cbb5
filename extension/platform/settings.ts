/**
 * The settings that this side of the extension reads; the language server gets the whole `slimwise`
 * section by itself. Values come from the user's files and may be of any type, so each is checked and
 * falls back to its default. Settings that decide what is executed are withheld by VS Code in Restricted Mode.
 */
import { workspace, type ConfigurationChangeEvent, type Uri } from 'vscode';
import { defaultDeviceId, deviceProfile, type DeviceProfile } from '../../core/devices.ts';
import type { BackendName } from '../../core/session/engineProtocol.ts';
import type { Budget } from './budget.ts';
import { allDevices, ownDevices } from './ownDevices.ts';

export const section = 'slimwise';

export function budgetFor(scope?: Uri): Budget {
  const settings = workspace.getConfiguration(section, scope ?? null);
  const bytes: unknown = settings.get('budget.bytes');
  if (typeof bytes === 'number' && Number.isFinite(bytes) && bytes > 0) return { bytes, label: 'budget' };
  const device = chosenDevice(scope);
  return { bytes: device.budgetBytes, label: device.label.toLowerCase() };
}

export interface BudgetSettings {
  /** null: the settings name none, or one that there is not. */
  readonly device: string | null;
  readonly devices: readonly DeviceProfile[];
  readonly budgetBytes: number | null;
}

/** What the settings say about the budget, for pages that let the reader choose another device. */
export function budgetSettings(scope: Uri): BudgetSettings {
  const settings = workspace.getConfiguration(section, scope);
  const bytes: unknown = settings.get('budget.bytes');
  const id: unknown = settings.get('budget.device');
  const devices = allDevices(scope);
  return {
    device: devices.find((device) => device.id === id)?.id ?? null,
    devices,
    budgetBytes: typeof bytes === 'number' && Number.isFinite(bytes) && bytes > 0 ? bytes : null,
  };
}

/** True for a change that `budgetSettings` would show. */
export function changesBudget(change: ConfigurationChangeEvent): boolean {
  return change.affectsConfiguration(`${section}.budget`) || change.affectsConfiguration(`${section}.devices`);
}

export function chosenDevice(scope?: Uri): DeviceProfile {
  const id: unknown = workspace.getConfiguration(section, scope ?? null).get('budget.device');
  const chosen = typeof id === 'string' ? deviceProfile(id, ownDevices(scope)) : undefined;
  const fallback = chosen ?? deviceProfile(defaultDeviceId);
  if (fallback === undefined) throw new Error(`The default device '${defaultDeviceId}' has no profile`);
  return fallback;
}

const providers: readonly string[] = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'];
const backends: readonly (BackendName | 'auto')[] = ['auto', 'onnxruntime', 'tensorflow', 'wasm', 'cpu'];

export function engineSettings(scope: Uri): {
  readonly backend: BackendName | 'auto';
  readonly threads: number | null;
  readonly processes: number | null;
  readonly provider: string;
} {
  const settings = workspace.getConfiguration(section, scope);
  const backend: unknown = settings.get('engine.backend');
  const count = (name: string): number | null => {
    const value: unknown = settings.get(name);
    return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null;
  };
  const provider: unknown = settings.get('engine.provider');
  return {
    backend: backends.find((name) => name === backend) ?? 'auto',
    threads: count('engine.threads'),
    processes: count('engine.processes'),
    provider: providers.find((name) => name === provider) ?? 'cpu',
  };
}

export function flagSetting(name: string, fallback: boolean): boolean {
  const value: unknown = workspace.getConfiguration(section).get(name);
  return typeof value === 'boolean' ? value : fallback;
}
