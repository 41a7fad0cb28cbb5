/**
 * A comparison of runs as one page: table, plan differences, grids under one slider, and charts with their
 * numbers. Made from the same `Comparison` that the editor shows; pictures are embedded, evenly chosen where a
 * run logged more of them than a file should carry.
 */
import { comparisonData, comparisonTable, type Comparison } from '../../../core/compare/compareRuns.ts';
import { paletteSize } from '../../../core/chart/chartStyles.ts';
import { chartFigure, csvLink } from './figureBlock.ts';
import { html, type Markup } from './html.ts';
import { pageShell } from './pageShell.ts';

/** Grids of one row, by step, ascending. */
export interface RowGrids {
  readonly key: string;
  readonly grids: readonly { readonly step: number; readonly png: Uint8Array }[];
}

/** Grids that a row may embed. */
export const gridsPerRow = 16;

/** Evenly spread over all logged steps, with the first and the last. */
export function chosenSteps(steps: readonly number[], most = gridsPerRow): readonly number[] {
  if (steps.length <= most) return steps;
  return Array.from({ length: most }, (_, i) => steps[Math.round((i * (steps.length - 1)) / (most - 1))] ?? 0);
}

export function renderComparison(comparison: Comparison, grids: readonly RowGrids[]): string {
  const { runs, caveats } = comparison;
  return pageShell({
    kind: 'Slimwise comparison',
    title: runs.length === 1 ? (runs[0]?.name ?? '') : `${runs.length} runs compared`,
    sub: html`${runs.map(({ id, name }, i) => html`${i === 0 ? '' : ' · '}${name} <code>${id}</code>`)}`,
    main: html`${tables(comparison)}${gridSection(comparison, grids)}${chartSection(comparison)}
    ${
      caveats.length === 0
        ? null
        : html`<section class="caveats" aria-labelledby="caveats">
            <h2 id="caveats">Before you compare</h2>
            <ul>
              ${caveats.map((text) => html`<li>${text}</li>`)}
            </ul>
          </section>`
    }`,
    footer:
      'Made by Slimwise from the run folders alone. ± is the 95 % interval of the mean over n seeds (Student’s t).',
  });
}

function tables(comparison: Comparison): Markup {
  const { columns, rows } = comparisonTable(comparison);
  const { differences, runs } = comparison;
  return html`<section aria-labelledby="results">
    <h2 id="results">What each came to</h2>
    <figure class="figure" data-figure="comparison">
      <div class="scroll">
        <table>
          <thead>
            <tr>
              ${columns.map((name) => html`<th scope="col">${name}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              (row, i) =>
                html`<tr>
                  ${row.map((cell, column) => (column === 0 ? html`<th scope="row"><span class="swatch c${i % paletteSize}"></span>${cell}</th>` : html`<td>${cell}</td>`))}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      <p class="exports">${csvLink('comparison', comparisonData(comparison))}</p>
    </figure>
    ${
      runs.length < 2
        ? null
        : differences.length === 0
          ? html`<p class="about">The plans are the same.</p>`
          : html`<h3>Where the plans differ</h3>
              <div class="scroll">
                <table>
                  <thead>
                    <tr>
                      <th scope="col">Field</th>
                      ${runs.map(({ id, name }) => html`<th scope="col">${name} <code>${id.slice(9)}</code></th>`)}
                    </tr>
                  </thead>
                  <tbody>
                    ${differences.map(
                      ({ field, values }) =>
                        html`<tr>
                          <th scope="row">${field}</th>
                          ${values.map((value) => html`<td><code>${value}</code></td>`)}
                        </tr>`,
                    )}
                  </tbody>
                </table>
              </div>`
    }
  </section>`;
}

function gridSection({ rows }: Comparison, grids: readonly RowGrids[]): Markup | null {
  const steps = [...new Set(grids.flatMap((row) => row.grids.map(({ step }) => step)))].sort((a, b) => a - b);
  if (steps.length === 0) return null;
  return html`<section aria-labelledby="samples">
    <h2 id="samples">Samples</h2>
    <p class="about">
      The same latents within a run, at every step; up to ${gridsPerRow} steps of each run are in this file.
    </p>
    <figure class="figure" data-figure="samples">
      <div class="slider" id="sliderRow" hidden>
        <input
          id="stop"
          type="range"
          min="0"
          max="${steps.length - 1}"
          value="${steps.length - 1}"
          step="1"
          aria-label="Logged step of all runs"
          data-steps="${JSON.stringify(steps)}"
        />
        <span id="stopText"></span>
      </div>
      <div class="gallery">
        ${rows.flatMap((row) => {
          const own = grids.find(({ key }) => key === row.key)?.grids ?? [];
          const last = own.at(-1);
          if (last === undefined) return [];
          return [
            html`<figure class="tile-figure" data-grids>
              ${own.map(({ step, png }) => html`<img data-step="${step}" ${step === last.step ? '' : 'hidden'} alt="Samples of ${row.name}, step ${step}" src="data:image/png;base64,${Buffer.from(png).toString('base64')}" />`)}
              <figcaption>${row.name} <span class="step">step ${last.step}</span></figcaption>
            </figure>`,
          ];
        })}
      </div>
      <p class="exports"></p>
    </figure>
  </section>`;
}

function chartSection({ charts }: Comparison): Markup {
  const drawn = charts.filter(({ series }) => series.some(({ points }) => points.length > 0));
  return html`<section aria-labelledby="curves">
    <h2 id="curves">Curves</h2>
    <div class="figures">
      ${drawn.map((spec) => chartFigure({ id: spec.title.toLowerCase().replaceAll(/[^a-z]+/g, '-'), label: '', title: spec.title, note: '' }, spec))}
    </div>
  </section>`;
}
