/**
 * Registers TF.js's gradients. The package's Node build leaves them out (its own bundler took the
 * registration for unused), so they are required for their effect. In a bundle the literal `require` is
 * followed and included; run from source, Node's resolver for modules refuses these files and a CommonJS
 * `require` accepts them. TF.js keeps its registry in a global, so a second copy of it does no harm.
 * The gradients of sum and mean are replaced by equal ones that repeat a small tensor: TF.js multiplies by
 * ones in the size of the activations, made on the host at every step.
 */
import { createRequire } from 'node:module';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

declare const require: ((path: string) => unknown) | undefined;

if (typeof require === 'function') require('@tensorflow/tfjs-core/dist/register_all_gradients.js');
else createRequire(import.meta.url)('@tensorflow/tfjs-core/dist/register_all_gradients.js');

for (const [kernelName, isMean] of [
  ['Sum', false],
  ['Mean', true],
] as const) {
  tf.unregisterGradient(kernelName);
  tf.registerGradient({
    kernelName,
    inputsToSave: ['x'],
    gradFunc: (dy: Tensor | Tensor[], saved: Tensor[], attrs) => {
      const [x] = saved;
      if (x === undefined || Array.isArray(dy)) throw new Error(`The gradient of ${kernelName} takes one tensor`);
      const axes = tf.util.parseAxisParam(attrs['axis'] as number | number[], x.shape);
      return { x: () => repeatAlong(dy, x.shape, axes, isMean) };
    },
  });
}

function repeatAlong(dy: Tensor, shape: readonly number[], axes: readonly number[], isMean: boolean): Tensor {
  const nSummed = axes.reduce((product, axis) => product * (shape[axis] ?? 1), 1);
  const column = tf.reshape(
    dy,
    shape.map((dim, i) => (axes.includes(i) ? 1 : dim)),
  );
  const share = isMean ? tf.div(column, nSummed) : column;
  return tf.tile(
    share,
    shape.map((dim, i) => (axes.includes(i) ? dim : 1)),
  );
}
