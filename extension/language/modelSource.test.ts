import assert from 'node:assert/strict';
import { lookedAtLength, mayDefineModel } from './modelSource.ts';

describe('mayDefineModel', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['python', 'import torch.nn as nn\n', true],
    ['python', 'from torch import nn', true],
    ['python', 'import tensorflow as tf', true],
    ['python', 'from keras.layers import Dense', true],
    ['python', '# slimwise: Generator(100)', true],
    ['python', 'import torchlight', false],
    ['python', 'print("torch")', false],
    ['typescript', "import * as tf from '@tensorflow/tfjs';", true],
    ['typescript', 'import * as tf from "@tensorflow/tfjs-node";', true],
    ['javascript', 'const model = tf.sequential();', true],
    ['typescript', "import { readFile } from 'node:fs';", false],
    ['markdown', 'import torch', false],
    ['python', `${' '.repeat(lookedAtLength.source)}import torch`, false],
    ['html', `${' '.repeat(lookedAtLength.source)}<script>tf.sequential()</script>`, true],
    ['html', '<script src="https://cdn.jsdelivr.net/npm/jquery"></script><p>Perf. tf.</p>', false],
    ['vue', "<script setup>import * as tf from '@tensorflow/tfjs'</script>", true],
  ];
  for (const [language, text, expected] of cases) {
    it(`${expected ? 'takes' : 'leaves'} ${language}: ${text.trim().slice(0, 40)}`, () =>
      assert.equal(mayDefineModel(language, text), expected));
  }
});
