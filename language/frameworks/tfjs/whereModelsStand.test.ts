/** Places in which people build models: callbacks, pages, base classes, promises, classes that are models. */
import assert from 'node:assert/strict';
import { checkAnnotations } from '../../models/checkAnnotations.ts';

const IMPORT = "import * as tf from '@tensorflow/tfjs';\n";

describe('TF.js models stand', () => {
  it('in callbacks that wait for something, however deep', () => {
    checkAnnotations(
      `${IMPORT}
export function App() {
  const start = async () => {
    const model = tf.sequential();
    model.add(tf.layers.conv2d({ filters: 3, kernelSize: 3, inputShape: [9, 9, 1] })); //#= conv2d 7x7x3 p30
    model.add(tf.layers.maxPool2d({ poolSize: 2 })); //#= max_pool 3x3x3
    await model.fit(images, labels);
  };
  button.addEventListener('click', start);
  fetch('data.csv').then((response) => {
    const other = tf.sequential();
    other.add(tf.layers.dense({ units: 4, inputShape: [3] })); //#= dense 4 p16
  });
}
`,
      { path: 'app.jsx' },
    );
  });

  it('where they are used at once, on data', () => {
    checkAnnotations(
      `${IMPORT}
function run() {
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 2, inputShape: [1] })); //#= dense 2 p4
  model.predict(tf.tensor2d([20], [1, 1])).print();
  model.apply(tf.zeros([1, 1]).mul(2)).print();
}
run();
`,
      { path: 'run.js' },
    );
  });

  it('in scripts of a page that see each other', () => {
    const [encoder] = checkAnnotations(
      `class Vae {
  constructor(config) {
    const input = tf.input({ shape: [config.size] });
    const hidden = tf.layers.dense({ units: HIDDEN }).apply(input); //#= dense 5 p35
    this.encoder = tf.model({ inputs: input, outputs: hidden });
  }
}
`,
      {
        path: 'web/vae.js',
        files: {
          'web/index.html':
            '<script src="https://cdn.example/tf.min.js"></script><script src="sizes.js"></script>' +
            '<script src="./vae.js"></script><script src=\'main.js\'></script>',
          'web/sizes.js': 'const HIDDEN = 5;',
          'web/main.js': 'const vae = new Vae({ size: 6 });',
        },
      },
    );
    assert.equal(encoder?.instantiation, 'new Vae({ size: 6 })');
  });

  it('in classes that are models, or whose base class in another file makes them', () => {
    checkAnnotations(
      `${IMPORT}
import { Base } from './base';
class Critic extends tf.Sequential {
  constructor(units: number) {
    super({ name: 'critic' });
    super.add(tf.layers.dense({ units, inputShape: [3] })); //#= dense 8 p32
    this.add(tf.layers.dense({ units: 1 })); //#= dense 1 p9
  }
}
class Small extends Base {
  constructor() {
    super([
      tf.layers.inputLayer({ inputShape: [6, 6, 2] }),
      tf.layers.conv2d({ filters: 4, kernelSize: 3 }), //#= conv2d 4x4x4 p76
      tf.layers.globalMaxPool2d({}), //#= global_max_pool 4
    ]);
  }
}
new Critic(8);
new Small();
`,
      {
        path: 'critic.ts',
        files: {
          'base.ts': `${IMPORT}export class Base { constructor(layers) { this.model = tf.sequential({ layers }); } }`,
        },
      },
    );
  });

  it('behind imports that are waited for', () => {
    checkAnnotations(
      `${IMPORT}
import('./sizes.js').then((sizes) => {
  const { UNITS } = sizes;
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: UNITS, inputShape: [4] })); //#= dense 7 p35
});
`,
      { path: 'main.js', files: { 'sizes.js': 'export const UNITS = 7;' } },
    );
  });

  it('nowhere if their builder refuses its arguments', () => {
    const models = checkAnnotations(
      `${IMPORT}
function build(kind) {
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 5, inputShape: [2] })); //#= dense 5 p15
  if (kind === 'wide') model.add(tf.layers.dense({ units: 9 })); //#= dense 9 p54
  else throw new Error('not a kind of model: ' + kind);
  return model;
}
build('narrow');
`,
      { path: 'refuse.js' },
    );
    assert.deepEqual(
      models.map(({ instantiation }) => instantiation),
      [null],
      'the call that is refused leaves no half of a model',
    );
  });

  it('for every alternative that a function knows', () => {
    checkAnnotations(
      `${IMPORT}
function wide(n) {
  return tf.sequential({ layers: [tf.layers.dense({ units: 9, inputShape: [n] })] }); //#= dense 9 p27
}
function narrow(n) {
  return tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [n] })] }); //#= dense 2 p6
}
export function build(kind) {
  switch (kind) {
    case 'wide':
      return wide(2);
    case 'narrow':
      return narrow(2);
  }
}
`,
      { path: 'kinds.js' },
    );
  });

  it('before work that has no end, and not in doubt about it', () => {
    checkAnnotations(
      `${IMPORT}
const model = tf.sequential();
model.add(tf.layers.dense({ units: 3, inputShape: [2] })); //#= dense 3 p9
export function play(board) {
  const seen = [];
  while (board.isOpen) {
    for (let row = 0; row < 3000; row++) {
      for (let column = 0; column < 3000; column++) {
        if (board.at(row, column)) seen.push([row, column]);
      }
    }
  }
}
`,
      { path: 'play.js', limits: { steps: 60_000 } },
    );
  });
});
