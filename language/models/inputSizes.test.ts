/** Sizes of inputs that no call shows: what the model's own layers demand. */
import assert from 'node:assert/strict';
import { checkAnnotations } from './checkAnnotations.ts';

const IMPORTS = 'import torch\nimport torch.nn as nn\n';

describe('sizes of inputs that no call shows', () => {
  it('are those that fit the linear layer at the end, where one usual size does', () => {
    const [model] = checkAnnotations(`${IMPORTS}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 4, 2, 1)  #= conv2d 8x32x32 p392
        self.b = nn.Conv2d(8, 4, 4, 2, 1)  #= conv2d 4x16x16 p516
        self.fc = nn.Linear(4 * 16 * 16, 1)  #= dense 1 p1025
    def forward(self, x):
        x = self.b(self.a(x))
        return self.fc(x.view(x.size(0), -1))
`);
    assert.match(model?.instantiation ?? '', /^Net\(\) {2}# the only usual size .* 64×64$/);
  });

  it('stay unknown where several sizes fit, or none does', () => {
    for (const [last, mark] of [
      ['nn.AdaptiveAvgPool2d(1)', 'adaptive_avg_pool 8x1x1'],
      ['nn.Flatten(2)', 'flatten 8x?'],
    ] as const) {
      const [model] = checkAnnotations(`${IMPORTS}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3)  #= conv2d 8x?x? p224
        self.last = ${last}  #= ${mark}
    def forward(self, x):
        return self.last(self.a(x))
`);
      assert.deepEqual(model?.inputs, [[1, 3, '?', '?']]);
      assert.equal(model?.instantiation, null);
    }
  });

  it('fill what a concatenation leaves for the next layer', () => {
    const [model] = checkAnnotations(`${IMPORTS}
class Net(nn.Module):
    def __init__(self, noise):
        super().__init__()
        self.fc = nn.Linear(noise + 10, 5)  #= dense 5 p365
    def forward(self, x, label):
        return self.fc(torch.cat([x, label], 1))

def train(labels):
    Net(62)(torch.randn(3, 62), labels)
`);
    assert.deepEqual(model?.inputs, [
      [1, 62],
      [1, 10],
    ]);
  });

  it('have the channels of the layer that takes them', () => {
    const [model] = checkAnnotations(`${IMPORTS}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(5, 2, 1)  #= conv2d 2x6x6 p12
    def forward(self, x, c):
        c = c.view(c.size(0), c.size(1), 1, 1).repeat(1, 1, x.size(2), x.size(3))
        return self.a(torch.cat([x, c], dim=1))

def train(c):
    Net()(torch.randn(3, 3, 6, 6), c)
`);
    assert.deepEqual(model?.layers[0]?.inputShapes, [[1, 5, 6, 6]]);
  });

  it('count a weight that is registered under another name once', () => {
    checkAnnotations(`${IMPORTS}
class Noise(nn.Module):
    def __init__(self, width):
        super().__init__()  #= elementwise 4x2x2 p4
        self.weight = nn.Parameter(torch.zeros(1, width, 1, 1))
    def forward(self, x):
        return x + self.weight * torch.randn_like(x)

def equalize(module):
    weight = getattr(module, 'weight')
    del module._parameters['weight']
    module.register_parameter('weight_orig', nn.Parameter(weight.data))
    return module

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.noise = equalize(Noise(4))
    def forward(self, x):
        return self.noise(x)

Net()(torch.randn(1, 4, 2, 2))
`);
  });
});

describe('sizes of inputs that are changed in place', () => {
  const net = (arg: string): string => `${IMPORTS}import numpy as np
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 2)  #= dense ${arg}
    def forward(self, x):
        return self.fc(x)
`;

  it('are those of resize_', () => {
    const [model] = checkAnnotations(`${net('2 p18')}
noise = torch.FloatTensor(16, 8, 1, 1)
for images in loader:
    noise.data.resize_(images.size(0), 8).normal_(0, 1)
    Net()(noise)
`);
    assert.deepEqual(
      model?.findings.filter(({ code }) => code === 'SW401'),
      [],
    );
    assert.deepEqual(model?.inputs, [[1, 8]]);
  });

  it('are not known after resize_ to an unknown size', () => {
    const [model] = checkAnnotations(`${net('2 p18')}
data = torch.Tensor(16, 784)
for images in loader:
    data.data.resize_(images.size()).copy_(images)
    Net()(data)
`);
    assert.deepEqual(
      model?.findings.filter(({ code }) => code === 'SW401'),
      [],
    );
  });

  it('are those of the room made for a batch of images, whatever size the data gives it then', () => {
    const [model] = checkAnnotations(`${IMPORTS}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 4, 2, 1)  #= conv2d 8x16x16 p392
    def forward(self, x):
        return self.conv(x)
real = torch.FloatTensor(16, 3, 32, 32)
for images in loader:
    real.data.resize_(images.size()).copy_(images)
    Net()(real)
`);
    assert.deepEqual(model?.inputs, [[1, 3, 32, 32]]);
  });

  it('are those of an array that was resized', () => {
    const [model] = checkAnnotations(`${net('20x2 p18')}
data = np.sin(np.linspace(0, np.pi, 160))
data.resize((20, 8))
Net()(torch.Tensor(data).unsqueeze(0))
`);
    assert.deepEqual(model?.inputs, [[1, 20, 8]]);
  });

  it('are not known of what a table is looked up by', () => {
    const [model] = checkAnnotations(`${IMPORTS}from places import grid
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Parameter(torch.zeros(225, 6))
        self.fc = nn.Linear(8, 2)  #= dense 2 p18
    def forward(self, x):
        bias = self.table[grid.view(-1)].view(64, 64, -1)
        return self.fc(x) + bias.sum()
Net()(torch.randn(1, 8))
`);
    assert.deepEqual(
      model?.findings.filter(({ code }) => code === 'SW401'),
      [],
    );
  });
});
