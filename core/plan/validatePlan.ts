/**
 * Reads the text of a plan. Faults are Problems with the line that they stand on; a plan with any fault is
 * not run. Parsing goes by the full grammar first, then stage by stage by what the engine runs, so that a
 * technique of another version is refused by name and never left out in silence.
 */
import * as v from 'valibot';
import { devices } from '../devices.ts';
import type { Problem } from '../problem.ts';
import { failure, success, type Result } from '../result.ts';
import { compressionPlanSchema, runnableStage, type CompressionPlan } from './compressionPlan.ts';
import { fieldName, issueProblem } from './issueProblem.ts';
import { parseJsonDocument, type JsonDocument } from './jsonDocument.ts';
import { nearestName } from './nearestName.ts';
import { NetworkChoice, presetPlan } from './networkPresets.ts';
import {
  activationsOnly,
  duplicateDevice,
  duplicateStage,
  losslessNotLast,
  networkDoesNotFit,
  notJson,
  onlyGenerator,
  stageNotRun,
  unknownDevice,
  wrongValue,
  type Place,
} from './problems.ts';
import { positiveInteger } from './stageFields.ts';
import { misplacedLists } from './schemaPaths.ts';
import { planGrammar, type WrittenPlan } from './stageGrammar.ts';
import { whatIsNotRun } from './stageSupport.ts';

export interface ValidPlan {
  readonly plan: CompressionPlan;
  readonly warnings: readonly Problem[];
}

export interface PlanCheck {
  /** null where there is any problem. */
  readonly plan: CompressionPlan | null;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** The plan, or its first problem. `path` is the plan's file as the user knows it. */
export function validatePlan(text: string, path: string): Result<ValidPlan> {
  const { plan, problems, warnings } = checkPlan(text, path);
  if (plan !== null) return success({ plan, warnings });
  const [first, ...others] = problems;
  if (first === undefined) throw new Error('A plan was refused without a problem.');
  if (others.length === 0) return failure(first);
  const more = `The plan has ${others.length} more ${others.length === 1 ? 'problem' : 'problems'}.`;
  return failure({ ...first, hint: `${first.hint} ${more}` });
}

/** All that is wrong with a plan, in the order of its lines. */
export function checkPlan(text: string, path: string): PlanCheck {
  const parsed = parseJsonDocument(text);
  if (!parsed.ok) return refused([notJson(parsed.error.message, { path, line: parsed.error.line })]);
  const { document } = parsed;
  const { value } = document;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refused([
      wrongValue('The plan', 'an object', Array.isArray(value) ? 'a list' : String(value), null, { path, line: 1 }),
    ]);
  }
  const networks = fillNetworks(value, document, path);
  const written = v.safeParse(planGrammar, networks.value);
  if (!written.success) {
    return refused(written.issues.map((issue) => issueProblem(issue, planGrammar, document, path)));
  }
  const problems = [
    ...networks.problems,
    ...listProblems(document, path),
    ...stageProblems(written.output, document, path),
    ...duplicateProblems(written.output, document, path),
    ...deviceProblems(written.output, document, path),
  ];
  const warnings = sortByLine(writtenWarnings(written.output, document, path));
  if (problems.length > 0) return { ...refused(problems), warnings };
  return { plan: v.parse(compressionPlanSchema, networks.value), problems: [], warnings };
}

/** In place of networks that are not there, so that only what is wrong is told. */
const nowhere = { source: 'preset', entry: 'Generator()' };

/** The plan with what a published network stands for; fields that the plan has itself are its own. */
function fillNetworks(
  value: object,
  document: JsonDocument,
  path: string,
): { readonly value: object; readonly problems: readonly Problem[] } {
  const { network, data, train } = value as Readonly<Record<'network' | 'data' | 'train', unknown>>;
  const choice = v.safeParse(NetworkChoice, network);
  if (network === undefined) return { value, problems: [] };
  const images = v.safeParse(v.object({ size: positiveInteger, channels: v.picklist([1, 3]) }), data);
  // Where one of the two is wrong that is said of it, and not that networks are missing.
  const filled = presetPlan(
    choice.success ? choice.output : 'dcgan-512',
    images.success ? images.output : { size: 64, channels: 3 },
  );
  if (typeof filled === 'string') {
    const problem = networkDoesNotFit(filled, { path, line: document.lineOf(['network']) });
    return { value: { generator: nowhere, discriminator: nowhere, ...value }, problems: [problem] };
  }
  const ownTrain = typeof train === 'object' || train === undefined ? { ...filled.train, ...train } : train;
  return { value: { ...filled, ...value, train: ownTrain }, problems: [] };
}

function refused(problems: readonly Problem[]): PlanCheck {
  return { plan: null, problems: sortByLine(problems), warnings: [] };
}

function sortByLine(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

function listProblems(document: JsonDocument, path: string): readonly Problem[] {
  return misplacedLists(planGrammar, document.value).map((keys) =>
    wrongValue(fieldName(keys), 'an object', 'a list', null, { path, line: document.lineOf(keys) }),
  );
}

function stageProblems(plan: WrittenPlan, document: JsonDocument, path: string): readonly Problem[] {
  return plan.stages.flatMap((stage, index) => {
    const what = whatIsNotRun(stage, plan.stages.slice(0, index));
    if (what !== null) return [stageNotRun(stage.id, what, { path, line: document.lineOf(['stages', index]) })];
    const raw = (document.value as { readonly stages: readonly unknown[] }).stages[index];
    const runnable = v.safeParse(runnableStage, raw);
    const issues = runnable.issues ?? [];
    return issues.map((issue) => issueProblem(issue, runnableStage, document, path, ['stages', index]));
  });
}

function duplicateProblems(plan: WrittenPlan, document: JsonDocument, path: string): readonly Problem[] {
  const ids = plan.stages.map((stage) => stage.id);
  return ids.flatMap((id, index) => {
    if (ids.indexOf(id) === index) return [];
    return [duplicateStage(id, { path, line: document.lineOf(['stages', index, 'id']) })];
  });
}

function deviceProblems(plan: WrittenPlan, document: JsonDocument, path: string): readonly Problem[] {
  const known = devices.map(({ id }) => id);
  const taken = plan.devices.flatMap(({ id }, index) => {
    const isTaken = known.includes(id);
    known.push(id);
    return isTaken ? [duplicateDevice(id, { path, line: document.lineOf(['devices', index, 'id']) })] : [];
  });
  const { device } = plan.budget;
  if (device === undefined || known.includes(device)) return taken;
  const place = { path, line: document.lineOf(['budget', 'device']) };
  return [...taken, unknownDevice(device, nearestName(device, known), known, place)];
}

/** Warnings that the text alone gives; `planWarnings` has those that need the networks. */
function writtenWarnings(plan: WrittenPlan, document: JsonDocument, path: string): readonly Problem[] {
  const warnings: Problem[] = [];
  const placeOf = (index: number): Place => ({ path, line: document.lineOf(['stages', index]) });
  const changesD = plan.stages.some((stage) => stage.family !== 'search' && stage.module !== 'G');
  let warnedOfG = false;
  for (const [index, stage] of plan.stages.entries()) {
    if (stage.family !== 'search' && stage.module === 'G' && !changesD && !warnedOfG) {
      warnings.push(onlyGenerator(stage.id, placeOf(index)));
      warnedOfG = true;
    }
    if (stage.family === 'precision' && !stage.target.includes('W')) {
      warnings.push(activationsOnly(stage.id, placeOf(index)));
    }
    if (stage.family === 'encoding' || stage.family === 'lossless') {
      const after = plan.stages.slice(index + 1).find(({ family }) => family !== 'encoding' && family !== 'lossless');
      if (after !== undefined) warnings.push(losslessNotLast(stage.id, after.id, placeOf(index)));
    }
  }
  return warnings;
}
