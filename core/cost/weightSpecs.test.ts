/** Names, axis order and trainability of weights in each framework, and bytes at each precision. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { Framework } from '../graph/modelGraph.ts';
import type { ConvAttributes, OpCall } from '../graph/ops.ts';
import { activationBytes, layerBytes } from './layerBytes.ts';
import { countWeights, weightSpecs } from './weightSpecs.ts';

const conv: ConvAttributes = {
  inChannels: 6,
  outChannels: 4,
  kernel: [3, 5],
  stride: [1, 1],
  padding: [0, 0],
  dilation: [1, 1],
  groups: 1,
  bias: true,
};
const batchNorm = { features: 8, eps: 1e-5, momentum: 0.1, scale: true, center: true, trackStats: true };
const dense: OpCall = { op: 'dense', attributes: { inFeatures: 100, outFeatures: 7, bias: true } };

describe('weightSpecs', () => {
  const rows: readonly (readonly [OpCall, Framework, string])[] = [
    [{ op: 'conv2d', attributes: { ...conv, groups: 2 } }, 'pytorch', 'weight[4,3,3,5] bias[4]'],
    [{ op: 'conv2d', attributes: { ...conv, groups: 2 } }, 'keras', 'kernel[3,5,3,4] bias[4]'],
    [{ op: 'conv2d_transpose', attributes: { ...conv, groups: 2, outputPadding: [0, 0] } }, 'pytorch', 'weight[6,2,3,5] bias[4]'],
    [{ op: 'conv2d_transpose', attributes: { ...conv, outputPadding: [0, 0] } }, 'tfjs', 'kernel[3,5,4,6] bias[4]'],
    [{ op: 'conv1d', attributes: { ...conv, kernel: [3], bias: false } }, 'keras', 'kernel[3,6,4]'],
    [{ op: 'separable_conv2d', attributes: { ...conv, depthMultiplier: 2 } }, 'keras', 'depthwise_kernel[3,5,6,2] pointwise_kernel[1,1,12,4] bias[4]'],
    [dense, 'pytorch', 'weight[7,100] bias[7]'],
    [dense, 'tfjs-file', 'kernel[100,7] bias[7]'],
    [{ op: 'batch_norm', attributes: batchNorm }, 'pytorch', 'weight[8] bias[8] (running_mean[8]) (running_var[8])'],
    [{ op: 'batch_norm', attributes: { ...batchNorm, scale: false } }, 'keras', 'beta[8] (moving_mean[8]) (moving_variance[8])'],
    [{ op: 'instance_norm', attributes: { features: 8, eps: 1e-5, affine: false } }, 'pytorch', ''],
    [{ op: 'activation', attributes: { fn: 'prelu', features: 4 } }, 'pytorch', 'weight[4]'],
    [{ op: 'activation', attributes: { fn: 'relu' } }, 'pytorch', ''],
    [{ op: 'embedding', attributes: { count: 10, features: 50 } }, 'keras', 'embeddings[10,50]'],
    [{ op: 'parameter', attributes: { shape: [1, 4], trainable: false } }, 'pytorch', '(value[1,4])'],
    [{ op: 'recurrent', attributes: { cell: 'gru', inFeatures: 3, units: 2, layers: 1, bidirectional: false } }, 'pytorch', 'weight_ih_l0[6,3] weight_hh_l0[6,2] bias_ih_l0[6] bias_hh_l0[6]'],
    [{ op: 'recurrent', attributes: { cell: 'gru', inFeatures: 3, units: 2, layers: 1, bidirectional: false } }, 'keras', 'kernel[3,6] recurrent_kernel[2,6] bias[2,6]'],
    [{ op: 'attention', attributes: { features: 8, heads: 2 } }, 'pytorch', 'in_proj_weight[24,8] in_proj_bias[24] out_proj.weight[8,8] out_proj.bias[8]'],
  ]; // prettier-ignore
  for (const [call, framework, expected] of rows) {
    it(`writes a ${framework} ${call.op} as “${expected}”`, () => {
      const specs = weightSpecs(call, framework) ?? assert.fail('weights are not known');
      const told = specs.map(({ name, shape, trainable }) => {
        const text = `${name}[${shape.join(',')}]`;
        return trainable ? text : `(${text})`;
      });
      assert.equal(told.join(' '), expected);
    });
  }

  it('tells a Keras depthwise convolution from a grouped one by its class', () => {
    const call: OpCall = { op: 'conv2d', attributes: { ...conv, outChannels: 12, groups: 6, bias: false } };
    for (const [framework, name] of [
      ['keras', 'kernel'],
      ['tfjs', 'depthwise_kernel'],
    ] as const) {
      const specs = weightSpecs(call, framework, 'DepthwiseConv2D');
      assert.deepEqual(specs, [{ name, shape: [3, 5, 6, 2], trainable: true }]);
    }
    assert.deepEqual(weightSpecs(call, 'keras')?.[0]?.shape, [3, 5, 1, 12]);
  });

  it('knows nothing of sizes that make no array', () => {
    assert.equal(weightSpecs({ op: 'conv2d', attributes: { ...conv, groups: 4 } }, 'pytorch'), null);
    assert.equal(
      weightSpecs({ op: 'dense', attributes: { inFeatures: NaN, outFeatures: 1, bias: false } }, 'keras'),
      null,
    );
    assert.equal(weightSpecs({ op: 'unknown', attributes: { type: 'X' } }, 'keras'), null);
  });

  it('counts as many parameters in every framework', () => {
    const size = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(size, size, size, fc.boolean(), (inChannels, outChannels, k, bias) => {
        const attributes = { ...conv, inChannels, outChannels, kernel: [k, k], bias, outputPadding: [0, 0] };
        for (const op of ['conv2d', 'conv2d_transpose'] as const) {
          const counts = (['pytorch', 'keras', 'tfjs'] as const).map((framework) =>
            countWeights(weightSpecs({ op, attributes }, framework) ?? []),
          );
          const expected = { params: inChannels * outChannels * k * k + (bias ? outChannels : 0), nonTrainable: 0 };
          assert.deepEqual(counts, [expected, expected, expected]);
        }
      }),
    );
  });
});

describe('layerBytes', () => {
  it('packs each kernel to whole bytes, with a scale per output channel, and leaves the rest at fp32', () => {
    // 6·4·15 = 360 weights are 45 bytes; 4 scales and 4 biases are 32.
    const call: OpCall = { op: 'conv2d_transpose', attributes: { ...conv, outputPadding: [0, 0] } };
    for (const framework of ['pytorch', 'keras'] as const) {
      assert.deepEqual(layerBytes(call, weightSpecs(call, framework)), { fp32: 1456, int8: 392, binary: 77 });
    }
  });

  it('rounds a started byte up', () => {
    const call: OpCall = { op: 'dense', attributes: { inFeatures: 3, outFeatures: 3, bias: false } };
    assert.deepEqual(layerBytes(call, weightSpecs(call, 'keras')), { fp32: 36, int8: 21, binary: 14 });
  });

  it('leaves normalization, statistics included, as it is', () => {
    const call: OpCall = { op: 'batch_norm', attributes: batchNorm };
    assert.deepEqual(layerBytes(call, weightSpecs(call, 'pytorch')), { fp32: 128, int8: 128, binary: 128 });
  });

  it('scales both kernels of a separable convolution', () => {
    const call: OpCall = { op: 'separable_conv2d', attributes: { ...conv, depthMultiplier: 2, bias: false } };
    const bytes = layerBytes(call, weightSpecs(call, 'keras'));
    assert.deepEqual(bytes, { fp32: (180 + 48) * 4, int8: 180 + 48 + 16 * 4, binary: 23 + 6 + 16 * 4 });
  });

  it('is not known where the weights are not, nor the bytes of an open shape', () => {
    assert.equal(layerBytes(dense, null), null);
    assert.equal(activationBytes([1, 3, '?']), null);
    assert.equal(activationBytes(null), null);
    assert.equal(activationBytes([1, 3, 64, 64]), 49152);
    assert.equal(activationBytes([1, 3, 64, 64], 1), 12288);
  });
});
