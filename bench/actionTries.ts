/**
 * Every action on every layer of a model, and what became of it: an edit; a refusal by the source; or not applicable,
 * where the model itself cannot have it (a pair of a 1×1 kernel, other channels for the output), whatever its source
 * looks like. A line that builds several layers is tried once.
 */
import { changeGraph } from '../core/rewrite/changeGraph.ts';
import { outputChannels } from '../core/rewrite/outputChannels.ts';
import { largestRank } from '../core/rewrite/rewriteLayer.ts';
import type { Layer, ModelGraph } from '../core/graph/modelGraph.ts';
import type { AnalyzeOptions, FileAnalysis } from '../language/analyze.ts';
import type { LayerAction, ProposedEdit } from '../language/edits/layerAction.ts';
import { siteKey, type LayerChoice } from '../language/edits/orderChoices.ts';
import { proposeTogether } from '../language/edits/proposeEdit.ts';
import type { SourceHost } from '../language/sourceHost.ts';

export interface ActionTry {
  readonly model: string;
  readonly layer: string;
  /** `binarize`, `narrow`, …; `together` is several layers at once. */
  readonly action: string;
  readonly outcome:
    | { readonly kind: 'edit'; readonly edit: ProposedEdit }
    | { readonly kind: 'refused' | 'notApplicable'; readonly reason: string };
}

export interface TriedModel {
  readonly host: SourceHost;
  readonly file: string;
  readonly options: AnalyzeOptions;
  readonly analysis: FileAnalysis;
  readonly graph: ModelGraph;
}

export function tryActions(model: TriedModel): readonly ActionTry[] {
  const { graph } = model;
  const sites = new Set<string>();
  const layers = graph.layers.filter((layer) => {
    const key = siteKey(layer.site);
    if (!/conv|dense/.test(layer.op) || sites.has(key)) return false;
    sites.add(key);
    return true;
  });
  const tries = layers.flatMap((layer) => actionsOn(layer).map(([name, action]) => tryOne(model, layer, name, action)));
  // What works alone, at once: half the width where that is possible, else four bits.
  const narrowed = tries.filter(({ action, outcome }) => action === 'narrow' && outcome.kind === 'edit');
  const choices = layers.flatMap((layer): LayerChoice[] => [
    ...(narrowed.some((own) => own.layer === layer.name)
      ? [{ layer: layer.name, action: { kind: 'channels' as const, channels: outputChannels(layer) >> 1 } }]
      : []),
    { layer: layer.name, action: { kind: 'bits', bits: 4 } },
  ]);
  if (layers.length < 2) return tries;
  return [...tries, { model: graph.name, layer: '*', action: 'together', outcome: propose(model, choices) }];
}

function actionsOn(layer: Layer): readonly (readonly [string, LayerAction])[] {
  const rank = Math.max(1, Math.floor(largestRank(layer) / 2));
  return [
    ['binarize', { kind: 'bits', bits: 1 }],
    ['ternarize', { kind: 'bits', bits: 'ternary' }],
    ['quantize', { kind: 'bits', bits: 4 }],
    ['lowRank', { kind: 'rewrite', rewrite: { kind: 'lowRank', rank } }],
    ['separable', { kind: 'rewrite', rewrite: { kind: 'separable' } }],
    ['resizeConv', { kind: 'rewrite', rewrite: { kind: 'resizeConv' } }],
    ['subPixel', { kind: 'rewrite', rewrite: { kind: 'subPixel' } }],
    ['narrow', { kind: 'channels', channels: Math.max(1, outputChannels(layer) >> 1) }],
  ];
}

function tryOne(model: TriedModel, layer: Layer, name: string, action: LayerAction): ActionTry {
  const { graph } = model;
  const key = siteKey(layer.site);
  const built = graph.layers.filter(({ site }) => siteKey(site) === key);
  // Each layer of the line by itself: the line can only refuse what a layer of it could have.
  const refusals = built.flatMap(({ index }) => {
    const changed = changeGraph(graph, new Set([index]), action);
    return 'refused' in changed ? [changed.refused] : [];
  });
  const own = { model: graph.name, layer: layer.name, action: name };
  const [reason] = refusals;
  if (reason !== undefined && refusals.length === built.length)
    return { ...own, outcome: { kind: 'notApplicable', reason } };
  return { ...own, outcome: propose(model, [{ layer: layer.name, action }]) };
}

function propose(
  { host, file, options, analysis, graph }: TriedModel,
  choices: readonly LayerChoice[],
): ActionTry['outcome'] {
  const target = { file, model: graph.name, options, before: analysis, choices };
  const proposal = proposeTogether(host, [target]);
  return 'edit' in proposal ? { kind: 'edit', edit: proposal.edit } : { kind: 'refused', reason: proposal.refused };
}
