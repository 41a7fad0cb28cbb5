/** How many channels a layer gives out, and how many a pruned share of them leaves. */
import type { Layer } from '../graph/modelGraph.ts';

/** Channels or features; 0: the layer has none of its own. */
export function outputChannels({ attributes }: Layer): number {
  if ('outChannels' in attributes) return attributes.outChannels;
  return 'outFeatures' in attributes ? attributes.outFeatures : 0;
}

/** Channels that are left of `channels` without a share of them; never none. */
export function channelsLeft(channels: number, share: number): number {
  return Math.max(1, Math.round(channels * (1 - share)));
}
