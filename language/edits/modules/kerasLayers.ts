/**
 * The text of `slimwise_layers.py` for Keras. Keras 2 (`tf.keras`) keeps a layer's kernel as an attribute, Keras 3 as
 * a property: the mixed-in property below answers for both, so that every layer of either computes with the coded
 * kernel and trains the real one. TensorFlow computes the values, whatever Keras it is.
 */
export function kerasLayers(importLine: string): string {
  return String.raw`# slimwise_layers 1 (Keras), written by Slimwise. MIT License: use, change and share it freely.
"""Layers stored with few bits, and cheaper layers in the place of expensive ones.

binarize, ternarize and quantize take a layer and give the same layer back: it keeps its real weights for the
optimizer and computes with what will be stored. low_rank, separable, resize_conv and sub_pixel give a layer that
stands in its place; train it before you use it. Save weights with model.save_weights: a whole saved model would
need these classes to be registered.

Sources: binary-weight networks (Rastegari et al. 2016, section 3.1), ternary weight networks (Li et al. 2016,
equations 6 and 7), k-bit grids (Max 1960, table II).
"""
import tensorflow as tf
${importLine}

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
    """Two layers through rank channels."""
    if isinstance(layer, keras.layers.Conv2DTranspose):
        _ungrouped(layer)
        return _InPlace([_conv(layer, rank, 1, use_bias=False, activation=None),
                         _like(layer, filters=layer.filters)])
    if isinstance(layer, keras.layers.Conv2D):
        _ungrouped(layer)
        return _InPlace([_like(layer, filters=rank, use_bias=False, activation=None),
                         _conv(layer, layer.filters, 1)])
    if isinstance(layer, keras.layers.Dense):
        return _InPlace([_like(layer, units=rank, use_bias=False, activation=None), _like(layer, units=layer.units)])
    raise TypeError("low_rank takes Dense, Conv2D or Conv2DTranspose, not %s" % type(layer).__name__)


def separable(layer):
    """A depthwise layer and a 1x1 convolution."""
    if isinstance(layer, keras.layers.Conv2DTranspose) or not isinstance(layer, keras.layers.Conv2D):
        raise TypeError("separable takes Conv2D, not %s" % type(layer).__name__)
    _ungrouped(layer)
    depthwise = keras.layers.DepthwiseConv2D(layer.kernel_size, strides=layer.strides, padding=layer.padding,
                                             dilation_rate=layer.dilation_rate, use_bias=False)
    return _InPlace([depthwise, _conv(layer, layer.filters, 1)])


def resize_conv(layer):
    """Nearest-neighbour enlargement and a convolution, for a transposed convolution."""
    factor, size = _enlarges(layer)
    return _InPlace([keras.layers.UpSampling2D(factor), _conv(layer, layer.filters, size)])


def sub_pixel(layer):
    """A convolution to factor^2 times the channels, rearranged to a larger map."""
    factor, size = _enlarges(layer)
    conv = _conv(layer, layer.filters * factor ** 2, size, activation=None)
    shuffle = keras.layers.Lambda(lambda x: tf.nn.depth_to_space(x, factor))
    return _InPlace([conv, shuffle, keras.layers.Activation(layer.activation)])


class _InPlace(keras.layers.Layer):
    """Layers one after the other."""

    def __init__(self, parts):
        super().__init__()
        self.parts = parts

    def call(self, inputs):
        for part in self.parts:
            inputs = part(inputs)
        return inputs

    def compute_output_shape(self, shape):
        for part in self.parts:
            shape = part.compute_output_shape(shape)
        return shape


def _like(layer, **changes):
    config = layer.get_config()
    config.update(changes)
    config.pop("name", None)
    return type(layer).from_config(config)


def _conv(layer, filters, size, use_bias=None, activation="same"):
    return keras.layers.Conv2D(filters, size, padding="same",
                               use_bias=layer.use_bias if use_bias is None else use_bias,
                               activation=layer.activation if activation == "same" else activation)


def _ungrouped(layer):
    if getattr(layer, "groups", 1) != 1:
        raise ValueError("a grouped layer cannot be taken apart so")


def _enlarges(layer):
    if not isinstance(layer, keras.layers.Conv2DTranspose):
        raise TypeError("this takes Conv2DTranspose, not %s" % type(layer).__name__)
    factor = layer.strides[0]
    if factor < 2 or any(step != factor for step in layer.strides) or any(rate != 1 for rate in layer.dilation_rate):
        raise ValueError("this layer does not enlarge its input by one whole factor")
    if layer.padding != "same" and any(side > factor for side in layer.kernel_size):
        raise ValueError("this layer does not enlarge its input by one whole factor")
    return factor, [side if side % 2 == 1 else side - 1 for side in layer.kernel_size]


def _with_bits(layer, bits):
    if isinstance(layer, _InPlace):
        for part in layer.parts:
            if isinstance(part, _with_kernel()):
                _with_bits(part, bits)
        return layer
    if not isinstance(layer, _with_kernel()):
        raise TypeError("few bits are for convolutions and Dense, not for %s" % type(layer).__name__)
    if not isinstance(layer, _Coded):
        layer.__class__ = type("Coded" + type(layer).__name__, (_Coded, type(layer)), {})
    layer.weight_bits = bits
    return layer


def _with_kernel():
    # In Keras 3 a transposed convolution is no convolution.
    names = "Dense Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose".split()
    return tuple(getattr(keras.layers, name) for name in names if hasattr(keras.layers, name))


class _Coded:
    """Computes with the coded kernel; the real one stays the trainable weight."""

    _real = None
    _is_saving = False

    @property
    def kernel(self):
        real = self._real if self._real is not None else super().kernel
        if self._is_saving:
            return real
        # Keras' transposed kernels are [height, width, out, in], all others end with the output.
        axis = -2 if "Transpose" in type(self).__name__ else -1
        return _code(real, axis, self.weight_bits)

    @kernel.setter
    def kernel(self, variable):
        self._real = variable

    def save_own_variables(self, store):
        # Files keep the real kernel, so that training goes on from them.
        self._is_saving = True
        try:
            super().save_own_variables(store)
        finally:
            self._is_saving = False


def _code(weight, axis, bits):
    weight = tf.convert_to_tensor(weight)
    others = [dim for dim in range(len(weight.shape)) if dim != len(weight.shape) + axis]
    if bits == 1:
        return _binary(weight, others)
    real = tf.stop_gradient(weight)
    if bits == "ternary":
        size = tf.abs(real)
        large = tf.cast(size > 0.7 * tf.reduce_mean(size, others, keepdims=True), real.dtype)
        count = tf.maximum(tf.reduce_sum(large, others, keepdims=True), 1)
        scale = tf.reduce_sum(size * large, others, keepdims=True) / count
        value = scale * tf.sign(real) * large
    else:
        most = 2 ** bits - 1
        scale = tf.sqrt(tf.reduce_mean(tf.square(real), others, keepdims=True)) * (_STEPS[bits] / 2)
        code = tf.clip_by_value(tf.floor((real / tf.maximum(scale, 1e-30) + most) / 2 + 0.5), 0, most)
        value = scale * (2 * code - most)
    return weight + tf.stop_gradient(value - real)


def _binary(weight, others):
    @tf.custom_gradient
    def binary(real):
        scale = tf.reduce_mean(tf.abs(real), others, keepdims=True)
        count = tf.cast(tf.size(real) / tf.size(scale), real.dtype)

        def gradient(upstream):
            inside = tf.cast(tf.abs(real) < 1, real.dtype)
            return upstream * (inside * scale + 1 / count)

        return tf.where(real >= 0, scale, -scale), gradient

    return binary(weight)
`;
}
