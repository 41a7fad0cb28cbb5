/**
 * A plan held against its sources: all faults and warnings of its text, then what its networks add, which are read as
 * the host has them and never run. Every entry has the plan's path and a line. Whatever cannot be read is said; the
 * rest of the plan is still checked. The editor shows these as diagnostics, `slimwise check` judges by them.
 */
import { bytesAt, hasKernel } from '../../core/cost/weightBits.ts';
import { deviceProfile, ownProfile } from '../../core/devices.ts';
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import type { CompressionPlan } from '../../core/plan/compressionPlan.ts';
import { parseJsonDocument } from '../../core/plan/jsonDocument.ts';
import { presetFile, presetText } from '../../core/plan/networkPresets.ts';
import { planWarnings } from '../../core/plan/planWarnings.ts';
import type { Place } from '../../core/plan/problems.ts';
import { selectLayers } from '../../core/plan/selectLayers.ts';
import { checkPlan } from '../../core/plan/validatePlan.ts';
import type { Problem } from '../../core/problem.ts';
import { buildGraph } from '../analyze.ts';
import { memoryHost, type SourceHost } from '../sourceHost.ts';
import { modelMissing, overBudget, sourceMissing, sourceOutOfReach } from './problems.ts';

export interface PlanFileCheck {
  /** The plan does not run. */
  readonly problems: readonly Problem[];
  /** It runs as written. */
  readonly warnings: readonly Problem[];
}

/** `path` is relative to the host's root. */
export function checkPlanFile(text: string, path: string, host: SourceHost): PlanFileCheck {
  const { plan, problems, warnings } = checkPlan(text, path);
  const parsed = parseJsonDocument(text);
  if (plan === null || !parsed.ok) return { problems, warnings };
  const placeOf = (keys: readonly (string | number)[]): Place => ({ path, line: parsed.document.lineOf(keys) });
  const generator = readNetwork(plan, 'generator', path, host, placeOf);
  const discriminator = readNetwork(plan, 'discriminator', path, host, placeOf);
  const models = { generator: generator.graph, discriminator: discriminator.graph };
  const all = [
    ...warnings,
    ...generator.warnings,
    ...discriminator.warnings,
    ...planWarnings(plan, models, placeOf),
    ...(generator.graph === null ? [] : budgetWarnings(plan, generator.graph, placeOf)),
  ];
  return {
    problems: [...generator.problems, ...discriminator.problems],
    warnings: all.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
  };
}

interface ReadNetwork extends PlanFileCheck {
  readonly graph: ModelGraph | null;
}

function readNetwork(
  plan: CompressionPlan,
  role: 'generator' | 'discriminator',
  path: string,
  host: SourceHost,
  placeOf: (keys: readonly string[]) => Place,
): ReadNetwork {
  const { source, entry, input } = plan[role];
  const none = { graph: null, problems: [], warnings: [] };
  const published = presetText(source);
  if (published !== null) {
    const graph = buildGraph(memoryHost({ [presetFile]: published }), presetFile, entry, input ? [input] : null);
    return graph.ok ? { ...none, graph: graph.value } : none;
  }
  const at = placeOf([role, 'source']);
  const file = pathBeside(path, source);
  if (file === null) return { ...none, warnings: [sourceOutOfReach(source, role, at)] };
  if (host.read(file) === null) return { ...none, problems: [sourceMissing(source, role, at)] };
  const graph = buildGraph(host, file, entry, input ? [input] : null);
  if (graph.ok) return { ...none, graph: graph.value };
  return { ...none, problems: [modelMissing(role, graph.problem, placeOf([role, 'entry']))] };
}

/** `../models/gan.py` beside `plans/slimwise.json` is `models/gan.py`; null: above the root, or absolute. */
export function pathBeside(path: string, source: string): string | null {
  const written = source.replaceAll('\\', '/');
  if (written.startsWith('/') || /^[A-Za-z]:/.test(written)) return null;
  const parts = path.split('/').slice(0, -1);
  for (const part of written.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}

/** A lower bound: every layer that a stage may compress counts with one bit per weight of its kernel. */
function budgetWarnings(
  plan: CompressionPlan,
  graph: ModelGraph,
  placeOf: (keys: readonly string[]) => Place,
): readonly Problem[] {
  const { device, bytes } = plan.budget;
  const profile = device === undefined ? undefined : deviceProfile(device, plan.devices.map(ownProfile));
  const limit = bytes ?? profile?.budgetBytes;
  if (limit === undefined) return [];
  const least = leastBytes(plan, graph);
  if (least === null || least <= limit) return [];
  const name = bytes === undefined ? (profile?.label ?? '') : 'as the plan gives it';
  return [overBudget(least, limit, name, placeOf(['budget', bytes === undefined ? 'device' : 'bytes']))];
}

function leastBytes(plan: CompressionPlan, graph: ModelGraph): number | null {
  const names = new Set<string>();
  for (const { family, module, select } of plan.stages) {
    if (module === 'D') continue;
    // The settings of an experiment choose layers of their own.
    const chosen = family === 'settings' ? graph.layers : selectLayers(graph, select);
    for (const { name } of chosen) names.add(name);
  }
  let total = 0;
  for (const layer of graph.layers) {
    const isSmall = names.has(layer.name) && hasKernel(layer, layer.weights);
    const bytes = bytesAt(isSmall ? 1 : (layer.bits ?? 32), layer, layer.weights);
    if (bytes === null) return null;
    total += bytes;
  }
  return total;
}
