/** "Open Model File": the file of the explorer or of the active tab, else one that the user picks, in the model editor. */
import { commands, TabInputCustom, TabInputText, Uri, window } from 'vscode';
import { modelFileViewTypes } from './modelFileEditors.ts';

export async function openModelFile(target: unknown): Promise<void> {
  const uri = target instanceof Uri ? target : (activeModelFile() ?? (await pick()));
  if (uri !== undefined) await commands.executeCommand('vscode.openWith', uri, viewTypeOf(uri));
}

export function isModelFile(path: string): boolean {
  return /\.(onnx|safetensors)$/i.test(path) || /(^|\/)model\.json$/i.test(path);
}

function viewTypeOf({ path }: Uri): string {
  const [modelFile, modelJson] = modelFileViewTypes;
  return /\.json$/i.test(path) ? modelJson : modelFile;
}

function activeModelFile(): Uri | undefined {
  const input: unknown = window.tabGroups.activeTabGroup.activeTab?.input;
  const uri = input instanceof TabInputText || input instanceof TabInputCustom ? input.uri : undefined;
  return uri !== undefined && isModelFile(uri.path) ? uri : undefined;
}

async function pick(): Promise<Uri | undefined> {
  const [uri] =
    (await window.showOpenDialog({
      title: 'Open Model File',
      filters: { 'Model files': ['onnx', 'safetensors', 'json'] },
    })) ?? [];
  return uri;
}
