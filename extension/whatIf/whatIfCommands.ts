/**
 * Commands that lead to the what-if table and to edits of a source: from the editor, its menus, the Models tree, or
 * another extension. Arguments may be anything; what is not understood is left out.
 */
import { readChoices, type WhatIfChoice } from '../../core/report/whatIfReport.ts';
import { failure, success, type Result } from '../../core/result.ts';
import type { ActiveModel } from '../language/activeModel.ts';
import { noWhatIf } from '../problems.ts';
import { commandTarget } from './commandTarget.ts';
import type { SourceEdits } from './sourceEdits.ts';
import type { WhatIfPanel } from './whatIfPanel.ts';

export interface WhatIfCommands {
  readonly active: ActiveModel;
  readonly panel: WhatIfPanel;
  readonly edits: SourceEdits;
}

/** Opens the table for a source (a URI or a row of the Models tree), or for the model at the cursor. */
export function openWhatIf({ active, panel }: WhatIfCommands, target: unknown, options: unknown): Result<null> {
  const named = commandTarget(target);
  const { current } = active;
  if (named !== null)
    panel.open({ uri: named.uri, model: named.model ?? modelIn(options), choices: choicesIn(options) });
  else if (current !== null) panel.open({ uri: current.uri, model: current.shown.name, choices: choicesIn(options) });
  else panel.open(null);
  return success(null);
}

/** For keybindings and other extensions: `uri`, `model`, `choices`, and whether the diff comes first. */
export async function editSource(
  { edits }: WhatIfCommands,
  target: unknown,
  options: unknown,
): Promise<Result<boolean>> {
  const named = commandTarget(target);
  const model = named?.model ?? modelIn(options);
  if (named === null || model === null) return failure(noWhatIf('no model was named'));
  const edit = { uri: named.uri, model, choices: choicesIn(options) };
  if (!(isRecord(options) && options['preview'] === false)) return edits.applyAfterDiff(edit, `Change ${model}`);
  const applied = await edits.apply(edit);
  return applied.ok ? success(true) : applied;
}

function choicesIn(options: unknown): readonly WhatIfChoice[] {
  return isRecord(options) ? readChoices(options['choices']) : [];
}

function modelIn(options: unknown): string | null {
  return isRecord(options) && typeof options['model'] === 'string' ? options['model'] : null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
