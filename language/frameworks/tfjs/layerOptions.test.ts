/** Options of TF.js layers as people write them; real TF.js 4.22 decided the numbers. */
import assert from 'node:assert/strict';
import { checkAnnotations } from '../../models/checkAnnotations.ts';

const IMPORT = "import * as tf from '@tensorflow/tfjs';\n";

describe('options of TF.js layers', () => {
  it('may be no object at all', () => {
    checkAnnotations(
      `${IMPORT}
const m = tf.sequential();
m.add(tf.layers.dense({ units: 32, inputShape: 4 })); //#= dense 32 p160
m.add(tf.layers.leakyReLU(0.2)); //#= leaky_relu 32
m.add(tf.layers.reshape({ targetShape: [4, 4, 2] })); //#= reshape 4x4x2
m.add(tf.layers.avgPool2d({ poolSize: [2, 2] })); //#= avg_pool 2x2x2
m.add(tf.layers.avgPooling2d({ poolSize: 2 })); //#= avg_pool 1x1x2
m.add(tf.layers.flatten([])); //#= flatten 2
`,
      { path: 'options.js' },
    );
  });

  it('leave one size of a reshape open, also where it is read from another shape', () => {
    checkAnnotations(
      `${IMPORT}
const input = tf.input({ shape: [null, 8, 3] });
const x = tf.layers.conv2d({ filters: 5, kernelSize: 3 }).apply(tf.layers.reshape({ targetShape: [-1, 8, 3] }).apply(input)); //#= reshape ?x8x3 | conv2d ?x6x5 p140
const y = tf.layers.reshape({ targetShape: [x.shape[1], x.shape[2] * x.shape[3]] }).apply(x); //#= reshape ?x30
const z = tf.layers.dense({ units: 2 }).apply(y); //#= dense ?x2 p62
tf.model({ inputs: input, outputs: z });
`,
      { path: 'open.js' },
    );
  });

  it('cannot put what does not fit into the batch', () => {
    const [model] = checkAnnotations(
      `${IMPORT}
const m = tf.sequential();
m.add(tf.layers.dense({ units: 64, inputShape: [4] })); //#= dense 64 p320
m.add(tf.layers.reshape({ targetShape: [4, 4, 2] })); //#= reshape null
`,
      { path: 'fit.js' },
    );
    assert.ok(model?.findings.some(({ message }) => /cannot reshape/.test(message)));
  });

  it('name a layer of the user by its static getter', () => {
    const [model] = checkAnnotations(
      `${IMPORT}
class Gelu_ extends tf.layers.Layer {
  static get className() { return 'Gelu'; }
}
const m = tf.sequential();
m.add(tf.layers.dense({ units: 6, inputShape: [4] })); //#= dense 6 p30
m.add(new Gelu_()); //#= elementwise 6
`,
      { path: 'named.js' },
    );
    assert.equal(model?.layers[1]?.type, 'Gelu');
  });
});
