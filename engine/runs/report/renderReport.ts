/** The report page: drawn from `ReportData` and the sample images, with nothing loaded from elsewhere. */
import { html } from './html.ts';
import type { ReportData } from './reportData.ts';

/** `images` by path inside the run folder, as PNG. */
export function renderReport(data: ReportData, images: ReadonlyMap<string, Uint8Array>): string {
  const pictures = [...images].map(
    ([name, png]) =>
      html`<figure><img alt="${name}" src="data:image/png;base64,${Buffer.from(png).toString('base64')}" /></figure>`,
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${data.name}</title>
      </head>
      <body>
        <h1>${data.name}</h1>
        ${pictures}
      </body>
    </html>`.text;
}
