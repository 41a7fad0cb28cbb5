/**
 * The result of an experiment as text: one row per setting, the quantities of PBGen's Tables II to IV measured
 * here, with 95 % confidence intervals over the seeds, and below it what the columns mean. A setting whose
 * interval is unknown (one seed) shows its value alone.
 */
import type { SettingResult } from '../../core/session/runEvent.ts';
import { settingClaims } from '../../core/session/settingClaims.ts';
import { settingRows, type Interval, type SettingRow } from '../../core/session/settingRows.ts';
import { formatBytes } from '../../core/format/numbers.ts';
import { renderTable } from './renderTable.ts';

export function renderSettings(results: readonly SettingResult[]): string {
  const rows = settingRows(results);
  const full = rows.find(({ layersG, layersD }) => layersG.length === 0 && layersD.length === 0);
  const resolutions = rows[0]?.levels.map(({ resolution }) => resolution) ?? [];
  const table = renderTable(
    [
      { title: 'Setting', align: 'left' },
      { title: 'Binarized in G', align: 'left' },
      { title: 'D', align: 'left' },
      { title: 'SWD', align: 'right' },
      ...resolutions.map((resolution) => ({ title: `at ${resolution}`, align: 'right' as const })),
      { title: 'PSNR dB', align: 'right' },
      { title: 'G/D loss', align: 'right' },
      { title: 'File', align: 'right' },
      { title: 'eq. (3)', align: 'right' },
      { title: 'ms/step', align: 'right' },
      { title: 'vs A', align: 'right' },
    ],
    rows.map((row) => cells(row, full)),
  );
  const [first] = rows;
  return [
    ...table,
    '',
    `SWD ×10³, lower is better; mean ± half the 95 % confidence interval over ${first?.seeds.length ?? 0} ${first?.seeds.length === 1 ? 'seed' : 'seeds'}. PSNR: against full precision of the same seed at the same latents.`,
    'G/D loss: mean over the last quarter; × marks seeds whose D lost its loss (below a tenth of its uninformed value). eq. (3): the kernels of the deconvolutions.',
    'ms/step: median of one training step; vs A: how many times faster than full precision (PBGen estimates 1.32 for F from operation counts; TF.js trains binarized weights as floats).',
    ...claimLines(results),
    '',
  ].join('\n');
}

/** What the document claims, and whether it holds here. */
function claimLines(results: readonly SettingResult[]): readonly string[] {
  const claims = settingClaims(results);
  if (claims.length === 0) return [];
  return ['', ...claims.map(({ claim, measured, verdict }) => `  ${verdict.padEnd(13)}  ${claim}. Here: ${measured}.`)];
}

function cells(row: SettingRow, full: SettingRow | undefined): readonly string[] {
  const isFull = row === full;
  return [
    row.setting,
    row.layersG.length === 0 ? '–' : row.layersG.join(', '),
    row.layersD.length === 0 ? '–' : `${row.layersD.length} layers`,
    intervalText(row.swd, 1),
    ...row.levels.map(({ swd }) => intervalText(swd, 1)),
    row.psnr === null ? '–' : intervalText(row.psnr, 1),
    row.balance === null ? '?' : `${intervalText(row.balance, 2)}${'×'.repeat(row.nVanished)}`,
    formatBytes(row.fileBytes),
    `${(row.eq3[0]?.ratio ?? NaN).toFixed(2)}×`,
    row.stepMs.mean.toFixed(0),
    isFull || full === undefined ? '–' : `${(full.stepMs.mean / row.stepMs.mean).toFixed(2)}×`,
  ];
}

function intervalText({ mean, plusMinus }: Interval, digits: number): string {
  return plusMinus === null ? mean.toFixed(digits) : `${mean.toFixed(digits)} ± ${plusMinus.toFixed(digits)}`;
}
