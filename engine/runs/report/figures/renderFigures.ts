/** The document's figures as a section of a page, and as a page of their own for several runs together. */
import { chartFigure, missingFigure, pictureFigure, tableFigure, withPictures } from '../figureBlock.ts';
import { html, type Markup } from '../html.ts';
import { pageShell } from '../pageShell.ts';
import { documentFigures } from './documentFigures.ts';
import type { FigureRun } from './figureRun.ts';
import type { DocumentFigure } from './figureTypes.ts';

export function figureSection(runs: readonly FigureRun[]): Markup {
  const figures = documentFigures(runs);
  const absent = figures.filter(({ kind }) => kind === 'missing');
  return html`<section aria-labelledby="figures">
    <h2 id="figures">Figures of the document</h2>
    <p class="about">
      The figures and tables of PBGen (“Binarizing Weights Wisely”), redrawn from
      ${runs.length === 1 ? 'this run' : 'these runs'}. Data, sizes and training time differ from the document’s: what
      can be compared is the shape of a curve, not its height.
    </p>
    <div class="figures">${figures.filter(({ kind }) => kind !== 'missing').map(figureMarkup)}</div>
    ${
      absent.length === 0
        ? null
        : html`<details>
            <summary>Figures that need another run (${absent.length})</summary>
            <div class="figures">${absent.map(figureMarkup)}</div>
          </details>`
    }
  </section>`;
}

export function renderFigures(runs: readonly FigureRun[]): string {
  return pageShell({
    kind: 'Slimwise figures',
    title: runs.length === 1 ? (runs[0]?.record.name ?? '') : `${runs.length} runs`,
    sub: html`${runs.map(({ record }, i) => html`${i === 0 ? '' : ' · '}${record.name} <code>${record.id}</code>`)}`,
    main: figureSection(runs),
    footer: 'Made by Slimwise from the run folders alone.',
  });
}

function figureMarkup(figure: DocumentFigure): Markup {
  switch (figure.kind) {
    case 'chart': {
      const drawn = chartFigure(figure.head, figure.spec);
      return figure.pictures === undefined || figure.pictures.length === 0
        ? drawn
        : withPictures(drawn, figure.head, figure.pictures);
    }
    case 'pictures':
      return html`<div class="figure wide">
        ${pictureFigure(figure.head, figure.pictures, figure.table)}
        ${figure.chart === undefined ? null : html`<div class="figure beside">${chartFigure(figure.chart.head, figure.chart.spec)}</div>`}
      </div>`;
    case 'table':
      return tableFigure(figure.head, figure.table, figure.wide === true);
    case 'missing':
      return missingFigure(figure.head, figure.needs);
  }
}
