/** Totals of the model before and after, what equation (3) counts, and the budget with its verdict in words. */
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { DeviceProfile } from '../../core/devices.ts';
import { formatBytes, formatCount, formatRatio, formatWhole } from '../../core/format/numbers.ts';
import { boundText } from '../../core/report/lowerBounds.ts';
import type { WhatIfBasis, WhatIfMeasured, WhatIfReport } from '../../core/report/whatIfReport.ts';
import { icons } from '../styles/icons.ts';
import { button, dropdown } from '../toolkit.ts';
import { changeText } from './whatIfState.ts';

const kiB = 1024;

export interface OverviewOptions {
  readonly report: WhatIfReport;
  readonly device: string;
  /** Built-in ones and the user's own. */
  readonly devices: readonly DeviceProfile[];
  readonly budgetBytes: number;
  /** The settings' own number of bytes; null: there is none. */
  readonly settingsBytes: number | null;
  readonly basis: WhatIfBasis;
  onBasis(basis: WhatIfBasis): void;
  onDevice(device: string): void;
  onBudget(bytes: number): void;
  onFit(): void;
}

export function overview(options: OverviewOptions): TemplateResult {
  const { before, after } = options.report;
  const { bounds } = after;
  type Unit = 'bytes' | 'count';
  const sum = (label: string, from: number, to: number, unit: Unit, isBound: boolean): TemplateResult => {
    const text = unit === 'bytes' ? formatBytes : formatCount;
    return html`<div>
      <dt>${label}</dt>
      <dd>${boundText(to, isBound, text)}</dd>
      <dd class="small">${from === to ? 'as it is' : `${changeText(to - from, unit)} from ${text(from)}`}</dd>
    </div>`;
  };
  const counted = after.accountings.filter(({ nBinarized }) => nBinarized > 0);
  return html`<section class="overview" aria-label="Totals and budget">
    <dl class="sums" aria-live="polite">
      ${sum('Weights', before.bytes, after.bytes, 'bytes', bounds.weights)}
      ${sum('MACs', before.macs, after.macs, 'count', bounds.macs)}
      ${sum('Parameters', before.params, after.params, 'count', bounds.weights)}
      ${sum('Peak of activations', before.peakBytes, after.peakBytes, 'bytes', bounds.peak)}
      ${
        counted.length === 0
          ? nothing
          : html`<div>
              <dt>Equation (3)</dt>
              ${counted.map(
                ({ name, memoryRatio }) =>
                  html`<dd class="small">${formatRatio(memoryRatio)} smaller, counting ${name}</dd>`,
              )}
            </div>`
      }
    </dl>
    ${budget(options)}
  </section>`;
}

function budget(options: OverviewOptions): TemplateResult {
  const { report, device, devices, budgetBytes, basis, onBasis, onDevice, onBudget, onFit } = options;
  const { verdict, before, after } = report;
  const longest = Math.max(before.bytes, after.bytes, 1) * 1.04;
  // A budget far above the model would leave nothing to see of it.
  const mark = Math.min(1, budgetBytes / longest);
  const [tone, glyph, words] =
    verdict === null || verdict.fits === null
      ? (['warn', icons.warning, 'May fit: the weights of some layers are not known'] as const)
      : verdict.fits
        ? (['good', icons.check, `Fits: ${formatBytes(verdict.leftBytes)} are left`] as const)
        : (['bad', icons.cross, `${formatBytes(-verdict.leftBytes)} too much`] as const);
  return html`<div class="budget">
    <div class="line">
      ${dropdown({
        label: 'Device',
        value: device,
        choices: devices.map(({ id, label, budgetBytes: bytes }) => ({
          value: id,
          label: `${label}, ${formatBytes(bytes)}`,
        })),
        onChange: onDevice,
      })}
      <label class="small"
        >Budget
        <input
          type="number"
          min="1"
          step="1"
          name="budget"
          aria-label="Budget in KiB"
          .value=${live(String(Math.round(budgetBytes / kiB)))}
          @input=${(event: Event) => {
            const value = Number((event.target as HTMLInputElement).value);
            if (Number.isFinite(value) && value > 0) onBudget(Math.round(value * kiB));
          }}
        />
        KiB</label
      >
      ${
        report.measured === null
          ? nothing
          : dropdown({
              label: 'Sensitivity that the fit goes by',
              value: basis,
              choices: [
                { value: 'measured', label: 'by measured sensitivity' },
                { value: 'predicted', label: 'by predicted sensitivity' },
              ],
              onChange: (value) => onBasis(value === 'predicted' ? 'predicted' : 'measured'),
            })
      }
      ${button({ label: 'Fit This Budget', icon: icons.shuffle, look: 'secondary', part: 'fit', title: 'Chooses bits for each layer at the least summed sensitivity', onClick: onFit })}
    </div>
    <div class=${verdict?.fits === true ? 'track fits' : 'track'} aria-hidden="true">
      <div .style=${`width: ${(100 * after.bytes) / longest}%`}></div>
      <i .style=${`inset-inline-start: ${100 * mark}%`}></i>
    </div>
    <p class="verdict" role="status"><span class=${tone}>${glyph}</span>${words}</p>
    <p class="small muted">${basisWords(report.measured, basis)}</p>
  </div>`;
}

function basisWords(measured: WhatIfMeasured | null, basis: WhatIfBasis): string {
  if (measured === null) return 'Sensitivity is predicted; slimwise sensitivity measures it.';
  if (basis === 'predicted') return 'Sensitivity is predicted from the degree of redundancy, without a unit.';
  const { run, nImages, swd, nLayers, nAll, isEdited } = measured;
  const layers =
    nLayers === nAll
      ? 'every layer'
      : `${nLayers} of ${nAll} layers. The fit scales the predictions of the others to it`;
  const then = isEdited ? ' The source has been edited since.' : '';
  return `Sensitivity is the rise of SWD ×10³ over ${swd.toPrecision(3)}, measured in ${run} on ${formatWhole(nImages)} images: ${layers}.${then}`;
}
