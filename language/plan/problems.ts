/**
 * What a plan earns when it is held against its sources: they are missing, or the generator cannot come under the
 * budget. Each stands on the line of the plan that it is about; nothing here keeps the analysis from going on.
 */
import { formatBytes } from '../../core/format/numbers.ts';
import type { Place } from '../../core/plan/problems.ts';
import type { Problem } from '../../core/problem.ts';

export function sourceMissing(source: string, role: string, place: Place): Problem {
  return {
    code: 'SWP_SOURCE_NOT_FOUND',
    message: `The plan's ${role} is in ${source}, and there is no such file.`,
    hint: 'Correct it: sources are named relative to the plan.',
    ...place,
  };
}

export function sourceOutOfReach(source: string, role: string, place: Place): Problem {
  return {
    code: 'SWP_PLAN_SOURCE_OUTSIDE',
    message: `The plan's ${role} is in ${source}, outside the folder that is looked at, so its layers are not checked.`,
    hint: 'Open the folder that holds both the plan and the source.',
    ...place,
  };
}

export function modelMissing(role: string, reason: Problem, place: Place): Problem {
  return {
    code: reason.code,
    message: `The plan's ${role} cannot be read: ${reason.message}`,
    hint: reason.hint,
    ...place,
  };
}

export function overBudget(leastBytes: number, budgetBytes: number, device: string, place: Place): Problem {
  return {
    code: 'SWP_PLAN_OVER_BUDGET',
    message: `With all that this plan compresses at one bit the generator still takes ${formatBytes(leastBytes)}, and the budget (${device}) is ${formatBytes(budgetBytes)}.`,
    hint: 'Compress more layers, make the generator smaller (slimwise fit says how), or choose another budget.',
    ...place,
  };
}
