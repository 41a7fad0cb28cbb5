/**
 * The result of an experiment: one row per setting, as the comparison of runs writes it, with how evenly G and D
 * competed, and which of the document's claims it bears out. It stands where a run of Algorithm 1 has its decisions.
 */
import { compareRuns, comparisonTable } from '../../../core/compare/compareRuns.ts';
import { digestRun } from '../../../core/compare/runDigest.ts';
import type { RunRecord } from '../../../core/session/runRecord.ts';
import type { RunState } from '../../../core/session/runState.ts';
import { settingClaims, type SettingClaim } from '../../../core/session/settingClaims.ts';
import { settingRows } from '../../../core/session/settingRows.ts';
import { tableFigure } from './figureBlock.ts';
import { html, type Markup } from './html.ts';

/** null for a run that is no experiment. */
export function settingSection(record: RunRecord, state: RunState): Markup | null {
  if (state.settings.length === 0) return null;
  const { columns, rows } = comparisonTable(compareRuns([digestRun(record, state)], 'results'));
  const balances = new Map(settingRows(state.settings).map((row) => [row.setting, row]));
  // The name of a row is its setting: one column is enough.
  const shown = columns.filter((name) => name !== 'Run');
  const table = {
    columns: [...shown, 'Loss G / D', 'Competition'],
    rows: rows.map((row) => {
      const balance = balances.get(String(row[columns.indexOf('Setting')]));
      const vanished =
        balance === undefined || balance.nVanished === 0
          ? 'went on'
          : `vanished in ${balance.nVanished} of ${balance.seeds.length}`;
      return [
        ...row.filter((_, i) => columns[i] !== 'Run'),
        balance?.balance == null ? '–' : balance.balance.mean.toFixed(2),
        balance?.balance == null ? '–' : vanished,
      ];
    }),
  };
  const note =
    'SWD × 10³, lower is closer to the real images: mean ± half the 95 % interval over n seeds (Student’s t). Loss G / D: over the last quarter of the training; competition has vanished where D’s loss stays below a tenth of what it has without information.';
  return html`<section aria-labelledby="settings">
    <h2 id="settings">What each setting came to</h2>
    ${tableFigure({ id: 'settings', label: '', title: 'Settings of the experiment', note }, table, true)}
    ${claimTable(settingClaims(state.settings))}
  </section>`;
}

/** Nothing where full precision or the settings that a claim is about were not run. */
function claimTable(claims: readonly SettingClaim[]): Markup {
  if (claims.length === 0) return html``;
  const table = {
    columns: ['Claim of the document', 'Its numbers', 'Difference of SWD here', 'At the finest level alone', 'Verdict'],
    rows: claims.map(({ claim, document, measured, finest, verdict }) => [
      claim,
      document,
      measured,
      finest ?? '–',
      verdict,
    ]),
  };
  const note =
    'Differences are taken seed by seed, with their 95 % intervals. A verdict needs the whole interval of the mean over the pyramid levels on one side; two settings are alike within a quarter of full precision’s SWD. What is not decided is not refuted.';
  return tableFigure({ id: 'claims', label: '', title: 'What holds here', note }, table, true);
}
