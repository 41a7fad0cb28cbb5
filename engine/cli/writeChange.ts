/** Writes a change of the sources: each file beside its place first, then renamed over it, so that none is ever half. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Problem } from '../../core/problem.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { editedText, type SourceChange } from '../../language/edits/textEdit.ts';

/** Files that were written, relative to `root`. */
export function writeChange(root: string, change: SourceChange): Result<readonly string[]> {
  const texts = new Map(change.created.map(({ file, text }) => [file, text]));
  const prepared: { readonly from: string; readonly to: string }[] = [];
  try {
    for (const file of new Set(change.edits.map((edit) => edit.file)))
      texts.set(file, editedText(readFileSync(join(root, file), 'utf8'), file, change.edits));
    for (const [file, text] of texts) {
      const to = join(root, file);
      const from = `${to}.slimwise-${process.pid}`;
      mkdirSync(dirname(to), { recursive: true });
      writeFileSync(from, text);
      prepared.push({ from, to });
    }
    for (const { from, to } of prepared) renameSync(from, to);
    return success([...texts.keys()]);
  } catch (error) {
    for (const { from } of prepared) rmSync(from, { force: true });
    return failure(notWritten(error instanceof Error ? error.message : String(error)));
  }
}

function notWritten(reason: string): Problem {
  return {
    code: 'SWP_EDIT_NOT_WRITTEN',
    message: `The edited source could not be written: ${reason}.`,
    hint: 'Check permissions and free space; nothing was changed that is not named here.',
  };
}
