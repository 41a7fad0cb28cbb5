/** PBGen's equation (3) on its own DCGAN, and the golden values of its Fig. 12. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { accountings, computationShare, memoryShare, type CountedLayer } from './eq3.ts';

/** Kernels 5×5, input maps 4, 8, 16, 32: the 512-channel DCGAN. */
const dcgan: readonly CountedLayer[] = [
  { op: 'dense', nWeights: 100 * 8192, macs: 100 * 8192, binarized: false },
  deconvolution(512, 256, 4, true),
  deconvolution(256, 128, 8, true),
  deconvolution(128, 64, 16, true),
  deconvolution(64, 3, 32, false),
];

describe('equation (3)', () => {
  it('gives 30.93× over DCGAN’s deconvolutions and 5.35× with the fp32 projection', () => {
    const ratios = accountings(dcgan).map(({ name, memoryRatio }) => [name, memoryRatio.toFixed(2)]);
    assert.deepEqual(ratios, [
      ['deconvolutions only', '30.93'],
      ['deconvolutions and projection', '5.35'],
    ]);
  });

  it('gives 1.941× and 1.932× of computation', () => {
    const ratios = accountings(dcgan).map(({ computationRatio }) => computationRatio.toFixed(3));
    assert.deepEqual(ratios, ['1.941', '1.932']);
  });

  it('gives 31.10× where the projection is binarized too', () => {
    const [, withProjection] = accountings(
      dcgan.map((layer) => (layer.op === 'dense' ? { ...layer, binarized: true } : layer)),
    );
    assert.equal(withProjection?.memoryRatio.toFixed(2), '31.10');
  });

  it('never names an accounting that counts the same as the one before', () => {
    assert.deepEqual(
      accountings(dcgan.slice(1)).map(({ name }) => name),
      ['deconvolutions only'],
    );
    assert.deepEqual(accountings([]), []);
    const conv: CountedLayer = { op: 'conv2d', nWeights: 9, macs: 9, binarized: false };
    assert.deepEqual(
      accountings([...dcgan, conv]).map(({ name }) => name),
      ['deconvolutions only', 'deconvolutions and projection', 'all kernels'],
    );
  });

  it('lies between all binary and nothing binary', () => {
    assert.equal(memoryShare(0, 10), 1);
    assert.equal(memoryShare(10, 10), 1 / 32);
    assert.equal(computationShare(0, 10), 1);
    assert.equal(computationShare(10, 10), 1 / 2);
  });

  it('follows Fig. 12 as the last layer’s input channels grow, relative to the unchanged network', () => {
    const nReference = weightsWith(64);
    const share = (channels: number): string => {
      const last = 25 * channels * 3;
      const nTotal = weightsWith(channels);
      const nBinarized = channels - 32 * 32 >= 0 ? nTotal : nTotal - last;
      return ((memoryShare(nBinarized, nTotal) * nTotal) / nReference).toFixed(4);
    };
    assert.deepEqual([64, 128, 256, 512, 1023, 1024].map(share), [
      '0.0323',
      '0.0349',
      '0.0401',
      '0.0505',
      '0.0713',
      '0.0541',
    ]);
  });
});

function weightsWith(lastChannels: number): number {
  return 25 * (512 * 256 + 256 * 128 + 128 * lastChannels + lastChannels * 3);
}

function deconvolution(inChannels: number, outChannels: number, size: number, binarized: boolean): CountedLayer {
  const nWeights = 25 * inChannels * outChannels;
  return { op: 'conv2d_transpose', nWeights, macs: nWeights * size * size, binarized };
}
