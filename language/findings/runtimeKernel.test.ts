import assert from 'node:assert/strict';
import { publishedDcgan } from '../report/chainGraph.ts';
import { checkRule } from './checkRule.ts';
import { runtimeKernel } from './runtimeKernel.ts';

describe('SW203', () => {
  it('claims nothing until a runtime is chosen', () => {
    assert.deepEqual(checkRule(runtimeKernel, publishedDcgan()), []);
  });

  it('names the public report that its claim rests on', () => {
    for (const targetRuntime of ['onnxruntime', 'pytorch', 'xnnpack'] as const) {
      const messages = checkRule(runtimeKernel, publishedDcgan(), { targetRuntime });
      assert.equal(messages.length, 4);
      assert.match(messages[0] ?? '', /\(\w+#\d+\)/);
    }
  });
});
