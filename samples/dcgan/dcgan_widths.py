"""The generator of dcgan_pbgen.py with the input channels of each deconvolution given one by one.

More input channels of a layer raise its own degree of redundancy, c_i - h_i * w_i, and that of no
other layer. pbgen-widths.json trains it at several widths: Figs. 7 and 8 of the document.
"""
import torch
import torch.nn as nn


class Generator(nn.Module):
    def __init__(self, c1=128, c2=64, c3=32, c4=16, start=2, channels=1, latents=100):
        super().__init__()
        self.c1 = c1
        self.start = start
        self.project = nn.Linear(latents, c1 * start * start)
        self.norm = nn.BatchNorm2d(c1)
        self.conv1 = nn.ConvTranspose2d(c1, c2, 5, stride=2, padding=2, output_padding=1)
        self.norm1 = nn.BatchNorm2d(c2)
        self.conv2 = nn.ConvTranspose2d(c2, c3, 5, stride=2, padding=2, output_padding=1)
        self.norm2 = nn.BatchNorm2d(c3)
        self.conv3 = nn.ConvTranspose2d(c3, c4, 5, stride=2, padding=2, output_padding=1)
        self.norm3 = nn.BatchNorm2d(c4)
        self.conv4 = nn.ConvTranspose2d(c4, channels, 5, stride=2, padding=2, output_padding=1)

    def forward(self, z):
        x = self.project(z).view(-1, self.c1, self.start, self.start)
        x = torch.relu(self.norm(x))
        x = torch.relu(self.norm1(self.conv1(x)))
        x = torch.relu(self.norm2(self.conv2(x)))
        x = torch.relu(self.norm3(self.conv3(x)))
        return torch.tanh(self.conv4(x))
