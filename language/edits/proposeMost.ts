/**
 * One edit for as many of the choices as a source can carry out together. All of them are tried first; where that is
 * refused they are added one after the other, and each that cannot join is named with its reason. The edit that
 * comes out was checked as a whole, like any other.
 */
import type { SourceHost } from '../sourceHost.ts';
import type { Proposal } from './layerAction.ts';
import type { LayerChoice } from './orderChoices.ts';
import { proposeTogether, type EditTarget } from './proposeEdit.ts';

export interface RefusedChoice extends LayerChoice {
  readonly model: string;
  readonly reason: string;
}

export interface MostProposed {
  /** Refused only where not one choice could be carried out. */
  readonly proposal: Proposal;
  readonly refusals: readonly RefusedChoice[];
}

export function proposeMost(host: SourceHost, targets: readonly EditTarget[]): MostProposed {
  const all = proposeTogether(host, withChoices(targets));
  if ('edit' in all) return { proposal: all, refusals: [] };
  let proposal: Proposal = all;
  const refusals: RefusedChoice[] = [];
  const taken: EditTarget[] = targets.map((target) => ({ ...target, choices: [] }));
  for (const [idx, { model, choices }] of targets.entries()) {
    for (const choice of choices) {
      const tried = taken.map((target, at) =>
        at === idx ? { ...target, choices: [...target.choices, choice] } : target,
      );
      const next = proposeTogether(host, withChoices(tried));
      if ('edit' in next) {
        proposal = next;
        taken.splice(0, taken.length, ...tried);
      } else refusals.push({ ...choice, model, reason: next.refused });
    }
  }
  return { proposal, refusals };
}

function withChoices(targets: readonly EditTarget[]): readonly EditTarget[] {
  return targets.filter(({ choices }) => choices.length > 0);
}
