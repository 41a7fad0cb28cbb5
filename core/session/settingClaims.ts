/**
 * Which of PBGen's claims an experiment with its settings bears out. Settings of one seed share weights, images
 * and latents, so differences are taken seed by seed and their 95 % intervals are Student's. A claim about a
 * difference holds or does not hold only where the whole interval says so; a claim that two settings are alike
 * holds where the interval lies within a quarter of full precision's SWD. Everything else is not decided.
 */
import type { SettingResult } from './runEvent.ts';
import { interval, type Interval } from './settingRows.ts';

export type Verdict = 'holds' | 'does not hold' | 'not decided';

export interface SettingClaim {
  readonly claim: string;
  /** What the document measured. */
  readonly document: string;
  /** What was measured here. */
  readonly measured: string;
  /** The same difference at the finest pyramid level alone, where detail shows; null if the claim is about no SWD. */
  readonly finest: string | null;
  readonly verdict: Verdict;
}

/**
 * Two settings within this share of full precision's SWD are called alike. The document calls 38 beside 44 alike
 * (14 %) and 67 beside 44 not (52 %); a quarter lies between.
 */
const alikeShare = 0.25;

/** Claims whose settings are among the results. */
export function settingClaims(results: readonly SettingResult[]): readonly SettingClaim[] {
  const claims: SettingClaim[] = [];
  const has = (...settings: readonly string[]): boolean =>
    settings.every((setting) => results.some((result) => result.setting === setting));
  const rises = (higher: string, lower: string): Rise => ({
    mean: difference(results, higher, lower, ({ swd }) => swd),
    finest: difference(results, higher, lower, finestSwd),
  });
  if (!has('A')) return [];
  const full = interval(results.filter(({ setting }) => setting === 'A').map(({ swd }) => swd)).mean;

  if (has('B')) {
    claims.push(alike('B ≈ A: binarizing the most redundant layer costs nothing', '38 beside 44', rises('B', 'A'), full)); // prettier-ignore
  }
  if (has('C', 'D')) {
    claims.push(higher('D above C: the layer of negative redundancy costs more than the one of positive', '67 above 45', rises('D', 'C'))); // prettier-ignore
  }
  if (has('B', 'E')) {
    claims.push(higher('E above B: the least redundant layer costs most', '449 above 38', rises('E', 'B')));
  }
  if (has('D', 'E')) {
    claims.push(higher('E above D: the more negative the redundancy, the worse', '449 above 67', rises('E', 'D')));
  }
  if (has('D', 'F')) {
    claims.push(alike('F ≈ D: together, layers are as bad as their bottleneck', '67 and 67', rises('F', 'D'), full));
  }
  if (has('F', 'G')) {
    claims.push(higher('G above F: binarizing everything breaks the generator', 'no meaningful images', rises('G', 'F'))); // prettier-ignore
  }
  if (has('F', 'H')) {
    claims.push(higher('F above H: a binarized discriminator restores quality', '67 above 34', rises('F', 'H')));
    const balance = balanceClaim(results);
    if (balance !== null) claims.push(balance);
  }
  return claims;
}

/** How much higher the SWD of one setting is: the mean over the levels, and the finest level alone. */
interface Rise {
  readonly mean: Interval;
  readonly finest: Interval;
}

/** SWD of one setting less that of another, seed by seed. */
function difference(
  results: readonly SettingResult[],
  of: string,
  from: string,
  swdOf: (result: SettingResult) => number,
): Interval {
  const values = results
    .filter(({ setting }) => setting === of)
    .flatMap((result) => {
      const other = results.find(({ setting, seed }) => setting === from && seed === result.seed);
      return other === undefined ? [] : [swdOf(result) - swdOf(other)];
    });
  return interval(values.length === 0 ? [NaN] : values);
}

function finestSwd({ levels }: SettingResult): number {
  const [finest] = [...levels].sort((a, b) => b.resolution - a.resolution);
  return finest?.swd ?? NaN;
}

function higher(claim: string, document: string, rise: Rise): SettingClaim {
  const { mean, plusMinus } = rise.mean;
  const verdict: Verdict =
    plusMinus === null || Number.isNaN(mean) || Math.abs(mean) <= plusMinus
      ? 'not decided'
      : mean > 0
        ? 'holds'
        : 'does not hold';
  return { claim, document, measured: differenceText(rise.mean), finest: differenceText(rise.finest), verdict };
}

function alike(claim: string, document: string, rise: Rise, full: number): SettingClaim {
  const { mean, plusMinus } = rise.mean;
  const margin = alikeShare * full;
  const verdict: Verdict =
    plusMinus === null || Number.isNaN(mean)
      ? 'not decided'
      : Math.abs(mean) + plusMinus <= margin
        ? 'holds'
        : Math.abs(mean) - plusMinus > margin
          ? 'does not hold'
          : 'not decided';
  const measured = `${differenceText(rise.mean)}, alike within ± ${margin.toFixed(1)}`;
  return { claim, document, measured, finest: differenceText(rise.finest), verdict };
}

function differenceText({ mean, plusMinus, values }: Interval): string {
  if (Number.isNaN(mean)) return 'no seed has both';
  const signed = `${mean < 0 ? '−' : '+'}${Math.abs(mean).toFixed(1)}`;
  return plusMinus === null
    ? `${signed} (one seed)`
    : `${signed} ± ${plusMinus.toFixed(1)} over ${values.length} seeds`;
}

/** The ratio of the losses of G and D: in H nearer to full precision's than in F. */
function balanceClaim(results: readonly SettingResult[]): SettingClaim | null {
  const ratioOf = (setting: string, seed: number): number | null =>
    results.find((result) => result.setting === setting && result.seed === seed)?.balance?.ratio ?? null;
  const seeds = [...new Set(results.map(({ seed }) => seed))];
  const gains = seeds.flatMap((seed) => {
    const [a, f, h] = ['A', 'F', 'H'].map((setting) => ratioOf(setting, seed));
    if (typeof a !== 'number' || typeof f !== 'number' || typeof h !== 'number') return [];
    return [Math.abs(Math.log(f / a)) - Math.abs(Math.log(h / a))];
  });
  if (gains.length === 0) return null;
  const gain = interval(gains);
  const decided = gain.plusMinus !== null && Math.abs(gain.mean) > gain.plusMinus;
  const spread = gain.plusMinus === null ? '(one seed)' : `± ${gain.plusMinus.toFixed(2)} over ${gains.length} seeds`;
  return {
    claim: 'H restores balance: its ratio of losses G/D is nearer to full precision’s than F’s',
    document: 'Figs. 13 to 15, by eye',
    measured: `H is nearer to A by ${gain.mean.toFixed(2).replace('-', '−')} ${spread} in the logarithm of the ratio`,
    finest: null,
    verdict: !decided ? 'not decided' : gain.mean > 0 ? 'holds' : 'does not hold',
  };
}
