/**
 * Keras models that are known by their parts: a layer class that the user names as a model, a class whose first
 * layer says what it is given, layers that are taken out of models. The numbers are Keras 3.15's.
 */
import assert from 'node:assert/strict';
import { checkAnnotations } from './checkAnnotations.ts';

describe('Keras models known by their parts', () => {
  it('show a layer class of the file as a model where the user says how it is built', () => {
    const source = `import tensorflow as tf
from tensorflow.keras import layers

class Up(layers.Layer):
    def __init__(self, filters):
        super().__init__()
        self.run = tf.keras.Sequential([
            layers.UpSampling2D(2), #= upsample 8x8x32 | upsample 16x16x16
            layers.Conv2D(tf.minimum(filters, 16), 3, padding='same'), #= conv2d 8x8x16 p4624 | conv2d 16x16x8 p1160
        ])
    def call(self, x):
        return self.run(x)

class Generator(layers.Layer):
    def __init__(self):
        super().__init__()
        self.first = layers.Dense(4 * 4 * 32) #= dense 512 p51712
        self.rest = tf.keras.Sequential([layers.Reshape((4, 4, 32)), Up(64), Up(8)]) #= reshape 4x4x32
    def call(self, z, **kwargs):
        return tf.nn.tanh(tf.nn.bias_add(self.rest(self.first(z)), tf.zeros(8)))
`;
    const models = checkAnnotations(source, { entries: ['Generator()'], inputs: [[1, 100]] });
    assert.deepEqual(
      models.map(({ name, outputs }) => [name, outputs]),
      [['Generator', [[1, 16, 16, 8]]]],
    );
  });

  it('take the input of a class from what its first layer says it is given', () => {
    const models = checkAnnotations(`from tensorflow import keras
from tensorflow.keras import layers

class Generator(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = layers.Dense(8 * 8 * 16, input_shape=(100,)) #= dense 1024 p103424
        self.up = layers.Conv2DTranspose(3, 4, 2, padding='same') #= conv2d_transpose 16x16x3 p771
    def call(self, z):
        return self.up(layers.Reshape((8, 8, 16))(self.first(z))) #= reshape 8x8x16

class Critic(keras.Model):
    def __init__(self, channels=3):
        super().__init__()
        self.conv = layers.Conv2D(8, 4, 2, padding='same', input_shape=(16, 16, channels)) #= conv2d 8x8x8 p392
    def call(self, x):
        return self.conv(x)
`);
    assert.deepEqual(
      models.map(({ inputs }) => inputs),
      [[[1, 100]], [[1, 16, 16, 3]]],
    );
  });

  it('take layers and what they gave out of models', () => {
    const models = checkAnnotations(`from keras import Input, Model, layers

def base():
    i = Input((4, 4, 16))
    x = layers.Conv2D(8, 3, padding='same', name='first')(i) #= conv2d 4x4x8 p1160 | conv2d 4x4x8 p1160 | conv2d 4x4x8 p1160
    x = layers.LeakyReLU(0.2)(x) #= leaky_relu 4x4x8 | leaky_relu 4x4x8
    return Model(i, layers.Conv2D(3, 1)(x)) #= conv2d 4x4x3 p27

def grow(old):
    x = layers.UpSampling2D()(old.layers[-2].output) #= upsample 8x8x8
    x = layers.Conv2D(4, 3, padding='same')(x) #= conv2d 8x8x4 p292
    return Model(old.input, layers.Conv2D(3, 1)(x)) #= conv2d 8x8x3 p15

small = base()
large = grow(small)
features = Model(small.input, layers.Flatten()(small.get_layer('first').output)) #= flatten 128
`);
    assert.deepEqual(
      models.map(({ name }) => name),
      ['small', 'large', 'features'],
    );
  });
});
