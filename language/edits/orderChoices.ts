/**
 * Choices in the order in which they can all be carried out: widths change the layers that others are made of, a
 * replacement keeps the bits of what it replaces, and pruned weights are those that are left. The place that builds a
 * layer stands for it, since one line may build several; of two choices of one kind for one layer the later counts.
 */
import type { Layer, ModelGraph, Site } from '../../core/graph/modelGraph.ts';
import { channelsLeft, outputChannels } from '../../core/rewrite/outputChannels.ts';
import type { LayerAction } from './layerAction.ts';

/** What is done to a layer, by its name in the model. */
export interface LayerChoice {
  readonly layer: string;
  readonly action: LayerAction;
}

/** A choice, and where its layer is built. */
export interface PlacedChoice extends LayerChoice {
  readonly site: Site;
  /** Who called the place: a helper builds another layer for each of its callers. */
  readonly stack: Layer['stack'];
}

/**
 * Whether a choice is about a layer. Bits and replacements are written where the layer is built, and so are those of
 * all layers of the place; a width can be another for each caller.
 */
export function isAbout({ site, stack, action }: PlacedChoice, layer: Layer): boolean {
  if (siteKey(site) !== siteKey(layer.site)) return false;
  return action.kind !== 'channels' || stackKey(stack) === stackKey(layer.stack);
}

function stackKey(stack: Layer['stack']): string {
  return stack.map(({ file, line }) => `${file}:${line}`).join('\n');
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
      stack: layer.stack,
      action: isNarrower ? { kind: 'channels', channels: channelsLeft(channels, action.share) } : action,
    });
  }
  return placed;
}

/** The same order whichever way they were made: by kind, then as they stand in the sources. */
export function orderChoices(choices: readonly PlacedChoice[]): readonly PlacedChoice[] {
  const last = new Map<string, PlacedChoice>();
  for (const choice of choices) {
    const callers = choice.action.kind === 'channels' ? stackKey(choice.stack) : '';
    const key = [choice.action.kind, siteKey(choice.site), callers].join('\n');
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
