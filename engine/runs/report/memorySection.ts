/**
 * Memory in the report: every layer's bytes before and after on one scale, the whole against the device's
 * budget, where the packed file's bytes go, and PBGen's eq. (3) beside what was measured.
 */
import { html, type Markup } from './html.ts';
import type { MemoryAccount } from './memoryAccount.ts';
import type { ReportData } from './reportData.ts';
import { bytesText, countText, ratioText } from './reportNumbers.ts';

export function memory(data: ReportData): Markup | null {
  const { memory: bytes, account } = data;
  if (bytes === null && account === null) return null;
  return html`<section aria-labelledby="memory">
    <h2 id="memory">Memory</h2>
    ${bytes === null ? null : html`${budget(bytes)}${layerTable(bytes.layers)}`}
    ${account === null ? null : html`<div class="columns">${fileTable(account)}${equationTable(account)}</div>`}
  </section>`;
}

type Memory = NonNullable<ReportData['memory']>;

function budget({ totalBefore, totalAfter, device, budgetBytes }: Memory): Markup {
  const share = (bytes: number) => `${((100 * bytes) / budgetBytes).toFixed(bytes < 0.1 * budgetBytes ? 1 : 0)} %`;
  const scale = Math.max(totalBefore, totalAfter, budgetBytes);
  const bar = (label: string, bytes: number, kind: string) =>
    html`<div class="budgetRow">
      <span>${label}</span
      ><span class="track"
        ><span
          class="fill ${kind} ${bytes > budgetBytes ? 'over' : ''}"
          style="inline-size:${((100 * bytes) / scale).toFixed(2)}%"
        ></span
        >${budgetBytes > 0 ? html`<span class="budgetLine" style="inset-inline-start:${((100 * budgetBytes) / scale).toFixed(2)}%"></span>` : null}</span
      ><span class="num"
        >${bytesText(bytes)}${budgetBytes > 0 ? html` <span class="muted">${share(bytes)}${bytes > budgetBytes ? ', over' : ''}</span>` : null}</span
      >
    </div>`;
  return html`<div class="budget" role="group" aria-label="Memory against the budget">
      ${bar('before', totalBefore, 'before')}${bar('after', totalAfter, 'after')}
    </div>
    <p class="about">
      ${budgetBytes > 0 ? html`The vertical line is the budget: ${device.includes('(') ? device : `${device}, ${bytesText(budgetBytes)}`}. ${totalAfter <= budgetBytes ? 'The compressed generator fits.' : 'The compressed generator does not fit.'}` : 'No budget is set.'}
    </p>`;
}

function layerTable(layers: Memory['layers']): Markup {
  const largest = Math.max(1, ...layers.map(({ bytesBefore }) => bytesBefore));
  const percent = (bytes: number) => ((100 * bytes) / largest).toFixed(2);
  return html`<div class="scroll">
    <table class="layers">
      <caption>
        Bytes of each layer’s weights
      </caption>
      <thead>
        <tr>
          <th scope="col">Layer</th>
          <th scope="col" class="barColumn">
            <span class="key before"></span> before <span class="key after"></span> after
          </th>
          <th scope="col" class="num">Before</th>
          <th scope="col" class="num">After</th>
          <th scope="col" class="num">Smaller</th>
        </tr>
      </thead>
      <tbody>
        ${layers.map(
          ({ name, bytesBefore, bytesAfter }) =>
            html`<tr>
              <th scope="row"><code>${name}</code></th>
              <td class="barColumn" aria-hidden="true">
                <span class="bar before" style="inline-size:${percent(bytesBefore)}%"></span
                ><span class="bar after" style="inline-size:${percent(bytesAfter)}%"></span>
              </td>
              <td class="num">${countText(bytesBefore)}</td>
              <td class="num">${countText(bytesAfter)}</td>
              <td class="num">${bytesAfter === bytesBefore ? '–' : ratioText(bytesBefore / bytesAfter)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function fileTable(account: MemoryAccount): Markup {
  const rows: readonly (readonly [string, number])[] = [
    ['1-bit weights', account.planeBytes],
    ['scales, one fp32 per output channel', account.scaleBytes],
    ['values kept at fp32', account.floatBytes],
    ['header: network, plan, names', account.headerBytes],
  ];
  return html`<div class="scroll">
    <table>
      <caption>
        Where the packed file’s bytes go
      </caption>
      <thead>
        <tr>
          <th scope="col">Part</th>
          <th scope="col" class="num">Bytes</th>
          <th scope="col" class="num">Share</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([part, bytes]) =>
            html`<tr>
              <th scope="row">${part}</th>
              <td class="num">${countText(bytes)}</td>
              <td class="num">${((100 * bytes) / account.fileAfter).toFixed(1)} %</td>
            </tr>`,
        )}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">whole file</th>
          <td class="num">${countText(account.fileAfter)}</td>
          <td class="num">100 %</td>
        </tr>
      </tfoot>
    </table>
  </div>`;
}

function equationTable({ equation, fileBefore, fileAfter }: MemoryAccount): Markup {
  return html`<div class="scroll">
    <table>
      <caption>
        Eq. (3) of PBGen, 32N / (K + 32(N − K)), beside what was measured
      </caption>
      <thead>
        <tr>
          <th scope="col">Counted</th>
          <th scope="col" class="num">N</th>
          <th scope="col" class="num">K binarized</th>
          <th scope="col" class="num">Ratio</th>
        </tr>
      </thead>
      <tbody>
        ${equation.map(
          ({ counted, n, k, ratio }) =>
            html`<tr>
              <th scope="row">${counted}</th>
              <td class="num">${countText(n)}</td>
              <td class="num">${countText(k)}</td>
              <td class="num">${ratioText(ratio)}</td>
            </tr>`,
        )}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">measured: whole file on disk</th>
          <td class="num"></td>
          <td class="num"></td>
          <td class="num"><strong>${ratioText(fileBefore / fileAfter)}</strong></td>
        </tr>
      </tfoot>
    </table>
  </div>`;
}
