/**
 * Commands that lead to the what-if table and to edits of a source: from the editor, its menus, the Models tree, or
 * another extension. Arguments may be anything; what is not understood is left out or asked for.
 */
import { Uri, window } from 'vscode';
import { readChoices, type WhatIfChoice } from '../../core/report/whatIfReport.ts';
import { failure, success, type Result } from '../../core/result.ts';
import type { ActiveModel } from '../language/activeModel.ts';
import { noWhatIf } from '../problems.ts';
import type { SourceEdits } from './sourceEdits.ts';
import type { WhatIfPanel } from './whatIfPanel.ts';

export interface WhatIfCommands {
  readonly active: ActiveModel;
  readonly panel: WhatIfPanel;
  readonly edits: SourceEdits;
}

/** Opens the table for a source (a URI or a row of the Models tree), or for the model at the cursor. */
export function openWhatIf({ active, panel }: WhatIfCommands, target: unknown, options: unknown): Result<null> {
  const named = targetOf(target);
  const { current } = active;
  if (named !== null)
    panel.open({ uri: named.uri, model: named.model ?? modelIn(options), choices: choicesIn(options) });
  else if (current !== null) panel.open({ uri: current.uri, model: current.shown.name, choices: choicesIn(options) });
  else panel.open(null);
  return success(null);
}

/** Edits the source of one layer of the Models tree, after a preview. */
export async function changeLayer(
  { edits }: WhatIfCommands,
  node: unknown,
  choose: () => Promise<WhatIfChoice['action'] | null>,
): Promise<Result<boolean>> {
  const target = targetOf(node);
  if (target === null || target.model === null || target.layer === null)
    return failure(noWhatIf('no layer of the Models tree was chosen'));
  const action = await choose();
  if (action === null) return success(false);
  const { uri, model, layer } = target;
  return edits.apply({ uri, model, choices: [{ layer, action }] }, { preview: true });
}

export async function askForBits(): Promise<WhatIfChoice['action'] | null> {
  const items = [
    { label: '8 bits', bits: 8 },
    { label: '4 bits', bits: 4 },
    { label: '2 bits', bits: 2 },
    { label: 'Ternary', description: '−1, 0, +1 times a scale', bits: 'ternary' },
    { label: 'Full precision', description: 'takes the wrapper away', bits: 32 },
  ] as const;
  const picked = await window.showQuickPick(items, { title: 'Quantize in Source', placeHolder: 'How many bits?' });
  return picked === undefined ? null : { kind: 'bits', bits: picked.bits };
}

/** For keybindings and other extensions: `uri`, `model`, `choices`, and whether to preview. */
export async function editSource(
  { edits }: WhatIfCommands,
  target: unknown,
  options: unknown,
): Promise<Result<boolean>> {
  const named = targetOf(target);
  const model = named?.model ?? modelIn(options);
  if (named === null || model === null) return failure(noWhatIf('no model was named'));
  const preview = !(isRecord(options) && options['preview'] === false);
  return edits.apply({ uri: named.uri, model, choices: choicesIn(options) }, { preview });
}

interface Named {
  readonly uri: Uri;
  readonly model: string | null;
  readonly layer: string | null;
}

/** Menus give a URI, the Models tree a node. */
function targetOf(target: unknown): Named | null {
  if (target instanceof Uri) return { uri: target, model: null, layer: null };
  if (typeof target === 'string') return { uri: Uri.parse(target), model: null, layer: null };
  if (!isRecord(target) || !isRecord(target['model'])) return null;
  const { file, name } = target['model'];
  if (typeof file !== 'string' || typeof name !== 'string') return null;
  const layer = isRecord(target['layer']) ? target['layer']['name'] : null;
  return { uri: Uri.file(file), model: name, layer: typeof layer === 'string' ? layer : null };
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
