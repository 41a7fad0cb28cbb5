/**
 * What a command is about, from whatever called it: a row or several rows of the Models tree, a URI from a menu, or
 * nothing. Arguments may be anything; what is not understood counts as nothing.
 */
import { Uri } from 'vscode';

export interface CommandTarget {
  readonly uri: Uri;
  readonly model: string | null;
  /** Empty: the model as a whole. */
  readonly layers: readonly string[];
}

/** `selected`: the rows that are selected beside the one the command was called on. */
export function commandTarget(target: unknown, selected?: unknown): CommandTarget | null {
  if (target instanceof Uri) return { uri: target, model: null, layers: [] };
  if (typeof target === 'string') return { uri: Uri.parse(target), model: null, layers: [] };
  const first = rowOf(target);
  if (first === null) return null;
  const rows = Array.isArray(selected) ? (selected as readonly unknown[]).map(rowOf) : [];
  const same = rows.filter((row) => row !== null && row.file === first.file && row.model === first.model);
  const layers = [first, ...same].flatMap((row) => (row?.layer == null ? [] : [row.layer]));
  return { uri: Uri.file(first.file), model: first.model, layers: [...new Set(layers)] };
}

/** Names of other models among the selected rows, which one command cannot be about. */
export function otherModels(target: CommandTarget, selected: unknown): readonly string[] {
  const rows = Array.isArray(selected) ? (selected as readonly unknown[]).map(rowOf) : [];
  return [...new Set(rows.flatMap((row) => (row === null || row.model === target.model ? [] : [row.model])))];
}

interface Row {
  readonly file: string;
  readonly model: string;
  readonly layer: string | null;
}

function rowOf(node: unknown): Row | null {
  if (!isRecord(node) || !isRecord(node['model'])) return null;
  const { file, name } = node['model'];
  if (typeof file !== 'string' || typeof name !== 'string') return null;
  const layer = isRecord(node['layer']) ? node['layer']['name'] : null;
  return { file, model: name, layer: typeof layer === 'string' ? layer : null };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
