/** The sections of the report page, each from the report's data; what was not measured says so. */
import { html, type Markup } from './html.ts';
import { lossChart } from './lossChart.ts';
import type { ReportData, ReportVariant } from './reportData.ts';
import { bytesText, countText, deltaText, durationText, integerText, ratioText, swdText } from './reportNumbers.ts';
import { swdChart } from './swdChart.ts';

/** `<img>` with the picture inside, or null where the file is not there. */
export type Picture = (name: string, alt: string) => Markup | null;

export function headline(data: ReportData): Markup {
  const { summary } = data;
  if (summary === null) {
    return html`<p class="lead">
      This run is ${data.status}; it has no result yet. What was measured so far is below.
    </p>`;
  }
  const { fileBytesBefore, fileBytesAfter, ratio, swdFull, swdFinal, noise, threshold, withinThreshold } = summary;
  const within = withinThreshold
    ? html`<span class="good">✓ within T = ${swdText(threshold)}</span>`
    : html`<span class="bad">✗ beyond T = ${swdText(threshold)}</span>`;
  return html`<dl class="tiles">
    <div class="tile main">
      <dt>Generator on disk, whole file</dt>
      <dd>
        <span class="big">${ratio < 1.005 ? 'No smaller' : `${ratioText(ratio)} smaller`}</span
        ><span class="small"
          >${bytesText(fileBytesBefore)} → ${bytesText(fileBytesAfter)}<br />${countText(fileBytesBefore)} →
          ${countText(fileBytesAfter)} bytes</span
        >
      </dd>
    </div>
    <div class="tile">
      <dt>SWD × 10³, lower is better</dt>
      <dd>
        <span class="big">${swdText(swdFinal)}</span
        ><span class="small">full precision ${swdText(swdFull)} ± ${swdText(noise)}<br />${within}</span>
      </dd>
    </div>
    <div class="tile">
      <dt>Binarized</dt>
      <dd>
        <span class="big"
          >${countText(summary.binarizedG.length)} ${summary.binarizedG.length === 1 ? 'layer' : 'layers'}</span
        ><span class="small"
          >${summary.binarizedG.length === 0 ? 'none was accepted' : summary.binarizedG.join(', ')}<br />${summary.binarizedD.length === 0 ? 'discriminator at full precision' : `and ${summary.binarizedD.length} in the discriminator`}</span
        >
      </dd>
    </div>
    <div class="tile">
      <dt>Time</dt>
      <dd>
        <span class="big">${durationText(summary.secondsTotal)}</span
        ><span class="small"
          >${data.expected === null ? '' : `announced: ${durationText(data.expected.seconds)}`}<br />${data.backend},
          ${data.threads} ${data.threads === 1 ? 'thread' : 'threads'}</span
        >
      </dd>
    </div>
  </dl>`;
}

export function pictures(data: ReportData, picture: Picture): Markup {
  const grid = picture('grid.png', 'Rows of real images, of the full-precision generator and of the compressed one');
  const last = data.variants.flatMap((variant) => {
    const image = variant.sample === null ? null : picture(variant.sample, `Samples of ${variant.label}`);
    return image === null
      ? []
      : [
          html`<figure>
            ${image}
            <figcaption>${variant.label}</figcaption>
          </figure>`,
        ];
  });
  const real = picture('real.png', 'Real images');
  return html`<section aria-labelledby="pictures">
    <h2 id="pictures">What it draws</h2>
    ${
      grid === null
        ? null
        : html`<div class="compare">
              <div class="rows" aria-hidden="true">
                <span>real</span><span>full precision</span><span>compressed</span>
              </div>
              ${grid}
            </div>
            <p class="about">
              Below each other: real images, and the same latents through the full-precision generator and through the
              packed file, read back from disk.
            </p>`
    }
    ${
      last.length === 0
        ? null
        : html`<details>
            <summary>The last samples of every variant</summary>
            <div class="gallery">
              ${
                real === null
                  ? null
                  : html`<figure>
                      ${real}
                      <figcaption>Real images</figcaption>
                    </figure>`
              }${last}
            </div>
          </details>`
    }
  </section>`;
}

export function decisions(data: ReportData): Markup {
  const { noise } = data;
  return html`<section aria-labelledby="decisions">
    <h2 id="decisions">Which layers can be binarized</h2>
    <p class="about">
      Algorithm 1 of PBGen: layers in order of their degree of redundancy (DoR), each binarized alone and trained on
      from the full-precision weights. It stops at the first layer whose SWD rises by more than T. The accepted layers
      are then binarized
      together${data.summary !== null && data.summary.binarizedD.length > 0 ? ', with a binarized discriminator' : ''}.
    </p>
    ${swdChart(data)}
    <div class="scroll">
      <table>
        <caption>
          Decisions, in the order they were taken. SWD × 10³; before: mean of the full-precision repetitions, s: their
          standard deviation
        </caption>
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col" class="num">DoR</th>
            <th scope="col">Decision</th>
            <th scope="col" class="num">SWD before</th>
            <th scope="col" class="num">SWD after</th>
            <th scope="col" class="num">Change</th>
            <th scope="col" class="num">± s</th>
            <th scope="col" class="num">T</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          ${data.decisions.map(
            (row) =>
              html`<tr>
                <th scope="row"><code>${row.layer}</code> <span class="type">${row.type}</span></th>
                <td class="num">
                  ${integerText(row.dor)}${row.formula === 'dense' ? html`<span class="type" title="Our extension: a projection counts as a 1×1 deconvolution on a 1×1 map"> ours</span>` : null}
                </td>
                <td>
                  ${!row.tried ? html`<span class="muted">– not tried</span>` : row.accepted ? html`<span class="good">✓ accepted</span>` : html`<span class="bad">✗ not accepted</span>`}
                </td>
                <td class="num">${row.tried ? swdText(row.swdBefore) : '–'}</td>
                <td class="num">${row.swdAfter === null ? '–' : swdText(row.swdAfter)}</td>
                <td class="num">${row.swdAfter === null ? '–' : deltaText(row.swdAfter - row.swdBefore)}</td>
                <td class="num">${swdText(row.noise)}</td>
                <td class="num">${swdText(row.threshold)}</td>
                <td class="why">${row.why}</td>
              </tr>`,
          )}
          ${
            data.decisions.length === 0
              ? html`<tr>
                  <td colspan="9">No layer was decided on.</td>
                </tr>`
              : null
          }
        </tbody>
      </table>
    </div>
    ${
      noise === null
        ? null
        : html`<h3>Where T comes from</h3>
            <p>${noise.how}</p>
            <p>
              SWD of the ${noise.values.length} repetitions at full precision: ${noise.values.map(swdText).join(', ')};
              mean ${swdText(noise.mean)}, standard deviation ${swdText(noise.deviation)}.
            </p>`
    }
    ${evaluationTable(data.variants)}
  </section>`;
}

function evaluationTable(variants: readonly ReportVariant[]): Markup | null {
  const resolutions = variants
    .flatMap(({ evaluations }) => evaluations[0]?.levels ?? [])
    .map(({ resolution }) => resolution);
  const columns = [...new Set(resolutions)];
  if (columns.length === 0) return null;
  return html`<details>
    <summary>SWD of every variant and pyramid level</summary>
    <div class="scroll">
      <table>
        <caption>
          SWD × 10³
        </caption>
        <thead>
          <tr>
            <th scope="col">Variant</th>
            <th scope="col" class="num">Step</th>
            <th scope="col" class="num">SWD</th>
            ${columns.map((resolution) => html`<th scope="col" class="num">${resolution} px</th>`)}
          </tr>
        </thead>
        <tbody>
          ${variants.flatMap(({ label, evaluations }) =>
            evaluations.map(
              ({ step, swd, levels }) =>
                html`<tr>
                  <th scope="row">${label}</th>
                  <td class="num">${countText(step)}</td>
                  <td class="num">${swdText(swd)}</td>
                  ${columns.map((resolution) => html`<td class="num">${swdText(levels.find((level) => level.resolution === resolution)?.swd ?? NaN)}</td>`)}
                </tr>`,
            ),
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

const mostTableRows = 40;

export function losses(data: ReportData): Markup {
  const drawn = data.variants.filter((variant) => variant.losses.length > 1);
  const all = drawn
    .flatMap((variant) => variant.losses.flatMap(({ lossD, lossG }) => [lossD, lossG]))
    .filter(Number.isFinite);
  // The highest hundredth is cut off, so that one spike at the start does not flatten everything.
  const highest = all.sort((a, b) => a - b)[Math.floor(0.99 * (all.length - 1))] ?? 1;
  return html`<section aria-labelledby="losses">
    <h2 id="losses">Losses</h2>
    <p class="about">
      <span class="key lossD"></span> discriminator <span class="key lossG dashed"></span> generator. Faint: every step;
      strong: the mean of the steps around it. One scale for all charts.
    </p>
    <div class="charts">
      ${drawn.map(
        (variant) =>
          html`<figure>
            ${lossChart(variant.label, variant.losses, Math.max(highest * 1.08, 1e-6))}
            <figcaption>${variant.label}</figcaption>
            ${lossTable(variant)}
          </figure>`,
      )}
    </div>
    ${drawn.length === 0 ? html`<p>No step was logged.</p>` : null}
  </section>`;
}

function lossTable({ label, losses: points }: ReportVariant): Markup {
  const every = Math.max(1, Math.ceil(points.length / mostTableRows));
  const shown = points.filter((_, i) => i % every === 0 || i === points.length - 1);
  return html`<details>
    <summary>Values</summary>
    <div class="scroll short">
      <table>
        <caption>
          ${label}${every > 1 ? `, every ${every}th step (all are in report.json)` : ''}
        </caption>
        <thead>
          <tr>
            <th scope="col" class="num">Step</th>
            <th scope="col" class="num">Loss of D</th>
            <th scope="col" class="num">Loss of G</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            ({ step, lossD, lossG }) =>
              html`<tr>
                <td class="num">${step}</td>
                <td class="num">${lossD.toFixed(4)}</td>
                <td class="num">${lossG.toFixed(4)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}
