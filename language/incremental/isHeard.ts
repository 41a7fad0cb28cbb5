/**
 * Whether an analysis hears what no interpreter does: it looks through the text of classes for names of others,
 * through files for words of their trade, and shows some lines as they are written. Where comments and
 * docstrings differ, each of these questions is asked of the text before and after; with the same answers the
 * analysis is the same.
 */
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import { hasChoices, isPlainTorch, makesKerasModel, takesOptions } from '../models/heardWords.ts';
import type { SourceModule } from '../syntax/ast.ts';
import type { Statement } from '../syntax/statement.ts';
import type { ChangedComment, Comparison, ParsedFile } from './compareModules.ts';

export function isHeard(
  before: ParsedFile,
  after: ParsedFile,
  { comments, docstrings }: Comparison,
  graphs: readonly ModelGraph[],
): boolean {
  if (comments.length === 0 && docstrings.length === 0) return false;
  const texts = [...comments.map(({ text }) => text), ...docstrings];
  // Attributes that are only set are looked for in everything but comments.
  if (docstrings.some((text) => /\.[A-Za-z_]/.test(text))) return true;
  if (texts.some((text) => makesKerasModel(`${text}(`))) return true;
  if (comments.some((comment) => isShown(comment, graphs))) return true;
  if (takesOptions(before.text) !== takesOptions(after.text)) return true;
  if (hasChoices(before.text) !== hasChoices(after.text)) return true;
  if (isPlainTorch(before.text) !== isPlainTorch(after.text)) return true;
  const names = classNames(before);
  const named = new Set(texts.flatMap(wordsOf).filter((word) => names.has(word)));
  if (named.size === 0) return false;
  const own = new Set(classesOf(before.module).map(({ definition }) => definition.name));
  if ([...named].some((name) => !own.has(name))) return true;
  return mentionsOf(before, named) !== mentionsOf(after, named);
}

/** What a page's script is, module or not, is seen in its text (frameworks/tfjs/pageScripts.ts). */
export function isHeardInScript({ comments, docstrings }: Comparison): boolean {
  const texts = [...comments.map(({ text }) => text), ...docstrings];
  return texts.some((text) => /\b(?:import|export|require|module)\b/.test(text));
}

/** A model that a function builds is shown with the line that calls it. */
function isShown({ code }: ChangedComment, graphs: readonly ModelGraph[]): boolean {
  if (code === '') return false;
  return graphs.some(({ instantiation }) => instantiation?.startsWith(code.slice(0, 100)) === true);
}

function classNames({ text }: ParsedFile): ReadonlySet<string> {
  return new Set([...text.matchAll(/\bclass\s+(\w+)/g)].flatMap(([, name]) => name ?? []));
}

type ClassStatement = Extract<Statement, { kind: 'classDefinition' }>;

function classesOf({ body }: SourceModule): readonly ClassStatement[] {
  return body.filter((statement) => statement.kind === 'classDefinition');
}

/** Which of the names each class says, as one text. */
function mentionsOf({ text, module }: ParsedFile, names: ReadonlySet<string>): string {
  const said = classesOf(module).map(({ definition: { start, end } }) => {
    const words = new Set(wordsOf(text.slice(start, end)));
    return [...names].filter((name) => words.has(name)).join();
  });
  return said.join('\n');
}

function wordsOf(text: string): readonly string[] {
  return text.match(/\w+/g) ?? [];
}
