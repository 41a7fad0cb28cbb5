/**
 * The results of an experiment as one row per setting: means over the seeds with 95 % confidence intervals
 * (Student's t). The table of the command line, the report and the panel are all made of these rows. With one
 * seed there is no interval, and none is shown.
 */
import type { SettingResult } from './runEvent.ts';

export interface Interval {
  readonly mean: number;
  /** Half the width of the 95 % confidence interval; null with one value. */
  readonly plusMinus: number | null;
  readonly values: readonly number[];
}

export interface SettingRow {
  readonly setting: string;
  readonly seeds: readonly number[];
  readonly layersG: readonly string[];
  readonly layersD: readonly string[];
  readonly swd: Interval;
  /** Finest level first. */
  readonly levels: readonly { readonly resolution: number; readonly swd: Interval }[];
  /** null for full precision itself. */
  readonly psnr: Interval | null;
  /** Loss of G over loss of D; null where the loss has no such ratio. */
  readonly balance: Interval | null;
  /** Of how many seeds D's loss vanished before the end. */
  readonly nVanished: number;
  /** Of the first seed's file; sizes differ by a few bytes at most. */
  readonly fileBytes: number;
  readonly eq3: SettingResult['eq3'];
  readonly stepMs: Interval;
}

/** In the order in which the settings first appear. */
export function settingRows(results: readonly SettingResult[]): readonly SettingRow[] {
  return [...grouped(results)].map(([setting, ofSetting]) => rowOf(setting, ofSetting));
}

function rowOf(setting: string, results: readonly SettingResult[]): SettingRow {
  const [first] = results;
  if (first === undefined) throw new Error(`The setting ${setting} has no result.`);
  const psnrs = results.flatMap(({ psnr }) => psnr ?? []);
  const ratios = results.flatMap(({ balance }) => balance?.ratio ?? []);
  return {
    setting,
    seeds: results.map(({ seed }) => seed),
    layersG: first.layersG,
    layersD: first.layersD,
    swd: interval(results.map(({ swd }) => swd)),
    levels: first.levels.map(({ resolution }, i) => ({
      resolution,
      swd: interval(results.flatMap(({ levels }) => levels[i]?.swd ?? [])),
    })),
    psnr: psnrs.length === 0 ? null : interval(psnrs),
    balance: ratios.length === 0 ? null : interval(ratios),
    nVanished: results.filter(({ balance }) => typeof balance?.vanishedAt === 'number').length,
    fileBytes: first.fileBytes,
    eq3: first.eq3,
    stepMs: interval(results.map(({ stepMs }) => stepMs)),
  };
}

/** At least one value. */
export function interval(values: readonly number[]): Interval {
  const n = values.length;
  if (n === 0) throw new RangeError('no values');
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { mean, plusMinus: null, values };
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  return { mean, plusMinus: (twoSidedT(n - 1) * deviation) / Math.sqrt(n), values };
}

/** Student's t, two-sided 95 %, for 1, 2, 3 … degrees of freedom. */
const quantiles = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
/** For more than ten, within 1 % from below. */
const quantileOfMany = 2.09;

function twoSidedT(degrees: number): number {
  return quantiles[degrees - 1] ?? quantileOfMany;
}

function grouped(results: readonly SettingResult[]): Map<string, SettingResult[]> {
  const groups = new Map<string, SettingResult[]>();
  for (const result of results) groups.set(result.setting, [...(groups.get(result.setting) ?? []), result]);
  return groups;
}
