/**
 * Widths of layers that a helper builds: edited where the caller writes them, one layer at a time; refused where no
 * caller does, or where one number would have to be two.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { analyzeFile } from '../analyze.ts';
import { memoryHost } from '../sourceHost.ts';
import type { LayerChoice } from './orderChoices.ts';
import { proposeEdit } from './proposeEdit.ts';
import { editedText } from './textEdit.ts';

const width = (layer: string, channels: number): LayerChoice => ({ layer, action: { kind: 'channels', channels } });

/** Lines that change, without indentation; or why none does. */
function changed(
  files: Readonly<Record<string, string>>,
  ...choices: readonly LayerChoice[]
): readonly string[] | string {
  const [file = ''] = Object.keys(files);
  const host = memoryHost(files);
  const [graph] = analyzeFile(host, file).graphs;
  assert.ok(graph);
  const proposal = proposeEdit({ host, file, model: graph.name }, choices);
  if ('refused' in proposal) return proposal.refused;
  return Object.entries(files).flatMap(([name, text]) => {
    const before = text.split('\n');
    const after = editedText(text, name, proposal.edit.change.edits).split('\n');
    return after.filter((line, idx) => line !== before[idx]).map((line) => line.trim());
  });
}

const blocks = `import torch.nn as nn

class Generator(nn.Module):
    def __init__(self):
        super().__init__()

        def block(features_in, features, normalize=True):
            layers = [nn.Linear(features_in, features)]
            if normalize:
                layers.append(nn.BatchNorm1d(features, 0.8))
            return layers + [nn.LeakyReLU(0.2)]

        self.model = nn.Sequential(
            *block(100, 128, normalize=False),
            *block(128, features=256),
            *block(256, 512),
            nn.Linear(512, 784),
        )

    def forward(self, z):
        return self.model(z)
# slimwise: Generator() input=(1,100)
`;

const unet = `import torch.nn as nn
from parts import Down

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = Down(3, 32)
        self.two = Down(32, 64)
        self.last = nn.Conv2d(64, 1, 1)

    def forward(self, x):
        return self.last(self.two(self.one(x)))
# slimwise: Net() input=(1,3,16,16)
`;
const parts = `import torch.nn as nn

class Down(nn.Module):
    def __init__(self, channels_in, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels, 4, 2, 1)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x):
        return self.norm(self.conv(x))
`;

const keras = `from tensorflow import keras
from tensorflow.keras import layers

def up(x, filters):
    x = layers.Conv2DTranspose(filters, 4, strides=2, padding="same")(x)
    return layers.ReLU()(x)

def build():
    z = keras.Input(shape=(4, 4, 16))
    x = up(z, 64)
    x = up(x, 32)
    return keras.Model(z, layers.Conv2D(1, 3, padding="same")(x))

model = build()
`;

const tfjs = `import * as tf from '@tensorflow/tfjs';

function up(x, filters) {
  return tf.layers.conv2dTranspose({ filters: filters, kernelSize: 4, strides: 2, padding: 'same' }).apply(x);
}

export function build() {
  const z = tf.input({ shape: [4, 4, 16] });
  let x = up(z, 64);
  x = up(x, 32);
  x = tf.layers.conv2d({ filters: 1, kernelSize: 3, padding: 'same' }).apply(x);
  return tf.model({ inputs: z, outputs: x });
}
`;

describe('the width of a layer that a helper builds', () => {
  it('is edited at the caller, with that of what follows', () => {
    assert.deepEqual(changed({ 'gan.py': blocks }, width('model.2', 64)), [
      '*block(128, features=64),',
      '*block(64, 512),',
    ]);
    assert.deepEqual(changed({ 'gan.py': blocks }, width('model.0', 32), width('model.5', 48)), [
      '*block(100, 32, normalize=False),',
      '*block(32, features=256),',
      '*block(256, 48),',
      'nn.Linear(48, 784),',
    ]);
  });

  it('is followed through classes of another file', () => {
    assert.deepEqual(changed({ 'net.py': unet, 'parts.py': parts }, width('one.conv', 16)), [
      'self.one = Down(3, 16)',
      'self.two = Down(16, 64)',
    ]);
  });

  it('is found in Keras and TensorFlow.js, which write one end alone', () => {
    assert.deepEqual(changed({ 'net.py': keras }, width('conv2d_transpose', 48)), ['x = up(z, 48)']);
    const [graph] = analyzeFile(memoryHost({ 'net.ts': tfjs }), 'net.ts').graphs;
    const second = graph?.layers.filter(({ op }) => op === 'conv2d_transpose')[1]?.name ?? '';
    assert.deepEqual(changed({ 'net.ts': tfjs }, width(second, 24)), ['x = up(x, 24);']);
  });

  it('is refused where no caller writes it', () => {
    const loop = blocks.replace(
      '*block(128, features=256),',
      '*[layer for _ in range(2) for layer in block(128, 128)],',
    );
    const looped = loop.replace('*block(256, 512)', '*block(128, 512)');
    assert.match(String(changed({ 'gan.py': looped }, width('model.2', 64))), /one line builds several layers/);
    const byDefault = blocks.replace('features, normalize', 'features=256, normalize').replace('features=256)', ')');
    assert.match(
      String(changed({ 'gan.py': byDefault }, width('model.2', 64))),
      /line 15 does not write features itself/,
    );
  });

  it('is refused where one number says two widths', () => {
    const square = blocks.replace(
      'nn.Linear(features_in, features)',
      'nn.Linear(features_in, features), nn.Linear(features, features)',
    );
    const refusal = changed({ 'gan.py': square }, width('model.3', 64));
    assert.match(
      String(refusal),
      /one number in the source says the channels of several layers|would not be what was meant/,
    );
  });
});
