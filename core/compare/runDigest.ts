/**
 * What a run brings to a comparison: for every way of training that it holds, the measured numbers, a curve
 * thin enough to draw, and which sample grids there are. Several seeds of one setting are one row with several
 * values. Made from the record and the reduced journal alone, and small enough to be a message to a page, however
 * long the run was.
 */
import { movingMean } from '../chart/movingMean.ts';
import { thinPoints } from '../chart/thinPoints.ts';
import type { RunRecord } from '../session/runRecord.ts';
import type { SettingResult, VariantId } from '../session/runEvent.ts';
import type { LossPoint, RunState, VariantState } from '../session/runState.ts';
import { weightBitsText } from './weightBitsText.ts';

export interface RunDigest {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly status: string;
  readonly short: boolean;
  readonly seed: number;
  readonly backend: string;
  readonly nImages: number;
  readonly plan: unknown;
  readonly rows: readonly DigestRow[];
}

export interface DigestRow {
  /** Names the row among all runs: run id and variant. */
  readonly key: string;
  /** Whose samples and curve are shown: the first seed's. */
  readonly variant: VariantId;
  readonly label: string;
  /** What the run is judged by: its final variant, or each setting of an experiment. */
  readonly result: boolean;
  readonly setting: string | null;
  readonly layersG: readonly string[];
  readonly layersD: readonly string[];
  readonly bits: string;
  readonly seeds: readonly number[];
  /** ×10³, one per seed. */
  readonly swd: readonly number[];
  readonly levels: readonly { readonly resolution: number; readonly values: readonly number[] }[];
  /** Scatter of the run's own full-precision repetitions; null where it has none. */
  readonly noise: number | null;
  readonly psnr: readonly number[];
  /** Whole packed file, and the same generator at full precision. */
  readonly fileBytes: number | null;
  readonly fileBytesFull: number | null;
  /** Median of the second half of the steps. */
  readonly stepMs: number | null;
  readonly losses: readonly LossPoint[];
  /** The mean of the steps around, before anything is left out; evenly chosen, the last step among them. */
  readonly meanLosses: readonly LossPoint[];
  readonly evaluations: readonly { readonly step: number; readonly swd: number }[];
  readonly sampleSteps: readonly number[];
}

const nColumns = 300;

export function digestRun(record: RunRecord, state: RunState): RunDigest {
  const { id, name, createdAt, short, seed, backend, data, plan } = record;
  const rows = state.settings.length > 0 ? settingRows(record, state) : variantRows(record, state);
  return {
    id,
    name,
    createdAt,
    status: state.status === 'starting' ? record.status : state.status,
    short,
    seed,
    backend,
    nImages: data.nImages,
    plan,
    rows,
  };
}

/** One row per setting, whatever its seeds. */
function settingRows(record: RunRecord, state: RunState): readonly DigestRow[] {
  const names = [...new Set(state.settings.map(({ setting }) => setting))].sort();
  const full = state.settings.find(({ layersG, layersD }) => layersG.length === 0 && layersD.length === 0);
  return names.flatMap((setting) => {
    const results = state.settings.filter((row) => row.setting === setting).sort((a, b) => a.seed - b.seed);
    const [first] = results;
    if (first === undefined) return [];
    const shown = state.variants.find(({ info }) => info.id === first.variant);
    return [
      {
        ...curvesOf(shown),
        key: `${record.id}/${first.variant}`,
        variant: first.variant,
        label: `Setting ${setting}`,
        result: true,
        setting,
        layersG: first.layersG,
        layersD: first.layersD,
        bits: weightBitsText(record.plan, first.layersG),
        seeds: results.map(({ seed }) => seed),
        swd: results.map(({ swd }) => swd),
        levels: levelsOf(results),
        noise: null,
        psnr: results.flatMap(({ psnr }) => (psnr === null ? [] : [psnr])),
        fileBytes: first.fileBytes,
        fileBytesFull: full?.fileBytes ?? null,
        stepMs: medianOf(results.map(({ stepMs }) => stepMs)),
      },
    ];
  });
}

function levelsOf(results: readonly Pick<SettingResult, 'levels'>[]): DigestRow['levels'] {
  const resolutions = [...new Set(results.flatMap(({ levels }) => levels.map(({ resolution }) => resolution)))];
  return resolutions
    .sort((a, b) => b - a)
    .map((resolution) => ({
      resolution,
      values: results.flatMap(({ levels }) =>
        levels.filter((level) => level.resolution === resolution).map(({ swd }) => swd),
      ),
    }));
}

function variantRows(record: RunRecord, state: RunState): readonly DigestRow[] {
  const summary = state.summary ?? record.summary;
  const judged = judgedVariant(state);
  return state.variants
    .filter(({ losses, evaluations, samples }) => losses.length + evaluations.length + samples.length > 0)
    .map((variant): DigestRow => {
      const { info, evaluations } = variant;
      const last = evaluations.at(-1);
      const packed = info.id === judged && info.kind === 'final' && summary !== null;
      const whole = info.layersG.length === 0 && summary !== null;
      return {
        ...curvesOf(variant),
        key: `${record.id}/${info.id}`,
        variant: info.id,
        label: info.label,
        result: info.id === judged,
        setting: info.setting ?? null,
        layersG: info.layersG,
        layersD: info.layersD,
        bits: weightBitsText(record.plan, info.layersG),
        seeds: [info.seed ?? record.seed],
        swd: last === undefined ? [] : [last.swd],
        levels: last === undefined ? [] : levelsOf([last]),
        noise: state.noise?.deviation ?? null,
        psnr: [],
        fileBytes: packed ? summary.fileBytesAfter : whole ? summary.fileBytesBefore : null,
        fileBytesFull: summary?.fileBytesBefore ?? null,
        stepMs: medianOf(variant.losses.slice(variant.losses.length >> 1).map(({ stepMs }) => stepMs)),
      };
    });
}

/** The last final variant that was evaluated, else the latest that was, else the one that trains. */
function judgedVariant({ variants, current }: RunState): VariantId | null {
  const evaluated = variants.filter(({ evaluations }) => evaluations.length > 0);
  const final = evaluated.filter(({ info }) => info.kind === 'final').at(-1);
  return (final ?? evaluated.at(-1))?.info.id ?? current;
}

function curvesOf(
  variant: VariantState | undefined,
): Pick<DigestRow, 'losses' | 'meanLosses' | 'evaluations' | 'sampleSteps'> {
  if (variant === undefined) return { losses: [], meanLosses: [], evaluations: [], sampleSteps: [] };
  return {
    losses: thinLosses(variant.losses),
    meanLosses: meanLosses(variant.losses),
    evaluations: variant.evaluations.map(({ step, swd }) => ({ step, swd })),
    sampleSteps: variant.samples.map(({ step }) => step),
  };
}

/** Half of the share of the steps that a mean is taken over. */
export const meanShare = 0.01;

function meanLosses(losses: readonly LossPoint[]): readonly LossPoint[] {
  const radius = Math.round(losses.length * meanShare);
  const [lossD, lossG] = (['lossD', 'lossG'] as const).map((which) =>
    movingMean(
      losses.map((point) => point[which]),
      radius,
    ),
  );
  const every = Math.max(1, Math.ceil(losses.length / nColumns));
  return losses.flatMap(({ step }, i) =>
    (losses.length - 1 - i) % every === 0
      ? [{ step, lossD: lossD?.[i] ?? Number.NaN, lossG: lossG?.[i] ?? Number.NaN }]
      : [],
  );
}

/** Every extreme of either loss stays. */
function thinLosses(losses: readonly LossPoint[]): readonly LossPoint[] {
  const kept = new Set([
    ...thinPoints(
      losses.map((point) => ({ point, y: point.lossG })),
      nColumns,
    ).map(({ point }) => point),
    ...thinPoints(
      losses.map((point) => ({ point, y: point.lossD })),
      nColumns,
    ).map(({ point }) => point),
  ]);
  return [...kept].sort((a, b) => a.step - b.step);
}

function medianOf(values: readonly (number | undefined)[]): number | null {
  const sorted = values
    .filter((value): value is number => value !== undefined && Number.isFinite(value))
    .sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? null;
}
