import assert from 'node:assert/strict';
import type { OpCall } from '../graph/ops.ts';
import {
  layerFingerprint,
  measurementOf,
  parseSensitivity,
  withNetwork,
  type NetworkSensitivity,
} from './sensitivityFile.ts';

const dense = (outFeatures: number): OpCall => ({
  op: 'dense',
  attributes: { inFeatures: 100, outFeatures, bias: true },
});

const network: NetworkSensitivity = {
  file: 'gan.py',
  model: 'Generator',
  sha256: 'ab',
  run: '20261122-060000-0000',
  swd: 40,
  nImages: 512,
  layers: [layer('robust', [1, 0.5, 0.2, 0]), layer('middling', [20, 9, 1.9, 0]), layer('fragile', [90, 50, 20, 1])],
};

describe('measured sensitivity', () => {
  it('goes by the fewest bits at which SWD stays within 5 %', () => {
    const levels = ['robust', 'middling', 'fragile'].map((name) => {
      const measured = measurementOf(network, name, dense(8));
      assert.ok(measured?.state === 'measured');
      assert.equal(measured.sensitivity.basis, 'measured');
      return measured.sensitivity.level;
    });
    assert.deepEqual(levels, ['low', 'medium', 'high']);
    const why = measurementOf(network, 'middling', dense(8));
    assert.ok(why?.state === 'measured');
    assert.match(why.sensitivity.why, /from 4 bits on: SWD ×10³ 40\.0 over 512 images, 1 bit \+20\.0/);
  });

  it('is stale as soon as the layer is built differently, and only then', () => {
    assert.equal(measurementOf(network, 'robust', dense(9))?.state, 'stale');
    assert.equal(measurementOf(network, 'robust', dense(8))?.state, 'measured');
    assert.equal(measurementOf(network, 'other', dense(8)), null);
    const turned: OpCall = { op: 'dense', attributes: { bias: true, outFeatures: 8, inFeatures: 100 } };
    assert.equal(layerFingerprint(turned), layerFingerprint(dense(8)), 'the order of attributes says nothing');
  });

  it('replaces a network’s earlier measurements and keeps those of others', () => {
    const first = withNetwork(null, network);
    const both = withNetwork(first, { ...network, model: 'Other' });
    const again = withNetwork(both, { ...network, swd: 41 });
    assert.deepEqual(
      again.networks.map(({ model, swd }) => [model, swd]),
      [
        ['Other', 40],
        ['Generator', 41],
      ],
    );
    assert.deepEqual(parseSensitivity(JSON.stringify(again)), again);
  });

  for (const text of [
    '',
    '[]',
    '{"version":2,"networks":[]}',
    '{"version":1,"networks":[{"file":"a"}]}',
    JSON.stringify(withNetwork(null, network)).replace('"rise":20', '"rise":"20"'),
  ]) {
    it(`does not believe ${text.slice(0, 40) || 'nothing'}`, () => assert.equal(parseSensitivity(text), null));
  }
});

function layer(name: string, rises: readonly number[]) {
  const bits = [1, 2, 4, 8].map((count, i) => ({
    bits: count,
    psnr: 20,
    swd: 40 + (rises[i] ?? 0),
    rise: rises[i] ?? 0,
  }));
  return { name, fingerprint: layerFingerprint(dense(8)), bits };
}
