import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeOutput } from './writeOutput.ts';

describe('a file that a command writes', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'slimwise-output-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('replaces the old one, and its folders are made', () => {
    const file = path.join(folder, 'a', 'b', 'model.onnx');
    for (const value of [1, 2]) writeOutput(file, Uint8Array.of(value));
    assert.deepEqual([...readFileSync(file)], [2]);
    assert.deepEqual(readdirSync(path.dirname(file)), ['model.onnx']);
  });
  it('that cannot take its place leaves what was there, and nothing beside it', () => {
    const taken = path.join(folder, 'taken');
    mkdirSync(path.join(taken, 'inside'), { recursive: true });
    assert.throws(() => writeOutput(taken, Uint8Array.of(1)));
    assert.deepEqual(readdirSync(taken), ['inside']);
    assert.ok(readdirSync(folder).every((name) => !name.startsWith('.')));
  });
});
