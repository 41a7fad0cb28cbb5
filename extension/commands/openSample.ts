/** Copies the sample into a folder of the user's choice and opens it; never into a folder that exists. */
import { cp, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { commands, Uri, window, workspace } from 'vscode';
import { failure, success, type Result } from '../../core/result.ts';
import { sampleFolderTaken } from '../problems.ts';

const folderName = 'slimwise-dcgan';

export async function openSample(extensionUri: Uri, target: unknown): Promise<Result<Uri | null>> {
  const parent = target instanceof Uri ? target : await askFolder();
  if (parent === undefined) return success(null);
  const folder = join(parent.fsPath, folderName);
  if (await exists(folder)) return failure(sampleFolderTaken(folder));
  await cp(Uri.joinPath(extensionUri, 'samples', 'dcgan').fsPath, folder, {
    recursive: true,
    errorOnExist: true,
    force: false,
    filter: (source) => !/[\\/](?:\.slimwise|__pycache__)(?:[\\/]|$)/.test(source),
  });
  const uri = Uri.file(folder);
  const inWorkspace = workspace.getWorkspaceFolder(uri) !== undefined;
  if (inWorkspace) await window.showTextDocument(Uri.joinPath(uri, 'dcgan_torch.py'));
  else
    await commands.executeCommand('vscode.openFolder', uri, {
      forceNewWindow: workspace.workspaceFolders !== undefined,
    });
  return success(uri);
}

async function askFolder(): Promise<Uri | undefined> {
  const [folder] =
    (await window.showOpenDialog({
      canSelectFolders: true,
      canSelectFiles: false,
      title: `Where should the folder ${folderName} go?`,
      openLabel: 'Copy the Sample Here',
      defaultUri: workspace.workspaceFolders?.[0]?.uri,
    })) ?? [];
  return folder;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
