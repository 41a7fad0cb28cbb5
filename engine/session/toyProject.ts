/**
 * A user's project at toy size in a temporary folder: a PyTorch source with both networks, a plan, and the
 * sample's real images. For tests that need the whole path from source text, or a process of its own.
 */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const toySource = `import torch
import torch.nn as nn


class Generator(nn.Module):
    def __init__(self, latents=6):
        super().__init__()
        self.project = nn.Linear(latents, 384)
        self.main = nn.Sequential(
            nn.BatchNorm2d(24),
            nn.ReLU(True),
            nn.ConvTranspose2d(24, 8, 4, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(8),
            nn.ReLU(True),
            nn.ConvTranspose2d(8, 1, 4, stride=2, padding=1),
            nn.Tanh(),
        )

    def forward(self, z):
        return self.main(self.project(z).view(-1, 24, 4, 4))


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 4, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(4, 8, 4, stride=2, padding=1),
            nn.BatchNorm2d(8),
            nn.LeakyReLU(0.2),
        )
        self.classify = nn.Linear(128, 1)

    def forward(self, x):
        return self.classify(torch.flatten(self.features(x), 1))
`;

export const toyPlan = {
  schema: 1,
  name: 'Toy',
  generator: { source: 'toy.py', entry: 'Generator()', input: [1, 6] },
  discriminator: { source: 'toy.py', entry: 'Discriminator()', input: [1, 1, 16, 16] },
  data: { images: 'images.gz', size: 16, channels: 1, limit: 48 },
  train: { steps: 3, batch: 4, sampleEvery: 2, checkpointEvery: 2 },
  stages: [
    { id: 'find', family: 'search', module: 'G', repetitions: 2, steps: 2, threshold: 1000 },
    { id: 'binarize', family: 'precision', rep: { kind: 'binary' }, module: 'both', steps: 3 },
  ],
  evaluation: { nImages: 8 },
  seed: 3,
};

const sampleImages = path.join(
  path.dirname(fileURLToPath(import.meta.url)),
  '../../samples/dcgan/data/t10k-images-idx3-ubyte.gz',
);

export interface ToyProject {
  readonly folder: string;
  readonly planPath: string;
  write(name: string, text: string): void;
  dispose(): void;
}

/** `plan` replaces fields of the toy plan. */
export function toyProject(plan: Readonly<Record<string, unknown>> = {}): ToyProject {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'slimwise-toy-'));
  const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
  write('toy.py', toySource);
  write('slimwise.json', JSON.stringify({ ...toyPlan, ...plan }, null, 2));
  copyFileSync(sampleImages, path.join(folder, 'images.gz'));
  return {
    folder,
    planPath: path.join(folder, 'slimwise.json'),
    write,
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
