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

  it('take the rates of their blocks from a row of numbers', () => {
    checkAnnotations(`${IMPORTS}
class Net(nn.Module):
    def __init__(self, rate=0.1):
        super().__init__()
        rates = [x.item() for x in torch.linspace(0, rate, 3)]
        self.blocks = nn.Sequential(*[nn.Dropout(r) if r > 0. else nn.Identity() for r in rates])  #= identity 4 | dropout 4 | dropout 4

    def forward(self, x):
        return self.blocks(x)

Net()(torch.zeros(1, 4))
`);
  });

  it('are found through a package that imports its modules by name, with its options and its data', () => {
    const [generator, other] = checkAnnotations(
      `${IMPORTS}
class ResnetGenerator(nn.Module):
    def __init__(self, input_nc, ngf, norm_layer):
        super().__init__()
        self.conv = nn.Conv2d(input_nc, ngf, 3, padding=1)  #= conv2d 32x64x64 p896
        self.norm = norm_layer(ngf)  #= instance_norm 32x64x64

    def forward(self, x):
        return self.norm(self.conv(x))

class Critic(nn.Module):
    def __init__(self, input_nc):
        super().__init__()
        self.conv = nn.Conv2d(input_nc, 1, 4, 2, 1)  #= conv2d 1x32x32 p49

    def forward(self, x):
        return self.conv(x)

def define_G(input_nc, ngf, norm='batch', gpu_ids=[]):
    if len(gpu_ids) > 0:
        assert(torch.cuda.is_available())
    return ResnetGenerator(input_nc, ngf, nn.BatchNorm2d if norm == 'batch' else nn.InstanceNorm2d)

def define_D(input_nc):
    return Critic(input_nc)
`,
      {
        path: 'models/networks.py',
        files: {
          'train.py': `from options.train_options import TrainOptions
from data import create_dataset
from models import create_model

if __name__ == '__main__':
    opt = TrainOptions().parse()
    dataset = create_dataset(opt)
    model = create_model(opt)
    for epoch in range(opt.n_epochs):
        for i, data in enumerate(dataset):
            model.set_input(data)
            model.optimize_parameters()
`,
          'tests/test_networks.py': `from models.networks import Critic
def test_critic():
    assert Critic(1) is not None
`,
          'options/__init__.py': '',
          'options/train_options.py': `import argparse
import models
class TrainOptions:
    def parse(self):
        parser = argparse.ArgumentParser()
        parser.add_argument('--model', type=str, default='pair')
        parser.add_argument('--gpu_ids', type=str, default='0')
        parser.add_argument('--max_dataset_size', type=int, default=float('inf'))
        opt, _ = parser.parse_known_args()
        parser = models.get_option_setter(opt.model)(parser)
        opt = parser.parse_args()
        opt.gpu_ids = [int(x) for x in opt.gpu_ids.split(',') if int(x) >= 0]
        return opt
`,
          'models/__init__.py': `import importlib
from models.base_model import BaseModel
def find_model_using_name(model_name):
    modellib = importlib.import_module('models.' + model_name + '_model')
    model = None
    for name, cls in modellib.__dict__.items():
        if name.lower() == model_name + 'model' and issubclass(cls, BaseModel):
            model = cls
    return model
def get_option_setter(model_name):
    return find_model_using_name(model_name).modify_commandline_options
def create_model(opt):
    return find_model_using_name(opt.model)(opt)
`,
          'models/base_model.py': 'class BaseModel:\n    pass\n',
          'models/pair_model.py': `from .base_model import BaseModel
from . import networks
class PairModel(BaseModel):
    @staticmethod
    def modify_commandline_options(parser):
        parser.add_argument('--norm', type=str, default='instance')
        parser.add_argument('--n_epochs', type=int, default=10)
        return parser
    def __init__(self, opt):
        self.netG = networks.define_G(3, 32, opt.norm, opt.gpu_ids)
        self.netD = networks.define_D(3)
    def set_input(self, input):
        self.real = input['A']
    def optimize_parameters(self):
        self.fake = self.netG(self.real)
        self.netD(self.real)
`,
          'data/__init__.py': `import torch.utils.data
import torchvision.transforms as transforms
from PIL import Image
class Pairs(torch.utils.data.Dataset):
    def __getitem__(self, index):
        image = Image.open('a').convert('RGB')
        return {'A': transforms.Compose([transforms.Resize([64, 64]), transforms.ToTensor()])(image)}
class Loader:
    def __init__(self, opt):
        self.opt = opt
        self.loader = torch.utils.data.DataLoader(Pairs(), batch_size=1)
    def __iter__(self):
        for i, data in enumerate(self.loader):
            if i >= self.opt.max_dataset_size:
                break
            yield data
def create_dataset(opt):
    return Loader(opt)
`,
        },
      },
    );
    assert.deepEqual([generator?.inputs, other?.inputs], [[[1, 3, 64, 64]], [[1, 3, 64, 64]]]);
  });

  it('run functions of their own through apply, and pick rows by their numbers', () => {
    checkAnnotations(`${IMPORTS}
class Nearest(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input, table):
        ctx.save_for_backward(input)
        flat = input.permute(0, 2, 3, 1).reshape(-1, table.size(0))
        chosen = torch.argmin(flat @ table, 1)
        rows = table.t().index_select(0, chosen)
        return rows.view(input.size(0), input.size(2), input.size(3), -1).permute(0, 3, 1, 2)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Conv2d(3, 6, 4, 2, 1)  #= conv2d 6x4x4 p294
        self.table = nn.Parameter(torch.rand(6, 20))
        self.decode = nn.ConvTranspose2d(6, 3, 4, 2, 1)  #= conv2d_transpose 3x8x8 p291

    def forward(self, x):
        return torch.clamp_(self.decode(Nearest.apply(self.encode(x), self.table)), 0, 1)

Net()(torch.zeros(1, 3, 8, 8))
`);
  });

  it('do not say which of several modules is never run, where the number of the one that runs is not known', () => {
    const [model] = checkAnnotations(`${IMPORTS}
from somewhere import level
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.heads = nn.ModuleList([nn.Conv2d(3, 4, 1) for _ in range(2)])  #= conv2d null p16 | conv2d null p16
        self.last = nn.Conv2d(4, 4, 1)  #= conv2d null p20

    def forward(self, x):
        x = self.heads[level](x)
        return self.last(x)

Net()(torch.zeros(1, 3, 8, 8))
`);
    assert.deepEqual(
      model?.layers.map(({ unused }) => unused),
      [false, false, false],
    );
  });
});
