"""The DCGAN step of dcgan.ts in PyTorch: same layers, sizes, losses and optimizer.

Speaks the protocol of trainPeer.ts: answers each line on stdin with one line of JSON.
Usage: dcgan_torch.py BATCH IMAGE_SIZE IMAGE_CHANNELS WIDTH KERNEL THREADS
"""
import json
import math
import resource
import sys
import time

import torch
from torch import nn

batch, size, channels, width, kernel, threads = map(int, sys.argv[1:7])
torch.set_num_threads(threads)
torch.manual_seed(7)
n_layers = int(math.log2(size // 4))
down = [width * 2**i for i in range(n_layers)]
up = down[::-1]
# TF's "same" with stride 2: an even kernel pads evenly, an odd one needs one more row at the end.
pad, extra = ((kernel - 1) // 2, kernel % 2)


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.projection = nn.Linear(100, 16 * up[0], bias=False)
        layers = [nn.BatchNorm2d(up[0]), nn.ReLU()]
        for i, c in enumerate(up):
            last = i + 1 == n_layers
            out = channels if last else up[i + 1]
            layers.append(nn.ConvTranspose2d(c, out, kernel, 2, pad, extra, bias=last))
            layers += [nn.Tanh()] if last else [nn.BatchNorm2d(out), nn.ReLU()]
        self.main = nn.Sequential(*layers)

    def forward(self, z):
        return self.main(self.projection(z).view(batch, up[0], 4, 4))


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for i, c in enumerate(down):
            layers.append(nn.Conv2d(down[i - 1] if i else channels, c, kernel, 2, pad, bias=False))
            layers += ([nn.BatchNorm2d(c)] if i else []) + [nn.LeakyReLU(0.2)]
        self.main = nn.Sequential(*layers)
        self.decision = nn.Linear(16 * down[-1], 1, bias=False)

    def forward(self, x):
        return self.decision(self.main(x).flatten(1))


generator, discriminator = Generator(), Discriminator()
g_adam = torch.optim.Adam(generator.parameters(), 2e-4, (0.5, 0.999))
d_adam = torch.optim.Adam(discriminator.parameters(), 2e-4, (0.5, 0.999))
softplus = nn.functional.softplus
real = torch.tanh(torch.randn(batch, channels, size, size))


def step():
    z = torch.randn(batch, 100)
    d_adam.zero_grad()
    fake = generator(z).detach()
    d_loss = softplus(-discriminator(real)).mean() + softplus(discriminator(fake)).mean()
    d_loss.backward()
    d_adam.step()
    g_adam.zero_grad()
    for parameter in discriminator.parameters():
        parameter.requires_grad_(False)
    g_loss = softplus(-discriminator(generator(z))).mean()
    g_loss.backward()
    g_adam.step()
    for parameter in discriminator.parameters():
        parameter.requires_grad_(True)
    return d_loss.item(), g_loss.item()


for line in sys.stdin:
    if line.strip() == "end":
        break
    started = time.perf_counter()
    step()
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "peakBytes": peak, "version": "PyTorch " + torch.__version__}), flush=True)
