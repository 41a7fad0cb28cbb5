/** PyTorch models as people write them, each line saying what must be found there. */
import assert from 'node:assert/strict';
import { checkAnnotations } from './checkAnnotations.ts';

const IMPORTS = 'import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';

describe('PyTorch models', () => {
  it('reads sizes from argparse and the input from the training script', () => {
    const [model] = checkAnnotations(`import argparse
${IMPORTS}
parser = argparse.ArgumentParser()
parser.add_argument('--latent', type=int, default=100)
parser.add_argument('--width', type=int, default=64)
opt = parser.parse_args()

class Generator(nn.Module):
    def __init__(self):
        super(Generator, self).__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(opt.latent, opt.width * 8, 4, 1, 0, bias=False),  #= conv2d_transpose 512x4x4 p819200
            nn.BatchNorm2d(opt.width * 8),  #= batch_norm 512x4x4 p1024
            nn.ReLU(True),  #= relu 512x4x4
            nn.ConvTranspose2d(opt.width * 8, 3, 4, 2, 1),  #= conv2d_transpose 3x8x8 p24579
            nn.Tanh())  #= tanh 3x8x8

    def forward(self, z):
        return self.main(z)

if __name__ == '__main__':
    g = Generator()
    z = torch.randn(32, opt.latent, 1, 1)
    fake = g(z)
`);
    assert.equal(model?.instantiation, 'Generator()');
    assert.deepEqual(model?.inputs, [[1, 100, 1, 1]]);
    assert.deepEqual(
      model?.layers.map(({ name }) => name),
      ['main.0', 'main.1', 'main.2', 'main.3', 'main.4'],
    );
    assert.equal(model?.layers[0]?.macs, 100 * 512 * 16);
  });

  it('follows closures that return lists, star-unpacking, loops and flags', () => {
    checkAnnotations(`${IMPORTS}
class Discriminator(nn.Module):
    def __init__(self, size=32):
        super().__init__()
        def block(i, o, norm=True):
            layers = [nn.Conv2d(i, o, 3, 2, 1), nn.LeakyReLU(0.2, inplace=True)]  #= conv2d 16x16x16 p448 | leaky_relu 16x16x16 | conv2d 32x8x8 p4640 | leaky_relu 32x8x8
            if norm:
                layers.append(nn.BatchNorm2d(o, 0.8))  #= batch_norm 32x8x8 p64
            return layers
        self.model = nn.Sequential(*block(3, 16, norm=False), *block(16, 32))
        side = size // 2 ** 2
        self.out = nn.Sequential(nn.Linear(32 * side ** 2, 1), nn.Sigmoid())  #= dense 1 p2049 | sigmoid 1

    def forward(self, img):
        x = self.model(img)
        return self.out(x.view(x.shape[0], -1))

d = Discriminator()
d(torch.rand(8, 3, 32, 32))
`);
  });

  it('counts a module that is run several times once, and lists its runs', () => {
    const [model] = checkAnnotations(`${IMPORTS}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.act = nn.ReLU()  #= relu 4x8x8
        self.blocks = nn.ModuleList([nn.Conv2d(4, 4, 3, padding=1) for _ in range(3)])  #= conv2d 4x8x8 p148 | conv2d 4x8x8 p148 | conv2d 4x8x8 p148
        self.spare = nn.Linear(4, 4)  #= dense unused p20

    def forward(self, x):
        for i, block in enumerate(self.blocks):
            x = x + self.act(block(x))
        return x

Net()(torch.zeros(1, 4, 8, 8))
`);
    const act = model?.layers.find(({ name }) => name === 'act');
    assert.equal(act?.calls.length, 3);
    assert.equal(model?.layers.find(({ name }) => name === 'spare')?.unused, true);
  });

  it('sees through partials, factories by name, inheritance and modules as values', () => {
    checkAnnotations(
      `import functools
${IMPORTS}
class Base(nn.Module):
    norm = nn.BatchNorm2d
    def __init__(self, width):
        super().__init__()
        self.stem = nn.Conv2d(3, width, 3, padding=1)  #= conv2d 8x6x6 p224
        self.n = self.make_norm(width)
    def make_norm(self, width):
        return self.norm(width)

class Net(Base):
    norm = functools.partial(nn.InstanceNorm2d, affine=True)
    def __init__(self, width, act='ReLU', **kwargs):
        super().__init__(width)
        self.act = getattr(nn, act)()  #= silu 8x6x6
        self.head = build('head', width, **kwargs)
    def make_norm(self, width):
        return super().make_norm(width)  
    def forward(self, x):
        return self.head(self.act(self.n(self.stem(x))))

REGISTRY = {'head': lambda width, classes=2: nn.Conv2d(width, classes, 1)}  #= conv2d 5x6x6 p45
def build(name, *args, **kwargs):
    return REGISTRY[name](*args, **kwargs)

net = Net(8, act='SiLU', classes=5)
net(torch.rand(1, 3, 6, 6))
`.replace('return self.norm(width)', 'return self.norm(width)  #= instance_norm 8x6x6 p16'),
    );
  });

  it('keeps channels and parameters where the image size is not known', () => {
    const [model] = checkAnnotations(`${IMPORTS}
class Upscale(nn.Module):
    def __init__(self, scale=2):
        super().__init__()
        self.conv = nn.Conv2d(3, 3 * scale ** 2, 3, padding=1)  #= conv2d 12x?x? p336
        self.shuffle = nn.PixelShuffle(scale)  #= pixel_shuffle 3x?x?
    def forward(self, x):
        return self.shuffle(self.conv(x))
`);
    assert.deepEqual(model?.inputs, [[1, 3, '?', '?']]);
    assert.equal(model?.layers[0]?.macs, null);
    assert.match(model?.layers[0]?.unknown ?? '', /input shape is not known/);
  });

  it('takes the input from a comment', () => {
    checkAnnotations(`${IMPORTS}
# slimwise: Net(16) input=(1,3,10,10)
class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(3, width, 3)  #= conv2d 16x8x8 p448
    def forward(self, x):
        return F.relu(self.conv(x))
`);
  });

  it('finds constructor and input in another file, through its data loader', () => {
    checkAnnotations(
      `${IMPORTS}
class Critic(nn.Module):
    def __init__(self, channels, width):
        super().__init__()
        self.conv = nn.Conv2d(channels, width, 4, 2, 1)  #= conv2d 24x16x16 p1176
    def forward(self, x):
        return self.conv(x)
`,
      {
        path: 'nets/critic.py',
        files: {
          'train.py': `import torch
from torchvision import datasets, transforms
from nets.critic import Critic
def main():
    tf = transforms.Compose([transforms.Resize((32, 32)), transforms.ToTensor(), transforms.Normalize([0.5] * 3, [0.5] * 3)])
    loader = torch.utils.data.DataLoader(datasets.ImageFolder('x', transform=tf), batch_size=16)
    critic = Critic(3, width=24)
    for epoch in range(100):
        for i, (images, _) in enumerate(loader):
            critic(images)
if __name__ == '__main__':
    main()
`,
        },
      },
    );
  });

  it('shows a module with weights of its own as one layer', () => {
    const [model] = checkAnnotations(`${IMPORTS}
class ScaledLinear(nn.Module):
    def __init__(self, i, o):
        super().__init__()  #= dense 6 p24
        self.weight = nn.Parameter(torch.randn(o, i))
    def forward(self, x):
        return F.linear(x, self.weight * 0.5)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = ScaledLinear(4, 6)
    def forward(self, x):
        return self.fc(x)

Net()(torch.randn(2, 4))
`);
    assert.equal(model?.layers[0]?.type, 'ScaledLinear');
    assert.equal(model?.layers[0]?.macs, 24);
  });

  it('joins both sides of a condition that is not known, and never guesses between them', () => {
    checkAnnotations(`import random
${IMPORTS}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        width = 8
        if random.random() < 0.5:
            width = 16
        self.a = nn.Conv2d(3, 4, 1)  #= conv2d 4x5x5 p16
        self.b = nn.Conv2d(4, width, 1)  #= unknown ?x5x5 p?
    def forward(self, x):
        return self.b(self.a(x))

Net()(torch.rand(1, 3, 5, 5))
`);
  });

  it('reports a shape mismatch with both shapes and goes on', () => {
    const [model] = checkAnnotations(`${IMPORTS}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 4, 1)  #= conv2d 4x5x5 p16
        self.b = nn.Conv2d(5, 6, 1)  #= conv2d null p36
    def forward(self, x):
        return self.b(self.a(x))

Net()(torch.rand(1, 3, 5, 5))
`);
    const finding = model?.findings.find(({ code }) => code === 'SW401');
    assert.match(finding?.message ?? '', /5.*4/);
  });

  it('handles cat, chunk, slicing, interpolation and several inputs', () => {
    const [model] = checkAnnotations(`${IMPORTS}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3 + 2, 8, 3, padding=1)  #= conv2d 8x8x8 p368
        self.b = nn.Conv2d(4, 1, 1)  #= conv2d 1x16x16 p5
        self.fc = nn.Linear(4, 2)  #= dense 2 p10
    def forward(self, x, label):
        c = self.fc(label)
        c = c.view(c.size(0), c.size(1), 1, 1).repeat(1, 1, x.size(2), x.size(3))
        h = self.a(torch.cat([x, c], dim=1))
        left, right = h.chunk(2, dim=1)
        up = F.interpolate(left * torch.sigmoid(right), scale_factor=2)
        return self.b(up)[:, 0, ::2]

Net()(torch.rand(4, 3, 8, 8), torch.rand(4, 4))
`);
    assert.deepEqual(model?.outputs, [[1, 8, 16]]);
  });

  it('knows a partial by its type and function, and classes apart by their names', () => {
    checkAnnotations(`import functools
${IMPORTS}
def pick(name):
    if name == 'batch':
        return functools.partial(nn.BatchNorm2d, affine=True)
    return functools.partial(nn.InstanceNorm2d, affine=False)

class Net(nn.Module):
    def __init__(self, norm_layer):
        super().__init__()
        if type(norm_layer) == functools.partial:
            use_bias = norm_layer.func == nn.InstanceNorm2d
        else:
            use_bias = norm_layer == nn.InstanceNorm2d
        self.conv = nn.Conv2d(3, 4, 3, padding=1, bias=use_bias)  #= conv2d 4x5x5 p108
        self.norm = norm_layer(4)  #= batch_norm 4x5x5 p8
    def forward(self, x):
        return self.norm(self.conv(x))

Net(pick('batch'))(torch.rand(1, 3, 5, 5))
`);
  });

  it('shows a progressive network at the step that uses most of it', () => {
    checkAnnotations(`${IMPORTS}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([nn.Conv2d(2, 2, 3, padding=1) for _ in range(2)])  #= conv2d 2x8x8 p38 | conv2d 2x16x16 p38
        self.bias = self.blocks[0].bias
    def forward(self, x, steps):
        for i in range(steps):
            x = self.blocks[i](F.interpolate(x, scale_factor=2))
        return x

net = Net()
for steps in [0, 1, 2]:
    net(torch.rand(1, 2, 4, 4), steps)
`);
  });

  it('takes the channels of a layer from its input where nothing else says them', () => {
    checkAnnotations(`import config
${IMPORTS}
class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.a = nn.Conv2d(width, 4, 3, stride=2)  #= conv2d 4x4x4 p112
        self.b = nn.BatchNorm2d(width)  #= batch_norm 3x9x9 p6
    def forward(self, x):
        return self.a(self.b(x))

Net(config.WIDTH)(torch.rand(1, 3, 9, 9))
`);
  });

  it('count the sizes that weight normalization keeps beside the weights', () => {
    // Parameters as PyTorch 1.13 counts them.
    checkAnnotations(`${IMPORTS}
from torch.nn.utils import remove_weight_norm, spectral_norm, weight_norm
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = weight_norm(nn.Conv2d(3, 4, 3))  #= conv2d 4x7x7 p116
        self.b = weight_norm(nn.ConvTranspose2d(4, 5, 3), dim=1)  #= conv2d_transpose 5x9x9 p190
        self.c = remove_weight_norm(weight_norm(nn.Conv2d(5, 6, 3)))  #= conv2d 6x7x7 p276
        self.d = spectral_norm(nn.Conv2d(6, 1, 7))  #= conv2d 1x1x1 p295
    def forward(self, x):
        return self.d(self.c(self.b(self.a(x))))

Net()(torch.rand(1, 3, 9, 9))
`);
  });
});
