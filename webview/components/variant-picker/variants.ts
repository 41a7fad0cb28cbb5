/**
 * Which variant the panel looks at, and what stands beside its name. Pure: the picker, the charts and
 * the sample grids all use the same choice.
 */
import type { VariantId, VariantInfo } from '../../../core/session/runEvent.ts';
import type { RunState, VariantState } from '../../../core/session/runState.ts';

/** `waiting`: planned, nothing measured; `training`: the one that trains; the rest are Algorithm 1's words. */
export type Verdict = 'waiting' | 'training' | 'trained' | 'accepted' | 'rejected' | 'notTried';

/** The chosen variant while it exists; else the result, the one that trains, or the first. */
export function selectedVariant(run: RunState, chosen: VariantId | null): VariantState | null {
  const byId = (id: VariantId | null): VariantState | undefined =>
    id === null ? undefined : run.variants.find((variant) => variant.info.id === id);
  const final =
    run.status === 'finished' ? run.variants.findLast((variant) => variant.info.kind === 'final') : undefined;
  return byId(chosen) ?? final ?? byId(run.current) ?? run.variants[0] ?? null;
}

/** The trained full-precision variant that the others are compared with; in an experiment, that of the same seed. */
export function fullVariant(run: RunState, selected: VariantState | null = null): VariantState | null {
  const plain = ({ info }: VariantState): boolean => info.layersG.length === 0 && info.layersD.length === 0;
  return (
    run.variants.find((variant) => variant.info.kind === 'full') ??
    run.variants.find(
      (variant) => variant.info.kind === 'setting' && variant.info.seed === selected?.info.seed && plain(variant),
    ) ??
    null
  );
}

/** What grids show beside each other: full precision, and the chosen variant where that is another. */
export function comparedVariants(run: RunState, chosen: VariantId | null): readonly VariantState[] {
  const selected = selectedVariant(run, chosen);
  const full = fullVariant(run, selected);
  return [full, selected === full ? null : selected].filter((variant) => variant !== null);
}

export function verdictOf(run: RunState, variant: VariantState): Verdict {
  const { info } = variant;
  const training = run.current === info.id && (run.status === 'running' || run.status === 'paused');
  if (training) return 'training';
  if (info.kind === 'single') {
    // In the cumulative mode the layers accepted before come first.
    const decision = run.decisions.find((row) => row.layer === info.layersG.at(-1));
    if (decision) return decision.tried ? (decision.accepted ? 'accepted' : 'rejected') : 'notTried';
  }
  if (info.kind === 'final' && run.summary !== null) {
    // There are several where all accepted layers together were too much.
    const limit = run.summary.swdFull + run.summary.threshold;
    return (latestSwd(variant) ?? Infinity) <= limit ? 'accepted' : 'rejected';
  }
  return hasData(variant) ? 'trained' : 'waiting';
}

export function hasData(variant: VariantState): boolean {
  return variant.losses.length + variant.samples.length + variant.evaluations.length > 0;
}

export function latestSwd(variant: VariantState): number | null {
  return variant.evaluations.at(-1)?.swd ?? null;
}

/** A name for tight places; the variant's own label is the full one. */
export function shortLabel({ id, label, kind, layersG }: VariantInfo): string {
  switch (kind) {
    case 'full':
      return 'Full precision';
    case 'repeat':
      return `Repetition ${/\d+$/.exec(id)?.[0] ?? ''}`.trim();
    case 'single':
      return layersG.length === 1 ? `Only ${layersG[0] ?? ''}` : `+ ${layersG.at(-1) ?? label}`;
    case 'setting':
    case 'base':
      return label;
    case 'final':
      return id === 'final' ? 'Compressed' : `Compressed, attempt ${/\d+$/.exec(id)?.[0] ?? ''}`;
  }
}
