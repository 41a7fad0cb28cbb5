/**
 * The frame of every page that this room writes: one file, nothing loaded from elsewhere, light and dark by the
 * reader's preference. Its policy allows images and links of its own data and exactly one script, by hash.
 */
import { chartStyles, darkPalette, lightPalette, type ChartPalette } from '../../../core/chart/chartStyles.ts';
import { html, Markup } from './html.ts';
import { pageScript, pageScriptHash } from './pageScript.ts';
import { reportStyles } from './reportStyles.ts';

export interface PageParts {
  readonly kind: string;
  readonly title: string;
  readonly sub: Markup;
  readonly main: Markup;
  readonly footer: string | Markup;
}

export function pageShell({ kind, title, sub, main, footer }: PageParts): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src '${new Markup(pageScriptHash)}'"
        />
        <title>${title} · ${kind}</title>
        <style>
          ${reportStyles}${chartPageStyles}
        </style>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the result</a>
        <header>
          <p class="brand">${kind}</p>
          <h1>${title}</h1>
          <p class="sub">${sub}</p>
        </header>
        <main id="main">${main}</main>
        <footer><p>${footer}</p></footer>
        ${scriptElement}
      </body>
    </html> `.text;
}

// Not in the template above: a formatter's space inside the element would change the script's hash.
const scriptElement = new Markup(`<script>${pageScript}</script>`);

const variables = (palette: ChartPalette): string => palette.series.map((color, i) => `--c${i}:${color};`).join('');

const pagePalette: ChartPalette = {
  ground: 'var(--card)',
  text: 'var(--ink)',
  muted: 'var(--muted)',
  grid: 'var(--line)',
  series: lightPalette.series.map((_, i) => `var(--c${i})`),
};

const chartPageStyles = new Markup(`
:root { ${variables(lightPalette)} }
@media (prefers-color-scheme: dark) { :root { ${variables(darkPalette)} } }
${chartStyles(pagePalette, '.figure .chart')}
${pagePalette.series.map((color, i) => `.swatch.c${i}{background:${color}}`).join('\n')}
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(460px, 100%), 1fr)); gap: 30px 34px; margin-block-start: 14px; align-items: start; grid-auto-flow: dense; }
.figure.wide { grid-column: 1 / -1; }
.figure > svg.chart { inline-size: 100%; block-size: auto; }
@media (max-width: 480px) { .figure { overflow-x: auto; } .figure > svg.chart { min-inline-size: 430px; } }
.figure-head h3 { margin: 0; color: var(--ink); } .figure-head .about { margin-block: 2px 8px; font-size: 13px; }
.figure-label { color: var(--accent); }
.figure .gallery { grid-template-columns: repeat(auto-fill, minmax(min(180px, 100%), 1fr)); gap: 10px; margin-block-start: 4px; }
.figure .gallery img.fine { image-rendering: auto; }
.figure.beside { max-inline-size: 560px; margin-block-start: 22px; }
.between .gallery { grid-template-columns: repeat(auto-fill, minmax(min(380px, 100%), 1fr)); gap: 20px; }
.between .gallery img.fine { image-rendering: pixelated; }
.figure.missing { padding: 14px 16px; border: 1px dashed var(--line); border-radius: 10px; }
.figure.missing p { font-size: 13.5px; color: var(--muted); }
.exports { display: flex; gap: 6px; margin: 8px 0 0; }
.exports .export { padding: 1px 10px; font: inherit; font-size: 12.5px; line-height: 20px; color: var(--accent); background: none; border: 1px solid var(--line); border-radius: 99px; text-decoration: none; cursor: pointer; }
.exports .export:hover { border-color: var(--accent); }
.swatch { display: inline-block; inline-size: 14px; block-size: 4px; border-radius: 2px; vertical-align: middle; margin-inline-end: 8px; }
.slider { display: flex; gap: 14px; align-items: center; margin-block: 14px 4px; } .slider input { flex: 1; accent-color: var(--accent); }
.slider[hidden] { display: none; }
#stopText { min-inline-size: 90px; text-align: end; color: var(--muted); font-variant-numeric: tabular-nums; }
figcaption .step { color: var(--muted); font-weight: 400; }
@media print { .exports, .slider { display: none; } }
`);
