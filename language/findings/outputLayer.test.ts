import assert from 'node:assert/strict';
import { describeFile } from '../describeFile.ts';
import { chainGraph, deconv2d, dense, relu } from '../report/chainGraph.ts';
import { defaultSettings } from '../settings.ts';
import { memoryHost } from '../sourceHost.ts';
import { checkRule } from './checkRule.ts';
import { outputLayer } from './outputLayer.ts';

describe('SW201', () => {
  it('names the last matrix layer, past activations', () => {
    const graph = chainGraph({
      input: [1, 64, 4, 4],
      layers: [
        { type: 'ConvTranspose2d', call: deconv2d({ from: 64, to: 8 }) },
        { type: 'ConvTranspose2d', call: deconv2d({ from: 8, to: 3 }) },
        { type: 'ReLU', call: relu },
      ],
    });
    assert.deepEqual(
      checkRule(outputLayer, graph).map((message) => message.slice(0, 41)),
      ['11 Predicted sensitive to low precision: '],
    );
  });

  it('does not take a spare layer for an output', () => {
    const graph = chainGraph({
      input: [1, 4],
      layers: [
        { type: 'Linear', call: dense(4, 4) },
        { type: 'Linear', call: dense(4, 4), nRuns: 0 },
      ],
    });
    assert.deepEqual(
      checkRule(outputLayer, graph).map((message) => message.slice(0, 2)),
      ['10'],
    );
  });

  it('does not look past a layer of which it is not known what it does', () => {
    const source = `import torch
import torch.nn as nn
class Net(nn.Module):
    def __init__(self, latent):
        super().__init__()
        self.a = nn.Linear(4, 8)
        self.mu = nn.Linear(8, latent)
    def forward(self, x):
        return self.mu(self.a(x))
`;
    const { models } = describeFile(memoryHost({ 'm.py': source }), 'm.py', defaultSettings, {});
    assert.equal(models.length, 1);
    assert.deepEqual(
      models[0]?.findings.filter(({ code, layer }) => code === 'SW201' && layer === 'a'),
      [],
    );
  });
});
