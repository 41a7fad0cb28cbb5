/**
 * The report page: one file with nothing loaded from elsewhere and no script, drawn from `ReportData` and
 * the run's pictures. It follows the reader's light or dark preference, prints, and reads without colour:
 * every chart has a table behind it, every mark a shape and a word.
 */
import { html, type Markup } from './html.ts';
import { memory } from './memorySection.ts';
import { caveatSection, recordSection } from './recordSection.ts';
import type { ReportData } from './reportData.ts';
import { decisions, headline, losses, pictures } from './reportSections.ts';
import { reportStyles } from './reportStyles.ts';

/** `images` by path inside the run folder, as PNG. */
export function renderReport(data: ReportData, images: ReadonlyMap<string, Uint8Array>): string {
  const picture = (name: string, alt: string): Markup | null => {
    const png = images.get(name);
    return png === undefined
      ? null
      : html`<img alt="${alt}" src="data:image/png;base64,${Buffer.from(png).toString('base64')}" />`;
  };
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        />
        <title>${data.name} · Slimwise report</title>
        <style>
          ${reportStyles}
        </style>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the result</a>
        <header>
          <p class="brand">Slimwise report</p>
          <h1>${data.name}</h1>
          <p class="sub">
            ${dateText(data.createdAt)} · run <code>${data.id}</code> ·
            ${data.status}${data.short ? html` · <span class="badge">short run</span>` : null}
          </p>
        </header>
        <main id="main">
          ${headline(data)}${pictures(data, picture)}${decisions(data)}${memory(data)}${losses(data)}${caveatSection(data)}${recordSection(data)}
        </main>
        <footer>
          <p>
            Made by Slimwise from the run folder alone; the same numbers, all of them, are in
            <code>report.json</code> beside this page.
          </p>
        </footer>
      </body>
    </html> `.text;
}

/** `22 November 2026, 04:15 UTC`. */
function dateText(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const day = date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  return `${day}, ${date.toISOString().slice(11, 16)} UTC`;
}
