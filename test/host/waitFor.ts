/**
 * Waits in the extension host: asks again until the answer is there, and says what was waited for when it never comes.
 * The limits only guard against hanging: a busy machine takes many times as long as an idle one.
 */
import assert from 'node:assert/strict';
import { extensions, Uri, workspace } from 'vscode';
import type { SlimwiseApi } from '../../extension/api.ts';

export async function waitFor<T>(
  what: string,
  ask: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  limitMs = 120_000,
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

/** Asserts what becomes true a moment later; the assertion's own error is thrown where it still fails then. */
export async function eventually(check: () => void | Promise<void>, limitMs = 120_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
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
