/**
 * One figure of a page: the drawing or the pictures, what they show, the numbers behind them as a table, and what
 * can be taken along. SVG and CSV of charts are links that work without a script; PNG, and pictures composed to one
 * file, are buttons that the page's own script adds.
 */
import type { ChartSpec } from '../../../core/chart/chartSpec.ts';
import { standaloneSvg } from '../../../core/chart/chartStyles.ts';
import { chartSvg, type ChartSize } from '../../../core/chart/chartSvg.ts';
import { tableSvg } from '../../../core/chart/tableSvg.ts';
import { chartTable, tableCsv, type ChartTable } from '../../../core/chart/chartTable.ts';
import { html, Markup } from './html.ts';

export interface FigureHead {
  /** For file names: plain characters. */
  readonly id: string;
  /** `Fig. 6`; empty where it has no number. */
  readonly label: string;
  readonly title: string;
  /** What to know when reading it. */
  readonly note: string;
}

export interface FigurePicture {
  readonly caption: string;
  /** A data URI. */
  readonly uri: string;
}

export function chartFigure(head: FigureHead, spec: ChartSpec, size?: ChartSize): Markup {
  const svg = size === undefined ? chartSvg(spec) : chartSvg(spec, size);
  const table = chartTable(spec);
  return figure(head, new Markup(svg), table, [svgLink(head.id, standaloneSvg(svg)), csvLink(head.id, table)]);
}

export function pictureFigure(head: FigureHead, pictures: readonly FigurePicture[], table: ChartTable): Markup {
  return figure(head, html`<div class="gallery">${pictures.map(pictureTile)}</div>`, table, [csvLink(head.id, table)]);
}

function pictureTile({ caption, uri }: FigurePicture): Markup {
  return html`<figure class="tile-figure">
    <img alt="${caption}" class="${pngWidth(uri) > tileWidth ? 'fine' : ''}" src="${uri}" />
    <figcaption>${caption}</figcaption>
  </figure>`;
}

/** Pixels of a tile, about; a picture with more of them is scaled down, and then smoothly. */
const tileWidth = 230;

/** From the header of a PNG; 0 where the data are none. */
function pngWidth(uri: string): number {
  const header = Buffer.from(uri.slice(uri.indexOf(',') + 1, uri.indexOf(',') + 41), 'base64');
  return header.length < 24 ? 0 : header.readUInt32BE(16);
}

export function tableFigure(head: FigureHead, table: ChartTable, wide: boolean): Markup {
  return html`<figure class="figure ${wide ? 'wide' : ''}" data-figure="${head.id}">
    ${heading(head)}
    <div class="scroll">${tableMarkup(table, head.title)}</div>
    <p class="exports">
      ${svgLink(head.id, tableSvg(`${head.label} ${head.title}`.trim(), table, cellText))}${csvLink(head.id, table)}
    </p>
  </figure>`;
}

/** A chart with pictures of the same thing beside it, exported each for itself. */
export function withPictures(chart: Markup, { id, title }: FigureHead, pictures: readonly FigurePicture[]): Markup {
  return html`<div>
    ${chart}
    <figure class="figure" data-figure="${id}-pictures">
      <figcaption class="hidden">${title}: pictures along the way</figcaption>
      <div class="gallery">${pictures.map(pictureTile)}</div>
      <p class="exports"></p>
    </figure>
  </div>`;
}

/** A figure that the runs at hand cannot give. */
export function missingFigure(head: FigureHead, needs: string): Markup {
  return html`<figure class="figure missing" data-figure="${head.id}">
    ${heading(head)}
    <p>${needs}</p>
  </figure>`;
}

function figure(head: FigureHead, body: Markup, table: ChartTable, exports: readonly Markup[]): Markup {
  return html`<figure class="figure" data-figure="${head.id}">
    ${heading(head)}${body}
    <p class="exports">${exports}</p>
    <details>
      <summary>Values</summary>
      <div class="scroll short">${tableMarkup(table, head.title)}</div>
    </details>
  </figure>`;
}

function heading({ label, title, note }: FigureHead): Markup {
  return html`<figcaption class="figure-head">
    <h3>${label === '' ? null : html`<span class="figure-label">${label}</span> `}${title}</h3>
    ${note === '' ? null : html`<p class="about">${note}</p>`}
  </figcaption>`;
}

/** A table of values; long ones are thinned, and the CSV has every row. */
export function tableMarkup({ columns, rows }: ChartTable, caption: string): Markup {
  const every = Math.max(1, Math.ceil(rows.length / mostRows));
  const shown = rows.filter((_, i) => i % every === 0 || i === rows.length - 1);
  return html`<table>
    <caption class="${every > 1 ? '' : 'hidden'}">
      ${caption}${every > 1 ? `, every ${every}th row (the CSV has all)` : ''}
    </caption>
    <thead>
      <tr>
        ${columns.map((name) => html`<th scope="col" class="${isNumeric(rows, columns.indexOf(name)) ? 'num' : ''}">${name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${shown.map(
        (row) =>
          html`<tr>
            ${row.map((cell) => html`<td class="${typeof cell === 'number' || cell === null ? 'num' : ''}">${cellText(cell)}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

const mostRows = 60;

function isNumeric(rows: ChartTable['rows'], column: number): boolean {
  return rows.every((row) => typeof row[column] === 'number' || row[column] === null);
}

function cellText(cell: string | number | null): string {
  if (cell === null) return '–';
  return typeof cell === 'string' ? cell : String(Number(cell.toPrecision(6))).replace('-', '−');
}

export function csvLink(id: string, table: ChartTable): Markup {
  return link(`${id}.csv`, 'CSV', `data:text/csv;charset=utf-8,${encodeURIComponent(tableCsv(table))}`);
}

function svgLink(id: string, svg: string): Markup {
  return link(`${id}.svg`, 'SVG', `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`);
}

function link(name: string, label: string, uri: string): Markup {
  return html`<a class="export" download="${name}" href="${uri}" data-kind="${label}">${label}</a>`;
}
