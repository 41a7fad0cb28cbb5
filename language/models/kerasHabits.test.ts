/**
 * Habits of public Keras repositories: old and other names of layers, star imports, models made by classes and
 * from attributes, layers of the user's own. The numbers are those that Keras 3.15 gives for these sources;
 * those of keras_contrib follow from its definition of the layer.
 */
import assert from 'node:assert/strict';
import type { ModelReport } from '../../core/report/analyzeReport.ts';
import { checkAnnotations } from './checkAnnotations.ts';

describe('Keras models of public repositories', () => {
  it('have the classes that other names stand for, also where every module is imported with a star', () => {
    const [model] = checkAnnotations(`from keras.models import *
from keras.layers import *
from keras.activations import *
from keras.optimizers import *

i = Input((8, 8, 3))
x = Convolution2D(4, (3, 3), padding='same')(i) #= conv2d 8x8x4 p112
x = BatchNormalization()(x) #= batch_norm 8x8x4 p8
x = MaxPool2D()(x) #= max_pool 4x4x4
x = GlobalAvgPool2D()(x) #= global_avg_pool 4
m = Model(i, Activation('relu')(x)) #= relu 4
`);
    assert.deepEqual(typesOf(model), [
      'InputLayer',
      'Conv2D',
      'BatchNormalization',
      'MaxPooling2D',
      'GlobalAveragePooling2D',
      'Activation',
    ]);
  });

  it('find layers where modules of functions are imported with a star after them', () => {
    checkAnnotations(`from keras.layers.core import Dense
from keras.activations import *
from keras.regularizers import *
from keras.layers.normalization import *
from keras.layers import Input
from keras.models import Model

i = Input((6,))
x = BatchNormalization()(i) #= batch_norm 6 p12
m = Model(i, Dense(2)(x)) #= dense 2 p14
`);
  });

  it('scale all channels alike in the InstanceNormalization of keras_contrib, where no axis is given', () => {
    checkAnnotations(`from keras.layers import Input, Conv2D
from keras.models import Model
from keras_contrib.layers.normalization.instancenormalization import InstanceNormalization
import tensorflow_addons as tfa

i = Input((8, 8, 3))
x = Conv2D(4, 3)(i) #= conv2d 6x6x4 p112
x = InstanceNormalization()(x) #= instance_norm 6x6x4 p2
x = InstanceNormalization(axis=-1)(x) #= instance_norm 6x6x4 p8
x = tfa.layers.InstanceNormalization()(x) #= instance_norm 6x6x4 p8
m = Model(i, x)
`);
  });

  it('are found where a class makes them from what its keywords give', () => {
    const models = checkAnnotations(`import tensorflow as tf

class AutoEncoder(tf.keras.Model):
    def __init__(self, **kwargs):
        super().__init__()
        self.__dict__.update(kwargs)
        self.enc = tf.keras.Sequential(self.enc)
        self.dec = tf.keras.Sequential(self.dec)
    def encode(self, x):
        return self.enc(x)
    def decode(self, z):
        return self.dec(z)

encoder = [
    tf.keras.layers.InputLayer(input_shape=(8, 8, 1)),
    tf.keras.layers.Conv2D(4, 3, strides=2), #= conv2d 3x3x4 p40
    tf.keras.layers.Flatten(), #= flatten 36
    tf.keras.layers.Dense(5), #= dense 5 p185
]
decoder = [
    tf.keras.layers.Dense(12), #= dense 12 p72
    tf.keras.layers.Reshape((2, 2, 3)), #= reshape 2x2x3
]
model = AutoEncoder(enc=encoder, dec=decoder)
images = tf.random.normal((16, 8, 8, 1))
drawn = model.decode(model.encode(images))
`);
    assert.deepEqual(
      models.map(({ name }) => name),
      ['AutoEncoder.enc', 'AutoEncoder.dec'],
    );
  });

  it('are two where two are made in one line', () => {
    const models = checkAnnotations(`from keras.layers import Dense, Input
from keras.models import Model

def both():
    i = Input((4,))
    shared = Dense(3)(i) #= dense 3 p15 | dense 3 p15
    a = Dense(2)(shared) #= dense 2 p8
    b = Dense(2)(shared) #= dense 2 p8
    return Model(i, a), Model(i, b)

left, right = both()
`);
    assert.deepEqual(
      models.map(({ name }) => name),
      ['left', 'right'],
    );
  });

  it('are found in a class that another script makes, and in one that nobody makes', () => {
    const source = `from keras.layers import Dense, Input
from keras.models import Model

class Trainer:
    def __init__(self, width=6):
        self.width = width
        self.net = self.build()
    def build(self):
        i = Input((4,))
        return Model(i, Dense(self.width)(i)) #= MARK
`;
    checkAnnotations(source.replace('MARK', 'dense 6 p30'));
    const script = `from nets import Trainer\nTrainer(width=9)\n`;
    checkAnnotations(source.replace('=6', '').replace('MARK', 'dense 9 p45'), {
      path: 'nets.py',
      files: { 'train.py': script },
    });
  });

  it('look at one of a batch that the source fixes', () => {
    const [model] = checkAnnotations(`from keras.layers import Dense, Input, Lambda
from keras.models import Model
from keras import backend as K

def sampling(args):
    mean, log_var = args
    return mean + K.exp(log_var) * K.random_normal(shape=(100, 2))

x = Input(batch_shape=(100, 6))
a = Dense(2)(x) #= dense 2 p14
b = Dense(2)(x) #= dense 2 p14
z = Lambda(sampling, output_shape=(2,))([a, b]) #= elementwise 2
m = Model(x, Dense(4)(z)) #= dense 4 p12
`);
    assert.deepEqual(
      model?.layers.map(({ macs }) => macs ?? 0).filter((macs) => macs > 0),
      [12, 12, 8],
    );
  });

  it('count the statistics that Normalization learns', () => {
    const [model] = checkAnnotations(`import keras
from keras import layers
i = keras.Input((5,))
x = layers.Normalization()(i) #= elementwise 5
x = layers.Normalization(mean=0.0, variance=1.0)(x) #= elementwise 5
m = keras.Model(i, layers.Dense(2)(x)) #= dense 2 p12
`);
    assert.deepEqual(
      model?.layers.map(({ nonTrainable }) => nonTrainable),
      [0, 11, 0, 0],
    );
  });

  it('take sizes from what numpy says of arrays', () => {
    checkAnnotations(`import numpy as np
from keras.layers import Dense, Dot, Input
from keras.models import Model, Sequential

data = np.sort(np.random.RandomState(1).rand(50, 3), axis=0)
both = np.concatenate([data, data], axis=1)
m = Sequential([Input((np.shape(both)[1],)), Dense(data.shape[1])]) #= dense 3 p21
a = Input((4, 6))
b = Input((5, 6))
d = Model([a, b], Dot(axes=2)([a, b])) #= elementwise 4x5
`);
  });

  it('are shown where one function makes them and what joins them', () => {
    const models = checkAnnotations(`from keras import Input, Model, layers

def autoencoder():
    i = Input((8,))
    encoder = Model(i, layers.Dense(3)(i)) #= dense 3 p27
    z = Input((3,))
    decoder = Model(z, layers.Dense(8)(z)) #= dense 8 p32
    return encoder, decoder, Model(i, decoder(encoder(i)))

encoder, decoder, whole = autoencoder()
`);
    assert.deepEqual(
      models.map(({ name }) => name),
      ['encoder', 'decoder'],
    );
  });

  it('are shown where only something that joins them feeds them', () => {
    const models = checkAnnotations(`from keras import Input, Model, Sequential, layers
from images import load

images = load()
generator = Sequential([Input((5,)), layers.Dense(12), layers.Reshape((2, 2, 3))]) #= dense 12 p72 | reshape 2x2x3
discriminator = Sequential()
discriminator.add(layers.Conv2D(4, 2, input_shape=images[0].shape)) #= conv2d 1x1x4 p52
discriminator.add(layers.Flatten()) #= flatten 4
z = Input((5,))
gan = Model(z, discriminator(generator(z)))
`);
    assert.deepEqual(
      models.map(({ name }) => name),
      ['generator', 'discriminator'],
    );
  });

  it('have no scale and offset where a normalization is told to have none', () => {
    checkAnnotations(`from keras import Input, Model, layers

i = Input((4, 4, 6))
x = layers.GroupNormalization(groups=3, scale=False)(i) #= group_norm 4x4x6 p6
x = layers.GroupNormalization(groups=2, center=False, scale=False)(x) #= group_norm 4x4x6
x = layers.LayerNormalization(center=False)(x) #= layer_norm 4x4x6 p6
x = layers.LayerNormalization(center=False, scale=False)(x) #= layer_norm 4x4x6
m = Model(i, x)
`);
  });

  it('take an image size from a text that the command line gives', () => {
    checkAnnotations(`import argparse
from ast import literal_eval
from keras import Input, Model, layers

parser = argparse.ArgumentParser()
parser.add_argument('--image_size', default='(6, 8)')
args = parser.parse_args()
rows, columns = literal_eval(args.image_size)
i = Input((rows, columns, 1))
m = Model(i, layers.Conv2D(2, 3)(i)) #= conv2d 4x6x2 p20
`);
  });
});

describe('layer classes of Keras scripts', () => {
  it('convolve with kernels that they change', () => {
    checkAnnotations(`import tensorflow as tf
from tensorflow.keras import Input, Model, layers

class Scaled(layers.Layer):
    def __init__(self, filters, up=False):
        super().__init__() #= elementwise 8x8x4 p112 | elementwise 16x16x5 p180
        self.filters = filters
        self.up = up
    def build(self, shape):
        sizes = [3, 3, self.filters, shape[-1]] if self.up else [3, 3, shape[-1], self.filters]
        self.kernel = self.add_weight(shape=sizes)
        if not self.up:
            self.offset = self.add_weight(shape=(self.filters,))
    def call(self, x):
        kernel = self.kernel * 1.4
        if self.up:
            size = [tf.shape(x)[0], 2 * x.shape[1], 2 * x.shape[2], self.filters]
            return tf.nn.conv2d_transpose(x, kernel, size, strides=[1, 2, 2, 1], padding='SAME') #= conv2d_transpose 16x16x5
        return tf.nn.conv2d(x, kernel, strides=1, padding='SAME') + self.offset #= conv2d 8x8x4

i = Input((8, 8, 3))
m = Model(i, Scaled(5, up=True)(Scaled(4)(i)))
`);
  });

  it('are rows where they have no weights, too, unless they join other layers', () => {
    const [model] = checkAnnotations(`import keras
import tensorflow as tf
from keras import layers
from mystery import strange

class Sampling(layers.Layer):
    def call(self, inputs):
        mean, log_var = inputs
        return mean + tf.exp(0.5 * log_var)

class Loss(layers.Layer):
    def call(self, inputs):
        self.add_loss(tf.reduce_sum(inputs))
        return inputs

class Strange(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs) #= elementwise null
    def call(self, x):
        return strange(x)

class Block(layers.Layer):
    def __init__(self, width):
        super().__init__()
        self.dense = layers.Dense(width) #= dense 3 p12
    def call(self, x):
        return self.dense(x)

i = keras.Input((6,))
a = layers.Dense(3)(i) #= dense 3 p21
b = layers.Dense(3)(i) #= dense 3 p21
z = Sampling()([a, b]) #= elementwise 3
z = Loss()(z) #= elementwise 3
z = Block(3)(z)
m = keras.Model(i, Strange()(z))
`);
    assert.deepEqual(
      typesOf(model).filter((type) => /^[A-Z]/.test(type)),
      ['InputLayer', 'Dense', 'Dense', 'Sampling', 'Loss', 'Dense', 'Strange'],
    );
  });
});

function typesOf(model: ModelReport | undefined): string[] {
  return model?.layers.map(({ type }) => type) ?? [];
}
