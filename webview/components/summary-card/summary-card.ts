/**
 * The result in one glance: whole files on disk before and after, how many times smaller, and whether
 * the quality (SWD) stayed within T. Before the run ends nothing here is predicted: the noise and T are
 * shown once measured, and the rest says when it will be known.
 */
import { css, html, LitElement, type TemplateResult } from 'lit';
import { formatBytes, formatDelta, formatDuration, formatRatio, formatSwd } from '../../../core/format/numbers.ts';
import { initialRunState, type RunState } from '../../../core/session/runState.ts';
import type { RunSummary } from '../../../core/session/runEvent.ts';
import { baseSwd } from '../swd-table/swdScale.ts';
import { base, section } from '../../styles/base.ts';
import { icons } from '../../styles/icons.ts';

export class SummaryCard extends LitElement {
  static override properties = { run: { attribute: false } };
  static override styles = [
    base,
    section,
    css`
      :host {
        container-type: inline-size;
      }
      .tiles {
        display: grid;
        grid-template-columns: repeat(4, minmax(0, 1fr));
      }
      .tile {
        padding: 12px;
        /* Only the lines between tiles show; the outer ones are cut off by the section. */
        border-inline-start: 1px solid var(--sw-line);
        border-top: 1px solid var(--sw-line);
        margin: -1px 0 0 -1px;
      }
      .section {
        overflow: hidden;
      }
      dd {
        overflow-wrap: anywhere;
      }
      dt {
        font-size: var(--sw-small);
        color: var(--sw-muted);
      }
      .big {
        font-size: 20px;
        line-height: 28px;
        font-weight: 300;
        color: var(--sw-bright);
        margin-top: 4px;
      }
      .arrow {
        color: var(--sw-muted);
        margin: 0 4px;
      }
      .under {
        display: flex;
        align-items: center;
        gap: 4px;
        font-size: var(--sw-small);
        margin-top: 4px;
        color: var(--sw-muted);
      }
      .under.verdict {
        color: var(--sw-fg);
      }
      @container (max-width: 760px) {
        .tiles {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
      }
      @container (max-width: 380px) {
        .tiles {
          grid-template-columns: minmax(0, 1fr);
        }
        .tile {
          padding: 8px 12px;
        }
      }
    `,
  ];

  declare run: RunState;

  constructor() {
    super();
    this.run = initialRunState;
  }

  override render(): TemplateResult {
    const { summary } = this.run;
    return html`<section class="section" aria-label="Result">
      <dl class="tiles">${summary === null ? this.#soFar() : result(summary)}</dl>
    </section>`;
  }

  #soFar(): TemplateResult {
    const { noise, decisions } = this.run;
    const tried = decisions.filter((row) => row.tried);
    const full = baseSwd(this.run);
    return html`
      ${tile('File on disk', '–', 'Measured when the run finishes')}
      ${tile('SWD ×10³ at full precision', formatSwd(full), full === null ? 'Not evaluated yet' : 'Lower is closer to the real images')}
      ${tile(
        'Allowed rise T',
        noise === null ? '–' : formatDelta(noise.threshold),
        noise === null
          ? 'Set from the noise of full-precision repetitions'
          : `Noise ±${formatSwd(noise.deviation)} over ${noise.values.length} repetitions`,
      )}
      ${tile(
        'Layers accepted',
        tried.length === 0 ? '–' : `${tried.filter((row) => row.accepted).length} of ${tried.length}`,
        tried.length === 0 ? 'None tried yet' : 'Each was binarized alone and trained',
      )}
    `;
  }
}

function result(summary: RunSummary): TemplateResult {
  const rise = summary.swdFinal - summary.swdFull;
  return html`
    ${tile(
      'File on disk',
      html`${formatBytes(summary.fileBytesBefore)}<span class="arrow">→</span>${formatBytes(summary.fileBytesAfter)}`,
      'The generator’s whole file',
    )}
    ${tile('Smaller by', formatRatio(summary.ratio), html`<span>Binarized in G: ${names(summary.binarizedG)}</span>`)}
    <div class="tile">
      <dt>SWD ×10³</dt>
      <dd class="big number">
        ${formatSwd(summary.swdFull)}<span class="arrow">→</span>${formatSwd(summary.swdFinal)}
      </dd>
      <dd class="under verdict">
        <span class=${summary.withinThreshold ? 'good' : 'bad'}
          >${summary.withinThreshold ? icons.check : icons.cross}</span
        >
        ${formatDelta(rise)}, ${summary.withinThreshold ? 'within' : 'beyond'} T = ${formatDelta(summary.threshold)}
      </dd>
    </div>
    ${tile('Time', formatDuration(summary.secondsTotal), html`<span>Binarized in D: ${names(summary.binarizedD)}</span>`)}
  `;
}

function tile(term: string, value: string | TemplateResult, under: string | TemplateResult): TemplateResult {
  return html`<div class="tile">
    <dt>${term}</dt>
    <dd class="big number">${value}</dd>
    <dd class="under">${under}</dd>
  </div>`;
}

/** Names while they fit a line or two; else their number, the names when pointed at. */
function names(layers: readonly string[]): TemplateResult {
  const all = layers.join(', ');
  if (layers.length === 0) return html`none`;
  return all.length <= 60 ? html`${all}` : html`<span title=${all}>${layers.length} layers</span>`;
}
