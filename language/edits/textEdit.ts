/**
 * Edits of source texts as the room makes them: replacements by offset, files to create, and a host that answers
 * as if they were made. Nothing here writes: the editor or the command line applies what it is given, so that one
 * undo takes all of it back.
 */
import type { SourceHost } from '../sourceHost.ts';

/** Replaces `[start, end)` of a file's text. */
export interface TextEdit {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface CreatedFile {
  readonly file: string;
  readonly text: string;
}

/** One undoable change of the workspace. */
export interface SourceChange {
  readonly edits: readonly TextEdit[];
  readonly created: readonly CreatedFile[];
}

/** The text of `file` after the edits that concern it; they must not overlap. */
export function editedText(text: string, file: string, edits: readonly TextEdit[]): string {
  const own = edits.filter((edit) => edit.file === file).sort((a, b) => a.start - b.start || a.end - b.end);
  let result = '';
  let done = 0;
  for (const { start, end, text: inserted } of own) {
    if (start < done) throw new Error(`overlapping edits of ${file} at ${start}`);
    result += text.slice(done, start) + inserted;
    done = end;
  }
  return result + text.slice(done);
}

/** The workspace with a change made, for analysing it before anybody sees it. */
export function withChange(host: SourceHost, change: SourceChange): SourceHost {
  const texts = new Map(change.created.map(({ file, text }) => [file, text]));
  for (const file of new Set(change.edits.map((edit) => edit.file))) {
    const text = host.read(file);
    if (text !== null) texts.set(file, editedText(text, file, change.edits));
  }
  return {
    read: (path) => texts.get(path) ?? host.read(path),
    list: (folder) => host.list(folder),
  };
}
