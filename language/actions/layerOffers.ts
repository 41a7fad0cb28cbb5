/**
 * What can be done to the layers that a range of a document builds, with what it would save in the title. Only the
 * arithmetic is done here, so that a light bulb costs nothing; the edit itself is made, and checked, when one of them
 * is chosen. A light bulb offers what the graph can carry out; a list that has room for reasons shows the rest too.
 * Sizes are those of the whole model's weights.
 */
import { formatBytes, formatCount, formatSigned } from '../../core/format/numbers.ts';
import type { Layer, ModelGraph } from '../../core/graph/modelGraph.ts';
import { hasKernel, type WeightBits } from '../../core/cost/weightBits.ts';
import { outputChannels } from '../../core/rewrite/outputChannels.ts';
import { largestRank } from '../../core/rewrite/rewriteLayer.ts';
import { stagesToChoices } from '../../core/plan/stagesToChoices.ts';
import type { DescribedModel } from '../describeFile.ts';
import type { ModelSize } from '../edits/layerAction.ts';
import type { LayerChoice } from '../edits/orderChoices.ts';
import { predictChoices, sizeOf } from '../edits/proposeEdit.ts';
import { roleIn, type PlanAbout } from '../plan/plansAbout.ts';
import type { ModelRow } from '../report/modelRow.ts';

export interface LayerOffer {
  /** With what it changes of the whole model. */
  readonly title: string;
  readonly model: string;
  readonly choices: readonly LayerChoice[];
  /** Why the graph cannot carry it out; null: it can. */
  readonly refused: string | null;
  /** The model with it; null where it is refused. */
  readonly after: ModelGraph | null;
  readonly note: string | null;
}

/** What the lines of a document build: offered is what the graph can carry out. */
export function layerOffers(
  models: readonly DescribedModel[],
  file: string,
  touches: (line: number, endLine: number) => boolean,
  plans: () => readonly PlanAbout[] = () => [],
): readonly LayerOffer[] {
  return models.flatMap((model) => {
    const layers = layersOn(model, file, touches);
    const isModel = model.report.file === file && touches(model.report.line, model.report.line);
    if (layers.length === 0 && !isModel) return [];
    return offersFor(models, model, layers, plans()).filter(({ refused }) => refused === null);
  });
}

/** Names of the layers with kernels that the lines build, one for each line's call. */
export function layersOn(
  { rows, graph }: DescribedModel,
  file: string,
  touches: (line: number, endLine: number) => boolean,
): readonly string[] {
  if (graph.framework === 'onnx' || graph.framework === 'tfjs-file') return [];
  const here = rows.filter(({ row }) => row.file === file && touches(row.line, row.endLine));
  return onePerCall(here).map(({ layer }) => layer.name);
}

/** All that can be asked for: layers by name, and the model as a whole; what is refused says why. */
export function offersFor(
  models: readonly DescribedModel[],
  model: DescribedModel,
  layers: readonly string[],
  plans: readonly PlanAbout[] = [],
): readonly LayerOffer[] {
  const { graph } = model;
  if (graph.framework === 'onnx' || graph.framework === 'tfjs-file') return [];
  const rows = onePerCall(model.rows.filter(({ layer }) => layers.includes(layer.name)));
  const [one, ...more] = rows;
  const offers = [
    ...(more.length > 0 ? forThese(rows) : one === undefined ? [] : forOne(model, one)),
    ...wholeModel(model),
    ...plans.flatMap((plan) => byPlan(model, plan)),
  ];
  const graphs = models.map((own) => own.graph);
  const before = sizeOf(graph);
  return offers.map(({ title, choices, note = null }): LayerOffer => {
    const own = { model: graph.name, choices, note };
    const predicted = predictChoices(graphs, graph, choices);
    if ('refused' in predicted) return { ...own, title, refused: predicted.refused, after: null };
    const after = predicted.graphs[graphs.indexOf(graph)] ?? graph;
    return { ...own, title: `${title} (${saving(before, sizeOf(after))})`, refused: null, after };
  });
}

function onePerCall(rows: readonly ModelRow[]): readonly ModelRow[] {
  const sites = new Set<string>();
  return rows.filter(({ layer }) => {
    const key = JSON.stringify(layer.site);
    if (sites.has(key) || !hasKernel(layer, layer.weights)) return false;
    sites.add(key);
    return true;
  });
}

interface Untitled {
  readonly title: string;
  readonly choices: readonly LayerChoice[];
  readonly note?: string | null;
}

/** The same for each of several layers. */
function forThese(rows: readonly ModelRow[]): Untitled[] {
  const these = `these ${rows.length} layers`;
  const each = (title: string, actionOf: (row: ModelRow) => LayerChoice['action']): Untitled => ({
    title,
    choices: rows.map((row) => ({ layer: row.layer.name, action: actionOf(row) })),
  });
  const bits = (own: WeightBits) => (): LayerChoice['action'] => ({ kind: 'bits', bits: own });
  const rewrite = (kind: 'separable' | 'resizeConv' | 'subPixel') => (): LayerChoice['action'] => ({
    kind: 'rewrite',
    rewrite: { kind },
  });
  const halfRank = ({ layer }: ModelRow): LayerChoice['action'] => ({
    kind: 'rewrite',
    rewrite: { kind: 'lowRank', rank: Math.floor(largestRank(layer) / 2) },
  });
  const negative = rows.filter(({ row }) => (row.dor?.value ?? 0) < 0).length;
  const doubt = negative === 0 ? '' : `, ${negative} of DoR < 0`;
  return [
    each(`Binarize ${these}${doubt}`, bits(1)),
    each(`Ternarize ${these}`, bits('ternary')),
    ...quantized.map((own) => each(`Quantize ${these} to ${own} bits`, bits(own))),
    ...(rows.some(({ layer }) => layer.bits !== undefined) ? [each(`Back to full precision: ${these}`, bits(32))] : []),
    each(`Replace ${these} by pairs of half the largest rank`, halfRank),
    each(`Replace ${these} by depthwise-separable pairs`, rewrite('separable')),
    each(`Replace ${these} by resize-convolutions`, rewrite('resizeConv')),
    each(`Replace ${these} by sub-pixel convolutions`, rewrite('subPixel')),
  ];
}

/** What a plan says about the model, as far as a source can say it. */
function byPlan({ graph }: DescribedModel, { name, plan }: PlanAbout): Untitled[] {
  const role = roleIn(plan, graph.name);
  if (role === null) return [];
  const { choices, unsaid } = stagesToChoices(plan, graph, role);
  if (choices.length === 0) return [];
  const nLayers = new Set(choices.map(({ layer }) => layer)).size;
  const note = unsaid.length === 0 ? null : `Not of the source: ${unsaid.join('; ')}`;
  const title = `Do what ${name} says of ${graph.name}: ${nLayers} ${nLayers === 1 ? 'layer' : 'layers'}`;
  return [{ title, choices, note }];
}

const quantized = [8, 4, 2] as const;

function forOne(model: DescribedModel, { layer, row }: ModelRow): Untitled[] {
  const name = nameAt(model.graph, layer);
  const one = (title: string, action: LayerChoice['action']): Untitled => ({
    title,
    choices: [{ layer: layer.name, action }],
  });
  const doubt = row.dor !== null && row.dor.value < 0 ? `, DoR ${formatSigned(row.dor.value)}` : '';
  const offers = [
    one(`Binarize ${name}${doubt}`, { kind: 'bits', bits: 1 }),
    one(`Ternarize ${name}`, { kind: 'bits', bits: 'ternary' }),
    ...quantized.map((bits) => one(`Quantize ${name} to ${bits} bits`, { kind: 'bits', bits })),
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
