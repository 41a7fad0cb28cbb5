/**
 * Keras' layers for sequences: recurrent layers, recurrent convolutions, attention, and layers around others.
 * Shapes and weights are those that Keras 3.15 gives for these sources; multiply-accumulates, which Keras does
 * not count, are written out.
 */
import assert from 'node:assert/strict';
import type { ModelReport } from '../../core/report/analyzeReport.ts';
import { checkAnnotations } from './checkAnnotations.ts';

function macsByType(models: readonly ModelReport[]): Record<string, number | null> {
  const layers = models.flatMap((model) => model.layers).filter(({ type }) => type !== 'InputLayer');
  return Object.fromEntries(layers.map(({ type, macs }) => [type, macs]));
}

describe('Keras layers for sequences', () => {
  it('count recurrent layers, what they return, and both forms of a GRU', () => {
    const models = checkAnnotations(`from keras import Input, Model, layers

i = Input((5, 12))
o, h, c = layers.LSTM(6, return_sequences=True, return_state=True)(i) #= recurrent 5x6 p456
x = layers.Dense(3)(h) #= dense 3 p21
y = layers.GRU(6, reset_after=False)(o) #= recurrent 6 p234
z = layers.SimpleRNN(6, use_bias=False)(i) #= recurrent 6 p108
r = layers.RNN([layers.GRUCell(6), layers.GRUCell(4)], return_sequences=True)(i) #= unknown 5x4 p504
s = layers.RepeatVector(5)(z) #= expand 5x6
m = Model(i, [x, y, s, r, c])
`);
    assert.deepEqual(models[0]?.outputs, [
      [1, 3],
      [1, 6],
      [1, 5, 6],
      [1, 5, 4],
      [1, 6],
    ]);
    assert.equal(macsByType(models)['RNN'], 5 * 3 * (6 * (12 + 6) + 4 * (6 + 4)));
  });

  it('count recurrent convolutions at every time step', () => {
    const models = checkAnnotations(`from tensorflow.keras import Input, Model, Sequential, layers

m = Sequential([
    Input((5, 16, 16, 3)),
    layers.ConvLSTM2D(8, (3, 5), return_sequences=True), #= unknown 5x14x12x8 p5312
    layers.ConvLSTM2D(4, 3, strides=2, padding='same', use_bias=False), #= unknown 7x6x4 p1728
    layers.Flatten(), #= flatten 168
])
`);
    assert.deepEqual(
      models[0]?.layers.flatMap(({ type, macs }) => (type === 'ConvLSTM2D' ? [macs] : [])),
      [5 * 14 * 12 * 8 * 4 * 15 * (3 + 8), 5 * 7 * 6 * 4 * 4 * 9 * (8 + 4)],
    );
  });

  it('count what stands inside of other layers as the outer layer', () => {
    const models = checkAnnotations(`from tensorflow.keras import Input, Model, Sequential, layers

encoder = Sequential([Input((8, 8, 3)), layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(10)]) #= conv2d 6x6x4 p112 | flatten 144 | dense 10 p1450
i = Input((5, 8, 8, 3))
f = layers.TimeDistributed(layers.Conv2D(8, 3, padding='same'))(i) #= unknown 5x8x8x8 p224
f = layers.TimeDistributed(layers.MaxPooling2D(2))(f) #= unknown 5x4x4x8
f = layers.TimeDistributed(layers.BatchNormalization())(f) #= batch_norm 5x4x4x8 p16
e = layers.TimeDistributed(encoder)(i) #= unknown 5x10 p1562
d = layers.TimeDistributed(layers.Dense(7))(e) #= dense 5x7 p77
b = layers.Bidirectional(layers.LSTM(6, return_sequences=True))(d) #= recurrent 5x12 p672
g = layers.Bidirectional(layers.GRU(6), merge_mode='sum')(b) #= recurrent 6 p720
m = Model(i, [f, g])
`);
    const [own] = models.filter(({ name }) => name === 'm');
    assert.equal(own?.layers.find(({ params }) => params === 224)?.macs, 5 * 64 * 8 * 27);
    assert.equal(own?.layers.find(({ params }) => params === 1562)?.macs, 5 * (36 * 4 * 27 + 144 * 10));
    assert.equal(own?.layers.find(({ params }) => params === 672)?.macs, 5 * 2 * 4 * 6 * (7 + 6));
  });

  it('count attention with queries of other sizes, and products by equation', () => {
    const models = checkAnnotations(`import keras
from keras import Input, Model, layers

i = Input((10, 16))
j = Input((7, 12))
x = layers.MultiHeadAttention(num_heads=4, key_dim=8, value_dim=5, output_shape=9)(i, j) #= unknown 10x9 p1409
y = layers.MultiHeadAttention(2, 16, use_bias=False)(query=i, value=i, key=i) #= unknown 10x16 p2048
a = layers.Attention()([y, i]) #= unknown 10x16
b = layers.AdditiveAttention()([a, i]) #= unknown 10x16 p16
z = layers.EinsumDense('abc,cd->abd', output_shape=(10, 7), bias_axes='d')(b) #= unknown 10x7 p119
c = layers.Conv1D(4, 5, padding='causal', dilation_rate=2)(z) #= conv1d 10x4 p144
n = layers.LayerNormalization(axis=[1, 2])(c) #= elementwise 10x4 p80
s = layers.SeparableConv1D(6, 3, padding='same')(n) #= separable_conv2d 10x6 p42
m = Model([i, j], [x, s])
`);
    const macs = macsByType(models);
    assert.equal(macs['EinsumDense'], 10 * 16 * 7);
    assert.equal(macs['Attention'], 10 * 10 * 32);
    const [cross] = models[0]?.layers.filter(({ params }) => params === 1409) ?? [];
    const projected = 10 * 16 * 32 + 7 * 12 * 32 + 7 * 12 * 20;
    assert.equal(cross?.macs, projected + 10 * 7 * 4 * (8 + 5) + 10 * 20 * 9);
  });

  it('say why where a cell or what stands inside cannot be followed', () => {
    const models = checkAnnotations(`from keras import Input, Model, layers
from elsewhere import Mystery

i = Input((5, 12))
x = layers.TimeDistributed(Mystery(4))(i) #= unknown null p?
y = layers.RNN(Mystery(4))(i) #= unknown null p?
m = Model(i, [x, y])
`);
    const reasons = models[0]?.layers.filter(({ type }) => type !== 'InputLayer').map((layer) => layer.unknown) ?? [];
    assert.equal(reasons.length, 2);
    assert.ok(
      reasons.every((reason) => reason !== null && reason.length > 10),
      String(reasons),
    );
  });
});
