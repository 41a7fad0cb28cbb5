"""Writes torch.json: what PyTorch itself says about shapes and weights of random operators.

    python3 makeTorchShapes.py      (any PyTorch from 1.13; a few seconds, no GPU)
"""
import json
import random

import torch
import torch.nn as nn
import torch.nn.functional as F

random.seed(7)
torch.set_num_threads(1)
CONV = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
CONV_T = {1: nn.ConvTranspose1d, 2: nn.ConvTranspose2d, 3: nn.ConvTranspose3d}
POOL = {"max_pool": {1: F.max_pool1d, 2: F.max_pool2d}, "avg_pool": {1: F.avg_pool1d, 2: F.avg_pool2d}}
cases = []


def pick(low, high, n):
    return [random.randint(low, high) for _ in range(n)]


def record(op, attributes, inputs, run, weights=None):
    try:
        output = list(run(*[torch.zeros(shape) for shape in inputs]).shape)
    except (RuntimeError, IndexError):
        output = None
    case = {"op": op, "attributes": attributes, "inputs": inputs, "output": output}
    if weights is not None:
        case["weights"] = weights
    cases.append(case)


def state(layer):
    return {name: list(value.shape) for name, value in layer.state_dict().items() if "num_batches" not in name}


def convolutions():
    for _ in range(220):
        n = random.choice([1, 2, 2, 2, 3])
        groups = random.choice([1, 1, 2])
        c_in, c_out = groups * random.randint(1, 3), groups * random.randint(1, 3)
        kernel, stride, dilation = pick(1, 4, n), pick(1, 3, n), pick(1, 2, n)
        padding, bias = pick(0, 2, n), random.random() < 0.5
        transposed = random.random() < 0.5
        attributes = dict(inChannels=c_in, outChannels=c_out, kernel=kernel, stride=stride, padding=padding)
        attributes.update(dilation=dilation, groups=groups, bias=bias)
        shared = dict(stride=stride, padding=padding, dilation=dilation, groups=groups, bias=bias)
        if transposed:
            extra = pick(0, 1, n)
            layer = CONV_T[n](c_in, c_out, kernel, output_padding=extra, **shared)
            attributes["outputPadding"] = extra
        else:
            layer = CONV[n](c_in, c_out, kernel, **shared)
        channels = c_in if random.random() < 0.9 else c_in + 1
        shape = ([1] if random.random() < 0.8 else []) + [channels] + pick(1, 7, n)
        record(f"conv{n}d{'_transpose' if transposed else ''}", attributes, [shape], layer, state(layer))


def pools():
    for _ in range(80):
        n, op = random.choice([1, 2]), random.choice(["max_pool", "avg_pool"])
        kernel, stride, ceil = pick(1, 4, n), pick(1, 3, n), random.random() < 0.5
        padding = [random.randint(0, k // 2) for k in kernel]
        attributes = dict(kernel=kernel, stride=stride, padding=padding, ceilMode=ceil)
        run = POOL[op][n]
        record(op, attributes, [[1, 2] + pick(1, 8, n)], lambda x: run(x, kernel, stride, padding, ceil_mode=ceil))


def resampling():
    for _ in range(40):
        scale, size = pick(1, 3, 2), pick(1, 9, 2)
        attributes = dict(scale=scale, size=None, mode="nearest")
        shape = [1, 3] + pick(1, 6, 2)
        record("upsample", attributes, [shape], lambda x: F.interpolate(x, scale_factor=scale))
        record("adaptive_avg_pool", dict(size=size), [shape], lambda x: F.adaptive_avg_pool2d(x, size))
        shuffled = [1] + pick(1, 12, 1) + pick(1, 6, 2)
        record("pixel_shuffle", dict(factor=2, inverse=False), [shuffled], lambda x: F.pixel_shuffle(x, 2))
        record("pixel_shuffle", dict(factor=2, inverse=True), [shuffled], lambda x: F.pixel_unshuffle(x, 2))


def rearranging():
    for _ in range(60):
        shape = [1] + pick(1, 4, random.randint(1, 3))
        rank = len(shape)
        start = random.randint(0, rank - 1)
        record("flatten", dict(startAxis=start, endAxis=-1), [shape], lambda x: torch.flatten(x, start))
        target = [1, random.choice([-1, 2, 4]), random.choice([2, 3])]
        record("reshape", dict(shape=target), [shape], lambda x: x.reshape(target))
        axes = random.sample(range(rank), rank)
        record("permute", dict(axes=axes), [shape], lambda x: x.permute(axes))
        axis = random.randint(-rank, rank - 1)
        record("squeeze", dict(axes=[axis]), [shape], lambda x: x.squeeze(axis))
        record("unsqueeze", dict(axis=axis), [shape], lambda x: x.unsqueeze(axis))
        repeats = pick(1, 3, rank)
        record("tile", dict(repeats=repeats), [shape], lambda x: x.repeat(repeats))
        wider = [random.choice([-1, 2, size]) for size in shape]
        record("expand", dict(shape=wider), [shape], lambda x: x.expand(wider))
        begin = random.randint(0, 3)
        length = random.randint(1, 4)
        if begin < shape[-1]:
            attributes = dict(begin=[0] * (rank - 1) + [begin], size=[-1] * (rank - 1) + [length])
            record("slice", attributes, [shape], lambda x: x[..., begin : begin + length])
        keep = random.random() < 0.5
        record("reduce", dict(fn="mean", axes=[axis], keepDims=keep), [shape], lambda x: x.mean(axis, keepdim=keep))


def several():
    for _ in range(80):
        rank = random.randint(1, 4)
        a = [random.choice([1, 2, 3]) for _ in range(rank)]
        b = [random.choice([size, size, 1]) if random.random() < 0.9 else 4 for size in a][random.randint(0, rank - 1) :]
        record("add", {}, [a, b], lambda x, y: x + y)
        axis = random.randint(0, rank - 1)
        c = [size if at != axis or random.random() < 0.1 else random.randint(1, 4) for at, size in enumerate(a)]
        record("cat", dict(axis=axis), [a, c], lambda x, y: torch.cat([x, y], axis))
        record("stack", dict(axis=axis), [a, c], lambda x, y: torch.stack([x, y], axis))
        d = [size for size in a[:-2]] + [a[-1] if random.random() < 0.9 else 5, 3]
        record("matmul", {}, [a, d], torch.matmul)


def layers():
    for _ in range(20):
        features, rank = random.randint(1, 6), random.randint(2, 4)
        shape = [1, features] + pick(2, 4, rank - 2)
        dense = nn.Linear(shape[-1], 5)
        record("dense", dict(inFeatures=shape[-1], outFeatures=5, bias=True), [shape], dense, state(dense))
        if rank == 4:
            norm = nn.BatchNorm2d(features).eval()
            attributes = dict(features=features, eps=1e-5, momentum=0.1, scale=True, center=True, trackStats=True)
            record("batch_norm", attributes, [shape], norm, state(norm))
    recurrent = nn.LSTM(3, 4, num_layers=2, bidirectional=True, batch_first=True)
    attributes = dict(cell="lstm", inFeatures=3, units=4, layers=2, bidirectional=True)
    record("recurrent", attributes, [[1, 5, 3]], lambda x: recurrent(x)[0], state(recurrent))
    attention = nn.MultiheadAttention(8, 2, batch_first=True)
    record("attention", dict(features=8, heads=2), [[1, 5, 8]], lambda x: attention(x, x, x)[0], state(attention))


for make in (convolutions, pools, resampling, rearranging, several, layers):
    make()
with open("torch.json", "w") as file:
    rows = ",\n".join(json.dumps(case) for case in cases)
    file.write(f'{{ "from": "PyTorch {torch.__version__}", "cases": [\n{rows}\n] }}\n')
print(len(cases), sum(case["output"] is None for case in cases))
