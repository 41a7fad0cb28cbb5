/** Waits in the extension host: asks again until the answer is there, and says what was waited for when it never comes. */
import assert from 'node:assert/strict';
import { extensions, Uri, workspace } from 'vscode';
import type { SlimwiseApi } from '../../extension/api.ts';

export async function waitFor<T>(
  what: string,
  ask: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  limitMs = 30_000,
  everyMs = 50,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    assert.ok(Date.now() < deadline, `Waited ${limitMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

export async function slimwise(): Promise<SlimwiseApi> {
  const extension = extensions.getExtension<SlimwiseApi>('slimwise.slimwise');
  assert.ok(extension, 'the extension is installed');
  return extension.activate();
}

/** A file of the workspace that the tests run in. */
export function inWorkspace(path: string): Uri {
  const [folder] = workspace.workspaceFolders ?? [];
  assert.ok(folder, 'a folder is open');
  return Uri.joinPath(folder.uri, path);
}
