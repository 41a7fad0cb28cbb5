/**
 * What a plan says about the layers of one of its networks, as choices that an edit of the source can carry out: the
 * bits of its precision stages, the pairs of its low-rank ones, the channels that it prunes. It is the other direction
 * of choicesToStages. What a source cannot say, what only a run finds out (an energy, a search), and layers that
 * cannot be changed so are told in words.
 */
import * as v from 'valibot';
import type { WeightBits } from '../cost/weightBits.ts';
import { formatPercent } from '../format/numbers.ts';
import type { ModelGraph } from '../graph/modelGraph.ts';
import { changeGraph, type LayerChange } from '../rewrite/changeGraph.ts';
import type { ChosenLayer } from './choicesToStages.ts';
import { parseJsonDocument } from './jsonDocument.ts';
import { kindOf, layersToBinarize, selectLayers } from './selectLayers.ts';
import { planGrammar, type WrittenPlan, type WrittenStage } from './stageGrammar.ts';

export interface SaidByPlan {
  readonly choices: readonly ChosenLayer[];
  /** Stages that are no edit of a source, and why. */
  readonly unsaid: readonly string[];
}

/** null: the text is no plan, or one with faults, which its own diagnostics tell. */
export function readWrittenPlan(text: string): WrittenPlan | null {
  const parsed = parseJsonDocument(text);
  const plan = parsed.ok ? v.safeParse(planGrammar, parsed.document.value) : null;
  return plan?.success === true ? plan.output : null;
}

/**
 * A later stage wins over an earlier one; layers that are so already are left out. `accepted` are the layers that a
 * run of the plan's search has accepted; null: none has run.
 */
export function stagesToChoices(
  { stages }: WrittenPlan,
  graph: ModelGraph,
  module: 'G' | 'D',
  accepted: readonly string[] | null = null,
): SaidByPlan {
  const chosen = new Map<string, LayerChange>();
  const unsaid: string[] = [];
  for (const stage of stages) {
    if (stage.module !== 'both' && stage.module !== module) continue;
    if (stage.family === 'search' && accepted !== null) continue;
    const change = changeOf(stage);
    if ('unsaid' in change) {
      unsaid.push(`${stage.id}: ${change.unsaid}`);
      continue;
    }
    const decided = stage.family === 'precision' && module === 'G' ? accepted : null;
    const names =
      change.kind === 'bits' ? layersToBinarize(graph, stage.select, decided) : namesOf(graph, stage.select);
    const reasons = new Map<string, string[]>();
    for (const name of names) {
      const why = whyNot(graph, name, change);
      if (why === null) chosen.set(`${change.kind} ${name}`, change);
      else reasons.set(why, [...(reasons.get(why) ?? []), name]);
    }
    for (const [why, layers] of reasons) unsaid.push(`${stage.id}: ${layers.join(', ')} as before: ${why}`);
  }
  const isNew = ({ layer, action }: ChosenLayer): boolean =>
    action.kind !== 'bits' || (graph.layers.find(({ name }) => name === layer)?.bits ?? 32) !== action.bits;
  const choices = [...chosen]
    .map(([key, action]): ChosenLayer => ({ layer: key.slice(action.kind.length + 1), action }))
    .filter(isNew)
    // A replaced layer keeps its bits, so replacements come first.
    .sort((one, two) => Number(one.action.kind === 'bits') - Number(two.action.kind === 'bits'));
  return { choices, unsaid };
}

/** Layers with kernels that a stage selects. */
function namesOf(graph: ModelGraph, select: WrittenStage['select']): readonly string[] {
  return selectLayers(graph, select)
    .filter(({ op }) => kindOf(op) !== 'norm')
    .map(({ name }) => name);
}

/** Why a change of this layer cannot be carried through the model; null: it can. */
function whyNot(graph: ModelGraph, name: string, change: LayerChange): string | null {
  const layer = graph.layers.find((candidate) => candidate.name === name);
  if (layer === undefined) return 'there is no such layer';
  const changed = changeGraph(graph, new Set([layer.index]), change);
  return 'refused' in changed ? changed.refused : null;
}

function changeOf(stage: WrittenStage): LayerChange | { readonly unsaid: string } {
  switch (stage.family) {
    case 'precision':
      return precision(stage);
    case 'lowRank':
      // Its separable method is a pair of k×1 and 1×k kernels, not a depthwise-separable one.
      if (stage.method !== 'svd') return { unsaid: `a source has no ${stage.method} pair` };
      return stage.rank.abs === undefined
        ? { unsaid: 'its rank follows from the weights' }
        : { kind: 'rewrite', rewrite: { kind: 'lowRank', rank: stage.rank.abs } };
    case 'prune':
      return prune(stage);
    case 'search':
      return { unsaid: 'a search needs a run; until then its layers are those with DoR ≥ 0' };
    default:
      return { unsaid: `${stage.family} is no edit of a source` };
  }
}

function prune({
  criterion,
  granularity,
  schedule,
}: Extract<WrittenStage, { family: 'prune' }>): ReturnType<typeof changeOf> {
  const quantile = criterion.type === 'magnitude' ? criterion.threshold.quantile : undefined;
  if (quantile === undefined || !(0 < quantile && quantile < 1))
    return { unsaid: `what is pruned follows from the weights (${criterion.type})` };
  if (schedule.type !== 'oneShot') return { unsaid: 'it prunes while it trains' };
  if (granularity === 'weight')
    return { unsaid: `a source has no words for ${formatPercent(quantile)} of the weights` };
  if (granularity === 'layer') return { unsaid: 'which layers go follows from the weights' };
  // A filter of a layer is one of its output channels.
  return { kind: 'prune', granularity: 'channel', share: quantile };
}

function precision({ rep, target }: Extract<WrittenStage, { family: 'precision' }>): ReturnType<typeof changeOf> {
  if (!target.includes('W')) return { unsaid: 'it leaves the weights as they are' };
  if (rep.kind === 'binary') return { kind: 'bits', bits: 1 };
  if (rep.kind === 'ternary') return { kind: 'bits', bits: 'ternary' };
  const bits = rep.kind === 'int' ? sourceBits.find((known) => known === rep.bits) : undefined;
  return bits === undefined ? { unsaid: 'a source declares 1 to 8 bits' } : { kind: 'bits', bits };
}

const sourceBits = [8, 7, 6, 5, 4, 3, 2] as const satisfies readonly WeightBits[];
