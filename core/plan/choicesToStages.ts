/**
 * The stages of a plan that say what was chosen layer by layer: one precision stage for each number of bits, with the
 * layers by name. What the plan's language has no words for (a rank or a width of one layer, 16 bits) is told instead
 * of being dropped, and so is what this version's engine does not run.
 */
import type { LayerChange } from '../rewrite/changeGraph.ts';
import { anyStage } from './stageGrammar.ts';
import { whatIsNotRun } from './stageSupport.ts';
import * as v from 'valibot';

export interface ChosenLayer {
  readonly layer: string;
  readonly action: LayerChange;
}

export interface ChosenStages {
  /** As written in a plan; empty where no choice can be said. */
  readonly stages: readonly unknown[];
  /** What the plan does not say, in words. */
  readonly unsaid: readonly string[];
  /** What the plan says and this engine does not run, in words; null: it runs. */
  readonly notRun: string | null;
}

export function choicesToStages(choices: readonly ChosenLayer[], module: 'G' | 'D'): ChosenStages {
  const names = new Map<string, string[]>();
  const unsaid: string[] = [];
  const last = new Map(choices.map((choice) => [`${choice.layer}\n${choice.action.kind}`, choice]));
  for (const { layer, action } of last.values()) {
    if (action.kind !== 'bits') unsaid.push(`the ${action.kind === 'channels' ? 'width' : 'replacement'} of ${layer}`);
    else if (action.bits === 16) unsaid.push(`16 bits for ${layer}`);
    else if (action.bits !== 32) names.set(String(action.bits), [...(names.get(String(action.bits)) ?? []), layer]);
  }
  const stages = [...names].map(([bits, layers]) => ({
    id: stageName(bits),
    family: 'precision' as const,
    module,
    rep: representationOf(bits),
    select: { names: layers },
  }));
  const written = stages.map((stage) => v.parse(anyStage, stage));
  const notRun = written.map((stage, idx) => whatIsNotRun(stage, written.slice(0, idx))).find((why) => why !== null);
  return { stages, unsaid, notRun: notRun ?? null };
}

function stageName(bits: string): string {
  if (bits === '1') return 'binarize';
  return bits === 'ternary' ? 'ternarize' : `quantize${bits}`;
}

function representationOf(bits: string): { readonly kind: string; readonly bits?: number } {
  if (bits === '1') return { kind: 'binary' };
  return bits === 'ternary' ? { kind: 'ternary' } : { kind: 'int', bits: Number(bits) };
}
