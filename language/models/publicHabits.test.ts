/** Ways of writing that public repositories showed to be misread; PyTorch decided every number. */
import assert from 'node:assert/strict';
import { checkAnnotations } from './checkAnnotations.ts';

const IMPORTS =
  'import math\nimport numpy as np\nimport torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';

describe('PyTorch models of public repositories', () => {
  it('get their blocks by a name that is put together', () => {
    const [model] = checkAnnotations(`${IMPORTS}
class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.n = n
        for i in range(n):
            self.add_module('block' + str(i), nn.Conv2d(3, 3, 3, padding=1))  #= conv2d 3x8x8 p84 | conv2d 3x8x8 p84

    def forward(self, x):
        for i in range(self.n):
            x = self.__getattr__('block' + str(i))(x)
        return x

Net(2)(torch.zeros(1, 3, 8, 8))
`);
    assert.deepEqual(
      model?.layers.map(({ name, calls }) => [name, calls.length]),
      [
        ['block0', 1],
        ['block1', 1],
      ],
    );
  });

  it('count a layer once that stands on both sides of a condition that is not known', () => {
    const [model] = checkAnnotations(`${IMPORTS}
from somewhere import is_large
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)  #= conv2d 4x8x8 p112
        self.twice = nn.Conv2d(4, 4, 1)  #= conv2d 4x8x8 p20

    def forward(self, x):
        if is_large(x):
            x = self.conv(x) * 2
        else:
            x = self.conv(x)
        return self.twice(self.twice(x))

Net()(torch.zeros(1, 3, 8, 8))
`);
    assert.deepEqual(
      model?.layers.map(({ calls, macs }) => [calls.length, macs]),
      [
        [1, 8 * 8 * 3 * 4 * 9],
        [2, 2 * 8 * 8 * 4 * 4],
      ],
    );
  });

  it('do not say of a layer that it is never run, where what runs is not known', () => {
    const [model] = checkAnnotations(`${IMPORTS}
from somewhere import route
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Conv2d(3, 4, 3)  #= conv2d null p112
        self.two = nn.Conv2d(4, 4, 3)  #= conv2d null p148

    def forward(self, x):
        return self.two(route(self, x))

Net()(torch.zeros(1, 3, 8, 8))
`);
    assert.deepEqual(
      model?.layers.map(({ unused, macs }) => [unused, macs]),
      [
        [false, null],
        [false, null],
      ],
    );
  });

  it('ask whether a class is a partial, and of a number how many bits it has', () => {
    checkAnnotations(`${IMPORTS}
import functools
class Net(nn.Module):
    def __init__(self, norm_layer=nn.BatchNorm2d, size=32):
        super().__init__()
        if type(norm_layer) == functools.partial:
            use_bias = norm_layer.func == nn.InstanceNorm2d
        else:
            use_bias = norm_layer == nn.InstanceNorm2d
        wide = 1. if use_bias else 2.
        layers = [nn.Conv2d(3, int(4 * wide), 3, padding=1, bias=use_bias)]  #= conv2d 8x32x32 p216
        for _ in range(size.bit_length() - 4):
            layers += [nn.Conv2d(8, 8, 3, 2, 1)]  #= conv2d 8x16x16 p584 | conv2d 8x8x8 p584
        self.net = nn.Sequential(*layers)

    def forward(self, x):
        return self.net(x)

Net()(torch.zeros(1, 3, 32, 32))
`);
  });

  it('make tensors of the size of another, and clip them with numpy', () => {
    checkAnnotations(`${IMPORTS}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)  #= conv2d 4x6x6 p112
        self.mean = nn.Linear(4, 2)  #= dense 6x6x2 p10

    def forward(self, x):
        h = self.conv(x).permute(0, 2, 3, 1)
        mean = self.mean(h)
        return mean.addcmul(torch.zeros(2), mean)

x = torch.zeros(1, 3, 8, 8)
noisy = torch.FloatTensor(x.size())
Net()(np.clip(noisy + 0.5 * x, 0., 1.))
`);
  });

  it('have one size at which everything fits, though a stride leaves a remainder there', () => {
    const [model] = checkAnnotations(`${IMPORTS}
class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(3, 8, 4, 2),  #= conv2d 8x31x31 p392
            nn.Conv2d(8, 16, 4, 2),  #= conv2d 16x14x14 p2064
            nn.Conv2d(16, 32, 4, 2),  #= conv2d 32x6x6 p8224
            nn.Conv2d(32, 64, 4, 2),  #= conv2d 64x2x2 p32832
            nn.Flatten())  #= flatten 256
        self.code = nn.Linear(256, 8)  #= dense 8 p2056

    def forward(self, x):
        return self.code(self.encoder(x))
`);
    assert.match(model?.instantiation ?? '', /the only usual size that fits its own layers is 64×64/);
  });

  it('take pairs of numbers and dropped paths from timm', () => {
    checkAnnotations(`${IMPORTS}
from timm.models.layers import DropPath, to_2tuple, trunc_normal_
class Patches(nn.Module):
    def __init__(self, size=16, patch=4, drop=0.):
        super().__init__()
        self.size, patch = to_2tuple(size), to_2tuple(patch)
        self.proj = nn.Conv2d(3, 8, kernel_size=patch, stride=patch)  #= conv2d 8x4x4 p392
        self.drop = DropPath(drop) if drop > 0. else nn.Identity()  #= identity 8x4x4

    def forward(self, x):
        if self.size == (x.shape[2], x.shape[3]):
            return self.drop(self.proj(x))
        return x

Patches()(torch.zeros(1, 3, 16, 16))
`);
  });
});
