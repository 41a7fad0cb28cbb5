/**
 * What was chosen as stages of a plan: on the clipboard, or in the plan of the source, which is made with the user
 * where there is none. The plan is changed in the editor, so that it can be looked at and undone; what a plan has no
 * words for is told. Nothing is started.
 */
import { dirname } from 'node:path';
import { env, Range, Uri, ViewColumn, window, workspace, WorkspaceEdit } from 'vscode';
import type { ChosenStages } from '../../core/plan/choicesToStages.ts';
import { replaceValue } from '../../core/plan/replaceData.ts';
import type { WhatIfOutcome } from '../../core/report/whatIfProtocol.ts';
import type { WhatIfReport } from '../../core/report/whatIfReport.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { createPlan, type CreatePlanContext } from '../commands/createPlan.ts';
import { findPlans } from '../commands/findPlans.ts';
import type { EditTarget } from '../language/languageService.ts';
import { roleOf } from '../language/pickModel.ts';
import { notOnDisk, stagesNotWritten } from '../problems.ts';

/** `shown` is the table that the choices were made in: a plan says a width as a share of the channels there. */
export async function copyPlan(target: EditTarget, shown: WhatIfReport | null): Promise<WhatIfOutcome> {
  const chosen = await stagesOf(target, shown);
  if (chosen.stages.length === 0) return nothingSaid(chosen);
  await env.clipboard.writeText(`"stages": ${JSON.stringify(chosen.stages, null, 2)}`);
  return { done: true, message: `Copied ${counted(chosen)} of a plan.${aside(chosen)}` };
}

export async function writePlan(
  context: CreatePlanContext,
  target: EditTarget,
  shown: WhatIfReport | null,
): Promise<Result<WhatIfOutcome>> {
  const chosen = await stagesOf(target, shown);
  if (chosen.stages.length === 0) return success(nothingSaid(chosen));
  if (target.uri.scheme !== 'file') return failure(notOnDisk(target.uri.toString()));
  const path = await planOf(context, target);
  if (!path.ok) return path;
  if (path.value === null) return success({ done: false, message: 'No plan was written.' });
  const document = await workspace.openTextDocument(Uri.file(path.value));
  const change = replaceValue(document.getText(), 'stages', chosen.stages);
  if (change === null) return failure(stagesNotWritten(path.value));
  const edit = new WorkspaceEdit();
  edit.replace(
    document.uri,
    new Range(document.positionAt(change.start), document.positionAt(change.end)),
    change.text,
  );
  await workspace.applyEdit(edit);
  await window.showTextDocument(document, { preview: false, viewColumn: ViewColumn.One });
  const name = workspace.asRelativePath(document.uri);
  return success({ done: true, message: `Wrote ${counted(chosen)} into ${name}; save it to keep it.${aside(chosen)}` });
}

async function planOf(context: CreatePlanContext, { uri, model }: EditTarget): Promise<Result<string | null>> {
  const top = workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? dirname(uri.fsPath);
  const [first, ...more] = await findPlans(uri.fsPath, top);
  if (first === undefined) return createPlan(context, await workspace.openTextDocument(uri), model);
  if (more.length === 0) return success(first.path);
  const items = [first, ...more].map(({ path, name }) => ({
    label: name,
    description: workspace.asRelativePath(path),
    path,
  }));
  const picked = await window.showQuickPick(items, { title: 'Write Plan', placeHolder: 'Into which plan?' });
  return success(picked?.path ?? null);
}

/** Loaded when it is first needed: the grammar is large, and most windows never write a plan. */
async function stagesOf({ model, choices }: EditTarget, shown: WhatIfReport | null): Promise<ChosenStages> {
  const { choicesToStages } = await import('../../core/plan/choicesToStages.ts');
  const rows = shown?.model === model ? shown.rows : [];
  const chosen = choices.map((choice) => {
    const channels = rows.find(({ name }) => name === choice.layer)?.channels ?? 0;
    return channels === 0 ? choice : { ...choice, channels };
  });
  return choicesToStages(chosen, roleOf({ name: model }) === 'discriminator' ? 'D' : 'G');
}

function nothingSaid({ unsaid }: ChosenStages): WhatIfOutcome {
  const what = unsaid.length === 0 ? 'nothing was chosen' : `a plan does not say ${unsaid.join(', ')}`;
  return { done: false, message: `No stage was made: ${what}.` };
}

function counted({ stages }: ChosenStages): string {
  return stages.length === 1 ? 'one stage' : `${stages.length} stages`;
}

function aside({ unsaid, notRun }: ChosenStages): string {
  const parts = [
    ...(unsaid.length === 0 ? [] : [`A plan does not say ${unsaid.join(', ')}: apply that to the source.`]),
    ...(notRun === null ? [] : [`This version does not run ${notRun}.`]),
  ];
  return parts.map((part) => ` ${part}`).join('');
}
