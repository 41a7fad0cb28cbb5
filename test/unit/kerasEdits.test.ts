/**
 * The module beside Keras sources, with layers around it. Where `KERAS_PYTHON` names a Python
 * with TensorFlow and Keras, every edit fixture is run there: one pass, one gradient step, weights saved and loaded.
 * Everywhere its wrapper is held against classes with the habits of Keras 3 that decide: a transposed convolution is no
 * convolution, a kernel is a property or an attribute, and files are written from the property.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { defaultSettings } from '../../language/settings.ts';
import { describeFile, toReport } from '../../language/describeFile.ts';
import { editCases, readFixture } from '../../language/edits/editCases.ts';
import { kerasLayers } from '../../language/edits/modules/kerasLayers.ts';
import { memoryHost } from '../../language/sourceHost.ts';

const wraps = `
import ast, json, types

class Layer:
    def save_own_variables(self, store):
        store["0"] = self.kernel

class Dense(Layer):
    def __init__(self):
        self._kernel = "real"
    @property
    def kernel(self):
        return self._kernel

class Conv2D(Dense):
    pass

class Conv2DTranspose(Layer):
    def build(self):
        self.kernel = "real"

keras = types.SimpleNamespace(layers=types.SimpleNamespace(
    Layer=Layer, Dense=Dense, Conv2D=Conv2D, Conv2DTranspose=Conv2DTranspose))
names = {"keras": keras, "_code": lambda kernel, axis, bits: "%s %d %s" % (kernel, axis, bits)}
for node in ast.parse(open("keras_layers.py").read()).body:
    if getattr(node, "name", None) in ("_with_kernel", "_with_bits", "_InPlace", "_Coded"):
        exec(compile(ast.Module([node], []), "keras_layers.py", "exec"), names)

said = []
for kind in (Dense, Conv2D, Conv2DTranspose):
    layer = names["_with_bits"](kind(), 1)
    if kind is Conv2DTranspose:
        layer.build()
    store = {}
    layer.save_own_variables(store)
    said.append([type(layer).__name__, layer.kernel, store["0"], layer.kernel])
inner = Conv2DTranspose()
both = names["_InPlace"].__new__(names["_InPlace"])
both.parts = [inner, Conv2D()]
names["_with_bits"](both, "ternary")
said.append([type(part).__name__ for part in both.parts])
print(json.dumps(said))
`;

const runs = `
import json, os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np, tensorflow as tf, keras
from generator import build_generator

keras.utils.set_random_seed(1)
model = build_generator()
drawn = tf.random.normal((4, 100))
with tf.GradientTape() as tape:
    images = model(drawn, training=True)
    loss = tf.reduce_mean(tf.square(images - 0.3))
gradients = tape.gradient(loss, model.trainable_variables)
before = [value.numpy().copy() for value in model.trainable_variables]
keras.optimizers.Adam(1e-3).apply_gradients(zip(gradients, model.trainable_variables))
moved = [not np.array_equal(old, value.numpy()) for old, value in zip(before, model.trainable_variables)]
model.save_weights("trained.weights.h5")
again = build_generator()
again.load_weights("trained.weights.h5")
same = np.array_equal(model(drawn, training=False), again(drawn, training=False))
print(json.dumps({"shape": list(images.shape[1:]), "moved": all(moved), "same": bool(same),
                  "params": sum(int(np.prod(value.shape)) for value in model.trainable_variables)}))
`;

function inFolder<T>(run: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'slimwise-keras-'));
  try {
    return run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the module beside Keras sources, around layers', () => {
  it('codes kernels of every kind, and writes the real ones', () => {
    const python = ['/usr/bin/python3', 'python3'].find((name) => runsPython(name, 'import ast'));
    if (python === undefined) return void console.warn('*** NOT RUN: no Python was found.');
    const said = inFolder((folder): unknown => {
      writeFileSync(join(folder, 'keras_layers.py'), kerasLayers('import keras'));
      return JSON.parse(execFileSync(python, ['-c', wraps], { cwd: folder, encoding: 'utf8' }));
    });
    assert.deepEqual(said, [
      ['CodedDense', 'real -1 1', 'real', 'real -1 1'],
      ['CodedConv2D', 'real -1 1', 'real', 'real -1 1'],
      ['CodedConv2DTranspose', 'real -2 1', 'real', 'real -2 1'],
      ['CodedConv2DTranspose', 'CodedConv2D'],
    ]);
  });

  it('runs and learns under Keras in every edit, as it was predicted', function () {
    this.timeout(300_000);
    const python = process.env['KERAS_PYTHON'];
    if (python === undefined)
      return void console.warn('*** NOT RUN: KERAS_PYTHON names no Python with TensorFlow and Keras.');
    for (const { name } of editCases) {
      const source = readFixture('keras', name);
      const host = memoryHost({
        'generator.py': source,
        'slimwise_layers.py': kerasLayers('from tensorflow import keras'),
      });
      const [predicted] = toReport(describeFile(host, 'generator.py', defaultSettings)).models;
      const said = inFolder((folder): unknown => {
        writeFileSync(join(folder, 'generator.py'), source);
        writeFileSync(join(folder, 'slimwise_layers.py'), kerasLayers('from tensorflow import keras'));
        const lines = execFileSync(python, ['-c', runs], { cwd: folder, encoding: 'utf8', stdio: 'pipe' }).trim();
        return JSON.parse(lines.split('\n').pop() ?? '');
      });
      const shape = predicted?.outputs[0]?.slice(1);
      assert.deepEqual(said, { shape, moved: true, same: true, params: predicted?.totals.params }, name);
    }
  });
});

function runsPython(name: string, code: string): boolean {
  try {
    execFileSync(name, ['-c', code], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
