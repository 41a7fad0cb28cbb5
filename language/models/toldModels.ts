/**
 * What the comments of a Python file say of its models: some are built as written
 * (`# slimwise: Generator(100) input=(1,100)`), others are built as they are found and only fed as told
 * (`# slimwise: Generator input=(1,100)`). A construction of a class of the file whose names mean nothing here
 * counts as the second kind: it may repeat how another file builds the model. No comment hides other models.
 */
import type { ClassValue } from '../interpreter/values.ts';
import { constructEntry, entryName, type EntryRequest } from './entries.ts';
import { isFullyKnown } from './evidence.ts';
import type { Scene } from './followScripts.ts';
import type { ToldInput } from './toldInput.ts';

export interface ToldModels {
  /** How a class of the file is to be built, as written. */
  readonly builds: ReadonlyMap<ClassValue, readonly EntryRequest[]>;
  /** Expressions that construct no class of the file: imported classes, functions that build models. */
  readonly others: readonly EntryRequest[];
  /** By the last part of a model's name: what it is fed with. */
  readonly inputs: ReadonlyMap<string, readonly ToldInput[]>;
}

export function toldModels(
  { machine, unit }: Scene,
  entries: readonly EntryRequest[],
  classes: readonly ClassValue[],
): ToldModels {
  const builds = new Map<ClassValue, EntryRequest[]>();
  const others: EntryRequest[] = [];
  const inputs = new Map<string, readonly ToldInput[]>();
  for (const entry of entries) {
    const name = lastPart(entryName(entry.expression));
    const own = classes.find((cls) => cls.name === name);
    const isCall = entry.expression.endsWith(')');
    const built = isCall ? constructEntry(machine, unit, entry.expression) : null;
    if (built !== null && isFullyKnown(built.args) && classes.includes(built.cls))
      builds.set(built.cls, [...(builds.get(built.cls) ?? []), entry]);
    else if (isCall && own === undefined) others.push(entry);
    else if (entry.inputs !== null) inputs.set(name, entry.inputs);
  }
  return { builds, others, inputs };
}

/** `generator` of `ACGAN.generator`. */
export function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
