/** Sizes that random crops and functions on images give: the place is not known, how large a part is. */
import { checkAnnotations } from './checkAnnotations.ts';

const NET = `
import random
import cv2
import numpy as np
import torch
import torch.nn as nn
import torchvision.transforms.functional as TF
from torchvision import transforms
from torch.utils.data import Dataset, DataLoader
from PIL import Image, ImageOps
from skimage.io import imread
from skimage.color import rgb2gray
from skimage.transform import resize
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 2, 1)  #= conv2d SIZE p8
    def forward(self, x):
        return self.a(x)
`;

function trained(getItem: string, size: string): string {
  return `${NET.replace('SIZE', `2x${size}`)}
class Images(Dataset):
    def __init__(self, names):
        self.names = names
    def __getitem__(self, at):
${getItem
  .trim()
  .split('\n')
  .map((line) => `        ${line.replace(/^ {8}/, '')}`)
  .join('\n')}
net = Net()
for batch in DataLoader(Images(['a.png']), batch_size=4):
    net(batch)
`;
}

/** An item of the data set is taken, as its only layer takes it. */
function checkItem(getItem: string, size: string): void {
  checkAnnotations(trained(getItem, size));
}

describe('sizes of random crops', () => {
  it('are the difference of both ends, of tensors', () => {
    const item = `
        x = TF.to_tensor(Image.open(self.names[at]).convert('RGB').resize((286, 286)))
        top = random.randint(0, 286 - 256 - 1)
        left = random.randint(0, 286 - 256 - 1)
        return x[:, top:top + 256, left:left + 128]`;
    checkItem(item, '256x128');
  });

  it('are scaled with both ends, of images of any size', () => {
    const item = `
        image = Image.open(self.names[at]).convert('RGB')
        w, h = image.size
        left, top = random.randrange(0, w // 4 - 24 + 1), random.randrange(0, h // 4 - 24 + 1)
        image = image.crop((4 * left, 4 * top, 4 * (left + 24), 4 * top + 96))
        return transforms.ToTensor()(ImageOps.mirror(image))`;
    checkItem(item, '96x96');
  });

  it('are those of the middle, too', () => {
    const item = `
        image = Image.open(self.names[at]).convert('RGB')
        w, h = image.size
        x, y = int(round((w - 64) / 2.0)), (h - 64) // 2
        return TF.to_tensor(image.crop((x, y, x + 64, y + 64)))`;
    checkItem(item, '64x64');
  });

  it('are known of arrays whose dimensions are not, through turns of squares', () => {
    const item = `
        image = load(self.names[at])
        top = random.randint(0, image.shape[0] - 32)
        left = np.random.randint(image.shape[1] - 32)
        image = image[top:top + 32, left:left + 32]
        if random.random() < 0.5:
            image = np.rot90(image, axes=(1, 0)).copy()
        if random.random() < 0.5:
            image = image[:, ::-1, :].copy()
        return image.astype(np.float32).transpose([2, 0, 1]) / 255.0`;
    checkItem(item, '32x32');
  });

  it('are those that a transform is asked for', () => {
    const item = `
        image = Image.open(self.names[at]).convert('RGB')
        i, j, h, w = transforms.RandomCrop.get_params(image, output_size=(48, 40))
        return TF.to_tensor(TF.hflip(TF.crop(image, i, j, h, w)))`;
    checkItem(item, '48x40');
  });

  it('are those of arrays that libraries read and resize', () => {
    const item = `
        image = cv2.cvtColor(cv2.imread(self.names[at]), cv2.COLOR_BGR2RGB)
        other = imread(self.names[at])
        image = cv2.resize(image, (40, 24))
        y, _, _ = Image.fromarray(image).convert('YCbCr').split()
        grey = rgb2gray(resize(other, (24, 40)))
        return TF.to_tensor(Image.merge('RGB', [y, y, y])) if False else np.stack([grey, grey, grey])`;
    checkItem(item.replace('np.stack([grey, grey, grey])', 'TF.to_tensor(Image.fromarray(image))'), '24x40');
    checkItem(item.replace('np.stack([grey, grey, grey])', 'TF.to_tensor(y).repeat(3, 1, 1)'), '24x40');
    checkItem(item.replace('np.stack([grey, grey, grey])', 'TF.to_tensor(grey).repeat(3, 1, 1)'), '24x40');
  });

  it('stay unknown between places that have nothing to do with each other', () => {
    for (const ends of ['left:top + 32', 'top:2 * top', 'top:size[1]', 'size[0]:size[1] + 32', 'top:-top']) {
      const item = `
        x = TF.to_tensor(Image.open(self.names[at]).convert('RGB'))
        size = random.sample(range(90), 2)
        top = random.randint(0, 9)
        left = random.randint(0, 9)
        return x[:, ${ends}, 0:8]`;
      checkItem(item, '?x?');
    }
  });
});
