/**
 * What can be done to the layers that a range of a document builds, with what it would save in the title. Only the
 * arithmetic is done here, so that a light bulb costs nothing; the edit itself is made, and checked, when one of them
 * is chosen. Offered are the actions that the graph can carry out; sizes are those of the whole model's weights.
 */
import { formatBytes, formatCount, formatSigned } from '../../core/format/numbers.ts';
import type { Layer, ModelGraph } from '../../core/graph/modelGraph.ts';
import { hasKernel } from '../../core/cost/weightBits.ts';
import { largestRank } from '../../core/rewrite/rewriteLayer.ts';
import type { DescribedModel } from '../describeFile.ts';
import type { ModelSize } from '../edits/layerAction.ts';
import { predictChoices, sizeOf, type LayerChoice } from '../edits/proposeEdit.ts';
import type { ModelRow } from '../report/modelRow.ts';

export interface LayerOffer {
  readonly title: string;
  readonly model: string;
  readonly choices: readonly LayerChoice[];
}

/** `touches` says whether lines of the document are asked about. */
export function layerOffers(
  models: readonly DescribedModel[],
  file: string,
  touches: (line: number, endLine: number) => boolean,
): readonly LayerOffer[] {
  const graphs = models.map(({ graph }) => graph);
  return models.flatMap((model) => {
    if (model.graph.framework === 'onnx' || model.graph.framework === 'tfjs-file') return [];
    const here = model.rows.filter(({ row }) => row.file === file && touches(row.line, row.endLine));
    const sites = new Set<string>();
    const first = here.filter(({ layer }) => {
      const key = JSON.stringify(layer.site);
      if (sites.has(key) || !hasKernel(layer, layer.weights)) return false;
      sites.add(key);
      return true;
    });
    const offers = first.flatMap((row) => offersFor(model, row));
    if (model.report.file === file && (first.length > 0 || touches(model.report.line, model.report.line)))
      offers.push(...wholeModel(model));
    const before = sizeOf(model.graph);
    return offers.flatMap(({ title, choices }): LayerOffer[] => {
      const predicted = predictChoices(graphs, model.graph, choices);
      if ('refused' in predicted) return [];
      const after = predicted.graphs[graphs.indexOf(model.graph)] ?? model.graph;
      return [{ title: `${title} (${saving(before, sizeOf(after))})`, model: model.graph.name, choices }];
    });
  });
}

type Untitled = Omit<LayerOffer, 'model'>;

function offersFor(model: DescribedModel, { layer, row }: ModelRow): Untitled[] {
  const name = nameAt(model.graph, layer);
  const one = (title: string, action: LayerChoice['action']): Untitled => ({
    title,
    choices: [{ layer: layer.name, action }],
  });
  const doubt = row.dor !== null && row.dor.value < 0 ? `, DoR ${formatSigned(row.dor.value)}` : '';
  const offers = [
    one(`Binarize ${name}${doubt}`, { kind: 'bits', bits: 1 }),
    one(`Ternarize ${name}`, { kind: 'bits', bits: 'ternary' }),
    one(`Quantize ${name} to 4 bits`, { kind: 'bits', bits: 4 }),
  ];
  if (layer.bits !== undefined) offers.push(one(`Back to full precision: ${name}`, { kind: 'bits', bits: 32 }));
  const rank = Math.floor(largestRank(layer) / 2);
  if (rank > 0)
    offers.push(
      one(`Replace ${name} by a pair of rank ${rank}`, { kind: 'rewrite', rewrite: { kind: 'lowRank', rank } }),
    );
  offers.push(
    one(`Replace ${name} by a depthwise-separable pair`, { kind: 'rewrite', rewrite: { kind: 'separable' } }),
    one(`Replace ${name} by resize-convolution`, { kind: 'rewrite', rewrite: { kind: 'resizeConv' } }),
    one(`Replace ${name} by sub-pixel convolution`, { kind: 'rewrite', rewrite: { kind: 'subPixel' } }),
  );
  const channels = outputChannels(layer);
  if (channels > 1) {
    const half = channels >> 1;
    offers.push(one(`Narrow ${name} from ${channels} to ${half} channels`, { kind: 'channels', channels: half }));
  }
  const wider = widening(model, layer, row.dor?.value ?? 0);
  return wider === null ? offers : [...offers, wider];
}

/** More channels for the layer before a transposed convolution of negative DoR, so that it can be binarized. */
export function widening({ graph }: DescribedModel, layer: Layer, dor: number): Untitled | null {
  if (dor >= 0 || !/_transpose$/.test(layer.op)) return null;
  const producer = producerOf(graph, layer);
  if (producer === null) return null;
  const channels = outputChannels(producer) - dor;
  return {
    title: `Widen ${producer.name} to ${channels} channels, so that ${layer.name} can be binarized (no saving by itself)`,
    choices: [{ layer: producer.name, action: { kind: 'channels', channels } }],
  };
}

/** The last layer with a kernel before this one, along first inputs. */
function producerOf(graph: ModelGraph, layer: Layer): Layer | null {
  let node = graph.nodes.find((candidate) => candidate.layer === layer.index);
  while (node !== undefined) {
    const [input] = node.inputs;
    node = input === undefined ? undefined : graph.nodes[input];
    const own = node?.layer == null ? undefined : graph.layers[node.layer];
    if (own !== undefined && outputChannels(own) > 0) return own;
  }
  return null;
}

/** Everything with room for it at once: what PBGen binarizes. */
export function wholeModel({ graph, rows }: DescribedModel): Untitled[] {
  const fit = rows.filter(
    ({ row, layer }) => row.dor !== null && row.dor.value >= 0 && layer.bits === undefined && !row.unused,
  );
  if (fit.length < 2) return [];
  return [
    {
      title: `Binarize the ${fit.length} layers of ${graph.name} with DoR ≥ 0`,
      choices: fit.map(({ layer }) => ({ layer: layer.name, action: { kind: 'bits', bits: 1 } })),
    },
  ];
}

/** The layer, or how many the same line builds. */
function nameAt(graph: ModelGraph, layer: Layer): string {
  const key = JSON.stringify(layer.site);
  const count = graph.layers.filter(({ site }) => JSON.stringify(site) === key).length;
  return count === 1 ? layer.name : `the ${count} layers built here`;
}

export function outputChannels({ attributes }: Layer): number {
  if ('outChannels' in attributes) return attributes.outChannels;
  return 'outFeatures' in attributes ? attributes.outFeatures : 0;
}

/** `−404 KiB, −6.62M MACs`: what changes, of the whole model. */
function saving(before: ModelSize, after: ModelSize): string {
  const bytes = after.bytes - before.bytes;
  const macs = after.macs - before.macs;
  const sign = (value: number): string => (value < 0 ? '−' : '+');
  const parts = [
    ...(bytes === 0 ? [] : [`${sign(bytes)}${formatBytes(Math.abs(bytes))}`]),
    ...(macs === 0 ? [] : [`${sign(macs)}${formatCount(Math.abs(macs))} MACs`]),
  ];
  return parts.length === 0 ? 'same size' : parts.join(', ');
}
