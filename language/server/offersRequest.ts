/**
 * What can be done to layers, as a request of the protocol: the list of the light bulb with its reasons and sizes, for
 * rows of a tree or a table, or for the lines of a cursor. No edit is made here, and nothing is run.
 */
import type { Connection } from 'vscode-languageserver';
import { offersRequest, type OffersParams, type OffersResult, type OfferSize } from '../../core/report/offersReport.ts';
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import { layersOn, offersFor } from '../actions/layerOffers.ts';
import type { DescribedModel } from '../describeFile.ts';
import { plansAbout } from '../plan/plansAbout.ts';
import { totalsOf } from '../whatIf/totals.ts';
import type { FeatureContext } from './features.ts';
import type { OpenDocument } from './openDocuments.ts';

export function registerOffers(
  connection: Connection,
  { analyses, documents, notebooks, answer }: FeatureContext,
): void {
  connection.onRequest<OffersResult, unknown>(offersRequest, ({ textDocument, of, lines }: OffersParams) =>
    answer<OffersResult>(textDocument.uri, { refused: 'the document is not open' }, ({ opened }) => {
      if (notebooks.get(opened.uri) !== undefined)
        return { refused: 'sources are edited, and the cells of a notebook are not' };
      const { models } = analyses.describe(opened);
      const asked = of === null ? onLines(models, opened, lines) : named(models, of);
      if ('refused' in asked) return asked;
      const { model, layers } = asked;
      const plans = plansAbout(documents.hostOf(opened.place.root), opened.place.path);
      return {
        model: model.graph.name,
        layers,
        before: sizeOf(model.graph),
        offers: offersFor(models, model, layers, plans).map(({ title, choices, refused, after, note }) => ({
          title,
          choices,
          refused,
          after: after === null ? null : sizeOf(after),
          note,
        })),
      };
    }),
  );
}

type Asked = { readonly model: DescribedModel; readonly layers: readonly string[] } | { readonly refused: string };

function named(models: readonly DescribedModel[], { model, layers }: NonNullable<OffersParams['of']>): Asked {
  const found = models.find(({ graph }) => graph.name === model);
  if (found === undefined) return { refused: `there is no model ${model} in this file` };
  const unknown = layers.find((name) => !found.graph.layers.some((layer) => layer.name === name));
  return unknown === undefined ? { model: found, layers } : { refused: `there is no layer ${unknown} in ${model}` };
}

/** The layers that the lines build; else the model whose class, or whose layers, stand around them. */
function onLines(models: readonly DescribedModel[], { place }: OpenDocument, lines: OffersParams['lines']): Asked {
  const { from, to } = lines ?? { from: 1, to: 1 };
  const touches = (line: number, endLine: number): boolean => line <= to && from <= endLine;
  for (const model of models) {
    const layers = layersOn(model, place.path, touches);
    if (layers.length > 0) return { model, layers };
  }
  const around = models.find(({ report, rows }) => {
    const last = Math.max(...rows.filter(({ row }) => row.file === place.path).map(({ row }) => row.endLine));
    return report.file === place.path && touches(report.line, Math.max(report.line, last));
  });
  return around === undefined ? { refused: 'no layer is built at the cursor' } : { model: around, layers: [] };
}

function sizeOf(graph: ModelGraph): OfferSize {
  const { bytes, macs, peakBytes } = totalsOf(graph);
  return { bytes, macs, peakBytes };
}
