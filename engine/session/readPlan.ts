/** Reads and validates a plan file. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { validatePlan, type ValidPlan } from '../../core/plan/validatePlan.ts';
import { failure, type Result } from '../../core/result.ts';
import { planNotFound } from './problems.ts';

/** With its absolute path. */
export type ReadPlan = ValidPlan & { readonly planPath: string };

export async function readPlan(planPath: string): Promise<Result<ReadPlan>> {
  const absolute = path.resolve(planPath);
  const text = await readFile(absolute, 'utf8').catch(() => null);
  if (text === null) return failure(planNotFound(absolute));
  const checked = validatePlan(text, absolute);
  return checked.ok ? { ok: true, value: { ...checked.value, planPath: absolute } } : checked;
}
