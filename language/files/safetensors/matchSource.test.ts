/** Which weight of a source's model each tensor of a safetensors file is, and how the source is found. */
import assert from 'node:assert/strict';
import { float32Tensor, writeSafetensors } from '../../../engine/formats/safetensors.ts';
import type { TensorFileReport } from '../../../core/report/modelFileReport.ts';
import { defaultSettings } from '../../settings.ts';
import { memoryHost } from '../../sourceHost.ts';
import { memoryFile } from '../byteSource.ts';
import { describeModelFile } from '../describeModelFile.ts';

const torch = `import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Linear(8, 2))

    def forward(self, x):
        return self.body(x)

net = Net()
net(torch.randn(1, 4))
`;

const shapes: Readonly<Record<string, readonly number[]>> = {
  'body.0.weight': [8, 4],
  'body.0.bias': [8],
  'body.1.weight': [8],
  'body.1.bias': [8],
  'body.1.running_mean': [8],
  'body.1.running_var': [8],
  'body.2.weight': [2, 8],
  'body.2.bias': [2],
};

describe('tensors beside a source', () => {
  it('fit by name and shape; layers and costs are those of the source', () => {
    const { tensors, models } = describe_(shapes);
    assert.deepEqual([tensors.source?.fits, tensors.source?.misfits, tensors.missing], [8, 0, []]);
    assert.deepEqual([tensors.source?.model, tensors.source?.line], ['Net', 4]);
    assert.equal(models[0]?.totals.params, 4 * 8 + 8 + 16 + 16 + 2);
  });

  it('fit where a saver put a prefix before the names, and counters are no weights', () => {
    const prefixed = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [`module.${name}`, shape]));
    const { tensors } = describe_({ ...prefixed, 'module.body.1.num_batches_tracked': [] });
    assert.equal(tensors.source?.fits, 8);
    assert.equal(tensors.rows.find(({ name }) => name.endsWith('tracked'))?.fit, null);
  });

  it('say which have another shape, which are missing and which are more', () => {
    const changed: Record<string, readonly number[]> = { ...shapes, 'body.2.weight': [3, 8], 'ema.decay': [1] };
    const { 'body.0.bias': _bias, ...some } = changed;
    const { tensors } = describe_(some);
    const fit = (name: string) => tensors.rows.find((row) => row.name === name)?.fit;
    assert.deepEqual([fit('body.2.weight')?.kind, fit('body.2.weight')?.expected], ['misfits', [2, 8]]);
    assert.equal(fit('ema.decay')?.kind, 'extra');
    assert.deepEqual(tensors.missing, [{ layer: 'body.0', weight: 'bias', shape: [8] }]);
  });

  it('belong to no source that has other weights', () => {
    const { tensors, models } = describe_({ 'other.kernel': [3, 3, 1, 7], 'other.bias': [7] });
    assert.deepEqual([tensors.source, models], [null, []]);
    assert.deepEqual(tensors.totals, { tensors: 2, values: 70, bytes: 280 });
  });

  it('of Keras are found by the order of their numbers', () => {
    const keras = `from tensorflow import keras
model = keras.Sequential([
    keras.layers.Dense(8, input_shape=(4,)),
    keras.layers.Dense(2),
])
`;
    const stored = {
      'dense_6/dense_6/kernel:0': [4, 8],
      'dense_6/dense_6/bias:0': [8],
      'dense_7/dense_7/kernel:0': [8, 2],
      'dense_7/dense_7/bias:0': [2],
    };
    assert.equal(describe_(stored, keras).tensors.source?.fits, 4);
  });
});

function describe_(stored: Readonly<Record<string, readonly number[]>>, source = torch) {
  const size = (shape: readonly number[]): number => shape.reduce((total, dim) => total * dim, 1);
  const tensors = Object.entries(stored).map(
    ([name, shape]) => [name, float32Tensor(shape, new Float32Array(size(shape)))] as const,
  );
  const file = memoryFile(writeSafetensors(new Map(tensors)));
  const sources = memoryHost({ 'nets/net.py': source, 'nets/readme.md': 'torch' });
  const read = describeModelFile(file, 'nets/weights.safetensors', defaultSettings, { sources });
  assert.ok(read.ok && read.value.tensors);
  return { ...read.value, tensors: read.value.tensors satisfies TensorFileReport };
}
