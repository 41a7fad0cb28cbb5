/** Keras models as people write them, each line saying what must be found there. */
import assert from 'node:assert/strict';
import { checkAnnotations } from './checkAnnotations.ts';

describe('Keras models', () => {
  it('follows Sequential.add in a builder method that reads attributes of its object', () => {
    const models = checkAnnotations(`from keras.layers import Input, Dense, Reshape, BatchNormalization
from keras.layers.advanced_activations import LeakyReLU
from keras.layers.convolutional import UpSampling2D, Conv2D
from keras.models import Sequential, Model

class GAN():
    def __init__(self):
        self.side = 16
        self.latent = 50
        self.generator = self.build_generator()
        z = Input(shape=(self.latent,))
        self.combined = Model(z, self.generator(z))

    def build_generator(self):
        model = Sequential()
        quarter = int(self.side / 4)
        model.add(Dense(8 * quarter * quarter, activation='relu', input_dim=self.latent))  #= dense 128 p6528
        model.add(Reshape((quarter, quarter, 8)))  #= reshape 4x4x8
        model.add(BatchNormalization(momentum=0.8))  #= batch_norm 4x4x8 p16
        for i in range(2):
            model.add(UpSampling2D())  #= upsample 8x8x8 | upsample 16x16x4
            model.add(Conv2D(4, kernel_size=3, padding='same'))  #= conv2d 8x8x4 p292 | conv2d 16x16x4 p148
            model.add(LeakyReLU(alpha=0.2))  #= leaky_relu 8x8x4 | leaky_relu 16x16x4
        noise = Input(shape=(self.latent,))
        return Model(noise, model(noise))

if __name__ == '__main__':
    gan = GAN()
`);
    assert.equal(models.length, 1);
    assert.equal(models[0]?.name, 'GAN.generator');
    assert.deepEqual(models[0]?.layers.map(({ type }) => type).slice(0, 3), ['InputLayer', 'InputLayer', 'Dense']);
    assert.deepEqual(models[0]?.outputs, [[1, 16, 16, 4]]);
  });

  it('follows functional models with closures, skips and merges', () => {
    const [model] = checkAnnotations(`import tensorflow as tf
from tensorflow.keras import layers

def unet(size=32, filters=8):
    def down(x, n):
        y = layers.Conv2D(n, 4, strides=2, padding='same', use_bias=False)(x)  #= conv2d 16x16x8 p384 | conv2d 8x8x16 p2048
        return layers.LeakyReLU(0.2)(y)  #= leaky_relu 16x16x8 | leaky_relu 8x8x16
    inputs = tf.keras.Input(shape=(size, size, 3))
    skips = []
    x = inputs
    for n in (filters, filters * 2):
        x = down(x, n)
        skips.append(x)
    skips.pop()
    x = layers.Conv2DTranspose(filters, 4, strides=2, padding='same')(x)  #= conv2d_transpose 16x16x8 p2056
    x = layers.Concatenate()([x, skips.pop()])  #= cat 16x16x16
    x = tf.nn.relu(x)  #= relu 16x16x16
    out = layers.Conv2D(x.shape[-1] // 4, 1, activation='tanh')(x)  #= conv2d 16x16x4 p68
    return tf.keras.Model(inputs, out)

model = unet()
`);
    assert.equal(model?.name, 'model');
    assert.equal(model?.layers.find(({ op }) => op === 'conv2d_transpose')?.macs, 16 * 8 * 16 * 8 * 8);
  });

  it('builds subclass models and feeds them what the script does', () => {
    const [model] = checkAnnotations(`import tensorflow as tf

class Critic(tf.keras.Model):
    def __init__(self, width):
        super().__init__()
        self.conv = tf.keras.layers.Conv2D(width, 3, strides=2, padding='same')  #= conv2d 14x14x6 p60
        self.flat = tf.keras.layers.Flatten()  #= flatten 1176
        self.out = tf.keras.layers.Dense(1)  #= dense 1 p1177
    def call(self, x, training=False):
        return self.out(self.flat(tf.nn.leaky_relu(self.conv(x))))

(images, _), _ = tf.keras.datasets.mnist.load_data()
images = images.reshape(-1, 28, 28, 1).astype('float32')
data = tf.data.Dataset.from_tensor_slices(images).shuffle(100).batch(32)
critic = Critic(6)
for batch in data:
    critic(batch, training=True)
`);
    assert.equal(model?.name, 'Critic');
    assert.deepEqual(model?.inputs, [[1, 28, 28, 1]]);
  });

  it('takes a class held in a variable, and layers as activations', () => {
    checkAnnotations(`from tensorflow import keras

def norm_layer(name):
    if name == 'none':
        return lambda: lambda x: x
    return keras.layers.BatchNormalization

def build(norm='batch'):
    Norm = norm_layer(norm)
    h = inputs = keras.Input(shape=(8, 8, 2))
    h = keras.layers.Conv2D(4, 3, padding='same', activation=keras.layers.LeakyReLU(0.2))(h)  #= conv2d 8x8x4 p76
    h = Norm()(h)  #= batch_norm 8x8x4 p8
    return keras.Model(inputs=inputs, outputs=h)
`);
  });

  it('gives nothing for a model whose input nobody knows but its layers', () => {
    const [model] = checkAnnotations(`import keras
model = keras.Sequential([keras.layers.Dense(4), keras.layers.ReLU()])  #= unknown null p? | relu null
`);
    assert.equal(model?.layers[0]?.params, null);
    assert.match(model?.layers[0]?.unknown ?? '', /input shape/);
  });
});

describe('Keras models of known data', () => {
  it('have as many classes as the labels of the data set', () => {
    checkAnnotations(`import numpy as np
from tensorflow.keras.datasets import mnist
from tensorflow.keras import Sequential, layers
from tensorflow.keras.utils import to_categorical
(x_train, y_train), (x_test, y_test) = mnist.load_data()
num_labels = len(np.unique(y_train))
model = Sequential([
    layers.Dense(num_labels, input_shape=(4,)),  #= dense 10 p50
    layers.Dense(np.amax(y_test) + 1),  #= dense 10 p110
])
`);
  });
});

describe('Keras models of scripts that never end', () => {
  it('are found, though the script used up what an analysis may take', () => {
    const models = checkAnnotations(`import keras
model = keras.Sequential([
    keras.Input(shape=(4,)),
    keras.layers.Dense(3),  #= dense 3 p15
])
n = 0
while True:
    n += 1
`);
    assert.equal(models.length, 1);
  });

  it('are passed over where running their layers fails', () => {
    const models = checkAnnotations(`import keras
class Odd(keras.layers.Layer):
    def call(self, x):
        raise ValueError('no')
model = keras.Sequential([keras.Input(shape=(4,)), Odd()])
other = keras.Sequential([keras.Input(shape=(4,)), keras.layers.Dense(3)])  #= dense 3 p15
`);
    assert.deepEqual(
      models.map(({ line }) => line),
      [6],
    );
  });
});
