/**
 * Keras and TF.js layers that have channels first: shapes, weights and costs. The numbers are those that
 * Keras 3.15 and TF.js 4.22 give for these sources.
 */
import assert from 'node:assert/strict';
import { checkAnnotations } from './checkAnnotations.ts';

describe('models with channels first', () => {
  it('are counted on the right axes in TF.js', () => {
    const [model] = checkAnnotations(
      `import * as tf from '@tensorflow/tfjs';
const dataFormat = 'channelsFirst';
export function build() {
  const m = tf.sequential();
  m.add(tf.layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', dataFormat, inputShape: [3, 32, 48] })); //#= conv2d 4x16x24 p112
  m.add(tf.layers.batchNormalization({ axis: 1 })); //#= batch_norm 4x16x24 p8
  m.add(tf.layers.upSampling2d({ size: [2, 2], dataFormat })); //#= upsample 4x32x48
  m.add(tf.layers.maxPooling2d({ poolSize: 4, dataFormat })); //#= max_pool 4x8x12
  m.add(tf.layers.zeroPadding2d({ padding: [1, 2], dataFormat })); //#= pad 4x10x16
  m.add(tf.layers.conv2dTranspose({ filters: 5, kernelSize: 4, strides: 2, padding: 'same', dataFormat })); //#= conv2d_transpose 5x20x32 p325
  m.add(tf.layers.prelu({ sharedAxes: [2, 3] })); //#= prelu 5x20x32 p5
  m.add(tf.layers.globalAveragePooling2d({ dataFormat })); //#= global_avg_pool 5
  m.add(tf.layers.dense({ units: 1 })); //#= dense 1 p6
  return m;
}
build();
`,
      { path: 'model.js' },
    );
    assert.deepEqual(
      model?.layers.filter(({ macs }) => macs).map(({ macs }) => macs),
      [16 * 24 * 27 * 4, 10 * 16 * 16 * 4 * 5, 5],
    );
  });

  it('are counted on the right axes in Keras, set for all layers or for one', () => {
    const [whole, one] = checkAnnotations(`import keras
from keras import backend as K, layers

def mixed():
    return keras.Sequential([
        keras.Input((3, 32, 48)),
        layers.Conv2D(4, 3, strides=2, padding='same', data_format='channels_first'), #= conv2d 4x16x24 p112
        layers.BatchNormalization(axis=1), #= batch_norm 4x16x24 p8
        layers.Permute((2, 3, 1)), #= permute 16x24x4
        layers.Conv2D(5, 3), #= conv2d 14x22x5 p185
    ])

m = mixed()
K.set_image_data_format('channels_first')
w = keras.Sequential()
w.add(layers.Conv2D(6, (3, 5), padding='same', input_shape=(3, 20, 24))) #= conv2d 6x20x24 p276
w.add(layers.MaxPooling2D()) #= max_pool 6x10x12
w.add(layers.Conv2DTranspose(2, 3, strides=2, padding='same')) #= conv2d_transpose 2x20x24 p110
w.add(layers.UpSampling2D()) #= upsample 2x40x48
w.add(layers.Flatten()) #= flatten 3840
`);
    const macsOf = (model: typeof whole): unknown => model?.layers.flatMap(({ macs }) => (macs === 0 ? [] : [macs]));
    assert.deepEqual(
      [macsOf(whole), macsOf(one)],
      [
        [16 * 24 * 27 * 4, 14 * 22 * 36 * 5],
        [20 * 24 * 45 * 6, 10 * 12 * 54 * 2],
      ],
    );
  });
});
