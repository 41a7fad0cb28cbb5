/**
 * A PyTorch file of about a thousand lines, of the kind that grows in real projects: nine generators and
 * discriminators with their own blocks, options, a training loop. Written by rule, so that the benchmark needs no file of
 * anybody else's; each class differs, so that nothing is saved by sameness.
 */
export function longModelFile(nPairs = 9): string {
  const indices = Array.from({ length: nPairs }, (_unused, idx) => idx);
  return [header, ...indices.map(network), ...indices.map(trainer)].join('\n');
}

const header = `import argparse
import math
import torch
import torch.nn as nn
import torch.nn.functional as F

parser = argparse.ArgumentParser()
parser.add_argument('--latents', type=int, default=100)
parser.add_argument('--width', type=int, default=64)
parser.add_argument('--size', type=int, default=64)
parser.add_argument('--channels', type=int, default=3)
parser.add_argument('--lr', type=float, default=2e-4)
opt = parser.parse_args()


def weights_init(m):
    name = m.__class__.__name__
    if name.find('Conv') != -1:
        nn.init.normal_(m.weight, 0.0, 0.02)
    elif name.find('BatchNorm') != -1:
        nn.init.normal_(m.weight, 1.0, 0.02)
        nn.init.zeros_(m.bias)
`;

function network(idx: number): string {
  const width = 32 + 8 * idx;
  return `
class Residual${idx}(nn.Module):
    """Two convolutions around a shortcut."""

    def __init__(self, channels, dilation=1):
        super().__init__()
        self.block = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(True),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x):
        return F.relu(x + self.block(x))


class Generator${idx}(nn.Module):
    def __init__(self, latents=opt.latents, width=${width}, channels=opt.channels, depth=3):
        super().__init__()
        self.width = width
        self.project = nn.Linear(latents, width * 2 ** depth * 4 * 4)

        def up(c_in, c_out, norm=True):
            layers = [nn.ConvTranspose2d(c_in, c_out, 4, 2, 1, bias=not norm)]
            if norm:
                layers.append(nn.BatchNorm2d(c_out))
            layers.append(nn.ReLU(True))
            return layers

        layers = []
        for level in reversed(range(depth)):
            layers += up(width * 2 ** (level + 1), width * 2 ** level)
            layers.append(Residual${idx}(width * 2 ** level, dilation=1 + level % 2))
        self.body = nn.Sequential(*layers)
        self.head = nn.ConvTranspose2d(width, channels, 4, 2, 1)
        self.apply(weights_init)

    def forward(self, z):
        x = self.project(z)
        x = x.view(x.size(0), -1, 4, 4)
        x = self.body(x)
        return torch.tanh(self.head(x))


class Discriminator${idx}(nn.Module):
    def __init__(self, channels=opt.channels, width=${width}, size=opt.size):
        super().__init__()
        blocks = []
        c_in = channels
        n_down = int(math.log2(size)) - 2
        for level in range(n_down):
            c_out = min(width * 2 ** level, 512)
            blocks.append(nn.Conv2d(c_in, c_out, 4, 2, 1))
            if level > 0:
                blocks.append(nn.BatchNorm2d(c_out))
            blocks.append(nn.LeakyReLU(0.2, inplace=True))
            c_in = c_out
        self.features = nn.Sequential(*blocks)
        self.classify = nn.Linear(c_in * 4 * 4, 1)

    def forward(self, image):
        x = self.features(image)
        return self.classify(x.flatten(1)).squeeze(1)
`;
}

function trainer(idx: number): string {
  return `
def sample_grid${idx}(generator, n_rows=8):
    """Images of fixed latents, as one picture."""
    generator.eval()
    with torch.no_grad():
        z = torch.randn(n_rows * n_rows, opt.latents)
        images = generator(z).clamp(-1, 1) * 0.5 + 0.5
    generator.train()
    rows = []
    for row in range(n_rows):
        rows.append(torch.cat(list(images[row * n_rows:(row + 1) * n_rows]), dim=2))
    return torch.cat(rows, dim=1)


def gradient_penalty${idx}(discriminator, real, fake):
    alpha = torch.rand(real.size(0), 1, 1, 1)
    mixed = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
    score = discriminator(mixed)
    gradient, = torch.autograd.grad(score.sum(), mixed, create_graph=True)
    return ((gradient.flatten(1).norm(2, dim=1) - 1) ** 2).mean()


def train${idx}(loader, epochs=25, penalty=10.0, log_every=50):
    generator = Generator${idx}()
    discriminator = Discriminator${idx}()
    optimizer_g = torch.optim.Adam(generator.parameters(), lr=opt.lr, betas=(0.5, 0.999))
    optimizer_d = torch.optim.Adam(discriminator.parameters(), lr=opt.lr, betas=(0.5, 0.999))
    history = {'d': [], 'g': [], 'penalty': []}
    for epoch in range(epochs):
        for step, (images, _) in enumerate(loader):
            z = torch.randn(images.size(0), opt.latents)
            fake = generator(z)
            loss_d = F.softplus(discriminator(fake.detach())).mean() + F.softplus(-discriminator(images)).mean()
            extra = gradient_penalty${idx}(discriminator, images, fake.detach())
            optimizer_d.zero_grad()
            (loss_d + penalty * extra).backward()
            optimizer_d.step()
            loss_g = F.softplus(-discriminator(fake)).mean()
            optimizer_g.zero_grad()
            loss_g.backward()
            optimizer_g.step()
            history['d'].append(loss_d.item())
            history['g'].append(loss_g.item())
            history['penalty'].append(extra.item())
            if step % log_every == 0:
                print(f'epoch {epoch} step {step}: D {loss_d.item():.3f} G {loss_g.item():.3f}')
    return generator, discriminator, history
`;
}
