/**
 * Choices in the order in which they can all be carried out: widths change the layers that others are made of, a
 * replacement keeps the bits of what it replaces, and pruned weights are those that are left. The place that builds a
 * layer stands for it, since one line may build several; of two choices of one kind for one place the later counts.
 */
import type { ModelGraph, Site } from '../../core/graph/modelGraph.ts';
import { channelsLeft, outputChannels } from '../../core/rewrite/changeGraph.ts';
import type { LayerAction } from './layerAction.ts';

/** What is done to a layer, by its name in the model. */
export interface LayerChoice {
  readonly layer: string;
  readonly action: LayerAction;
}

/** A choice, and where its layer is built. */
export interface PlacedChoice extends LayerChoice {
  readonly site: Site;
}

export function placeChoices(
  graph: ModelGraph,
  choices: readonly LayerChoice[],
): readonly PlacedChoice[] | { readonly refused: string } {
  const placed: PlacedChoice[] = [];
  for (const { layer: name, action } of choices) {
    const layer = graph.layers.find((candidate) => candidate.name === name);
    if (layer === undefined) return { refused: `there is no layer ${name} in ${graph.name}` };
    const channels = outputChannels(layer);
    const isNarrower = action.kind === 'prune' && action.granularity === 'channel' && channels > 0;
    placed.push({
      layer: name,
      site: layer.site,
      action: isNarrower ? { kind: 'channels', channels: channelsLeft(channels, action.share) } : action,
    });
  }
  return placed;
}

/** The same order whichever way they were made: by kind, then as they stand in the sources. */
export function orderChoices(choices: readonly PlacedChoice[]): readonly PlacedChoice[] {
  const last = new Map<string, PlacedChoice>();
  for (const choice of choices) {
    const key = `${choice.action.kind} ${siteKey(choice.site)}`;
    last.delete(key);
    last.set(key, choice);
  }
  return [...last.values()].sort(
    (one, two) => rankOf(one.action) - rankOf(two.action) || comparePlaces(one.site, two.site),
  );
}

function comparePlaces(one: Site, two: Site): number {
  if (one.file !== two.file) return one.file < two.file ? -1 : 1;
  return one.line - two.line || one.column - two.column;
}

export function siteKey({ file, line, column, endLine, endColumn }: Site): string {
  return [file, line, column, endLine, endColumn].join('\n');
}

const ranks = ['channels', 'rewrite', 'bits', 'prune'] as const;

function rankOf({ kind }: LayerAction): number {
  return ranks.indexOf(kind);
}
