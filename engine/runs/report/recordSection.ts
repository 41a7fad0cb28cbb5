/** What it takes to believe and repeat a run: caveats, seeds, versions, machine, data, plan. */
import { caveats } from './caveats.ts';
import { html, type Markup } from './html.ts';
import type { ReportData } from './reportData.ts';
import { bytesText, countText } from './reportNumbers.ts';

export function caveatSection(data: ReportData): Markup {
  return html`<section aria-labelledby="caveats" class="caveats">
    <h2 id="caveats">Before you rely on this</h2>
    <ul>
      ${caveats(data).map((text) => html`<li>${text}</li>`)}
    </ul>
  </section>`;
}

export function recordSection(data: ReportData): Markup {
  const { platform } = data;
  const rows: readonly (readonly [string, string])[] = [
    ['Run', `${data.id}, ${data.status}`],
    ['Started', data.createdAt],
    ['Seed', String(data.seed)],
    ['Backend', `${data.backend}, ${data.threads} ${data.threads === 1 ? 'thread' : 'threads'}`],
    [
      'Machine',
      `${platform.cpu}, ${platform.cores} cores, ${bytesText(platform.memoryBytes)} of memory, ${platform.system}`,
    ],
    ['Node.js', platform.node],
    ...Object.entries(data.versions),
    ['Images', `${countText(data.data.nImages)}, SHA-256 of the pixels ${data.data.fingerprint}`],
    ...Object.entries(data.sources).map(([file, sum]) => [`Source ${file}`, `SHA-256 ${sum}`] as const),
  ];
  return html`<section aria-labelledby="record">
    <h2 id="record">To repeat it</h2>
    <div class="scroll">
      <table class="record">
        <caption class="hidden">
          Record of the run
        </caption>
        <tbody>
          ${rows.map(
            ([name, value]) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td>${value}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${
      data.notes.length === 0
        ? null
        : html`<details>
            <summary>Notes of the run (${data.notes.length})</summary>
            <ul>
              ${data.notes.map((text) => html`<li>${text}</li>`)}
            </ul>
          </details>`
    }
    ${
      data.problems.length === 0
        ? null
        : html`<details open>
            <summary>Problems (${data.problems.length})</summary>
            <ul>
              ${data.problems.map(({ code, message, hint }) => html`<li>${message} ${hint} <code>${code}</code></li>`)}
            </ul>
          </details>`
    }
    <details>
      <summary>The plan</summary>
      <pre>${JSON.stringify(data.plan, null, 2)}</pre>
    </details>
  </section>`;
}
