/** The quick fix taken and the text analysed again: the model is fed as it says, and nothing else changes. */
import assert from 'node:assert/strict';
import { describeFile, type DescribedModel } from '../describeFile.ts';
import { defaultSettings } from '../settings.ts';
import { memoryHost } from '../sourceHost.ts';
import { setInputShape } from './setInputShape.ts';

interface Case {
  readonly path: string;
  readonly text: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly model: string;
  readonly inputs: readonly (readonly number[])[];
}

const torch = `import torch.nn as nn

class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1)
    def forward(self, x):
        return x + self.conv(x)

class Net(nn.Module):
    def __init__(self, channels, width, blocks):
        super().__init__()
        self.first = nn.Conv2d(channels, width, 3, padding=1)
        self.body = nn.Sequential(*[Block(width) for _ in range(blocks)])
    def forward(self, x):
        return self.body(self.first(x))

class Critic(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.score = nn.Conv2d(3, width, 4, 2, 1)
    def forward(self, x):
        return self.score(x)
`;

const cases: Readonly<Record<string, Case>> = {
  'a PyTorch model that another file builds with names of its own': {
    path: 'nets/arch.py',
    text: torch,
    files: { 'train.py': 'from nets import arch\nwidth = 16\nnet = arch.Net(3, width, blocks=2)\n' },
    model: 'Net',
    inputs: [[1, 3, 32, 32]],
  },
  'a PyTorch model that nothing builds': { path: 'arch.py', text: torch, model: 'Critic', inputs: [[1, 3, 32, 32]] },
  'a Keras subclass model': {
    path: 'critic.py',
    text: `import tensorflow as tf
class Critic(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.a = tf.keras.layers.Conv2D(8, 3)
        self.b = tf.keras.layers.Conv2D(4, 3)
    def call(self, x):
        return self.b(self.a(x))
class Other(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.c = tf.keras.layers.Dense(3)
    def call(self, x):
        return self.c(x)
`,
    model: 'Other',
    inputs: [[1, 100]],
  },
  'a Keras model of open size, beside another': {
    path: 'nets.py',
    text: `from tensorflow import keras
from tensorflow.keras import layers
def build_upscaler():
    low = keras.Input(shape=(None, None, 3))
    x = layers.Conv2D(12, 3, padding='same')(low)
    return keras.Model(low, layers.UpSampling2D()(x))
def build_critic():
    image = keras.Input(shape=(8, 8, 3))
    return keras.Model(image, layers.Dense(1)(layers.Flatten()(image)))
upscaler = build_upscaler()
critic = build_critic()
`,
    model: 'upscaler',
    inputs: [[1, 32, 32, 3]],
  },
  'a Keras model with two open inputs': {
    path: 'pair.py',
    text: `from tensorflow import keras
from tensorflow.keras import layers
a = keras.Input(shape=(None,))
b = keras.Input(shape=(None, 4))
x = layers.Embedding(10, 4)(a)
model = keras.Model([a, b], layers.Dense(2)(layers.add([x, b])))
`,
    model: 'model',
    inputs: [
      [1, 100],
      [1, 100, 4],
    ],
  },
  'a TensorFlow.js model of open size, beside another': {
    path: 'nets.ts',
    text: `import * as tf from '@tensorflow/tfjs';
export function buildUpscaler(width: number) {
  const low = tf.input({ shape: [null, null, 3] });
  const x = tf.layers.conv2d({ filters: width, kernelSize: 3, padding: 'same' }).apply(low) as tf.SymbolicTensor;
  return tf.model({ inputs: low, outputs: tf.layers.upSampling2d({}).apply(x) as tf.SymbolicTensor });
}
export function buildCritic() {
  return tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [9] })] });
}
const upscaler = buildUpscaler(12);
`,
    model: 'buildUpscaler',
    inputs: [[1, 32, 32, 3]],
  },
};

describe('setting the input shape', () => {
  for (const [what, { path, text, files = {}, model, inputs }] of Object.entries(cases)) {
    it(`feeds ${what}`, () => {
      const before = described(path, text, files);
      const chosen = before.find(({ report }) => report.name === model);
      assert.ok(chosen, before.map(({ report }) => report.name).join());
      const [action] = setInputShape(text.split('\n'), chosen, path.endsWith('.py') ? '#' : '//');
      assert.ok(action?.insertion);
      const lines = text.split('\n');
      lines.splice(action.insertion.line - 1, 0, action.insertion.text.trimEnd());
      const after = described(path, lines.join('\n'), files);
      const fed = after.find(({ report }) => report.name === model)?.report;
      assert.deepEqual(fed?.inputs, inputs);
      assert.equal(fed.totals.partial, false, JSON.stringify(fed.layers));
      assert.ok(fed.totals.params >= chosen.report.totals.params);
      assert.ok(fed.layers.every(({ params, unused }) => unused || params !== null));
      const others = (models: readonly DescribedModel[]): unknown =>
        models
          .filter(({ report }) => report.name !== model)
          .map(({ report: { name, inputs, totals } }) => ({ name, inputs, totals }));
      assert.deepEqual(others(after), others(before));
    });
  }

  it('holds for a comment that repeats how another file builds the model', () => {
    const told = torch.replace('class Net', '# slimwise: arch.Net(3, width, blocks=2) input=(1,3,20,20)\nclass Net');
    const driver = 'import arch\nwidth = 16\nnet = arch.Net(3, width, blocks=2)\n';
    const models = described('arch.py', told, { 'train.py': driver });
    const net = models.find(({ report }) => report.name === 'Net')?.report;
    assert.deepEqual(net?.outputs, [[1, 16, 20, 20]]);
    assert.equal(net.totals.partial, false);
  });

  it('builds a class as often as comments say, and the others as they are found', () => {
    const comments = '# slimwise: Net(3, 4, 1) input=(1,3,8,8)\n# slimwise: Net(3, 6, 2) input=(1,3,8,8)\n';
    const models = described('arch.py', torch.replace('class Net', `${comments}class Net`), {});
    assert.deepEqual(
      models.map(({ report }) => report.instantiation ?? report.name),
      ['Net(3, 4, 1)', 'Net(3, 6, 2)', 'Critic'],
    );
  });
});

function described(path: string, text: string, files: Readonly<Record<string, string>>): readonly DescribedModel[] {
  return describeFile(memoryHost({ ...files, [path]: text }), path, defaultSettings, {}).models;
}
