/**
 * Functions on Keras' tensors, layers of the user's own, and models that their data builds. The numbers are
 * those that Keras 3.15 gives for these sources.
 */
import assert from 'node:assert/strict';
import { checkAnnotations } from './checkAnnotations.ts';

describe('Keras models with functions on tensors', () => {
  it('follow keras.ops and TensorFlow alike', () => {
    const [model] = checkAnnotations(`import math
import keras
import tensorflow as tf
from keras import layers, ops

@keras.saving.register_keras_serializable()
def embedding(x):
    frequencies = ops.exp(ops.linspace(ops.log(1.0), ops.log(1000.0), 16))
    speeds = ops.cast(2.0 * math.pi * frequencies, "float32")
    return ops.concatenate([ops.sin(speeds * x), ops.cos(speeds * x)], axis=3)

class Pad(layers.Layer):
    def __init__(self, by=(1, 1), **kwargs):
        self.by = tuple(by)
        super().__init__(**kwargs) #= elementwise 10x10x3
    def call(self, x):
        w, h = self.by
        return ops.pad(x, ops.convert_to_tensor([[0, 0], [h, h], [w, w], [0, 0]]), mode="reflect")

image = keras.Input((8, 8, 3))
noise = keras.Input((1, 1, 1))
e = layers.Lambda(embedding, output_shape=(1, 1, 32))(noise) #= elementwise 1x1x32
e = layers.UpSampling2D(size=8)(e) #= upsample 8x8x32
x = Pad()(image)
x = layers.Conv2D(4, 3)(x) #= conv2d 8x8x4 p112
x = layers.Concatenate()([x, e]) #= cat 8x8x36
a, b = ops.split(x, 2, axis=-1) #= unknown 8x8x18 | unknown 8x8x18
x = ops.einsum('bhwc,bhwd->bcd', a, b) #= unknown 18x18
x = ops.transpose(x, (0, 2, 1)) #= permute 18x18
x = ops.max(x, axis=-1) #= reduce 18
model = keras.Model([image, noise], x)
`);
    assert.deepEqual(model?.outputs, [[1, 18]]);
  });

  it('show a layer with weights of its own as one row', () => {
    const models = checkAnnotations(`import tensorflow as tf
from tensorflow.keras import Input, Model, Sequential, layers

class Scale(layers.Layer):
    def __init__(self, units=4, **kwargs):
        super().__init__(**kwargs) #= elementwise 5 p40 | elementwise 7 p42
        self.units = units
    def build(self, input_shape):
        self.w = self.add_weight(name='w', shape=(input_shape[-1], self.units))
        self.b = self.add_weight(name='b', shape=(self.units,), trainable=False)
    def call(self, x):
        x = tf.matmul(x, self.w) #= matmul 5 | matmul 7
        return tf.add(x, self.b)

i = Input((8,))
x = Scale(5)(i)
m = Model(i, layers.Dense(3)(x)) #= dense 3 p18
s = Sequential([Input((6,)), Scale(7), layers.Dense(2)]) #= dense 2 p16
`);
    assert.deepEqual(
      models.map(({ totals }) => [totals.params, totals.nonTrainable]),
      [
        [58, 5],
        [58, 7],
      ],
    );
  });

  it('take the input from the data that builds them', () => {
    checkAnnotations(`from tensorflow import keras
from tensorflow.keras import layers

(images, labels), _ = keras.datasets.mnist.load_data()
u = keras.Sequential([
    layers.Dense(8), #= dense 8 p104
])
u.build((None, 12))
v = keras.Sequential()
v.add(layers.Dense(4)) #= dense 4 p3140
v.compile('adam', 'mse')
v.fit(images.reshape(60000, 784), labels)
w = keras.Sequential([
    layers.LSTM(5), #= recurrent 5 p680
    layers.Dense(1), #= dense 1 p6
])
w.fit(images, labels)
n = keras.Sequential([layers.Dense(4)]) #= unknown null p?
`);
  });

  it('keep what is joined with something unknown', () => {
    const [model] = checkAnnotations(`import keras
import mystery
from keras import layers

i = keras.Input((8, 8, 3))
x = layers.Conv2D(4, 3, padding='same')(i) #= conv2d 8x8x4 p112
x = layers.Concatenate()([x, mystery.tensor(i)]) #= cat null
x = layers.Conv2D(4, 3)(x) #= unknown null p?
m = keras.Model(i, x)
`);
    assert.equal(model?.layers.length, 4);
  });

  it('read the arguments of Keras 1', () => {
    checkAnnotations(`from keras import backend as K
from keras.layers import Convolution2D, Dense, Dropout, Reshape, UpSampling2D
from keras.models import Sequential
K.set_image_dim_ordering('th')
m = Sequential()
m.add(Dense(98, input_dim=10)) #= dense 98 p1078
m.add(Reshape((2, 7, 7))) #= reshape 2x7x7
m.add(UpSampling2D(size=(2, 2))) #= upsample 2x14x14
m.add(Convolution2D(6, 5, 3, border_mode='same', init='glorot_normal')) #= conv2d 6x14x14 p186
m.add(Convolution2D(4, 3, 3, subsample=(2, 2), bias=False)) #= conv2d 4x6x6 p216
m.add(Dropout(p=0.5)) #= dropout 4x6x6
`);
  });

  it('give what a function of theirs gives when they run inside another model, too', () => {
    const models = checkAnnotations(`from keras import Input, Model, layers
from keras import backend as K

def total(x):
    return K.sum(K.abs(K.expand_dims(x, 3) - K.expand_dims(K.permute_dimensions(x, [1, 2, 0]), 0)), 2)

i = Input((12,))
x = layers.Reshape((4, 3))(i) #= reshape 4x3 | reshape 4x3
x = layers.Lambda(lambda y: K.sum(total(y), 2))(x) #= elementwise 4 | elementwise 4
x = layers.Concatenate()([i, x]) #= cat 16 | cat 16
d = Model(i, layers.Dense(1)(x)) #= dense 1 p17 | dense 1 p17
z = Input((5,))
g = layers.Dense(12)(z) #= dense 12 p72
gan = Model(z, d(g))
`);
    assert.deepEqual(
      models.flatMap(({ findings }) => findings.filter(({ code }) => code === 'SW401')),
      [],
    );
  });

  it('feed a model inside of a class what its own input says', () => {
    const [model] = checkAnnotations(`from keras import Input, Model, Sequential, layers

encoder = Sequential([Input((8, 8, 1)), layers.Conv2D(4, 3, strides=2, padding='same'), layers.Flatten(), layers.Dense(2)]) #= conv2d 4x4x4 p40 | flatten 64 | dense 2 p130 | conv2d 4x4x4 p40 | flatten 64 | dense 2 p130

class Encoding(Model):
    def __init__(self, encoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
    def call(self, inputs):
        return self.encoder(inputs)

model = Encoding(encoder)
`);
    assert.deepEqual(
      [model?.inputs, model?.findings.filter(({ code }) => code.startsWith('SW4'))],
      [[[1, 8, 8, 1]], []],
    );
  });

  it('reduce over the axes that are told, and over none in particular where these are not known', () => {
    checkAnnotations(`import tensorflow as tf
from keras import layers, ops, Input, Model
from elsewhere import axes

image = Input((8, 6, 3))
mean = tf.reduce_mean(image, axis=[1, 2], keepdims=True) #= reduce 1x1x3
sums = ops.sum(image, axis=(1, 2)) #= reduce 3
any1 = tf.reduce_mean(image, axis=axes) #= unknown null
any2 = ops.var(image, axis=axes) #= unknown null
model = Model(image, [mean, sums, any1, any2])
`);
  });
});
