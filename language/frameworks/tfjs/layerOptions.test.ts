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

  it('say what a layer takes only where it comes first', () => {
    checkAnnotations(
      `${IMPORT}
const m = tf.sequential();
m.add(tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 8, kernelSize: 5 })); //#= conv2d 24x24x8 p208
m.add(tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 16, kernelSize: 5 })); //#= conv2d 20x20x16 p3216
`,
      { path: 'second.js' },
    );
  });

  it('are taken from the declared input, whatever a model is asked about', () => {
    checkAnnotations(
      `${IMPORT}
const m = tf.sequential();
m.add(tf.layers.inputLayer({ inputShape: [5], batchSize: 1 }));
m.add(tf.layers.dense({ units: 6 })); //#= dense 6 p36
m.predict(tf.tensor2d([[3]], [1, 1])).print();
`,
      { path: 'asked.js' },
    );
  });

  it('give the layers behind a dense one their sizes where its own input is open', () => {
    checkAnnotations(
      `${IMPORT}
function build(features) {
  const m = tf.sequential();
  m.add(tf.layers.dense({ units: 50, inputShape: [features], activation: 'relu' })); //#= unknown 50 p?
  m.add(tf.layers.dense({ units: 1 })); //#= dense 1 p51
  return m;
}
`,
      { path: 'open.js' },
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

  it('leave weights out, or norm other axes', () => {
    checkAnnotations(
      `${IMPORT}
const input = tf.input({ shape: [6, 4] });
const a = tf.layers.lstm({ units: 7, useBias: false, returnSequences: true }).apply(input); //#= recurrent 6x7 p308
const b = tf.layers.gru({ units: 5, useBias: false, returnSequences: true }).apply(a); //#= recurrent 6x5 p180
const c = tf.layers.simpleRNN({ units: 3, useBias: false, returnSequences: true }).apply(b); //#= recurrent 6x3 p24
const d = tf.layers.layerNormalization({ axis: [1, 2] }).apply(c); //#= layer_norm 6x3 p36
const e = tf.layers.layerNormalization({ scale: false }).apply(d); //#= layer_norm 6x3 p3
const f = tf.layers.layerNormalization({ axis: 1, center: false }).apply(e); //#= layer_norm 6x3 p6
tf.model({ inputs: input, outputs: f });
`,
      { path: 'weights.js' },
    );
  });

  it('hold cells, and say how two directions are joined', () => {
    checkAnnotations(
      `${IMPORT}
const input = tf.input({ shape: [6, 4] });
const cells = [5, 5].map((units) => tf.layers.lstmCell({ units }));
const a = tf.layers.rnn({ cell: cells, returnSequences: true }).apply(input); //#= recurrent 6x5 p420
const b = tf.layers.rnn({ cell: tf.layers.gruCell({ units: 3 }), returnSequences: true }).apply(a); //#= recurrent 6x3 p81
const c = tf.layers.bidirectional({ layer: tf.layers.gru({ units: 2 }), mergeMode: 'sum' }).apply(b); //#= recurrent 2 p72
const d = tf.layers.thresholdedReLU({ theta: 1 }).apply(c); //#= elementwise 2
tf.model({ inputs: input, outputs: d });
`,
      { path: 'cells.js' },
    );
  });
});
