/**
 * Adam (Kingma & Ba 2015, algorithm 1) with its state in the open: the moments are variables that a
 * checkpoint can read and write, and the bias corrections are computed from the step count on the host,
 * so that an optimizer read back from a checkpoint goes on bit for bit. ε is added outside the
 * corrected root, as PyTorch and the paper do.
 */
import * as tf from '@tensorflow/tfjs-core';
import { failure, success, type Result } from '../../core/result.ts';
import type { NamedWeight, Network } from './network.ts';
import { weightsMissing } from './problems.ts';

export interface AdamSettings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
}

export interface AdamState {
  /** Updates made so far. */
  readonly updates: number;
  /** `main.0.weight/m` and `main.0.weight/v`. */
  readonly moments: readonly NamedWeight[];
}

export interface Adam {
  /** One update of the network's trainable weights; gradients by variable name. `factor` scales the learning rate. */
  update(gradients: tf.NamedTensorMap, factor: number): void;
  readState(): AdamState;
  writeState(state: AdamState): Result<null>;
  dispose(): void;
}

const epsilon = 1e-8;

export function createAdam(network: Network, { learningRate, beta1, beta2 }: AdamSettings): Adam {
  const entries = network.trainable.map(({ slot, variable }) => ({
    slot,
    variable,
    m: zeroVariable(slot.shape),
    v: zeroVariable(slot.shape),
  }));
  const moments = entries.flatMap(({ slot, m, v }) => [
    { name: `${slot.name}/m`, shape: slot.shape, variable: m },
    { name: `${slot.name}/v`, shape: slot.shape, variable: v },
  ]);
  let updates = 0;
  return {
    update(gradients, factor) {
      updates += 1;
      tf.tidy(() => {
        // Only these two numbers change from step to step, so they are tensors and everything else is fixed.
        const rate = tf.scalar((factor * learningRate) / (1 - beta1 ** updates));
        const rootCorrection = tf.scalar(1 / Math.sqrt(1 - beta2 ** updates));
        for (const { variable, m, v } of entries) {
          const gradient = gradients[variable.name];
          if (!gradient) continue;
          const newM = tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1));
          const newV = tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), 1 - beta2));
          const divisor = tf.add(tf.mul(tf.sqrt(newV), rootCorrection), epsilon);
          m.assign(newM);
          v.assign(newV);
          variable.assign(tf.sub(variable, tf.div(tf.mul(newM, rate), divisor)));
        }
      });
    },
    readState: () => ({
      updates,
      moments: moments.map(({ name, shape, variable }) => ({
        name,
        shape,
        data: Float32Array.from(variable.dataSync()),
      })),
    }),
    writeState(state) {
      const given = new Map(state.moments.map((moment) => [moment.name, moment]));
      const missing = moments.filter(({ name, shape }) => given.get(name)?.shape.join() !== shape.join());
      if (missing.length > 0) return failure(weightsMissing(missing.map(({ name }) => name)));
      for (const { name, shape, variable } of moments) {
        const value = tf.tensor(Float32Array.from(given.get(name)?.data ?? []), shape.slice());
        variable.assign(value);
        value.dispose();
      }
      updates = state.updates;
      return success(null);
    },
    dispose() {
      for (const { variable } of moments) variable.dispose();
    },
  };
}

function zeroVariable(shape: readonly number[]): tf.Variable {
  const zeros = tf.zeros(shape.slice());
  const variable = tf.variable(zeros, false);
  zeros.dispose();
  return variable;
}
