/**
 * The plans that are about a source file: `slimwise.json` and `slimwise.*.json` beside it or in a folder
 * above, up to the workspace folder. A plan that names another source is not about this file, because
 * one click must never train something else than what the user is looking at.
 */
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';

export const planNamePattern = /^slimwise(?:\.[^/\\]+)?\.json$/;

export interface FoundPlan {
  readonly path: string;
  readonly name: string;
}

/** Nearest folder first; within a folder, `slimwise.json` first. */
export async function findPlans(sourceFile: string, topFolder: string): Promise<readonly FoundPlan[]> {
  const found: FoundPlan[] = [];
  for (const folder of foldersUp(dirname(sourceFile), topFolder)) {
    for (const name of await planNames(folder)) {
      const path = join(folder, name);
      const plan = await readPlanHead(path);
      if (plan !== null && plan.sources.some((source) => resolve(folder, source) === sourceFile)) {
        found.push({ path, name: plan.name ?? name });
      }
    }
  }
  return found;
}

export function isPlanFile(path: string): boolean {
  return planNamePattern.test(basename(path));
}

export async function planNames(folder: string): Promise<readonly string[]> {
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch {
    return [];
  }
  return names.filter((name) => planNamePattern.test(name)).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}

function foldersUp(from: string, top: string): readonly string[] {
  const folders = [from];
  for (let folder = from; folder !== top && !relative(top, folder).startsWith('..');) {
    const parent = dirname(folder);
    if (parent === folder) break;
    folders.push(parent);
    folder = parent;
  }
  return folders;
}

/** Only what is needed to know what the plan is about; the engine checks the rest. */
async function readPlanHead(path: string): Promise<{ name: string | null; sources: readonly string[] } | null> {
  try {
    const plan: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof plan !== 'object' || plan === null) return null;
    const { name, generator, discriminator } = plan as Record<string, unknown>;
    const sources = [generator, discriminator].flatMap((network) => {
      const source: unknown =
        typeof network === 'object' && network !== null ? (network as { source?: unknown }).source : null;
      return typeof source === 'string' ? [source] : [];
    });
    return { name: typeof name === 'string' ? name : null, sources };
  } catch {
    // Broken JSON: the editor already underlines it.
    return null;
  }
}
