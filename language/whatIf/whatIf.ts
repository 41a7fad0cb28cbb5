/**
 * What a model would be with some choices made about its layers: the table, the totals and the reason for each choice
 * that cannot be carried out. Pure arithmetic on the graph that the analysis has already; no source is edited here.
 * Whether an edit of the source can do the same is asked when one is wanted (proposeEdit).
 */
import { storedBytes } from '../../core/cost/storedBytes.ts';
import { hasKernel } from '../../core/cost/weightBits.ts';
import { fitModel } from '../../core/plan/fitModel.ts';
import { predictedSensitivity } from '../../core/plan/predictedSensitivity.ts';
import { redundancyTerms } from '../../core/plan/redundancyTerms.ts';
import type { Layer, ModelGraph } from '../../core/graph/modelGraph.ts';
import type { LayerReport } from '../../core/report/analyzeReport.ts';
import {
  whatIfBits,
  type WhatIfChoice,
  type WhatIfFit,
  type WhatIfMeasured,
  type WhatIfQuery,
  type WhatIfRefusal,
  type WhatIfReport,
  type WhatIfResult,
  type WhatIfRow,
  type WhatIfVerdict,
} from '../../core/report/whatIfReport.ts';
import { outputChannels } from '../../core/rewrite/outputChannels.ts';
import { largestRank } from '../../core/rewrite/rewriteLayer.ts';
import type { DescribedModel } from '../describeFile.ts';
import { siteKey } from '../edits/orderChoices.ts';
import { predictChoices } from '../edits/proposeEdit.ts';
import { measurementOf, type NetworkSensitivity } from '../../core/sensitivity/sensitivityFile.ts';
import { costModel } from '../report/buildReport.ts';
import type { ConvFormula } from '../settings.ts';
import { suggestionsFor } from './suggestions.ts';
import { totalsOf } from './totals.ts';

export interface WhatIfOptions {
  readonly convFormula: ConvFormula;
  /** Of the source's text now, to say whether it is the one that was measured; absent: not known. */
  readonly sha256?: string;
}

export function whatIf(
  models: readonly DescribedModel[],
  query: WhatIfQuery,
  options: WhatIfOptions = { convFormula: 'published' },
): WhatIfResult {
  const sources = models.filter(({ graph }) => graph.framework !== 'onnx' && graph.framework !== 'tfjs-file');
  const model =
    query.model === null
      ? (sources.find(({ graph }) => /gen|decoder/i.test(graph.name)) ?? sources[0])
      : sources.find(({ graph }) => graph.name === query.model);
  if (model === undefined)
    return { refused: query.model === null ? 'there is no model in this file' : `there is no model ${query.model}` };
  const graphs = models.map(({ graph }) => graph);
  const { graph } = model;
  const fit = query.fit ? fitted(graphs, graph, query, model.measured) : null;
  const asked = fit !== null && 'choices' in fit ? fit.choices : query.choices;
  const { after, choices, refusals } = carryOut(graphs, graph, asked);
  const before = totalsOf(graph);
  const totals = totalsOf(after);
  return {
    model: graph.name,
    models: sources.map((own) => own.graph.name),
    rows: rowsOf(model, costModel(after, options).report.layers, after),
    before,
    after: totals,
    verdict: query.budgetBytes === null ? null : verdictOf(totals, query.budgetBytes),
    choices,
    refusals,
    fit: fit === null ? null : 'choices' in fit ? fit.fit : fit,
    suggestions: suggestionsFor(model, graphs),
    measured: measuredOf(model, options.sha256 ?? null),
  };
}

/** One choice after the other; what is refused is left out and told. */
export function carryOut(
  graphs: readonly ModelGraph[],
  graph: ModelGraph,
  asked: readonly WhatIfChoice[],
): { readonly after: ModelGraph; readonly choices: readonly WhatIfChoice[]; readonly refusals: WhatIfRefusal[] } {
  const index = graphs.indexOf(graph);
  const choices: WhatIfChoice[] = [];
  const refusals: WhatIfRefusal[] = [];
  let after = graph;
  for (const choice of asked) {
    const predicted = predictChoices(graphs, graph, [...choices, choice]);
    if ('refused' in predicted) {
      refusals.push({ layer: choice.layer, kind: choice.action.kind, reason: predicted.refused });
      continue;
    }
    choices.push(choice);
    after = predicted.graphs[index] ?? graph;
  }
  return { after, choices, refusals };
}

type Fitted = { readonly fit: WhatIfFit; readonly choices: readonly WhatIfChoice[] } | { readonly refused: string };

/** Widths that were chosen stand; bits are chosen anew. */
function fitted(
  graphs: readonly ModelGraph[],
  graph: ModelGraph,
  query: WhatIfQuery,
  measured: NetworkSensitivity | null,
): Fitted {
  if (query.budgetBytes === null) return { refused: 'a budget is needed' };
  const replaced = query.choices.find(({ action }) => action.kind === 'rewrite');
  if (replaced !== undefined)
    return {
      refused: `bits are chosen for layers as they stand: take back the replacement of ${replaced.layer} first`,
    };
  const kept = query.choices.filter(({ action }) => action.kind === 'channels' || action.kind === 'prune');
  const { after, choices } = carryOut(graphs, graph, kept);
  const result = fitModel(after, query.budgetBytes, {
    measured: query.sensitivity === 'predicted' ? null : measured,
    together: ({ site }) => siteKey(site),
  });
  if (result === null) return { refused: 'it is over the budget even with the fewest bits everywhere' };
  const layers = result.layers.map(({ name, bits, basis, why }) => ({ name, bits, basis, why }));
  const changed = layers.filter(({ name, bits }) => {
    const layer = after.layers.find((candidate) => candidate.name === name);
    return (layer?.bits ?? 32) !== bits;
  });
  return {
    fit: { basis: result.basis, isExact: result.isExact, sensitivity: result.sensitivity, layers },
    choices: [
      ...choices,
      ...changed.map(({ name, bits }): WhatIfChoice => ({ layer: name, action: { kind: 'bits', bits } })),
    ],
  };
}

function rowsOf(model: DescribedModel, reports: readonly LayerReport[], after: ModelGraph): readonly WhatIfRow[] {
  const { graph } = model;
  return model.rows
    .filter(({ layer }) => hasKernel(layer, layer.weights))
    .map(({ layer, row }): WhatIfRow => {
      // A replaced layer has become several, named by their place in the chain.
      const own = after.layers.filter((candidate) => isFrom(candidate, layer, graph));
      const names = new Set(own.map(({ name }) => name));
      const rows = reports.filter(({ name }) => names.has(name));
      const [first] = own;
      const last = own.findLast((part) => outputChannels(part) > 0);
      const terms = redundancyTerms(graph, layer);
      return {
        name: layer.name,
        op: row.op,
        line: row.line,
        shape: row.outputShape,
        bits: layer.bits ?? 32,
        bitsAfter: first?.bits ?? 32,
        bytes: storedBytes(layer),
        bytesAfter: sum(own.map((part) => storedBytes(part))),
        macs: row.macs,
        macsAfter: sum(rows.map(({ macs }) => macs)),
        dor: row.dor?.value ?? null,
        dorAfter: own.length === 1 ? (rows[0]?.dor?.value ?? null) : null,
        sensitivity: row.sensitivity,
        options: whatIfBits.map((bits) => ({
          bits,
          bytes: storedBytes(layer, bits),
          sensitivity: terms === null ? null : predictedSensitivity(terms, bits),
          measured: rise(model.measured, layer, bits),
        })),
        maxRank: largestRank(layer),
        channels: outputChannels(layer),
        channelsAfter: last === undefined ? 0 : outputChannels(last),
        prunedShareAfter: first?.prunedShare ?? 0,
        shared: graph.layers.filter((other) => siteKey(other.site) === siteKey(layer.site)).length,
      };
    });
}

/** The measured rise of SWD as it is, also where it is a fall; null: not measured of the layer as it is built now. */
function rise(measured: NetworkSensitivity | null, layer: Layer, bits: WhatIfRow['bits']): number | null {
  const known = measured === null ? null : measurementOf(measured, layer.name, layer);
  return known?.state === 'measured' ? (known.layer.bits.find((row) => row.bits === bits)?.rise ?? null) : null;
}

function measuredOf({ measured, rows }: DescribedModel, sha256: string | null): WhatIfMeasured | null {
  if (measured === null) return null;
  const layers = rows.map(({ layer }) => layer).filter((layer) => hasKernel(layer, layer.weights));
  const nLayers = layers.filter((layer) => measurementOf(measured, layer.name, layer)?.state === 'measured').length;
  const { run, nImages, swd } = measured;
  const isEdited = sha256 !== null && sha256 !== measured.sha256;
  return nLayers === 0 ? null : { run, nImages, swd, nLayers, nAll: layers.length, isEdited };
}

function isFrom(candidate: Layer, layer: Layer, graph: ModelGraph): boolean {
  if (candidate.name === layer.name) return true;
  if (siteKey(candidate.site) !== siteKey(layer.site) || graph.layers.some(({ name }) => name === candidate.name))
    return false;
  return candidate.name.startsWith(`${layer.name}.`) && /^\d+$/.test(candidate.name.slice(layer.name.length + 1));
}

/** null as soon as a part is not known. */
function sum(parts: readonly (number | null)[]): number | null {
  return parts.reduce<number | null>((total, part) => (total === null || part === null ? null : total + part), 0);
}

/** A budget is about weights: MACs that are not known leave it judged. */
function verdictOf({ bytes, bounds }: WhatIfReport['after'], budgetBytes: number): WhatIfVerdict {
  const leftBytes = budgetBytes - bytes;
  return { budgetBytes, leftBytes, fits: leftBytes < 0 ? false : bounds.weights ? null : true };
}
