/**
 * An experiment's settings, one row each: what is binarized, the mean SWD over the seeds with its 95 % interval,
 * and what it costs and saves. Rows fill in as settings are done. A vanished competition is said in words.
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { formatBytes, formatSwd, formatWhole } from '../../../core/format/numbers.ts';
import type { SettingResult } from '../../../core/session/runEvent.ts';
import { settingRows, type Interval, type SettingRow } from '../../../core/session/settingRows.ts';
import { breakable } from '../../format/breakable.ts';
import { base, section, table } from '../../styles/base.ts';

export class SettingsTable extends LitElement {
  static override properties = { settings: { attribute: false } };
  static override styles = [
    base,
    section,
    table,
    css`
      .scroll {
        overflow-x: auto;
      }
      .layers {
        overflow-wrap: anywhere;
      }
    `,
  ];

  declare settings: readonly SettingResult[];

  constructor() {
    super();
    this.settings = [];
  }

  override render(): TemplateResult | typeof nothing {
    if (this.settings.length === 0) return nothing;
    const rows = settingRows(this.settings);
    return html`<section class="section" aria-labelledby="title">
      <header>
        <h2 id="title">Settings</h2>
        <span class="small muted">SWD × 10³: mean over the seeds ± 95 % interval</span>
      </header>
      <div class="body flush scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Setting</th>
              <th scope="col">Layers of G</th>
              <th scope="col">D</th>
              <th scope="col" class="end">Seeds</th>
              <th scope="col" class="end">SWD × 10³</th>
              <th scope="col" class="end">PSNR</th>
              <th scope="col" class="end">Loss G / D</th>
              <th scope="col" class="end">File</th>
              <th scope="col" class="end">s / step</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map((row) => this.#row(row))}
          </tbody>
        </table>
      </div>
    </section>`;
  }

  #row({
    setting,
    layersG,
    layersD,
    seeds,
    swd,
    psnr,
    balance,
    nVanished,
    fileBytes,
    stepMs,
  }: SettingRow): TemplateResult {
    return html`<tr>
      <th scope="row">${setting}</th>
      <td class="layers">${layersG.length === 0 ? 'none' : breakable(layersG.join(', '))}</td>
      <td>${layersD.length === 0 ? 'full' : 'binarized'}</td>
      <td class="end number">${formatWhole(seeds.length)}</td>
      <td class="end number">${intervalText(swd, formatSwd)}</td>
      <td class="end number">${psnr === null ? '–' : `${psnr.mean.toFixed(1)} dB`}</td>
      <td class="end number">
        ${balance === null ? '–' : balance.mean.toFixed(1)}${nVanished === 0 ? nothing : html` <span class="warn">vanished${seeds.length > 1 ? ` in ${nVanished}` : ''}</span>`}
      </td>
      <td class="end number">${formatBytes(fileBytes)}</td>
      <td class="end number">${(stepMs.mean / 1000).toFixed(3)}</td>
    </tr>`;
  }
}

function intervalText({ mean, plusMinus }: Interval, format: (value: number) => string): string {
  return plusMinus === null ? format(mean) : `${format(mean)} ± ${format(plusMinus)}`;
}
