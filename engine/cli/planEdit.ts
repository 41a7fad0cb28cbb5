/**
 * `slimwise edit --plan slimwise.json`: what a plan says of its generator and its discriminator, as one edit of their
 * sources. Layers that a search decides about are those that the newest finished run of the plan accepted. Stages that
 * no source can express, and layers that refuse, are named; what is printed as the edit is all that is done.
 */
import { dirname, join, relative, resolve } from 'node:path';
import { readWrittenPlan, stagesToChoices } from '../../core/plan/stagesToChoices.ts';
import type { WrittenPlan } from '../../core/plan/stageGrammar.ts';
import { checkPlan } from '../../core/plan/validatePlan.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { analyzeFile } from '../../language/analyze.ts';
import type { Proposal } from '../../language/edits/layerAction.ts';
import type { EditTarget } from '../../language/edits/proposeEdit.ts';
import { proposeMost } from '../../language/edits/proposeMost.ts';
import { pathBeside } from '../../language/plan/checkPlanFile.ts';
import { sourceOutOfReach } from '../../language/plan/problems.ts';
import { diskHost } from '../../language/server/diskHost.ts';
import type { SourceHost } from '../../language/sourceHost.ts';
import { realDisk } from '../runs/diskPort.ts';
import { listRuns } from '../runs/readRecord.ts';
import { readRun } from '../runs/readRun.ts';
import { realProcesses } from '../runs/runLock.ts';
import { entryNotFound, pathNotFound, planNotEditable } from './problems.ts';
import { posixPath, projectRoot } from './sourceFiles.ts';

export interface PlanEdit {
  readonly host: SourceHost;
  readonly root: string;
  readonly proposal: Proposal;
  /** What the plan says and the sources will not have, as sentences. */
  readonly unsaid: readonly string[];
}

export function planEdit(planPath: string, cwd: string): Result<PlanEdit> {
  const absolute = resolve(cwd, planPath);
  const root = projectRoot(absolute, cwd);
  const host = diskHost(root);
  const path = posixPath(relative(root, absolute));
  const text = host.read(path);
  if (text === null) return failure(pathNotFound(planPath));
  const plan = readWrittenPlan(text);
  if (plan === null) return failure(checkPlan(text, planPath).problems[0] ?? planNotEditable(planPath));
  const unsaid: string[] = [];
  const targets: EditTarget[] = [];
  for (const role of ['generator', 'discriminator'] as const) {
    const found = targetOf(plan, role, path, host);
    if (!found.ok) return failure({ ...found.problem, path: planPath });
    const { graph, ...target } = found.value;
    const run = role === 'generator' ? acceptedLayers(plan, absolute) : null;
    const said = stagesToChoices(plan, graph, role === 'generator' ? 'G' : 'D', run?.layers ?? null);
    if (run !== null)
      unsaid.push(`The search is decided: run ${run.id} accepted ${run.layers.join(', ') || 'no layer'}.`);
    unsaid.push(...said.unsaid.map((why) => `${graph.name}: ${why}`));
    targets.push({ ...target, choices: said.choices });
  }
  if (targets.every(({ choices }) => choices.length === 0)) {
    const refused = 'nothing that the plan says of its sources is left to do';
    return success({ host, root, proposal: { refused }, unsaid });
  }
  const { proposal, refusals } = proposeMost(host, targets);
  unsaid.push(...refusals.map(({ model, layer, reason }) => `${model}: ${layer} as before: ${reason}`));
  return success({ host, root, proposal, unsaid });
}

function targetOf(plan: WrittenPlan, role: 'generator' | 'discriminator', planPath: string, host: SourceHost) {
  const { source, entry, input } = plan[role];
  const file = pathBeside(planPath, source);
  if (file === null) return failure(sourceOutOfReach(source, role, { path: planPath, line: 1 }));
  const options = { entries: [entry], ...(input === undefined ? {} : { inputs: [input] }) };
  const before = analyzeFile(host, file, options);
  const [graph] = before.graphs;
  if (graph === undefined) return failure(entryNotFound(entry, source));
  return success({ file, model: graph.name, options, before, graph });
}

/** Layers that the newest finished run of the plan accepted; null: the plan has no search, or none has run. */
function acceptedLayers(plan: WrittenPlan, planPath: string): { id: string; layers: readonly string[] } | null {
  if (!plan.stages.some(({ family }) => family === 'search')) return null;
  const runs = listRuns(realDisk, realProcesses, join(dirname(planPath), '.slimwise', 'runs'));
  const newest = runs.ok
    ? runs.value.find(({ record }) => record.planPath === planPath && record.status === 'finished')
    : undefined;
  const run = newest === undefined ? null : readRun(realDisk, newest.folder);
  if (run === null || !run.ok) return null;
  const { record, state } = run.value;
  return { id: record.id, layers: state.decisions.filter(({ accepted }) => accepted).map(({ layer }) => layer) };
}
