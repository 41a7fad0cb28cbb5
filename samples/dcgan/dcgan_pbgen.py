"""The DCGAN of "Binarizing Weights Wisely" (PBGen), in PyTorch, at any size.

With width=64 and start=4 it is the document's network: 64x64 colour images, deconvolutions of
degree of redundancy 496, 192, -128 and -960. With width=16 and start=2 it draws 32x32 images and
has a quarter of each: 124, 48, -32 and -240. The order and the signs stay.
"""
import torch
import torch.nn as nn


class Generator(nn.Module):
    def __init__(self, width=64, start=4, channels=3, latents=100):
        super().__init__()
        self.width = width
        self.start = start
        self.project = nn.Linear(latents, width * 8 * start * start)
        self.norm = nn.BatchNorm2d(width * 8)
        self.conv1 = nn.ConvTranspose2d(width * 8, width * 4, 5, stride=2, padding=2, output_padding=1)
        self.norm1 = nn.BatchNorm2d(width * 4)
        self.conv2 = nn.ConvTranspose2d(width * 4, width * 2, 5, stride=2, padding=2, output_padding=1)
        self.norm2 = nn.BatchNorm2d(width * 2)
        self.conv3 = nn.ConvTranspose2d(width * 2, width, 5, stride=2, padding=2, output_padding=1)
        self.norm3 = nn.BatchNorm2d(width)
        self.conv4 = nn.ConvTranspose2d(width, channels, 5, stride=2, padding=2, output_padding=1)

    def forward(self, z):
        x = self.project(z).view(-1, self.width * 8, self.start, self.start)
        x = torch.relu(self.norm(x))
        x = torch.relu(self.norm1(self.conv1(x)))
        x = torch.relu(self.norm2(self.conv2(x)))
        x = torch.relu(self.norm3(self.conv3(x)))
        return torch.tanh(self.conv4(x))


class Discriminator(nn.Module):
    def __init__(self, width=64, start=4, channels=3):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(channels, width, 5, stride=2, padding=2),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, width * 2, 5, stride=2, padding=2),
            nn.BatchNorm2d(width * 2),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width * 2, width * 4, 5, stride=2, padding=2),
            nn.BatchNorm2d(width * 4),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width * 4, width * 8, 5, stride=2, padding=2),
            nn.BatchNorm2d(width * 8),
            nn.LeakyReLU(0.2),
        )
        self.classify = nn.Linear(width * 8 * start * start, 1)

    def forward(self, x):
        return self.classify(torch.flatten(self.features(x), 1))
