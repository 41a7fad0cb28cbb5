/**
 * The stages of a plan that say what was chosen layer by layer: pruning, then low-rank pairs, then one precision stage
 * for each number of bits, with the layers by name. What the plan's language has no words for (another operator in a
 * layer's place, more channels, 16 bits) is told instead of being dropped, and so is what this version's engine does
 * not run. `stagesToChoices` is the way back.
 */
import type { LayerChange } from '../rewrite/changeGraph.ts';
import { channelsLeft } from '../rewrite/outputChannels.ts';
import { anyStage } from './stageGrammar.ts';
import { whatIsNotRun } from './stageSupport.ts';
import * as v from 'valibot';

export interface ChosenLayer {
  readonly layer: string;
  readonly action: LayerChange;
  /** Output channels before, where they are known: a plan says a width as a share of them. */
  readonly channels?: number;
}

export interface ChosenStages {
  /** As written in a plan; empty where no choice can be said. */
  readonly stages: readonly unknown[];
  /** What the plan does not say, in words. */
  readonly unsaid: readonly string[];
  /** What the plan says and this engine does not run, in words; null: it runs. */
  readonly notRun: string | null;
}

interface Said {
  /** Sorts the stages: what changes shapes first, few bits last. */
  readonly order: number;
  readonly stage: Readonly<Record<string, unknown>> & { readonly id: string };
}

export function choicesToStages(choices: readonly ChosenLayer[], module: 'G' | 'D'): ChosenStages {
  const grouped = new Map<string, Said & { readonly names: string[] }>();
  const unsaid: string[] = [];
  const last = new Map(choices.map((choice) => [`${choice.layer}\n${choice.action.kind}`, choice]));
  for (const choice of last.values()) {
    if (choice.action.kind === 'bits' && choice.action.bits === 32) continue;
    const said = stageOf(choice);
    if (typeof said === 'string') {
      unsaid.push(said);
      continue;
    }
    const known = grouped.get(said.stage.id);
    if (known === undefined) grouped.set(said.stage.id, { ...said, names: [choice.layer] });
    else known.names.push(choice.layer);
  }
  const stages = [...grouped.values()]
    .sort((one, two) => one.order - two.order)
    .map(({ stage: { id, family, ...fields }, names }) => ({ id, family, module, ...fields, select: { names } }));
  const written = stages.map((stage) => v.parse(anyStage, stage));
  const notRun = written.map((stage, idx) => whatIsNotRun(stage, written.slice(0, idx))).find((why) => why !== null);
  return { stages, unsaid, notRun: notRun ?? null };
}

/** A string is what the plan cannot say. */
function stageOf({ layer, action, channels }: ChosenLayer): Said | string {
  switch (action.kind) {
    case 'bits':
      return action.bits === 16 ? `16 bits for ${layer}` : precision(action.bits);
    case 'prune':
      return prune(action.granularity, action.share);
    case 'channels': {
      const share = channels === undefined ? null : prunedShare(channels, action.channels);
      return share === null ? `the width of ${layer}` : prune('channel', share);
    }
    case 'rewrite': {
      if (action.rewrite.kind !== 'lowRank') return `the replacement of ${layer}`;
      const { rank } = action.rewrite;
      return { order: 1, stage: { id: `rank${rank}`, family: 'lowRank', method: 'svd', rank: { abs: rank } } };
    }
  }
}

function prune(granularity: 'channel' | 'weight', share: number): Said {
  const name = granularity === 'channel' ? 'pruneChannels' : 'pruneWeights';
  return {
    order: 0,
    stage: {
      id: `${name}${Number((100 * share).toPrecision(6))}`,
      family: 'prune',
      criterion: { type: 'magnitude', norm: 1, threshold: { quantile: share } },
      granularity,
      materialize: granularity === 'channel' ? 'shrink' : 'csr',
    },
  };
}

/** The shortest share that leaves so many channels; null: there are not fewer. */
function prunedShare(before: number, after: number): number | null {
  if (after >= before) return null;
  for (let digits = 1; digits < 16; digits++) {
    const share = Number((1 - after / before).toFixed(digits));
    if (0 < share && share < 1 && channelsLeft(before, share) === after) return share;
  }
  return null;
}

function precision(bits: number | 'ternary'): Said {
  if (bits === 1) return { order: 2, stage: { id: 'binarize', family: 'precision', rep: { kind: 'binary' } } };
  if (bits === 'ternary')
    return { order: 2, stage: { id: 'ternarize', family: 'precision', rep: { kind: 'ternary' } } };
  return { order: 2, stage: { id: `quantize${bits}`, family: 'precision', rep: { kind: 'int', bits } } };
}
