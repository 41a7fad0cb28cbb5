/**
 * Several runs side by side: a table of what each came to, where their plans differ, and charts with one curve
 * per row. Pure; the page, the command line and the exported files all show exactly this. Numbers that a run
 * did not measure are null, with no stand-in, and what makes rows incomparable is said in words.
 */
import type { ChartPoint, ChartSpec } from '../chart/chartSpec.ts';
import type { ChartTable } from '../chart/chartTable.ts';
import { formatBytes, formatRatio, formatSwd } from '../format/numbers.ts';
import { intervalPoint, meanInterval } from './interval.ts';
import { planDifferences, type PlanDifference } from './planDifferences.ts';
import { meanShare, type DigestRow, type RunDigest } from './runDigest.ts';

export interface ComparedRow extends DigestRow {
  readonly run: string;
  /** Unique in the comparison. */
  readonly name: string;
}

export interface Comparison {
  readonly runs: readonly RunDigest[];
  readonly rows: readonly ComparedRow[];
  readonly differences: readonly PlanDifference[];
  readonly charts: readonly ChartSpec[];
  /** Why numbers of these runs should not be held against each other. */
  readonly caveats: readonly string[];
}

/** `results`: what each run is judged by; `all`: everything that it trained. */
export type RowChoice = 'results' | 'all';

export function compareRuns(runs: readonly RunDigest[], choice: RowChoice): Comparison {
  const chosen = runs.flatMap((run) =>
    run.rows.filter((row) => choice === 'all' || row.result).map((row) => ({ ...row, run: run.id })),
  );
  const rows = named(chosen, runs);
  return {
    runs,
    rows,
    differences: planDifferences(runs.map(({ plan }) => plan)),
    charts: chartsOf(rows),
    caveats: caveatsOf(runs, rows),
  };
}

/** Run and variant where there are several of either; runs of one name get their start. */
function named(
  rows: readonly (DigestRow & { readonly run: string })[],
  runs: readonly RunDigest[],
): readonly ComparedRow[] {
  const nameOf = (run: RunDigest | undefined): string => {
    if (run === undefined) return '?';
    const shared = runs.filter(({ name }) => name === run.name).length > 1;
    return shared ? `${run.name} (${run.id.slice(9)})` : run.name;
  };
  return rows.map((row) => {
    const run = nameOf(runs.find(({ id }) => id === row.run));
    const alone = rows.filter((other) => other.run === row.run).length === 1;
    return { ...row, name: runs.length === 1 ? row.label : alone ? run : `${run}: ${row.label}` };
  });
}

/** More noisy lines than these cannot be told apart. */
const mostRaw = 3;

function chartsOf(rows: readonly ComparedRow[]): readonly ChartSpec[] {
  const curve = (title: string, label: string, which: 'lossD' | 'lossG'): ChartSpec => {
    const points = (losses: DigestRow['losses']): readonly ChartPoint[] =>
      losses.map((point) => ({ x: point.step, y: point[which] }));
    const every = rows.length <= mostRaw ? rows.map(({ losses }) => points(losses)) : [];
    const means = rows.map(({ meanLosses }) => points(meanLosses));
    return {
      title,
      x: { label: 'step' },
      y: {
        label: `${label}, mean of ${200 * meanShare} % of the steps`,
        highest: highestDrawn([...every, ...means].flat().map(({ y }) => y)),
      },
      series: rows.flatMap((row, i) => [
        ...(every[i] === undefined
          ? []
          : [{ name: `${row.name}, every step`, kind: 'line', color: i, faint: true, points: every[i] } as const]),
        { name: row.name, kind: 'line', color: i, dashed: 8 <= i, points: means[i] ?? [] } as const,
      ]),
    };
  };
  const resolutions = [...new Set(rows.flatMap(({ levels }) => levels.map(({ resolution }) => resolution)))].sort(
    (a, b) => a - b,
  );
  const swd: ChartSpec = {
    title: 'SWD by resolution',
    x: { label: 'resolution, pixels', categories: resolutions.map(String) },
    y: { label: 'SWD × 10³', fromZero: true, lowest: 0 },
    series: rows.map((row, i) => ({
      name: row.name,
      kind: 'line',
      color: i,
      dashed: 8 <= i,
      points: row.levels
        .map(({ resolution, values }) => intervalPoint(resolutions.indexOf(resolution), values))
        .sort((a, b) => a.x - b.x),
    })),
  };
  return [
    curve('Loss of the generator', 'loss of G', 'lossG'),
    curve('Loss of the discriminator', 'loss of D', 'lossD'),
    swd,
    {
      title: 'SWD over training',
      x: { label: 'step' },
      y: { label: 'SWD × 10³', fromZero: true, lowest: 0 },
      series: rows.map((row, i) => ({
        name: row.name,
        kind: 'line',
        color: i,
        dashed: 8 <= i,
        points: row.evaluations.map(({ step, swd: y }) => ({ x: step, y })),
      })),
    },
  ];
}

/** The highest hundredth is drawn at the edge: one spike must not flatten everything. */
function highestDrawn(values: readonly number[]): number {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  return (sorted[Math.floor(0.99 * (sorted.length - 1))] ?? 1) * 1.08;
}

function caveatsOf(runs: readonly RunDigest[], rows: readonly ComparedRow[]): readonly string[] {
  const differ = (pick: (run: RunDigest) => unknown): boolean =>
    new Set(runs.map((run) => JSON.stringify(pick(run)))).size > 1;
  const dataOf = ({ plan }: RunDigest): unknown => (isRecord(plan) ? plan['data'] : null);
  const list: string[] = [];
  if (differ(dataOf) || differ(({ nImages }) => nImages))
    list.push('The runs use different images: their SWD cannot be compared.');
  if (differ(({ plan }) => (isRecord(plan) ? plan['evaluation'] : null))) {
    list.push('SWD was measured over different numbers of images, which moves it.');
  }
  if (differ(({ short }) => short)) list.push('Some of the runs are short ones.');
  if (runs.some(({ status }) => status !== 'finished'))
    list.push('Not every run is finished; its rows are what it has so far.');
  const once = rows.filter(({ swd }) => swd.length === 1).length;
  if (once > 0)
    list.push(
      `${once === rows.length ? 'Every row was' : `${once} of ${rows.length} rows were`} measured once: one seed, no interval.`,
    );
  return list;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The table for people: every number as it is written everywhere else. */
export function comparisonTable({ rows }: Comparison): ChartTable {
  const none = '–';
  return {
    columns: [
      'Run',
      'Setting',
      'Layers of G',
      'D',
      'Bits',
      'SWD × 10³',
      'PSNR',
      'Bytes',
      'Smaller',
      's / step',
      'Seed',
    ],
    rows: rows.map((row) => [
      row.name,
      row.setting ?? none,
      row.layersG.length === 0 ? 'none' : row.layersG.join(', '),
      row.layersD.length === 0 ? 'full' : `${row.layersD.length} layers`,
      row.bits,
      swdCell(row),
      row.psnr.length === 0 ? none : `${(meanInterval(row.psnr)?.mean ?? Number.NaN).toFixed(1)} dB`,
      formatBytes(row.fileBytes),
      row.fileBytes === null || row.fileBytesFull === null ? none : formatRatio(row.fileBytesFull / row.fileBytes),
      row.stepMs === null ? none : (row.stepMs / 1000).toFixed(3),
      row.seeds.join(', '),
    ]),
  };
}

/** `37.1 ± 1.2 (n = 3)`; for one measurement the scatter of the run's repetitions, named as such. */
function swdCell({ swd, noise }: ComparedRow): string {
  const interval = meanInterval(swd);
  if (interval === null) return '–';
  const { mean, half, n } = interval;
  if (half !== null) return `${formatSwd(mean)} ± ${formatSwd(half)} (n = ${n})`;
  return noise === null ? `${formatSwd(mean)} (n = 1)` : `${formatSwd(mean)} (n = 1, s = ${formatSwd(noise)})`;
}

/** The table for programs: raw numbers, one column each. */
export function comparisonData({ rows }: Comparison): ChartTable {
  const resolutions = [...new Set(rows.flatMap(({ levels }) => levels.map(({ resolution }) => resolution)))].sort(
    (a, b) => b - a,
  );
  return {
    columns: [
      'run',
      'name',
      'variant',
      'setting',
      'layersG',
      'layersD',
      'bits',
      'seeds',
      'swdMean',
      'swdCi95Half',
      'swdN',
      ...resolutions.map((resolution) => `swd${resolution}px`),
      'psnrDb',
      'fileBytes',
      'fileBytesFull',
      'secondsPerStep',
    ],
    rows: rows.map((row) => {
      const interval = meanInterval(row.swd);
      return [
        row.run,
        row.name,
        row.variant,
        row.setting,
        row.layersG.join(' '),
        row.layersD.join(' '),
        row.bits,
        row.seeds.join(' '),
        interval?.mean ?? null,
        interval?.half ?? null,
        interval?.n ?? 0,
        ...resolutions.map(
          (resolution) =>
            meanInterval(row.levels.find((level) => level.resolution === resolution)?.values ?? [])?.mean ?? null,
        ),
        meanInterval(row.psnr)?.mean ?? null,
        row.fileBytes,
        row.fileBytesFull,
        row.stepMs === null ? null : row.stepMs / 1000,
      ];
    }),
  };
}
