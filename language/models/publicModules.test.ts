/** Modules as public repositories put them together, and what is told about them; PyTorch decided every number. */
import assert from 'node:assert/strict';
import type { ModelReport } from '../../core/report/analyzeReport.ts';
import type { AnalyzeOptions } from '../analyze.ts';
import { describeFile, toReport } from '../describeFile.ts';
import { defaultSettings } from '../settings.ts';
import { memoryHost } from '../sourceHost.ts';
import type { ToldInput } from './toldInput.ts';

const IMPORTS =
  'import math\nimport numpy as np\nimport torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';

function modelOf(source: string, options: AnalyzeOptions = {}): ModelReport | undefined {
  const host = memoryHost({ 'model.py': `${IMPORTS}\n${source}` });
  return toReport(describeFile(host, 'model.py', defaultSettings, options)).models[0];
}

function layersOf(source: string, entry: string, inputs: readonly ToldInput[]): readonly (readonly unknown[])[] {
  const model = modelOf(source, { entries: [entry], inputs });
  return (model?.layers ?? []).map(({ name, params, macs, outputShape, unused }) => [
    name,
    params,
    macs,
    outputShape?.join('x') ?? null,
    ...(unused ? ['unused'] : []),
  ]);
}

describe('modules of public repositories', () => {
  it('hang on plain modules', () => {
    const source = `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.ModuleList()
        for i in range(2):
            down = nn.Module()
            down.block = nn.ModuleList([nn.Conv2d(3, 3, 1)])
            if i == 0:
                down.shrink = nn.AvgPool2d(2)
            self.down.append(down)

    def forward(self, x):
        for down in self.down:
            x = down.block[0](x)
            if hasattr(down, 'shrink'):
                x = down.shrink(x)
        return x
`;
    assert.deepEqual(layersOf(source, 'Net()', [[1, 3, 8, 8]]), [
      ['down.0.block.0', 12, 576, '1x3x8x8'],
      ['down.0.shrink', 0, 0, '1x3x4x4'],
      ['down.1.block.0', 12, 144, '1x3x4x4'],
    ]);
  });

  it('get their weight normalization through apply', () => {
    const source = `
def normalize(m):
    if isinstance(m, nn.Conv1d):
        nn.utils.weight_norm(m)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv1d(2, 4, 3), nn.Conv2d(1, 1, 1))
        self.apply(normalize)

    def forward(self, x):
        return self.layers(x)
`;
    const [first, second] = layersOf(source, 'Net()', [[1, 2, 8]]);
    assert.deepEqual([first?.[1], second?.[1]], [2 * 4 * 3 + 4 + 4, 2]);
  });

  it('run again inside of a function that keeps no activations', () => {
    const source = `
class Again(torch.autograd.Function):
    @staticmethod
    def forward(ctx, run, length, *args):
        ctx.run = run
        ctx.inputs = list(args[:length])
        ctx.weights = list(args[length:])
        with torch.no_grad():
            return ctx.run(*ctx.inputs)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 5, 3)

    def inner(self, x):
        return self.conv(x)

    def forward(self, x):
        return Again.apply(self.inner, 1, *(tuple([x]) + tuple(self.parameters())))
`;
    assert.deepEqual(layersOf(source, 'Net()', [[1, 3, 6, 6]]), [['conv', 140, 2160, '1x5x4x4']]);
  });

  it('call themselves through their base', () => {
    const source = `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Inner()

    def forward(self, x):
        return self.inner(x)

class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        return self.fc(x)

    def __call__(self, *args, **kwargs):
        return super(Inner, self).__call__(*args, **kwargs)
`;
    assert.deepEqual(layersOf(source, 'Net()', [[1, 4]]), [['inner.fc', 10, 8, '1x2']]);
  });

  it('grow by a number that a parameter holds, until it is changed in place', () => {
    const source = (change: string): string => `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.lod = nn.Parameter(torch.zeros(()))
        ${change}
        self.small = nn.Conv2d(1, 1, 1)
        self.large = nn.Conv2d(1, 1, 3)

    def forward(self, x):
        if self.lod.cpu().tolist() < 1:
            return self.small(x)
        return self.large(x)
`;
    const known = layersOf(source('pass'), 'Net()', [[1, 1, 8, 8]]);
    assert.deepEqual(known, [
      ['small', 2, 64, '1x1x8x8'],
      ['large', 10, 0, null, 'unused'],
    ]);
    const open = layersOf(source('self.lod.data.fill_(float(input()))'), 'Net()', [[1, 1, 8, 8]]);
    assert.deepEqual(
      open.map((row) => row.includes('unused')),
      [false, false],
    );
  });

  it('have the shape of all tensors that a function takes', () => {
    const source = `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 3)
        self.conv = nn.Conv2d(3, 3, 1)

    def forward(self, x, emb):
        shift = self.fc(emb)[:, :, None, None]
        return self.conv(torch.addcmul(shift, x, shift + 1))
`;
    assert.deepEqual(
      layersOf(source, 'Net()', [
        [1, 3, 8, 8],
        [1, 4],
      ]),
      [
        ['fc', 15, 12, '1x3'],
        ['conv', 12, 576, '1x3x8x8'],
      ],
    );
  });

  it('say nothing of how often a module runs that a key picks which is not known', () => {
    const source = `
from somewhere import key
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = nn.ModuleDict({'a': nn.Conv2d(1, 1, 1), 'b': nn.Conv2d(1, 1, 1)})

    def forward(self, x):
        x = self.parts['a'](x)
        return self.parts[key(x)](x)
`;
    const expected = [
      ['parts.a', 2, null, '1x1x4x4'],
      ['parts.b', 2, null, null],
    ];
    assert.deepEqual(layersOf(source, 'Net()', [[1, 1, 4, 4]]), expected);
    // A key that is not there is one that was not understood.
    assert.deepEqual(layersOf(source.replace('key(x)', "'c'"), 'Net()', [[1, 1, 4, 4]]), expected);
  });

  it('are run where what they give is not known', () => {
    const source = `
from somewhere import fused
class Scale(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(4))

    def forward(self, x):
        return fused(x, self.weight)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = Scale()

    def forward(self, x):
        y = self.scale(x)
        return x
`;
    assert.deepEqual(layersOf(source, 'Net()', [[1, 4]]), [['scale', 4, null, null]]);
  });

  it('are enlarged along every axis by one factor', () => {
    const source = `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.up = nn.Upsample(scale_factor=2)

    def forward(self, x):
        return self.up(x)
`;
    const grown = (shape: readonly number[]): unknown => layersOf(source, 'Net()', [shape])[0]?.[3];
    assert.deepEqual(
      [
        [1, 2, 5],
        [1, 2, 5, 5],
        [1, 2, 5, 5, 5],
      ].map(grown),
      ['1x2x10', '1x2x10x10', '1x2x10x10x10'],
    );
  });

  it('are described by classes of named tuples', () => {
    const source = `
from collections import namedtuple

class Block(namedtuple('Block', ['width', 'depth'])):
    """ A block. """

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        blocks = [Block(2, depth=3), Block(3, 5)]
        self.layers = nn.Sequential(*[nn.Conv2d(block.width, block.depth, 1) for block in blocks])

    def forward(self, x):
        return self.layers(x)
`;
    assert.deepEqual(
      layersOf(source, 'Net()', [[1, 2, 4, 4]]).map((row) => row[3]),
      ['1x3x4x4', '1x5x4x4'],
    );
  });

  it('run as on a machine without a GPU', () => {
    const source = `
from torch.utils.cpp_extension import load
fused = load('fused', sources=['fused.cpp'])

def activate(x, bias):
    if x.device.type == 'cpu':
        return F.leaky_relu(x + bias, 0.2)
    return fused.run(x, bias)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.bias = nn.Parameter(torch.zeros(4))
        self.last = nn.Linear(4, 1)

    def forward(self, x):
        return self.last(activate(self.fc(x), self.bias))
`;
    assert.deepEqual(
      layersOf(source, 'Net()', [[1, 4]]).map((row) => row[3]),
      ['1x4', '1x1'],
    );
  });
});

describe('what is told of a model', () => {
  const STEPS = `
class Net(nn.Module):
    def __init__(self, opt):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(opt.width, opt.width) for _ in range(3)])

    def forward(self, x, step, alpha, mode, skips=None):
        for i in range(step):
            x = self.layers[i](x)
        if alpha < 0.5 or mode == 'last':
            x = self.layers[2](x)
        return x if skips is None else torch.cat([x] + skips, 1)
`;

  it('may be plain values beside tensors, and lists of tensors', () => {
    const told = [[1, 4], 1, 0.25, 'all', [[1, 4]]];
    assert.deepEqual(layersOf(STEPS, 'Net(SimpleNamespace(width=4))', told), [
      ['layers.0', 20, 16, '1x4'],
      ['layers.2', 20, 16, '1x4'],
      ['layers.1', 20, 0, null, 'unused'],
    ]);
    const model = modelOf(STEPS, {
      entries: ['Net(SimpleNamespace(width=4))'],
      inputs: told,
    });
    assert.deepEqual(
      [model?.inputs, model?.outputs],
      [
        [
          [1, 4],
          [1, 4],
        ],
        [[1, 8]],
      ],
    );
  });

  it('may stand in a comment', () => {
    const comment = "# slimwise: Net(Namespace(width=4)) input=(1,4) input=2 input=1. input='last' input=None";
    const model = modelOf(`${comment}\n${STEPS}`);
    assert.deepEqual(
      model?.layers.map(({ calls }) => calls.length),
      [1, 1, 1],
    );
  });

  it('counts instead of what another call passes', () => {
    const source = `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 1, 1)

    def forward(self, x, context=None):
        return self.conv(x if context is None else torch.cat([x, context], 3))

Net()(torch.zeros(1, 1, 4, 4), torch.zeros(1, 1, 4, 4))
`;
    assert.deepEqual(layersOf(source, 'Net()', [[1, 1, 4, 4]]), [['conv', 2, 16, '1x1x4x4']]);
  });
});
