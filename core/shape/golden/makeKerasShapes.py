"""Writes keras.json: what Keras 3 itself says about shapes and weights of random layers.

    KERAS_BACKEND=numpy python3 makeKerasShapes.py      (any backend; a few seconds, no GPU)
"""
import json
import random

import keras
from keras import layers

random.seed(7)
CONV = {1: layers.Conv1D, 2: layers.Conv2D, 3: layers.Conv3D}
CONV_T = {1: layers.Conv1DTranspose, 2: layers.Conv2DTranspose, 3: layers.Conv3DTranspose}
POOL = {"max_pool": {1: layers.MaxPooling1D, 2: layers.MaxPooling2D}}
POOL["avg_pool"] = {1: layers.AveragePooling1D, 2: layers.AveragePooling2D}
cases = []


def pick(low, high, n):
    return [random.randint(low, high) for _ in range(n)]


def record(op, attributes, shape, layer, **more):
    try:
        output = list(layer(keras.Input(batch_shape=shape)).shape)
    except (ValueError, TypeError):
        output = None
    case = {"op": op, "attributes": attributes, "inputs": [shape], "output": output, **more}
    if output is not None:
        case["weights"] = {weight.name: list(weight.shape) for weight in layer.weights}
    cases.append(case)


def convolutions():
    for _ in range(240):
        n = random.choice([1, 2, 2, 2, 3])
        transposed = random.random() < 0.6
        groups = 1 if transposed else random.choice([1, 1, 2])
        c_in, c_out = groups * random.randint(1, 3), groups * random.randint(1, 3)
        kernel, stride = pick(1, 5, n), [random.randint(1, 3)] * n
        dilation = [random.randint(1, 2) if max(stride) == 1 else 1] * n
        padding, bias = random.choice(["same", "valid"]), random.random() < 0.5
        attributes = dict(inChannels=c_in, outChannels=c_out, kernel=kernel, stride=stride, padding=padding)
        attributes.update(dilation=dilation, groups=groups, bias=bias)
        shared = dict(strides=stride, padding=padding, dilation_rate=dilation, use_bias=bias)
        if transposed:
            extra = random.randint(0, min(stride) - 1)
            attributes["outputPadding"] = [extra] * n
            layer = CONV_T[n](c_out, kernel, output_padding=[extra] * n if extra else None, **shared)
        else:
            layer = CONV[n](c_out, kernel, groups=groups, **shared)
        record(f"conv{n}d{'_transpose' if transposed else ''}", attributes, [1] + pick(1, 8, n) + [c_in], layer)


def depthwise():
    for _ in range(30):
        c_in, multiplier, kernel, stride = *pick(1, 3, 2), pick(1, 4, 2), [random.randint(1, 3)] * 2
        padding = random.choice(["same", "valid"])
        shared = dict(strides=stride, padding=padding, depth_multiplier=multiplier)
        attributes = dict(inChannels=c_in, kernel=kernel, stride=stride, padding=padding, dilation=[1, 1], bias=True)
        shape = [1] + pick(1, 8, 2) + [c_in]
        depth = dict(attributes, outChannels=c_in * multiplier, groups=c_in)
        record("conv2d", depth, shape, layers.DepthwiseConv2D(kernel, **shared), type="DepthwiseConv2D")
        separable = dict(attributes, outChannels=5, groups=1, depthMultiplier=multiplier)
        record("separable_conv2d", separable, shape, layers.SeparableConv2D(5, kernel, **shared))


def pools():
    for _ in range(60):
        n, op = random.choice([1, 2]), random.choice(["max_pool", "avg_pool"])
        kernel, stride, padding = [random.randint(1, 4)] * n, [random.randint(1, 3)] * n, random.choice(["same", "valid"])
        layer = POOL[op][n](kernel[0], stride[0], padding=padding)
        record(op, dict(kernel=kernel, stride=stride, padding=padding), [1] + pick(1, 8, n) + [2], layer)


def others():
    for _ in range(10):
        shape = [1] + pick(1, 6, 3)
        record("flatten", dict(startAxis=1, endAxis=-1), shape, layers.Flatten())
        attributes = dict(scale=[2, 3], size=None, mode="nearest")
        record("upsample", attributes, shape, layers.UpSampling2D((2, 3)))
        record("global_avg_pool", dict(keepDims=False), shape, layers.GlobalAveragePooling2D())
        pads = [[0, 0], [1, 2], [0, 3], [0, 0]]
        record("pad", dict(pads=pads, mode="constant"), shape, layers.ZeroPadding2D(((1, 2), (0, 3))))
        record("dense", dict(inFeatures=shape[-1], outFeatures=4, bias=True), shape, layers.Dense(4))
        norm = dict(features=shape[-1], eps=1e-3, momentum=0.01, scale=True, center=True, trackStats=True)
        record("batch_norm", norm, shape, layers.BatchNormalization())
    gru = dict(cell="gru", inFeatures=3, units=4, layers=1, bidirectional=False, returnSequences=False)
    record("recurrent", gru, [1, 5, 3], layers.GRU(4))


for make in (convolutions, depthwise, pools, others):
    make()
with open("keras.json", "w") as file:
    rows = ",\n".join(json.dumps(case) for case in cases)
    file.write(f'{{ "from": "Keras {keras.__version__}", "cases": [\n{rows}\n] }}\n')
print(len(cases), sum(case["output"] is None for case in cases))
