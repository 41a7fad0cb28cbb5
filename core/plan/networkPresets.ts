/**
 * The two published variants of the DCGAN that PBGen works with, for plans that name one instead of sources of
 * their own: `"network": "dcgan-512"`. A preset is a source text that is read as any other, so that it is
 * analysed, trained and packed on the same path; with it come the published latents, batch and updates of G,
 * for what the plan leaves open. What is drawn at the start, N(0, 0.02), is the engine's for all networks.
 */
import * as v from 'valibot';

/** Where a preset differs from the other; all else is in the source below. */
interface Variant {
  /** Channels of the last deconvolution's input. */
  readonly widthG: number;
  /** The projection is normalized before its ReLU. */
  readonly projectNorm: boolean;
  /** Share of a new batch in the running statistics of batch normalization. */
  readonly momentum: number;
  readonly train: { readonly batch: number; readonly generatorSteps: number; readonly latents: 'uniform' | 'normal' };
}

/**
 * 512: github.com/carpedm20/DCGAN-tensorflow, the document's reference [53]; 1024: khanrc's tf.gans-comparison, its
 * reference [55]. Both discriminators begin with 64 channels.
 */
const variants = {
  'dcgan-512': {
    widthG: 64,
    projectNorm: true,
    momentum: 0.1,
    train: { batch: 64, generatorSteps: 2, latents: 'uniform' },
  },
  'dcgan-1024': {
    widthG: 128,
    projectNorm: false,
    momentum: 0.01,
    train: { batch: 128, generatorSteps: 1, latents: 'normal' },
  },
} as const satisfies Record<string, Variant>;

const widthD = 64;
/** Four convolutions of stride 2. */
const shrinks = 16;
const latents = 100;

export type NetworkPreset = keyof typeof variants;
export const networkPresets = Object.keys(variants) as [NetworkPreset, ...NetworkPreset[]];

const preset = v.picklist(networkPresets);

export const NetworkChoice = v.pipe(
  v.union([
    preset,
    v.strictObject({
      preset,
      scale: v.pipe(
        v.number(),
        v.gtValue(0),
        v.maxValue(1),
        v.description('Share of the published channels, such as 0.25; the degrees of redundancy shrink with it.'),
      ),
    }),
  ]),
  v.description(
    'A published DCGAN in place of generator and discriminator: dcgan-512 (two updates of G per step) or dcgan-1024 (one). Published for 64×64 images; other sizes are multiples of 16.',
  ),
);
export type NetworkChoice = v.InferOutput<typeof NetworkChoice>;

export interface PresetPlan {
  readonly generator: { readonly source: string; readonly entry: string; readonly input: readonly number[] };
  readonly discriminator: PresetPlan['generator'];
  readonly train: Variant['train'];
}

/** What a preset stands for with these images; or why it cannot be, in words. */
export function presetPlan(
  choice: NetworkChoice,
  { size, channels }: { readonly size: number; readonly channels: number },
): PresetPlan | string {
  const { preset: name, scale } = typeof choice === 'string' ? { preset: choice, scale: 1 } : choice;
  const { widthG, projectNorm, momentum, train } = variants[name];
  if (size % shrinks !== 0) return `${name} draws images whose size is a multiple of ${shrinks}, not ${size}`;
  const widths = [widthG * scale, widthD * scale];
  if (!widths.every(Number.isInteger)) return `${scale} of ${widthD} channels is no whole number`;
  const start = size / shrinks;
  const flag = projectNorm ? 'True' : 'False';
  const source = presetPrefix + name;
  return {
    generator: {
      source,
      entry: `Generator(width=${widths[0]}, start=${start}, channels=${channels}, project_norm=${flag}, momentum=${momentum})`,
      input: [1, latents],
    },
    discriminator: {
      source,
      entry: `Discriminator(width=${widths[1]}, start=${start}, channels=${channels}, momentum=${momentum})`,
      input: [1, channels, size, size],
    },
    train,
  };
}

const presetPrefix = 'preset:';

/** The text behind a plan's `source`; null: it is a file. */
export function presetText(source: string): string | null {
  return networkPresets.some((name) => source === presetPrefix + name) ? dcgan : null;
}

/** The name under which that text is read. */
export const presetFile = 'dcgan.py';

const dcgan = `import torch
import torch.nn as nn


class Generator(nn.Module):
    def __init__(self, width=64, start=4, channels=3, latents=${latents}, project_norm=True, momentum=0.1):
        super().__init__()
        self.width = width
        self.start = start
        self.project = nn.Linear(latents, width * 8 * start * start)
        self.norm = nn.BatchNorm2d(width * 8, momentum=momentum) if project_norm else nn.Identity()
        self.conv1 = nn.ConvTranspose2d(width * 8, width * 4, 5, stride=2, padding=2, output_padding=1)
        self.norm1 = nn.BatchNorm2d(width * 4, momentum=momentum)
        self.conv2 = nn.ConvTranspose2d(width * 4, width * 2, 5, stride=2, padding=2, output_padding=1)
        self.norm2 = nn.BatchNorm2d(width * 2, momentum=momentum)
        self.conv3 = nn.ConvTranspose2d(width * 2, width, 5, stride=2, padding=2, output_padding=1)
        self.norm3 = nn.BatchNorm2d(width, momentum=momentum)
        self.conv4 = nn.ConvTranspose2d(width, channels, 5, stride=2, padding=2, output_padding=1)

    def forward(self, z):
        x = self.project(z).view(-1, self.width * 8, self.start, self.start)
        x = torch.relu(self.norm(x))
        x = torch.relu(self.norm1(self.conv1(x)))
        x = torch.relu(self.norm2(self.conv2(x)))
        x = torch.relu(self.norm3(self.conv3(x)))
        return torch.tanh(self.conv4(x))


class Discriminator(nn.Module):
    def __init__(self, width=64, start=4, channels=3, momentum=0.1):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(channels, width, 5, stride=2, padding=2),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, width * 2, 5, stride=2, padding=2),
            nn.BatchNorm2d(width * 2, momentum=momentum),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width * 2, width * 4, 5, stride=2, padding=2),
            nn.BatchNorm2d(width * 4, momentum=momentum),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width * 4, width * 8, 5, stride=2, padding=2),
            nn.BatchNorm2d(width * 8, momentum=momentum),
            nn.LeakyReLU(0.2),
        )
        self.classify = nn.Linear(width * 8 * start * start, 1)

    def forward(self, x):
        return self.classify(torch.flatten(self.features(x), 1))
`;
