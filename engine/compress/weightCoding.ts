/**
 * How a compressed weight is coded: what the forward pass sees while the network trains, over which
 * axes its scale is taken, and which layers of a network it can be applied to. The trainer and the packer
 * know codings only by this interface, so that binary, ternary and k-bit weights go one path.
 */
import { assertNever } from '../../core/assertNever.ts';
import type { Representation } from '../../core/plan/stageFields.ts';
import type { PlaneBits, PackedBits } from '../formats/weightPlanes.ts';
import type { KernelKind, WeightSlot } from '../train/operator.ts';
import type { Network, WeightTransform } from '../train/network.ts';
import { binarize, type BwnGradient } from './bwn.ts';
import { quantizeWeight } from './multiBit.ts';

export interface WeightCoding {
  readonly id: string;
  /** What the packed file stores. */
  readonly bits: PackedBits;
  /** What training sees instead of the full-precision weight. */
  transform(kind: KernelKind): WeightTransform;
}

export function bwnCoding(gradient: BwnGradient): WeightCoding {
  return { id: 'bwn', bits: 1, transform: (kind) => (weight) => binarize(weight, kind, gradient) };
}

export function planeCoding(bits: PlaneBits): WeightCoding {
  return {
    id: bits === 'ternary' ? bits : `${bits} bits`,
    bits,
    transform: (kind) => (weight) => quantizeWeight(weight, kind, bits),
  };
}

/** The coding of a plan's representation. */
export function codingOf(rep: Representation, gradient: BwnGradient): WeightCoding {
  switch (rep.kind) {
    case 'binary':
      return bwnCoding(gradient);
    case 'ternary':
      return planeCoding('ternary');
    case 'int':
      return planeCoding(rep.bits);
    default:
      return assertNever(rep);
  }
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
