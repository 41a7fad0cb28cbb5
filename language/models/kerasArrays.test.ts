/**
 * Functions of `keras.ops` and TensorFlow that pool, crop, reduce, join and cut, between layers of Keras. The
 * numbers are those that Keras 3.15 gives for these sources.
 */
import assert from 'node:assert/strict';
import { checkAnnotations } from './checkAnnotations.ts';

describe('Keras models with functions on arrays', () => {
  it('pool, crop and convolve images', () => {
    checkAnnotations(`from keras import Input, Model, layers, ops

i = Input((8, 8, 6))
a = ops.max_pool(i, 2) #= max_pool 4x4x6
b = ops.average_pool(i, 3, strides=2, padding='same') #= avg_pool 4x4x6
c = ops.concatenate([a, b], axis=-1) #= cat 4x4x12
d = layers.Conv2D(3, 1)(c) #= conv2d 4x4x3 p39
e = ops.conv(i, ops.ones((3, 3, 6, 4)), padding='same') #= conv2d 8x8x4
f = layers.Conv2D(3, 3)(e) #= conv2d 6x6x3 p111
g = ops.image.crop_images(i, 1, 1, target_height=4, target_width=5) #= unknown 4x5x6
h = layers.Conv2D(3, 3)(g) #= conv2d 2x3x3 p165
m = Model(i, [d, f, h])
`);
  });

  it('reduce, reorder, cut and multiply sequences', () => {
    checkAnnotations(`from keras import Input, Model, layers, ops

i = Input((8, 6))
a = layers.Dense(3)(ops.moveaxis(i, 1, 2)) #= permute 6x8 | dense 6x3 p27
b = layers.Dense(3)(ops.logsumexp(i, axis=1)) #= unknown 6 | dense 3 p21
c = layers.Dense(3)(ops.prod(i, axis=-1, keepdims=True)) #= unknown 8x1 | dense 8x3 p6
d = layers.Dense(3)(ops.take(i, [0, 2], axis=1)) #= unknown 2x6 | dense 2x3 p21
e = layers.Dense(3)(ops.hstack([i, i])) #= cat 16x6 | dense 16x3 p21
f = layers.Dense(3)(ops.diff(i, axis=1)) #= unknown 7x6 | dense 7x3 p21
g = layers.Dense(3)(ops.top_k(i, 2)[0]) #= unknown 8x2 | dense 8x3 p9
h = layers.Dense(3)(ops.tensordot(i, ops.ones((6, 4)), axes=1)) #= unknown 8x4 | dense 8x3 p15
k = layers.Dense(3)(i @ ops.ones((6, 4))) #= dense 8x3 p15
m = Model(i, [a, b, c, d, e, f, g, h, k])
`);
  });

  it('follow TensorFlow in a class of its own', () => {
    checkAnnotations(`import tensorflow as tf
from tensorflow.keras import Model, layers

class Net(Model):
    def __init__(self):
        super().__init__()
        self.a = layers.Dense(3) #= dense 4x4x3 p147
        self.b = layers.Dense(3) #= dense 4x4x3 p39
        self.c = layers.Dense(3) #= dense 4x6x3 p39
        self.d = layers.Dense(3) #= dense 8x8x3 p6
        self.e = layers.Dense(3) #= dense 4x5x3 p39

    def call(self, x):
        return [
            self.a(tf.nn.space_to_depth(x, 2)),
            self.b(tf.nn.avg_pool2d(x, [1, 2, 2, 1], [1, 2, 2, 1], 'SAME')),
            self.c(tf.image.resize_with_crop_or_pad(x, 4, 6)),
            self.d(tf.image.rgb_to_grayscale(x[..., :3])),
            self.e(tf.slice(x, [0, 2, 3, 0], [-1, 4, -1, 12])),
        ]

net = Net()
net(tf.zeros([1, 8, 8, 12]))
`);
  });

  it('keep what a Lambda gives where its model runs again at a known size', () => {
    const models = checkAnnotations(`import tensorflow as tf
from tensorflow.keras import Input, Model, layers

i = Input((None, None, 3))
x = layers.Conv2D(16, 3, padding='same')(i) #= conv2d ?x?x16 p448 | conv2d 24x24x16 p448
x = layers.Lambda(lambda t: tf.nn.depth_to_space(t, 2))(x) #= elementwise ?x?x4 | elementwise ?x?x4
x = layers.Conv2D(3, 3, padding='same')(x) #= conv2d ?x?x3 p111 | conv2d ?x?x3 p111
generator = Model(i, x)
small = Input((24, 24, 3))
both = Model(small, layers.Conv2D(8, 1)(generator(small))) #= conv2d ?x?x8 p32
`);
    assert.deepEqual(
      models.flatMap(({ findings }) => findings.filter(({ code }) => code === 'SW401')),
      [],
    );
  });
});
