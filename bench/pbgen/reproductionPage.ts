/**
 * `docs/reproduction.md` from what was measured: sizes, seeds and command first, then the table, then which of
 * the document's claims hold. Every number comes from a run's own events; a run that is not finished is shown
 * with what it has, and says so.
 */
import type { SettingResult } from '../../core/session/runEvent.ts';
import { settingClaims } from '../../core/session/settingClaims.ts';
import { settingRows, type Interval } from '../../core/session/settingRows.ts';

export interface Experiment {
  readonly name: string;
  readonly command: string;
  /** Sizes, in words. */
  readonly about: readonly string[];
  readonly finished: boolean;
  readonly wanted: number;
  readonly machine: string;
  readonly date: string;
  readonly seconds: number;
  readonly results: readonly SettingResult[];
}

export function reproductionPage(experiments: readonly Experiment[]): string {
  return [
    '# PBGen, run again',
    '',
    'The experiment of "Binarizing Weights Wisely" (settings A to H, its Table II) with Slimwise itself, on data that is at hand and at sizes that two cores finish.',
    'This page is written by `npm run bench:pbgen -- --page` from the runs; nothing on it is typed by hand.',
    '',
    'The document used 64×64 CelebA faces and 25 epochs on a GPU; its SWD values are averages over three pyramid levels and are not comparable with those of 32×32 images, which have two levels and one channel.',
    'What can be compared is the order: which settings lose quality, and which do not.',
    '',
    ...experiments.flatMap(section),
    '## How to read it',
    '',
    '- **Intervals** are 95 % (Student) over the seeds. Differences between settings are taken seed by seed, because the settings of a seed share initial weights, images and latents.',
    '- **A verdict** needs the whole interval of the mean over the pyramid levels on one side; the finest level, where detail shows, stands beside it and decides nothing. With few seeds intervals are wide (t is 4.3 for three, 2.8 for five), so "not decided" is often the honest answer; one seed has no interval, and decides nothing by itself.',
    '- **PSNR** compares each setting with full precision of the same seed at the same latents. Two networks that were trained apart draw different images from one latent, so it says how far apart they ended, not how good they are.',
    '- **Training speed**: the document estimates 1.32× from operation counts. TF.js multiplies binarized weights as floats and computes α and the signs on top, so nothing makes training faster here; where other work ran beside a run, the column shows mostly that. What gets faster is inference from the packed file (`npm run bench:kernels`).',
    '- **Memory**: eq. (3) of the document counts nothing but weights; the file is measured whole, with scales, biases, normalization, the full-precision projection and its header.',
    '',
  ].join('\n');
}

function section({ name, command, about, finished, wanted, machine, date, seconds, results }: Experiment): string[] {
  if (results.length === 0) {
    return [
      `## ${name}`,
      '',
      ...about.map((line) => `- ${line}`),
      `- Command: \`${command}\``,
      '',
      '**Not run yet.**',
      '',
    ];
  }
  const rows = settingRows(results);
  const levels = rows[0]?.levels.map(({ resolution }) => resolution) ?? [];
  const claims = settingClaims(results);
  const decided = claims.filter(({ verdict }) => verdict !== 'not decided').length;
  const full = rows.find(({ layersG, layersD }) => layersG.length === 0 && layersD.length === 0);
  const header = ['Setting', 'in G', 'D', 'SWD ×10³', ...levels.map((level) => `at ${level}`), 'PSNR dB', 'loss G/D', 'file bytes', 'eq. (3)', 'ms/step', 'speed']; // prettier-ignore
  return [
    `## ${name}`,
    '',
    ...about.map((line) => `- ${line}`),
    `- Command: \`${command}\``,
    `- ${machine}; ${date.slice(0, 10)}; ${Math.round(seconds / 60)} minutes. Other work ran beside it, so compare times within a column only.`,
    ...(finished ? [] : [`- **Not finished**: ${results.length} of ${wanted} trainings.`]),
    '',
    line(header),
    line(header.map((_, i) => (i < 3 ? '---' : '---:'))),
    ...rows.map((row) =>
      line([
        row.setting,
        row.layersG.join(', ') || '–',
        row.layersD.length === 0 ? '–' : 'Y',
        text(row.swd, 1),
        ...row.levels.map(({ swd }) => text(swd, 1)),
        row.psnr === null ? '–' : text(row.psnr, 1),
        row.balance === null ? '?' : text(row.balance, 2),
        row.fileBytes.toLocaleString('en'),
        `${row.eq3[0]?.ratio.toFixed(2) ?? '?'}×`,
        row.stepMs.mean.toFixed(0),
        full === undefined || row === full ? '–' : `${(full.stepMs.mean / row.stepMs.mean).toFixed(2)}×`,
      ]),
    ),
    '',
    line(['Claim', 'Document', 'Here: difference of SWD', 'Verdict', 'At the finest level alone']),
    line(['---', '---', '---', '---', '---']),
    ...claims.map(({ claim, document, measured, finest, verdict }) =>
      line([claim, document, measured, `**${verdict}**`, finest ?? '–']),
    ),
    '',
    `Of ${claims.length} claims ${decided} ${decided === 1 ? 'is' : 'are'} decided at this size: ${claims.filter(({ verdict }) => verdict === 'holds').length} hold, ${claims.filter(({ verdict }) => verdict === 'does not hold').length} do not. What is not decided is not refuted: ${full?.swd.plusMinus == null ? 'one seed says nothing of how much full precision itself varies' : `full precision alone varies by ± ${full.swd.plusMinus.toFixed(1)} between seeds`}.`,
    '',
  ];
}

function text({ mean, plusMinus }: Interval, digits: number): string {
  return plusMinus === null ? mean.toFixed(digits) : `${mean.toFixed(digits)} ± ${plusMinus.toFixed(digits)}`;
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
