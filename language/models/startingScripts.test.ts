/** How scripts are started and fed: config files, choices, command lines in READMEs, data sets of one's own. */
import { checkAnnotations } from './checkAnnotations.ts';

const IMPORTS = 'import torch\nimport torch.nn as nn\n';

const MODEL = `${IMPORTS}
class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.a = nn.Conv2d(3, width, 3, padding=1)  #= conv2d WxSxS pP
    def forward(self, x):
        return self.a(x)
`;

function model(width: number, size: number): string {
  return MODEL.replace('WxSxS pP', `${width}x${size}x${size} p${27 * width + width}`);
}

describe('how models are started', () => {
  it('reads settings from YAML and JSON files of the workspace', () => {
    const train = `import yaml, json, torch
from pathlib import Path
from net import Net
with open(Path('configs') / 'a.yaml') as f:
    config = yaml.safe_load(f)
sizes = json.load(open('configs/sizes.json'))
net = Net(config['gen']['width'])
net(torch.randn(4, 3, sizes[0], sizes[0]))
`;
    checkAnnotations(model(12, 20), {
      path: 'net.py',
      files: { 'train.py': train, 'configs/a.yaml': 'gen:\n  width: 12 # channels\n', 'configs/sizes.json': '[20]' },
    });
  });

  it('takes the choice that names the file, where the default names another', () => {
    const main = `import argparse
from big import Big
from net import Trainer
parser = argparse.ArgumentParser()
parser.add_argument('--model', type=str.lower, default='Big', choices=['big', 'net'])
parser.add_argument('--width', type=int, default=6)
args = parser.parse_args()
if args.model == 'big':
    Big(args)
elif args.model == 'net':
    Trainer(args)
`;
    checkAnnotations(
      `${model(6, 8)}
class Trainer:
    def __init__(self, args):
        self.net = Net(args.width)
        self.net(torch.zeros(2, 3, 8, 8))
`,
      { path: 'net.py', files: { 'main.py': main, 'big.py': 'class Big:\n    def __init__(self, args): pass\n' } },
    );
  });

  it('takes an option without a default from the command line in the README', () => {
    const main = `import argparse, torch
from net import Net
parser = argparse.ArgumentParser()
parser.add_argument('--width', type=int, required=True)
parser.add_argument('--size', type=int, default=4)
args = parser.parse_args()
Net(args.width)(torch.zeros(2, 3, args.size, args.size))
`;
    checkAnnotations(model(5, 4), {
      path: 'net.py',
      files: { 'main.py': main, 'README.md': 'Run\n```\npython main.py --width 5 \\\n  --size 32\n```\n' },
    });
  });

  it('feeds from a data set of the user that extends ImageFolder, and knows enumerations', () => {
    checkAnnotations(`import enum
from torchvision import datasets, transforms
from torch.utils.data import DataLoader
${model(7, 16)}
class Kind(enum.Enum):
    SMALL = 16,
    LARGE = 64

class Images(datasets.ImageFolder):
    def __getitem__(self, index):
        path, label = self.samples[index]
        return self.transform(self.loader(path))

def size_of(name):
    if name == Kind.LARGE.name:
        return 64
    return 16

size = size_of(Kind.SMALL.name)
loader = DataLoader(Images('data', transforms.Compose([transforms.Resize((size, size)), transforms.ToTensor()])), 8)
net = Net(7)
for images in loader:
    net(images)
`);
  });

  it('knows a script that only builds the models as one that others run', () => {
    checkAnnotations(model(3, 10), {
      path: 'net.py',
      files: {
        'config.py': 'from net import Net\nsize = 10\nnet = Net(3)\n',
        'train.py': 'import torch\nimport config\nconfig.net(torch.rand(1, 3, config.size, config.size))\n',
      },
    });
  });
});
