/**
 * What a plan says about the layers of one of its networks, as choices that an edit of the source can carry out: the
 * bits of its precision stages and the replacements of its low-rank ones. It is the other direction of
 * choicesToStages. What a source cannot say, or what only a run finds out (an energy, a search), is told in words.
 */
import * as v from 'valibot';
import type { WeightBits } from '../cost/weightBits.ts';
import type { ModelGraph } from '../graph/modelGraph.ts';
import type { LayerChange } from '../rewrite/changeGraph.ts';
import type { ChosenLayer } from './choicesToStages.ts';
import { parseJsonDocument } from './jsonDocument.ts';
import { layersToBinarize } from './selectLayers.ts';
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

/** A later stage wins over an earlier one; layers that are so already are left out. */
export function stagesToChoices({ stages }: WrittenPlan, graph: ModelGraph, module: 'G' | 'D'): SaidByPlan {
  const chosen = new Map<string, LayerChange>();
  const unsaid: string[] = [];
  for (const stage of stages) {
    if (stage.module !== 'both' && stage.module !== module) continue;
    const change = changeOf(stage);
    if ('unsaid' in change) {
      unsaid.push(`${stage.id}: ${change.unsaid}`);
      continue;
    }
    for (const name of layersToBinarize(graph, stage.select, null)) chosen.set(`${change.kind} ${name}`, change);
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

function changeOf(stage: WrittenStage): LayerChange | { readonly unsaid: string } {
  switch (stage.family) {
    case 'precision':
      return precision(stage);
    case 'lowRank':
      if (stage.method === 'separable') return { kind: 'rewrite', rewrite: { kind: 'separable' } };
      if (stage.method !== 'svd') return { unsaid: `a source has no ${stage.method} pair` };
      return stage.rank.abs === undefined
        ? { unsaid: 'its rank follows from the weights' }
        : { kind: 'rewrite', rewrite: { kind: 'lowRank', rank: stage.rank.abs } };
    case 'search':
      return { unsaid: 'a search needs a run; until then its layers are those with DoR ≥ 0' };
    default:
      return { unsaid: `${stage.family} is no edit of a source` };
  }
}

function precision({ rep, target }: Extract<WrittenStage, { family: 'precision' }>): ReturnType<typeof changeOf> {
  if (!target.includes('W')) return { unsaid: 'it leaves the weights as they are' };
  if (rep.kind === 'binary') return { kind: 'bits', bits: 1 };
  if (rep.kind === 'ternary') return { kind: 'bits', bits: 'ternary' };
  const bits = rep.kind === 'int' ? sourceBits.find((known) => known === rep.bits) : undefined;
  return bits === undefined ? { unsaid: 'a source declares 1 to 8 bits' } : { kind: 'bits', bits };
}

const sourceBits = [8, 7, 6, 5, 4, 3, 2] as const satisfies readonly WeightBits[];
