/** The published degrees of redundancy of DCGAN, the derived variant, and the cases around them. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { ConvAttributes, OpCall } from '../graph/ops.ts';
import type { Shape } from '../graph/shape.ts';
import { inferShape } from '../shape/inferShape.ts';
import { degreeOfRedundancy, dorTerms, type DorOptions } from './degreeOfRedundancy.ts';

const published: DorOptions = { conv: 'published' };
const derived: DorOptions = { conv: 'derived' };

/** carpedm20's DCGAN, which PBGen measures: 5×5 kernels, stride 2, `same` padding. */
const generator = [512, 256, 128, 64, 3];
const discriminator = [3, 64, 128, 256, 512];

describe('the degree of redundancy of DCGAN', () => {
  it('is 496, 192, −128, −960 over the generator’s deconvolutions', () => {
    assert.deepEqual(chain(generator, 4, transposed, published), [496, 192, -128, -960]);
  });

  it('is 11, 1472, 2944, 5888 over the discriminator’s convolutions', () => {
    assert.deepEqual(chain(discriminator, 64, convolution, published), [11, 1472, 2944, 5888]);
  });

  it('is −949, 1344, 3136, 6384 there by the deconvolution’s own derivation', () => {
    assert.deepEqual(chain(discriminator, 64, convolution, derived), [-949, 1344, 3136, 6384]);
  });

  it('is 99 for the projection of 100 latents, marked as dense', () => {
    const dense: OpCall = { op: 'dense', attributes: { inFeatures: 100, outFeatures: 4096, bias: true } };
    const dor = degreeOfRedundancy(dense, [1, 100], [1, 4096], 'channelsFirst', published);
    assert.deepEqual(dor, { value: 99, formula: 'dense' });
  });
});

describe('degreeOfRedundancy', () => {
  it('is the same in both layouts, and does not need the output of a deconvolution', () => {
    const call = transposed(256, 128);
    assert.equal(degreeOfRedundancy(call, [1, 256, 4, 4], null, 'channelsFirst', published)?.value, 240);
    assert.equal(degreeOfRedundancy(call, [1, 4, 4, 256], null, 'channelsLast', published)?.value, 240);
    assert.equal(degreeOfRedundancy(call, [256, 4, 4], null, 'channelsFirst', published)?.value, 240);
  });

  it('takes the channels of one group', () => {
    const deconv: OpCall = {
      op: 'conv2d_transpose',
      attributes: { ...attributes(256, 128), groups: 4, outputPadding: [0, 0] },
    };
    assert.equal(degreeOfRedundancy(deconv, [1, 256, 4, 4], null, 'channelsFirst', published)?.value, 64 - 16);
    const depthwise: OpCall = { op: 'conv2d', attributes: { ...attributes(32, 32), groups: 32 } };
    assert.equal(degreeOfRedundancy(depthwise, null, null, 'channelsFirst', published)?.value, 25 - 1);
  });

  it('is not known where a size that it needs is open', () => {
    assert.equal(degreeOfRedundancy(transposed(8, 8), [1, 8, '?', 4], null, 'channelsFirst', published), null);
    assert.equal(degreeOfRedundancy(transposed(8, 8), null, null, 'channelsFirst', published), null);
    assert.equal(degreeOfRedundancy(convolution(8, 8), [1, 8, 4, 4], null, 'channelsFirst', derived), null);
    assert.notEqual(degreeOfRedundancy(convolution(8, 8), null, null, 'channelsFirst', published), null);
  });

  it('is nothing that other layers have', () => {
    const relu: OpCall = { op: 'activation', attributes: { fn: 'relu' } };
    assert.equal(degreeOfRedundancy(relu, [1, 8, 4, 4], [1, 8, 4, 4], 'channelsFirst', published), null);
  });

  it('writes the formula with its numbers', () => {
    assert.equal(
      dorTerms(transposed(64, 1), [1, 64, 16, 16], null, 'channelsFirst', published)?.filledIn,
      '64 − 16·16',
    );
    assert.equal(dorTerms(convolution(3, 64), null, null, 'channelsFirst', published)?.filledIn, '5·5·3 − 64');
  });

  it('falls by one for each position and rises by one for each channel of a deconvolution', () => {
    const size = fc.integer({ min: 1, max: 300 });
    fc.assert(
      fc.property(size, size, size, (channels, height, width) => {
        const dor = degreeOfRedundancy(
          transposed(channels, 1),
          [1, channels, height, width],
          null,
          'channelsFirst',
          published,
        );
        assert.equal(dor?.value, channels - height * width);
      }),
    );
  });
});

function chain(
  channels: readonly number[],
  size: number,
  build: (inChannels: number, outChannels: number) => OpCall,
  options: DorOptions,
): readonly (number | undefined)[] {
  let input: Shape | null = [1, size, size, channels[0] ?? 0];
  return channels.slice(1).map((outChannels, index) => {
    const call = build(channels[index] ?? 0, outChannels);
    const result = inferShape(call, [input], 'channelsLast');
    const output = result.kind === 'shape' ? result.shape : null;
    const dor = degreeOfRedundancy(call, input, output, 'channelsLast', options);
    input = output;
    return dor?.value;
  });
}

function transposed(inChannels: number, outChannels: number): OpCall {
  return { op: 'conv2d_transpose', attributes: { ...attributes(inChannels, outChannels), outputPadding: [0, 0] } };
}

function convolution(inChannels: number, outChannels: number): OpCall {
  return { op: 'conv2d', attributes: attributes(inChannels, outChannels) };
}

function attributes(inChannels: number, outChannels: number): ConvAttributes {
  return {
    inChannels,
    outChannels,
    kernel: [5, 5],
    stride: [2, 2],
    padding: 'same',
    dilation: [1, 1],
    groups: 1,
    bias: true,
  };
}
