/**
 * How a compressed weight is coded: what the forward pass sees while the network trains, over which
 * axes its scale is taken, and which layers of a network it can be applied to. Codings are values in a
 * table, so that ternary or k-bit weights are one more entry and the trainer does not change.
 */
import type { KernelKind, WeightSlot } from '../train/operator.ts';
import type { Network, WeightTransform } from '../train/network.ts';
import { binarize, type BwnGradient } from './bwn.ts';

export interface WeightCoding {
  readonly id: string;
  /** What training sees instead of the full-precision weight. */
  transform(kind: KernelKind): WeightTransform;
}

export function bwnCoding(gradient: BwnGradient): WeightCoding {
  return { id: 'bwn', transform: (kind) => (weight) => binarize(weight, kind, gradient) };
}

/** The kernel of a layer, where it has one that can be coded. */
export function kernelOf(network: Network, layer: string): WeightSlot | null {
  const slot = network.slots.find((s) => s.layer === layer && s.role === 'kernel');
  return slot && slot.kind !== null && slot.kind !== 'groupedDeconv' ? slot : null;
}

/** Transforms for `layers`, by weight name; layers without a kernel are passed over. */
export function transformsFor(
  network: Network,
  layers: readonly string[],
  coding: WeightCoding,
): ReadonlyMap<string, WeightTransform> {
  const transforms = new Map<string, WeightTransform>();
  for (const layer of layers) {
    const slot = kernelOf(network, layer);
    if (slot?.kind) transforms.set(slot.name, coding.transform(slot.kind));
  }
  return transforms;
}

/** Several transforms one after the other: mask, then binarize. */
export function chain(...transforms: readonly WeightTransform[]): WeightTransform {
  return (weight) => transforms.reduce((value, transform) => transform(value), weight);
}
