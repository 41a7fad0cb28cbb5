"""DCGAN for 32x32 grayscale images (Fashion-MNIST), in PyTorch.

    python dcgan_torch.py --epochs 5
"""
import argparse
import gzip

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class Generator(nn.Module):
    def __init__(self, latents=100, width=64, channels=1):
        super().__init__()
        self.width = width
        self.project = nn.Linear(latents, width * 4 * 4 * 4)
        self.main = nn.Sequential(
            nn.BatchNorm2d(width * 4),
            nn.ReLU(True),
            # 256 x 4 x 4
            nn.ConvTranspose2d(width * 4, width * 2, 4, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(width * 2),
            nn.ReLU(True),
            # 128 x 8 x 8
            nn.ConvTranspose2d(width * 2, width, 4, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(True),
            # 64 x 16 x 16
            nn.ConvTranspose2d(width, channels, 4, stride=2, padding=1),
            nn.Tanh(),
            # 1 x 32 x 32
        )

    def forward(self, z):
        x = self.project(z)
        x = x.view(-1, self.width * 4, 4, 4)
        return self.main(x)


def conv_block(in_channels, out_channels, normalize=True):
    layers = [nn.Conv2d(in_channels, out_channels, 4, stride=2, padding=1, bias=not normalize)]
    if normalize:
        layers.append(nn.BatchNorm2d(out_channels))
    layers.append(nn.LeakyReLU(0.2, inplace=True))
    return layers


class Discriminator(nn.Module):
    def __init__(self, channels=1, width=64):
        super().__init__()
        layers = conv_block(channels, width, normalize=False)
        for scale in (1, 2):
            layers += conv_block(width * scale, width * scale * 2)
        self.features = nn.Sequential(*layers)
        self.classify = nn.Linear(width * 4 * 4 * 4, 1)

    def forward(self, x):
        x = self.features(x)
        return self.classify(torch.flatten(x, 1))


def weights_init(m):
    if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
        nn.init.normal_(m.weight, 0.0, 0.02)
    elif isinstance(m, nn.BatchNorm2d):
        nn.init.normal_(m.weight, 1.0, 0.02)
        nn.init.zeros_(m.bias)


def load_images(path):
    """Images of an IDX file as N x 1 x 32 x 32, between -1 and 1."""
    with gzip.open(path) as file:
        pixels = np.frombuffer(file.read(), dtype=np.uint8, offset=16)
    images = torch.from_numpy(pixels.reshape(-1, 1, 28, 28).astype(np.float32))
    return F.pad(images, (2, 2, 2, 2)) / 127.5 - 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", default="data/t10k-images-idx3-ubyte.gz")
    parser.add_argument("--latents", type=int, default=100, help="size of the latent vector")
    parser.add_argument("--width", type=int, default=64, help="channels of the 16x16 feature maps")
    parser.add_argument("--channels", type=int, default=1)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--lr", type=float, default=2e-4)
    opt = parser.parse_args()

    device = "cuda" if torch.cuda.is_available() else "cpu"
    generator = Generator(opt.latents, opt.width, opt.channels).to(device)
    discriminator = Discriminator(opt.channels, opt.width).to(device)
    generator.apply(weights_init)
    discriminator.apply(weights_init)

    criterion = nn.BCEWithLogitsLoss()
    optimizer_g = torch.optim.Adam(generator.parameters(), lr=opt.lr, betas=(0.5, 0.999))
    optimizer_d = torch.optim.Adam(discriminator.parameters(), lr=opt.lr, betas=(0.5, 0.999))
    loader = torch.utils.data.DataLoader(
        load_images(opt.data), batch_size=opt.batch, shuffle=True, drop_last=True
    )
    ones = torch.ones(opt.batch, 1, device=device)
    zeros = torch.zeros(opt.batch, 1, device=device)

    for epoch in range(opt.epochs):
        for i, real in enumerate(loader):
            noise = torch.randn(opt.batch, opt.latents, device=device)
            fake = generator(noise)

            optimizer_d.zero_grad()
            loss_d = criterion(discriminator(real.to(device)), ones)
            loss_d = loss_d + criterion(discriminator(fake.detach()), zeros)
            loss_d.backward()
            optimizer_d.step()

            optimizer_g.zero_grad()
            loss_g = criterion(discriminator(fake), ones)
            loss_g.backward()
            optimizer_g.step()

            if i % 50 == 0:
                print(f"epoch {epoch} batch {i}: D {loss_d.item():.3f} G {loss_g.item():.3f}")
        torch.save(generator.state_dict(), "generator.pt")


if __name__ == "__main__":
    main()
