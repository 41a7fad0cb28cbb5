/**
 * Chooses what the status bar, the budget finding and new plans compare with: a device's profile, or a
 * number of bytes. Written where the setting already is, else to the user's settings.
 */
import { ConfigurationTarget, window, workspace } from 'vscode';
import { formatBytes } from '../../core/format/numbers.ts';
import { allDevices } from '../platform/ownDevices.ts';
import { section } from '../platform/settings.ts';
import { parseBytes } from './parseBytes.ts';

export async function setDevice(): Promise<void> {
  const settings = workspace.getConfiguration(section);
  const current: unknown = settings.get('budget.device');
  const custom = { label: 'Custom…', description: 'a number of bytes', detail: 'For example 512 KiB', id: null };
  const items = [
    ...allDevices().map(({ id, label, budgetBytes, source }) => ({
      label: id === current ? `${label} $(check)` : label,
      description: formatBytes(budgetBytes),
      detail: source,
      id,
    })),
    custom,
  ];
  const picked = await window.showQuickPick(items, {
    title: 'Memory Budget',
    placeHolder: 'Where should the model run?',
    matchOnDetail: true,
  });
  if (picked === undefined) return;
  if (picked.id !== null) {
    await write('budget.bytes', undefined);
    await write('budget.device', picked.id);
    return;
  }
  const text = await window.showInputBox({
    title: 'Memory Budget',
    prompt: 'Bytes for the weights of one model',
    placeHolder: '4 MiB',
    validateInput: (value) =>
      parseBytes(value) === null ? 'A number with B, KB, KiB, MB, MiB, GB or GiB: 512 KiB' : null,
  });
  const bytes = text === undefined ? null : parseBytes(text);
  if (bytes !== null) await write('budget.bytes', bytes);
}

async function write(name: string, value: unknown): Promise<void> {
  const settings = workspace.getConfiguration(section);
  const inWorkspace = settings.inspect(name)?.workspaceValue !== undefined;
  if (value === undefined && settings.inspect(name)?.globalValue === undefined && !inWorkspace) return;
  await settings.update(name, value, inWorkspace ? ConfigurationTarget.Workspace : ConfigurationTarget.Global);
}
