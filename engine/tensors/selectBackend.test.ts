/** Choosing a backend: what `auto` says, and that a named one is that one or a problem. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend } from './selectBackend.ts';

describe('selectBackend', () => {
  it('takes ONNX Runtime by default and says why', async () => {
    const selected = await selectBackend({ backend: 'auto', threads: null });
    assert.ok(selected.ok);
    assert.equal(selected.value.name, 'onnxruntime');
    assert.equal(tf.getBackend(), 'onnxruntime');
    assert.match(selected.value.why, /order of preference/);
    assert.ok(selected.value.threads >= 1);
  });

  for (const backend of ['onnxruntime', 'wasm', 'cpu'] as const) {
    it(`multiplies on ${backend}`, async () => {
      const selected = await selectBackend({ backend, threads: 1 });
      assert.ok(selected.ok, selected.ok ? '' : selected.problem.message);
      assert.equal(tf.getBackend(), backend);
      const product = tf.tidy(() => tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])).dataSync());
      assert.deepEqual([...product], [11]);
    });
  }

  it('says that a provider without its device does not run, or runs on it', async () => {
    for (const provider of ['webgpu', 'cuda', 'dml', 'coreml']) {
      const selected = await selectBackend({ backend: 'onnxruntime', threads: 1, provider });
      if (selected.ok) assert.equal(tf.getBackend(), 'onnxruntime');
      else assert.match(selected.problem.code, /^SWP_PROVIDER_(UNAVAILABLE|FAILED)$/);
    }
  }).timeout(60_000);

  it('does not fall back when a device was named that is missing, and says what to do', async () => {
    const selected = await selectBackend({ backend: 'auto', threads: 1, provider: 'coreml-of-another-machine' });
    assert.ok(!selected.ok);
    assert.match(selected.problem.message, /"coreml-of-another-machine" is not in this build/);
    assert.match(selected.problem.hint, /Set the provider to "cpu"/);
  });

  it('names the provider that is missing and those that are there', async () => {
    const selected = await selectBackend({ backend: 'onnxruntime', threads: 1, provider: 'coreml-of-another-machine' });
    assert.ok(!selected.ok);
    assert.equal(selected.problem.code, 'SWP_PROVIDER_UNAVAILABLE');
    assert.match(selected.problem.message, /cpu/);
  });
});
