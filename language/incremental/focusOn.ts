/**
 * From the functions that an edit changed to what an analysis must do again: the acts that ran them, every
 * act that shows a class which those may now show differently, and acts that others depend on. Null where
 * the edit can reach everything: a function that runs while the file is loaded, or one that changes what
 * others see.
 */
import type { Act, AnalysisRecord, Focus } from '../models/acts.ts';
import type { Comparison } from './compareModules.ts';

export function focusOn(record: AnalysisRecord, { changed, differences }: Comparison): Focus | null {
  const touches = (ids: ReadonlySet<string>): boolean => [...ids].some((id) => changed.has(id));
  if (touches(record.loaded)) return null;
  const acts = [...record.acts.values()];
  const affected = new Set<string>();
  const classes = new Set<string>();
  const affect = (act: Act): boolean => {
    if (act.isShared) return false;
    affected.add(act.key);
    for (const id of act.roots) classes.add(id);
    return true;
  };
  for (const act of acts) if ((touches(act.entered) || touches(new Set([idOf(act)]))) && !affect(act)) return null;
  for (const [id, { name }] of record.classes) {
    const isNamed = differences.some((text) => new RegExp(`\\b${name}\\b`).test(text));
    const isOwn = [...changed].some((cell) => cell.startsWith(`${id}.`));
    if (isNamed || isOwn || affected.has(`build ${id}`)) classes.add(id);
  }
  const run = new Set(affected);
  for (let nBefore = -1; nBefore !== run.size + classes.size;) {
    nBefore = run.size + classes.size;
    for (const act of acts) {
      const isNeeded = act.isShared || [...act.roots].some((id) => classes.has(id)) || classes.has(idOf(act));
      if (!isNeeded) continue;
      run.add(act.key);
      if (act.key.startsWith('build')) classes.add(idOf(act));
    }
  }
  return { record, run, affected, classes };
}

function idOf({ key }: Act): string {
  return key.slice(key.indexOf(' ') + 1);
}
