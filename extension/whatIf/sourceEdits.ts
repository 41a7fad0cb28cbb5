/**
 * Edits of a source that the language server proposes and has checked: applied as one step that one undo takes back,
 * with VS Code's Refactor Preview where it is wanted, or shown as a diff beside what is there. Nothing is run, so this
 * works in Restricted Mode too. What is refused is a problem with the server's reason.
 */
import type { Uri } from 'vscode';
import {
  commands,
  EventEmitter,
  workspace,
  type Disposable,
  type TextDocumentContentProvider,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode';
import { failure, success, type Result } from '../../core/result.ts';
import type { WhatIfChoice } from '../../core/report/whatIfReport.ts';
import type { LanguageService } from '../language/languageService.ts';
import { editNotApplied, editRefused } from '../problems.ts';

export interface EditTarget {
  readonly uri: Uri;
  readonly model: string;
  readonly choices: readonly WhatIfChoice[];
}

export const proposedScheme = 'slimwise-proposed';

export class SourceEdits implements TextDocumentContentProvider, Disposable {
  readonly #language: LanguageService;
  readonly #changed = new EventEmitter<Uri>();
  readonly #texts = new Map<string, string>();
  readonly #registrations: readonly Disposable[];
  readonly onDidChange = this.#changed.event;

  constructor(language: LanguageService) {
    this.#language = language;
    this.#registrations = [this.#changed, workspace.registerTextDocumentContentProvider(proposedScheme, this)];
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  dispose(): void {
    for (const registration of this.#registrations) registration.dispose();
  }

  /** `preview`: the user looks at each change first. False where they turned it down. */
  async apply(target: EditTarget, { preview }: { readonly preview: boolean }): Promise<Result<boolean>> {
    const proposed = await this.#propose(target, preview);
    if (!proposed.ok) return proposed;
    const isDone = await workspace.applyEdit(proposed.value, { isRefactoring: true });
    if (!isDone && !preview) return failure(editNotApplied(target.uri.fsPath));
    return success(isDone);
  }

  async showDiff(target: EditTarget): Promise<Result<null>> {
    const proposed = await this.#propose(target, false);
    if (!proposed.ok) return proposed;
    const sides: [Uri, Uri, Uri][] = [];
    const rankOf = (uri: Uri): number => (uri.toString() === target.uri.toString() ? 0 : 1);
    for (const [uri, edits] of proposed.value.entries()) {
      const before = await textOf(uri);
      const from = before === null ? this.#keep(uri, '', 'before') : uri;
      sides.push([uri, from, this.#keep(uri, edited(before ?? '', edits), 'after')]);
    }
    const title = `What if: ${workspace.asRelativePath(target.uri)}`;
    // What the user knows comes first, a module that is new last.
    sides.sort(([one], [two]) => rankOf(one) - rankOf(two));
    const [only, ...more] = sides;
    // Beside the table, not over it.
    await commands.executeCommand('workbench.action.focusFirstEditorGroup');
    if (only !== undefined && more.length === 0)
      await commands.executeCommand('vscode.diff', only[1], only[2], title, { preview: true });
    else await commands.executeCommand('vscode.changes', title, sides);
    return success(null);
  }

  #keep(uri: Uri, text: string, side: 'before' | 'after'): Uri {
    const own = uri.with({ scheme: proposedScheme, query: side });
    this.#texts.set(own.toString(), text);
    this.#changed.fire(own);
    return own;
  }

  async #propose(target: EditTarget, preview: boolean): Promise<Result<WorkspaceEdit>> {
    const proposed = await this.#language.proposeEdit(target, preview);
    if (!proposed.ok) return proposed;
    const { value } = proposed;
    return 'refused' in value ? failure(editRefused(value.refused, target.uri.fsPath)) : success(value.edit);
  }
}

/** null: there is no such file yet. */
async function textOf(uri: Uri): Promise<string | null> {
  try {
    return (await workspace.openTextDocument(uri)).getText();
  } catch {
    return null;
  }
}

function edited(text: string, edits: readonly TextEdit[]): string {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\r|\n/g)) starts.push(match.index + match[0].length);
  const offset = ({ line, character }: TextEdit['range']['start']): number =>
    Math.min((starts[line] ?? text.length) + character, text.length);
  return [...edits]
    .sort((one, two) => offset(two.range.start) - offset(one.range.start))
    .reduce(
      (current, { range, newText }) =>
        current.slice(0, offset(range.start)) + newText + current.slice(offset(range.end)),
      text,
    );
}
