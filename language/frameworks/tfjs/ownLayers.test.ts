/** Layers around layers, layers of the user's own, destructuring, and arguments with alternatives. */
import assert from 'node:assert/strict';
import { checkAnnotations } from '../../models/checkAnnotations.ts';

const IMPORT = "import * as tf from '@tensorflow/tfjs';\n";

describe('TF.js models', () => {
  it('wrap layers: both directions, every step, dot products', () => {
    const [model] = checkAnnotations(
      `${IMPORT}
export function build() {
  const a = tf.input({ shape: [6, 8] });
  const b = tf.input({ shape: [5, 8] });
  const dot = tf.layers.dot({ axes: -1 }).apply([a, b]); //#= elementwise 6x5
  const step = tf.layers.timeDistributed({
    layer: tf.layers.dense({ units: 3 }),
  });
  const inner = tf.layers.lstm({ units: 5, returnSequences: true });
  const both = tf.layers.bidirectional({ layer: inner, mergeMode: 'concat' }).apply(a); //#= recurrent 6x10 p560
  const sum = tf.layers.bidirectional({ layer: inner, mergeMode: 'sum' }).apply(a); //#= recurrent 6x5 p560
  return tf.model({ inputs: [a, b], outputs: [dot, both, sum] });
}
build();
`,
      { path: 'model.ts' },
    );
    assert.equal(model?.layers.filter(({ type }) => type === 'LSTM').length, 0, 'the layer inside is no row');
  });

  it('hold layers of the user: shape by computeOutputShape, weights by build', () => {
    const [model] = checkAnnotations(
      `${IMPORT}
class PixelNorm extends tf.layers.Layer {
  call(x) { return x; }
}
class Half extends tf.layers.Layer {
  build(shape) { this.scale = this.addWeight('scale', [shape[shape.length - 1]], 'float32', tf.initializers.ones()); }
  computeOutputShape(shape) { return [shape[0], shape[1] / 2, shape[2] / 2, shape[3]]; }
  static get className() { return 'Half'; }
}
function build() {
  const m = tf.sequential();
  m.add(tf.layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [10, 10, 3] })); //#= conv2d 8x8x4 p112
  m.add(new PixelNorm({})); //#= elementwise 8x8x4
  m.add(new Half()); //#= unknown 4x4x4 p4
  m.add(tf.layers.flatten()); //#= flatten 64
  return m;
}
build();
`,
      { path: 'model.ts' },
    );
    assert.deepEqual(
      model?.layers.map(({ type }) => type),
      ['Conv2D', 'PixelNorm', 'Half', 'Flatten'],
    );
    assert.match(model?.layers[2]?.unknown ?? '', /is not followed/);
  });

  it('set several properties at once', () => {
    checkAnnotations(
      `${IMPORT}
class Net {
  constructor(sizes) {
    [this.width, this.depth] = sizes;
    this.model = this.build();
  }
  build() {
    const m = tf.sequential();
    m.add(tf.layers.dense({ units: this.width, inputShape: [this.depth] })); //#= dense 8 p40
    return m;
  }
}
new Net([8, 4]);
`,
      { path: 'model.ts' },
    );
  });

  it('are built with the alternative that a function compares its argument with', () => {
    checkAnnotations(
      `${IMPORT}
function load() {
  return { images: tf.tensor4d(bytes, [n, 20, 20, 1]).sub(0.5) };
}
export class Gan {
  train(data) {
    const images = data === 'digits' ? load().images : data.images;
    this.size = images.shape[1];
    this.build();
  }
  build() {
    const m = tf.sequential();
    m.add(tf.layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [this.size, this.size, 1] })); //#= conv2d 18x18x2 p20
    return m;
  }
}
`,
      { path: 'model.ts' },
    );
  });
});
