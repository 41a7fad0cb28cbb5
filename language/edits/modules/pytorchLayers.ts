/**
 * The text of `slimwise_layers.py` for PyTorch, as it is written beside a user's source. The bits are those of the
 * packed format and of our own training: the same forward values and gradients to rounding (a test compares them).
 */
export const pytorchLayers = String.raw`# slimwise_layers 1 (PyTorch), written by Slimwise. MIT License: use, change and share it freely.
"""Layers stored with few bits, and cheaper layers in the place of expensive ones.

binarize, ternarize and quantize take a layer and give the same layer back: it keeps its real weights for the
optimizer and computes with what will be stored. low_rank, separable, resize_conv and sub_pixel give an
nn.Sequential that stands in the layer's place; train it before you use it. When training is done,
save_weights(model, "weights.safetensors") writes what "slimwise pack" reads.

Sources: binary-weight networks (Rastegari et al. 2016, section 3.1), ternary weight networks (Li et al. 2016,
equations 6 and 7), k-bit grids (Max 1960, table II).
"""
import json
import struct

import torch
from torch import nn
from torch.nn import functional as F

# Step between levels, in standard deviations, that loses least of a normal distribution.
_STEPS = {2: 0.9957, 3: 0.586, 4: 0.3352, 5: 0.1881, 6: 0.1041, 7: 0.0569, 8: 0.0308}


def binarize(layer):
    """One bit per weight: the mean magnitude of its output channel, with the weight's sign."""
    return _with_bits(layer, 1)


def ternarize(layer):
    """-1, 0 or 1 per weight, times one scale per output channel."""
    return _with_bits(layer, "ternary")


def quantize(layer, bits):
    """2 to 8 bits per weight: odd numbers times one scale per output channel."""
    if bits not in _STEPS:
        raise ValueError("quantize takes 2 to 8 bits, not %r" % (bits,))
    return _with_bits(layer, bits)


def low_rank(layer, rank):
    """Two layers through rank channels, started from the best approximation of the layer's weights."""
    weight = layer.weight.detach()
    if isinstance(layer, nn.Linear):
        left, right = _factors(weight, rank)
        first = nn.Linear(layer.in_features, rank, bias=False)
        second = nn.Linear(rank, layer.out_features, bias=layer.bias is not None)
        _set(first, right)
        _set(second, left)
    elif isinstance(layer, nn.Conv2d):
        _ungrouped(layer)
        left, right = _factors(weight.reshape(layer.out_channels, -1), rank)
        first = nn.Conv2d(layer.in_channels, rank, layer.kernel_size, layer.stride, layer.padding,
                          layer.dilation, bias=False, padding_mode=layer.padding_mode)
        second = nn.Conv2d(rank, layer.out_channels, 1, bias=layer.bias is not None)
        _set(first, right.reshape(first.weight.shape))
        _set(second, left.reshape(second.weight.shape))
    elif isinstance(layer, nn.ConvTranspose2d):
        _ungrouped(layer)
        left, right = _factors(weight.reshape(layer.in_channels, -1), rank)
        first = nn.Conv2d(layer.in_channels, rank, 1, bias=False)
        second = nn.ConvTranspose2d(rank, layer.out_channels, layer.kernel_size, layer.stride, layer.padding,
                                    layer.output_padding, bias=layer.bias is not None, dilation=layer.dilation)
        _set(first, left.t().reshape(first.weight.shape))
        _set(second, right.reshape(second.weight.shape))
    else:
        raise TypeError("low_rank takes nn.Linear, nn.Conv2d or nn.ConvTranspose2d, not %s" % type(layer).__name__)
    if layer.bias is not None:
        second.bias.data.copy_(layer.bias.data)
    return nn.Sequential(first, second)


def separable(layer):
    """A depthwise layer and a 1x1 convolution."""
    _ungrouped(layer)
    channels = layer.in_channels
    point = nn.Conv2d(channels, layer.out_channels, 1, bias=layer.bias is not None)
    if isinstance(layer, nn.ConvTranspose2d):
        depthwise = nn.ConvTranspose2d(channels, channels, layer.kernel_size, layer.stride, layer.padding,
                                       layer.output_padding, channels, False, layer.dilation)
    elif isinstance(layer, nn.Conv2d):
        depthwise = nn.Conv2d(channels, channels, layer.kernel_size, layer.stride, layer.padding,
                              layer.dilation, channels, False, layer.padding_mode)
    else:
        raise TypeError("separable takes nn.Conv2d or nn.ConvTranspose2d, not %s" % type(layer).__name__)
    return nn.Sequential(depthwise, point)


def resize_conv(layer):
    """Nearest-neighbour enlargement and a convolution, for a transposed convolution."""
    factor, size = _enlarges(layer)
    conv = nn.Conv2d(layer.in_channels, layer.out_channels, size, padding=[(side - 1) // 2 for side in size],
                     bias=layer.bias is not None)
    return nn.Sequential(nn.Upsample(scale_factor=factor, mode="nearest"), conv)


def sub_pixel(layer):
    """A convolution to factor^2 times the channels, rearranged to a larger map."""
    factor, size = _enlarges(layer)
    conv = nn.Conv2d(layer.in_channels, layer.out_channels * factor ** 2, size,
                     padding=[(side - 1) // 2 for side in size], bias=layer.bias is not None)
    return nn.Sequential(conv, nn.PixelShuffle(factor))


def save_weights(model, path):
    """Writes the weights as fp32 safetensors, with the bits of each layer in the metadata."""
    tensors = {name: value.detach().to("cpu", torch.float32).contiguous()
               for name, value in model.state_dict().items() if value.is_floating_point()}
    bits = {name: module.weight_bits for name, module in model.named_modules() if hasattr(module, "weight_bits")}
    header, offset = {"__metadata__": {"slimwise_bits": json.dumps(bits)}}, 0
    for name, value in tensors.items():
        size = value.numel() * 4
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for value in tensors.values():
            file.write(value.numpy().astype("<f4").tobytes())


def _output_axis(layer):
    return 1 if isinstance(layer, _TRANSPOSED) else 0


def _with_bits(layer, bits):
    if isinstance(layer, nn.Sequential):
        for child in layer:
            if getattr(child, "weight", None) is not None and child.weight.dim() > 1:
                _with_bits(child, bits)
        return layer
    plain = type(layer) if type(layer) in _CODED else type(layer).__mro__[1]
    if plain not in _CODED or type(layer) not in (plain, _CODED[plain]):
        raise TypeError("few bits are for convolutions and nn.Linear themselves, not for %s" % type(layer).__name__)
    if isinstance(layer, _TRANSPOSED):
        _ungrouped(layer)
    layer.__class__ = _CODED[plain]
    layer.weight_bits = bits
    return layer


class _Binary(torch.autograd.Function):
    @staticmethod
    def forward(ctx, weight, axis):
        others = [dim for dim in range(weight.dim()) if dim != axis]
        scale = weight.abs().mean(dim=others, keepdim=True)
        ctx.save_for_backward(weight, scale)
        ctx.count = weight.numel() // weight.shape[axis]
        return torch.where(weight >= 0, scale, -scale)

    @staticmethod
    def backward(ctx, grad):
        weight, scale = ctx.saved_tensors
        inside = (weight.abs() < 1).to(grad.dtype)
        return grad * (inside * scale + 1.0 / ctx.count), None


def _coded(weight, axis, bits):
    """What will be stored, with gradients for the real weight (straight through beyond one bit)."""
    if bits == 1:
        return _Binary.apply(weight, axis)
    real = weight.detach()
    others = [dim for dim in range(real.dim()) if dim != axis]
    if bits == "ternary":
        size = real.abs()
        large = (size > 0.7 * size.mean(dim=others, keepdim=True)).to(real.dtype)
        scale = (size * large).sum(dim=others, keepdim=True) / large.sum(dim=others, keepdim=True).clamp(min=1)
        value = scale * real.sign() * large
    else:
        most = 2 ** bits - 1
        scale = real.pow(2).mean(dim=others, keepdim=True).sqrt() * (_STEPS[bits] / 2)
        code = ((real / scale.clamp(min=1e-30) + most) / 2 + 0.5).floor().clamp(0, most)
        value = scale * (2 * code - most)
    return weight + (value - real)


class _CodedConv:
    def forward(self, input):
        return self._conv_forward(input, _coded(self.weight, 0, self.weight_bits), self.bias)


class _CodedTranspose:
    def forward(self, input, output_size=None):
        if output_size is not None:
            raise ValueError("give output_padding instead of output_size")
        weight = _coded(self.weight, 1, self.weight_bits)
        run = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[weight.dim() - 3]
        return run(input, weight, self.bias, self.stride, self.padding, self.output_padding, self.groups,
                   self.dilation)


class CodedConv1d(_CodedConv, nn.Conv1d):
    pass


class CodedConv2d(_CodedConv, nn.Conv2d):
    pass


class CodedConv3d(_CodedConv, nn.Conv3d):
    pass


class CodedConvTranspose1d(_CodedTranspose, nn.ConvTranspose1d):
    pass


class CodedConvTranspose2d(_CodedTranspose, nn.ConvTranspose2d):
    pass


class CodedConvTranspose3d(_CodedTranspose, nn.ConvTranspose3d):
    pass


class CodedLinear(nn.Linear):
    def forward(self, input):
        return F.linear(input, _coded(self.weight, 0, self.weight_bits), self.bias)


_TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
_CODED = {
    nn.Conv1d: CodedConv1d, nn.Conv2d: CodedConv2d, nn.Conv3d: CodedConv3d, nn.Linear: CodedLinear,
    nn.ConvTranspose1d: CodedConvTranspose1d, nn.ConvTranspose2d: CodedConvTranspose2d,
    nn.ConvTranspose3d: CodedConvTranspose3d,
}


def _ungrouped(layer):
    if getattr(layer, "groups", 1) != 1:
        raise ValueError("a grouped layer cannot be taken apart so")


def _factors(matrix, rank):
    left, values, right = torch.linalg.svd(matrix, full_matrices=False)
    root = values[:rank].sqrt()
    return left[:, :rank] * root, root[:, None] * right[:rank]


def _set(layer, weight):
    layer.weight.data.copy_(weight)


def _enlarges(layer):
    if not isinstance(layer, nn.ConvTranspose2d):
        raise TypeError("this takes nn.ConvTranspose2d, not %s" % type(layer).__name__)
    _ungrouped(layer)
    factor = layer.stride[0]
    sides = zip(layer.kernel_size, layer.output_padding, layer.padding, layer.stride, layer.dilation)
    if factor < 2 or any(step != factor or rate != 1 or side + extra - 2 * pad != factor
                         for side, extra, pad, step, rate in sides):
        raise ValueError("this layer does not enlarge its input by one whole factor")
    return factor, [side if side % 2 == 1 else side - 1 for side in layer.kernel_size]
`;
