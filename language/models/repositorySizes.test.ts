/** Sizes and options that a repository states elsewhere than in the call of the model. */
import { checkAnnotations } from './checkAnnotations.ts';

const NET = `import torch
import torch.nn as nn
class Net(nn.Module):
    def __init__(self, width=4):
        super().__init__()
        self.a = nn.Conv2d(3, width, 3, padding=1)  #= conv2d WxS pP
    def forward(self, x):
        return self.a(x)
`;

function net(width: number, size: string): string {
  return NET.replace('WxS pP', `${width}x${size} p${28 * width}`);
}

describe('what a repository says of its models', () => {
  it('is read from settings with defaults in Python (yacs), and from the file that overrides them', () => {
    const files = {
      'defaults.py': `
from yacs.config import CfgNode as CN
_C = CN()
_C.SIZE = 16
_C.MODEL = CN()
_C.MODEL.WIDTH = 5
_C.MODEL.DEPTH = 1
def get_defaults():
    return _C.clone()
`,
      'train.py': `
import torch
from defaults import get_defaults
from model import Net
cfg = get_defaults()
cfg.merge_from_file('configs/small.yaml')
cfg.freeze()
Net(cfg.MODEL.WIDTH)(torch.randn(2, 3, cfg.SIZE, cfg.SIZE))
`,
    };
    checkAnnotations(net(5, '16x16'), { files });
    checkAnnotations(net(7, '16x16'), { files: { ...files, 'configs/small.yaml': 'MODEL:\n  WIDTH: 7\n' } });
  });

  it('is read from the template that a script copies for itself', () => {
    const train = `
import os, yaml, torch
from shutil import copyfile
from model import Net
path = os.path.join('./checkpoints', 'config.yml')
if not os.path.exists(path):
    copyfile('./config.yml.example', path)
with open(path) as f:
    config = yaml.load(f)
Net()(torch.randn(1, 3, config['SIZE'], config['SIZE']))
`;
    checkAnnotations(net(4, '24x24'), { files: { 'train.py': train, 'config.yml.example': 'SIZE: 24\n' } });
  });

  it('is found behind an option that is compared with a name of the model', () => {
    const train = `
import argparse, torch
from model import Net
from other import Other
parser = argparse.ArgumentParser()
parser.add_argument('--kind', type=str, default='other')
opt = parser.parse_args()
if opt.kind == 'net':
    model = Net(6)
elif opt.kind == 'other':
    model = Other()
model(torch.randn(8, 3, 40, 40))
`;
    const other = 'import torch.nn as nn\nclass Other(nn.Module):\n    def forward(self, x):\n        return x\n';
    checkAnnotations(net(6, '40x40'), { files: { 'train.py': train, 'other.py': other } });
  });

  it('is found in scripts that import the model by a composed name, as a README starts them', () => {
    const train = `
import argparse, importlib, torch
parser = argparse.ArgumentParser()
parser.add_argument('--model', type=str)
parser.add_argument('--size', type=int, default=20)
cfg = parser.parse_args()
net = importlib.import_module('nets.{}'.format(cfg.model)).Net
net()(torch.randn(8, 3, cfg.size, cfg.size))
`;
    const readme = 'Training:\n```\npython train.py --model small --size 28\n```\n';
    checkAnnotations(net(4, '28x28'), { path: 'nets/small.py', files: { 'train.py': train, 'README.md': readme } });
  });

  it('is found behind a demand for a GPU', () => {
    const train = `
import torch
from model import Net
def main():
    if not torch.cuda.is_available():
        raise Exception('No GPU found')
    Net()(torch.randn(8, 3, 12, 12))
main()
`;
    checkAnnotations(net(4, '12x12'), { files: { 'train.py': train } });
  });

  it('is kept in what a script notes on its loader', () => {
    const train = `
import torch
from torch.utils.data import DataLoader
from torchvision import datasets, transforms
from model import Net
def loader(size):
    images = datasets.ImageFolder('x', transforms.Compose([transforms.Resize((size, size)), transforms.ToTensor()]))
    made = DataLoader(images, 8)
    made.shape = list(images[0][0].size())
    return made
made = loader(18)
channels, height, width = made.shape
Net()(torch.randn(1, channels, height, width))
`;
    checkAnnotations(net(4, '18x18'), { files: { 'train.py': train } });
  });

  it('is not a buffer for other images than those the model takes', () => {
    const source = `import torch
import torch.nn as nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 2, 4, 2, 1)  #= conv2d 2x16x16 p98
        self.fc = nn.Linear(2 * 16 * 16, 1)  #= dense 1 p513
    def forward(self, x):
        return self.fc(self.a(x).view(-1, 2 * 16 * 16))
`;
    const train = `
import torch
from model import Net
net = Net()
net(torch.randn(1, 3, 64, 64))
net(torch.randn(16, 3, 32, 32))
`;
    checkAnnotations(source, { files: { 'train.py': train } });
  });
});
