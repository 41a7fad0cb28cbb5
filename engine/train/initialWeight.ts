/**
 * Initial weights. Kernels are drawn from N(0, 0.02), scales of normalization layers from N(1, 0.02),
 * biases and shifts start at 0: the initialization of DCGAN (Radford et al. 2016, §3), which the
 * `weights_init` of nearly every GAN source repeats, and which is used here for all frameworks alike,
 * because the source's own initialization code is read by nobody. Numbers depend on the seed and the
 * weight's name only, not on the order of layers.
 */
import { rng } from '../random/rng.ts';
import type { WeightSlot } from './operator.ts';

const dcganDeviation = 0.02;
/** PyTorch's default slope of a PReLU. */
const preluSlope = 0.25;

export function initialWeight(slot: WeightSlot, seed: number, network: string): Float32Array {
  const values = new Float32Array(slot.shape.reduce((product, dim) => product * dim, 1));
  switch (slot.role) {
    case 'kernel':
    case 'gamma': {
      const mean = slot.role === 'gamma' ? 1 : 0;
      rng(seed, 0, `weight ${network} ${slot.name}`).fillNormal(values);
      return values.map((value) => mean + dcganDeviation * value);
    }
    case 'variance':
      return values.fill(1);
    case 'slope':
      return values.fill(preluSlope);
    case 'bias':
    case 'beta':
    case 'mean':
      return values;
  }
}
