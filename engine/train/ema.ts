/**
 * An exponential moving average of all of a network's weights, running statistics included, which draws
 * steadier images than the weights of any one step (Karras et al. 2018, §A.1). The decay grows from nothing
 * to its final value, min(d, (1 + t)/(10 + t)), so that the first average is not the initial weights.
 */
import * as tf from '@tensorflow/tfjs-core';
import { failure, success, type Result } from '../../core/result.ts';
import type { NamedWeight, Network } from './network.ts';
import { weightsMissing } from './problems.ts';

export interface Ema {
  /** After update `step` (0, 1, 2…) of the network. */
  update(step: number): void;
  /** Copies, in the order of the network's slots. */
  readWeights(): NamedWeight[];
  writeWeights(weights: readonly NamedWeight[]): Result<null>;
  dispose(): void;
}

export function createEma(network: Network, decay: number): Ema {
  const entries = network.variables.map(({ slot, variable }) => ({
    slot,
    variable,
    average: tf.tidy(() => tf.variable(tf.clone(variable), false)),
  }));
  return {
    update(step) {
      tf.tidy(() => {
        // A tensor, because it differs from step to step and everything else is fixed.
        const kept = tf.scalar(Math.min(decay, (1 + step) / (10 + step)));
        for (const { variable, average } of entries) {
          average.assign(tf.add(variable, tf.mul(tf.sub(average, variable), kept)));
        }
      });
    },
    readWeights: () =>
      entries.map(({ slot, average }) => ({
        name: slot.name,
        shape: slot.shape,
        data: Float32Array.from(average.dataSync()),
      })),
    writeWeights(weights) {
      const given = new Map(weights.map((weight) => [weight.name, weight]));
      const missing = entries.filter(({ slot }) => given.get(slot.name)?.shape.join() !== slot.shape.join());
      if (missing.length > 0) return failure(weightsMissing(missing.map(({ slot }) => slot.name)));
      for (const { slot, average } of entries) {
        const value = tf.tensor(Float32Array.from(given.get(slot.name)?.data ?? []), slot.shape.slice());
        average.assign(value);
        value.dispose();
      }
      return success(null);
    },
    dispose() {
      for (const { average } of entries) average.dispose();
    },
  };
}
