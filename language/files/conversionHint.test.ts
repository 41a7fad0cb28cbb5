import assert from 'node:assert/strict';
import { defaultSettings } from '../settings.ts';
import { memoryFile } from './byteSource.ts';
import { describeModelFile } from './describeModelFile.ts';

describe('a model file that may hold code', () => {
  for (const [name, words] of [
    ['weights.pt', /torch\.onnx\.export/],
    ['G.PTH', /pickle runs the code/],
    ['model.h5', /tensorflowjs_converter/],
    ['model.keras', /never loads it/],
    ['graph.tflite', /Convert the model to ONNX/],
    ['notes.txt', /Open an \.onnx/],
  ] as const) {
    it(`${name}: is not read, and the hint leads on`, () => {
      const file = { ...memoryFile(new Uint8Array(8)), read: () => assert.fail('it was read') };
      const read = describeModelFile(file, name, defaultSettings);
      assert.ok(!read.ok);
      assert.equal(read.problem.code, 'SWP_NOT_A_MODEL_FILE');
      assert.match(read.problem.hint, words);
    });
  }
});
