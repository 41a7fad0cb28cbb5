/**
 * Edits of a source that the language server proposes and has checked: applied as one step that one undo takes back,
 * or shown first as a diff beside what is there. The module that an edit needs is written before it, so that the undo
 * is about the source alone. Nothing is run, so this works in Restricted Mode too. What is refused is a problem with
 * the server's reason.
 */
import { posix } from 'node:path';
import {
  commands,
  EventEmitter,
  Uri,
  window,
  workspace,
  type Disposable,
  type TextDocumentContentProvider,
  type TextEdit,
} from 'vscode';
import { failure, success, type Result } from '../../core/result.ts';
import type { EditTarget, LanguageService, ProposedEdit } from '../language/languageService.ts';
import { proposedScheme } from '../language/shownSource.ts';
import { editNotApplied, editRefused } from '../problems.ts';
import type { OpenQuestion } from './openQuestion.ts';
import { writeLayersModule } from './writeLayersModule.ts';

export class SourceEdits implements TextDocumentContentProvider, Disposable {
  readonly #language: LanguageService;
  readonly #question: OpenQuestion;
  readonly #changed = new EventEmitter<Uri>();
  readonly #texts = new Map<string, string>();
  readonly #registrations: readonly Disposable[];
  readonly onDidChange = this.#changed.event;

  constructor(language: LanguageService, question: OpenQuestion) {
    this.#language = language;
    this.#question = question;
    this.#registrations = [this.#changed, workspace.registerTextDocumentContentProvider(proposedScheme, this)];
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  dispose(): void {
    for (const registration of this.#registrations) registration.dispose();
  }

  /** The choices that no source has words for come back as sentences. */
  async apply(target: EditTarget): Promise<Result<AppliedEdit>> {
    const proposed = await this.propose(target);
    return proposed.ok ? this.#apply(target, proposed.value) : proposed;
  }

  /** Shows the diff and asks; false where the source is left as it is. */
  async applyAfterDiff(target: EditTarget, title: string): Promise<Result<boolean>> {
    const proposed = await this.propose(target);
    if (!proposed.ok) return proposed;
    const { created, leftOut } = proposed.value;
    await this.#show(target, proposed.value, title);
    const modules = created.map(({ uri }) => posix.basename(Uri.parse(uri).path));
    const apply = {
      label: `$(check) Apply to ${posix.basename(target.uri.path)}`,
      description: 'One edit; one undo takes it back',
      detail: [...modules.map((name) => `Writes ${name} beside it, which stays.`), ...leftOut].join(' '),
    };
    const leave = { label: '$(close) Leave the source as it is' };
    const options = { title, placeHolder: 'The diff is open behind this', ignoreFocusOut: true };
    const picked = await this.#question.during(title, () => window.showQuickPick([apply, leave], options));
    await closeTabs(title);
    if (picked !== apply) return success(false);
    const applied = await this.#apply(target, proposed.value);
    // There the undo is at hand.
    await window.showTextDocument(target.uri);
    return applied.ok ? success(true) : applied;
  }

  async showDiff(target: EditTarget): Promise<Result<null>> {
    const proposed = await this.propose(target);
    if (!proposed.ok) return proposed;
    await this.#show(target, proposed.value, `What if: ${workspace.asRelativePath(target.uri)}`);
    return success(null);
  }

  async propose(target: EditTarget): Promise<Result<ProposedEdit>> {
    const proposed = await this.#language.proposeEdit(target);
    if (!proposed.ok) return proposed;
    const { value } = proposed;
    return 'refused' in value ? failure(editRefused(value.refused, target.uri.fsPath)) : success(value);
  }

  async #apply(target: EditTarget, { edit, created, leftOut }: ProposedEdit): Promise<Result<AppliedEdit>> {
    for (const module of created) {
      const written = await writeLayersModule(module);
      if (!written.ok) return written;
    }
    const isDone = await workspace.applyEdit(edit, { isRefactoring: true });
    return isDone ? success({ leftOut }) : failure(editNotApplied(target.uri.fsPath));
  }

  async #show(target: EditTarget, { edit, created }: ProposedEdit, title: string): Promise<void> {
    const sides: [Uri, Uri, Uri][] = [];
    const rankOf = (uri: Uri): number => (uri.toString() === target.uri.toString() ? 0 : 1);
    for (const [uri, edits] of edit.entries()) {
      const before = (await workspace.openTextDocument(uri)).getText();
      sides.push([uri, uri, this.#keep(uri, edited(before, edits), 'after')]);
    }
    // What the user knows comes first, a module that is new last.
    sides.sort(([one], [two]) => rankOf(one) - rankOf(two));
    for (const module of created) {
      const uri = Uri.parse(module.uri);
      sides.push([uri, this.#keep(uri, '', 'before'), this.#keep(uri, module.text, 'after')]);
    }
    const [only, ...more] = sides;
    // Beside the table, not over it.
    await commands.executeCommand('workbench.action.focusFirstEditorGroup');
    if (only !== undefined && more.length === 0)
      await commands.executeCommand('vscode.diff', only[1], only[2], title, { preview: true });
    else await commands.executeCommand('vscode.changes', title, sides);
  }

  #keep(uri: Uri, text: string, side: 'before' | 'after'): Uri {
    const own = uri.with({ scheme: proposedScheme, query: side });
    this.#texts.set(own.toString(), text);
    this.#changed.fire(own);
    return own;
  }
}

export interface AppliedEdit {
  readonly leftOut: readonly string[];
}

/** A diff that has been answered is of no more use. One of several files has their number behind its title. */
async function closeTabs(title: string): Promise<void> {
  const tabs = window.tabGroups.all.flatMap((group) => group.tabs).filter(({ label }) => label.startsWith(title));
  if (tabs.length > 0) await window.tabGroups.close(tabs);
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
