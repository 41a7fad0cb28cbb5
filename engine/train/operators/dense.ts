/**
 * Dense layers: over the last axis, whatever stands before it. In a channelsFirst graph a dense layer
 * after a convolution works on the graph's own last axis, so the value is brought into that order first.
 */
import * as tf from '@tensorflow/tfjs-core';
import { success } from '../../../core/result.ts';
import type { OperatorTable, WeightSlot } from '../operator.ts';
import { given, inFrameworkOrder, toFramework } from '../value.ts';

export const denseOperators: OperatorTable = {
  dense: ({ inFeatures, outFeatures, bias }, context) => {
    const kernel = context.weight({
      role: 'kernel',
      kind: 'dense',
      shape: [inFeatures, outFeatures],
      ...(context.framework === 'pytorch' ? { frameworkAxes: [1, 0] } : {}),
    });
    if (!kernel.ok) return kernel;
    const offset = bias ? context.weight({ role: 'bias', shape: [outFeatures] }) : success<WeightSlot | null>(null);
    if (!offset.ok) return offset;
    const slot = offset.value;
    return success(([input], run) => {
      const x = toFramework(given(input));
      const rows = x.rank === 2 ? x : tf.reshape(x, [-1, inFeatures]);
      const product = tf.matMul(rows as tf.Tensor2D, run.weight(kernel.value) as tf.Tensor2D);
      const sum = slot ? tf.add(product, run.weight(slot)) : product;
      return inFrameworkOrder(x.rank === 2 ? sum : tf.reshape(sum, [...x.shape.slice(0, -1), outFeatures]));
    });
  },
};
