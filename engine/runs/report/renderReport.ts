/**
 * The report page: one file with nothing loaded from elsewhere, drawn from `ReportData`, the run's pictures and
 * the figures of the document that the run can give. It follows the reader's light or dark preference, prints, and
 * reads without colour and without a script: every chart has a table behind it, every mark a shape and a word.
 */
import { html, type Markup } from './html.ts';
import { memory } from './memorySection.ts';
import { pageShell } from './pageShell.ts';
import { caveatSection, recordSection } from './recordSection.ts';
import type { ReportData } from './reportData.ts';
import { speedSection } from './speedSection.ts';
import { decisions, headline, losses, pictures } from './reportSections.ts';

export interface ReportParts {
  readonly data: ReportData;
  /** By path inside the run folder, as PNG. */
  readonly images: ReadonlyMap<string, Uint8Array>;
  /** Of an experiment; null where Algorithm 1 decided. */
  readonly settings: Markup | null;
  /** Between the fixed latents; null where the run drew nothing there. */
  readonly walk: Markup | null;
  /** The document's figures from this run; null where they are not wanted. */
  readonly figures: Markup | null;
}

export function renderReport({ data, images, walk, settings, figures }: ReportParts): string {
  const picture = (name: string, alt: string): Markup | null => {
    const png = images.get(name);
    return png === undefined
      ? null
      : html`<img alt="${alt}" src="data:image/png;base64,${Buffer.from(png).toString('base64')}" />`;
  };
  return pageShell({
    kind: 'Slimwise report',
    title: data.name,
    sub: html`${dateText(data.createdAt)} · run <code>${data.id}</code> ·
      ${data.status}${data.short ? html` · <span class="badge">short run</span>` : null}`,
    main: html`${headline(data)}${pictures(data, picture)}${walk}${settings ?? decisions(data)}${memory(data)}${speedSection(data)}${losses(data)}${figures}${caveatSection(data)}${recordSection(data)}`,
    footer: html`Made by Slimwise from the run folder alone; the same numbers, all of them, are in
      <code>report.json</code> beside this page.`,
  });
}

/** `22 November 2026, 04:15 UTC`. */
function dateText(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const day = date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  return `${day}, ${date.toISOString().slice(11, 16)} UTC`;
}
