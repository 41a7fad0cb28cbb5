/**
 * "Change This Layer…": the one way from a layer to an edit of its source, for the light bulb's list outside the light
 * bulb. Asked from the Models tree it is about the selected rows, else about what the selected lines build. The list,
 * the diff, one edit; or, for the what-if page, the list alone.
 */
import { window, type Uri } from 'vscode';
import type { OfferReport, OffersParams } from '../../core/report/offersReport.ts';
import type { WhatIfChoice } from '../../core/report/whatIfReport.ts';
import { failure, success, type Result } from '../../core/result.ts';
import type { LanguageService } from '../language/languageService.ts';
import { noLayer } from '../problems.ts';
import type { ModelsTree } from '../views/modelsTree.ts';
import { commandTarget, otherModels } from './commandTarget.ts';
import { changedWords } from './offerItem.ts';
import type { OpenQuestion } from './openQuestion.ts';
import { pickOffer } from './pickOffer.ts';
import type { SourceEdits } from './sourceEdits.ts';

export interface ChangeLayerContext {
  readonly language: LanguageService;
  readonly edits: SourceEdits;
  readonly question: OpenQuestion;
  readonly tree: Pick<ModelsTree, 'selection'>;
}

/** False: nothing was chosen, or the source was left as it is after its diff. */
export async function changeLayer(
  context: ChangeLayerContext,
  target: unknown,
  rows: unknown,
): Promise<Result<boolean>> {
  const asked = askedFor(context, target, rows);
  if (!asked.ok) return asked;
  const { uri } = asked.value;
  const picked = await pickChange(context, uri, asked.value.params);
  if (!picked.ok) return picked;
  if (picked.value === null) return success(false);
  const { model, title, choices } = picked.value;
  return context.edits.applyAfterDiff({ uri, model, choices }, title);
}

export interface PickedChange {
  readonly model: string;
  readonly title: string;
  readonly choices: readonly WhatIfChoice[];
}

/** null: the list was closed. */
export async function pickChange(
  { language, edits, question }: Omit<ChangeLayerContext, 'tree'>,
  uri: Uri,
  params: Omit<OffersParams, 'textDocument'>,
): Promise<Result<PickedChange | null>> {
  const offers = await language.offers(uri, params);
  if (!offers.ok) return offers;
  if ('refused' in offers.value) return failure(noLayer(offers.value.refused));
  const report = offers.value;
  const { model } = report;
  if (report.offers.length === 0) return failure(noLayer(`nothing can be done to ${model} as a whole`));
  const reasonAgainst = async ({ choices }: OfferReport): Promise<string | null> => {
    const proposed = await edits.propose({ uri, model, choices });
    return proposed.ok ? null : reasonIn(proposed.problem.message);
  };
  const title = `Change ${changedWords(report)}`;
  const picked = await question.during(title, () => pickOffer(report, reasonAgainst, title));
  return success(picked === null ? null : { model, title: picked.title, choices: picked.choices });
}

type Asked = { readonly uri: Uri; readonly params: Omit<OffersParams, 'textDocument'> };

function askedFor({ tree }: ChangeLayerContext, target: unknown, rows: unknown): Result<Asked> {
  // A key that is pressed in the tree names the view; its rows are those that are selected.
  const inTree = target === 'slimwise.models';
  const selected = inTree ? tree.selection : rows;
  const named = commandTarget(inTree ? tree.selection[0] : target, selected);
  if (named !== null && named.model !== null) {
    const [other] = otherModels(named, selected);
    if (other !== undefined) return failure(noLayer(`the rows are of several models, ${named.model} and ${other}`));
    return success({ uri: named.uri, params: { of: { model: named.model, layers: named.layers }, lines: null } });
  }
  if (inTree) return failure(noLayer('no row of the Models view is selected'));
  const editor = window.activeTextEditor;
  if (editor === undefined) return failure(noLayer('no source is open'));
  const { start, end } = editor.selection;
  const lines = { from: start.line + 1, to: end.line + 1 };
  return success({ uri: editor.document.uri, params: { of: null, lines } });
}

/** The reason alone, out of the sentence of a refusal. */
function reasonIn(message: string): string {
  return message.replace(/^The source stays as it is: /, '').replace(/\.$/, '');
}
