/**
 * Latent vectors of the noise task: standard normal, or uniform in [−1, 1) as in the first DCGAN code.
 * They depend on seed, step and purpose only, so a resumed run draws what an uninterrupted one draws.
 */
import * as tf from '@tensorflow/tfjs-core';
import { rng } from '../random/rng.ts';

export interface LatentRequest {
  readonly distribution: 'normal' | 'uniform';
  /** The generator's input shape with batch 1. */
  readonly shape: readonly number[];
  readonly count: number;
  readonly seed: number;
  readonly step: number;
  readonly purpose: string;
}

/** `count` latents as one tensor [count, …]. */
export function latentTensor(request: LatentRequest): tf.Tensor {
  return tf.tensor(latentValues(request), [request.count, ...request.shape.slice(1)]);
}

export function latentValues({ distribution, shape, count, seed, step, purpose }: LatentRequest): Float32Array {
  const values = new Float32Array(shape.slice(1).reduce((product, dim) => product * dim, count));
  const stream = rng(seed, step, `latents ${purpose}`);
  return distribution === 'normal' ? stream.fillNormal(values) : stream.fillUniform(values, -1, 1);
}
