/**
 * Writes the generated module that an edit imports from, before the edit and apart from it: so the edit is of sources
 * alone, and its undo asks about nothing else. The module stays when the edit is undone, and serves the next one. A
 * file that is there already is never written over; the server has refused the edit where it is somebody else's.
 */
import { posix } from 'node:path';
import { Uri, workspace } from 'vscode';
import { failure, success, type Result } from '../../core/result.ts';
import type { ModuleText } from '../language/languageService.ts';
import { moduleNotWritten } from '../problems.ts';

/** The only names that are written. */
const moduleName = /^slimwise_layers\.(?:py|ts|js)$/;

/** True where it was written, false where it was there. */
export async function writeLayersModule(module: unknown): Promise<Result<boolean>> {
  if (!isModule(module)) return failure(moduleNotWritten('', 'no module was given'));
  const uri = Uri.parse(module.uri);
  const name = posix.basename(uri.path);
  if (!moduleName.test(name)) return failure(moduleNotWritten(uri.fsPath, `${name} is no name of such a module`));
  if (await exists(uri)) return success(false);
  try {
    await workspace.fs.writeFile(uri, new TextEncoder().encode(module.text));
    return success(true);
  } catch (error) {
    // A read-only folder, a full disk: what the file system says is the reason.
    return failure(moduleNotWritten(uri.fsPath, error instanceof Error ? error.message : String(error)));
  }
}

async function exists(uri: Uri): Promise<boolean> {
  try {
    await workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}

function isModule(value: unknown): value is ModuleText {
  return (
    typeof value === 'object' &&
    value !== null &&
    'uri' in value &&
    typeof value.uri === 'string' &&
    'text' in value &&
    typeof value.text === 'string'
  );
}
