/** Tensors that do not begin with a batch, and places in images and volumes. */
import assert from 'node:assert/strict';
import type { AnalyzeReport } from '../../core/report/analyzeReport.ts';
import { describeFile, toReport } from '../describeFile.ts';
import { defaultSettings } from '../settings.ts';
import { memoryHost } from '../sourceHost.ts';

const IMPORTS = 'import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';

function analyze(source: string): AnalyzeReport {
  return toReport(describeFile(memoryHost({ 'model.py': IMPORTS + source }), 'model.py', defaultSettings));
}

const CRITIC = `
class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv3d(1, 2, 4, stride=2, padding=1)

    def forward(self, x):
        x = x.view(-1, 1, 8, 8, 8)
        return torch.squeeze(self.conv(x).mean((2, 3, 4)))
`;

describe('batches', () => {
  it('are not taken from a volume that was squeezed', () => {
    const { models } = analyze(`${CRITIC}\nCritic()(torch.squeeze(torch.randn(1, 1, 8, 8, 8)))\n`);
    const [critic] = models;
    assert.deepEqual(critic?.inputs, [[8, 8, 8]]);
    assert.deepEqual(
      critic.layers.map(({ outputShape, macs }) => [outputShape, macs]),
      [[[1, 2, 4, 4, 4], 2 * 64 * 64]],
    );
    assert.deepEqual(
      critic.findings.filter(({ code }) => code === 'SW401'),
      [],
    );
  });

  it('are one where the source was made for another number, and then a contradiction is none of the numbers', () => {
    const source = `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6, 4)

    def forward(self, x):
        return self.fc(x).view(5, 4)

Net()(torch.randn(5, 6))
`;
    const [net] = analyze(source).models;
    assert.deepEqual(net?.layers[0]?.macs, 24);
  });

  it('stay in front of the places that a grid samples, in volumes as well', () => {
    const source = `
class Turn(nn.Module):
    def __init__(self):
        super().__init__()
        self.start = nn.Parameter(torch.randn(1, 8, 4, 4, 4))
        self.conv = nn.Conv3d(8, 3, 1)

    def forward(self, z, theta):
        x = self.start.repeat((z.size(0), 1, 1, 1, 1))
        return self.conv(F.grid_sample(x, F.affine_grid(theta, x.size()), padding_mode='zeros'))

class Warp(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv3d(2, 3, 1)

    def forward(self, x, grid):
        return self.conv(F.grid_sample(x, load(grid)))

Turn()(torch.randn(2, 5), torch.randn(2, 3, 4))
Warp()(torch.randn(2, 2, 4, 4, 4), 'places')
`;
    const { models } = analyze(source);
    assert.deepEqual(
      models.map(({ layers }) => layers.map(({ outputShape }) => outputShape)),
      [[[1, 3, 4, 4, 4]], [[1, 3, '?', '?', '?']]],
    );
  });
});
