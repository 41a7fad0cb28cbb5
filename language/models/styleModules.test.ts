/** Style-based generators: convolutions by weights that a style scales, latents in lists, and scripts that train. */
import assert from 'node:assert/strict';
import type { ModelReport } from '../../core/report/analyzeReport.ts';
import { describeFile, toReport } from '../describeFile.ts';
import { defaultSettings } from '../settings.ts';
import { memoryHost } from '../sourceHost.ts';

const MODEL = `
import torch
import torch.nn as nn
import torch.nn.functional as F

class Modulated(nn.Module):
    def __init__(self, in_channels, out_channels, style, up=False):
        super().__init__()
        self.up = up
        self.weight = nn.Parameter(torch.randn(1, out_channels, in_channels, 3, 3))
        self.modulation = nn.Linear(style, in_channels)
        self.blur = nn.AvgPool2d(2, stride=1)

    def forward(self, x, style):
        batch, channels, height, width = x.shape
        scale = self.modulation(style).view(batch, 1, channels, 1, 1)
        weight = self.weight * scale
        out_channels = weight.shape[1]
        x = x.view(1, batch * channels, height, width)
        if self.up:
            weight = weight.transpose(1, 2).reshape(batch * channels, out_channels, 3, 3)
            x = F.conv_transpose2d(x, weight, stride=2, groups=batch)
            return self.blur(x.view(batch, out_channels, x.shape[2], x.shape[3]))
        weight = weight.view(batch * out_channels, channels, 3, 3)
        x = F.conv2d(x, weight, padding=1, groups=batch)
        return x.view(batch, out_channels, x.shape[2], x.shape[3])

class Generator(nn.Module):
    def __init__(self, style):
        super().__init__()
        self.start = nn.Parameter(torch.randn(1, 4, 8, 8))
        self.same = Modulated(4, 6, style)
        self.grown = Modulated(6, 2, style, up=True)

    def forward(self, styles):
        style = styles[0]
        x = self.start.repeat(style.shape[0], 1, 1, 1)
        return self.grown(self.same(x, style), style)

class Discriminator(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, 3, 3)

    def forward(self, x):
        return self.conv(x)
`;

function modelsOf(files: Readonly<Record<string, string>>): readonly ModelReport[] {
  const host = memoryHost({ 'model.py': MODEL, ...files });
  return toReport(describeFile(host, 'model.py', defaultSettings)).models;
}

const TRAINING = `
import torch
from model import Generator, Discriminator
generator = Generator(5)
discriminator = Discriminator(2)
for step in range(10):
    fake = generator([torch.randn(7, 5)])
    discriminator(fake)
`;

describe('style-based generators', () => {
  it('have a row for each convolution by a weight that a style scales, for one example of a list of latents', () => {
    const [generator] = modelsOf({ 'train.py': TRAINING });
    assert.deepEqual(generator?.inputs, [[1, 5]]);
    assert.deepEqual(
      generator.layers.map(({ name, type, op, params, macs, outputShape }) => [
        name,
        type,
        op,
        params,
        macs,
        outputShape?.join('x'),
      ]),
      [
        ['same', 'Modulated', 'conv2d', 6 * 4 * 9, 6 * 4 * 9 * 8 * 8, '1x6x8x8'],
        ['same.modulation', 'Linear', 'dense', 5 * 4 + 4, 5 * 4, '1x4'],
        // What follows the convolution makes it no plain one; its cost is known.
        ['grown', 'Modulated', 'unknown', 2 * 6 * 9, 2 * 6 * 9 * 8 * 8, '1x2x16x16'],
        ['grown.modulation', 'Linear', 'dense', 5 * 6 + 6, 5 * 6, '1x6'],
        ['grown.blur', 'AvgPool2d', 'avg_pool', 0, 0, '1x2x16x16'],
        ['same.blur', 'AvgPool2d', 'avg_pool', 0, 0, undefined],
      ],
    );
    assert.equal(generator.totals.partial, false);
    // The start is no layer, and is counted.
    assert.equal(generator.totals.params, 4 * 8 * 8 + 6 * 4 * 9 + 24 + 2 * 6 * 9 + 36);
  });

  it('are read from the script that builds all of the file, before others that name one class', () => {
    const one = `import torch\nfrom model import Generator\nif __name__ == '__main__':\n    Generator(9)([torch.randn(1, 9)])\n`;
    const others = Object.fromEntries('abcdefgh'.split('').map((name) => [`${name}.py`, one]));
    const training = `${TRAINING}# parse_args`;
    const found = modelsOf({ ...others, 'train.py': training });
    assert.deepEqual(
      found.map(({ name, instantiation, inputs }) => [name, instantiation, inputs]),
      [
        ['Generator', 'Generator(5)', [[1, 5]]],
        ['Discriminator', 'Discriminator(2)', [[1, 2, 16, 16]]],
      ],
    );
  });

  it('know what a class is embedded as, where the number of classes is open', () => {
    const source = `
import glob
import torch
import torch.nn as nn

class Conditional(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.embed = nn.Embedding(classes, 8)
        self.conv = nn.Conv2d(4, 3, 1)

    def forward(self, x, label):
        gamma, beta = self.embed(label).unsqueeze(2).unsqueeze(3).chunk(2, 1)
        return self.conv(gamma * x + beta)

Conditional(len(glob.glob('data/*')))(torch.randn(1, 4, 5, 5), torch.zeros(1, dtype=torch.long))
`;
    const [model] = modelsOf({ 'model.py': source });
    assert.deepEqual(
      model?.layers.map(({ name, params, macs, outputShape }) => [name, params, macs, outputShape?.join('x')]),
      [
        ['embed', null, null, '1x8'],
        ['conv', 15, 3 * 4 * 25, '1x3x5x5'],
      ],
    );
    assert.equal(model.totals.partial, true);
  });
});
