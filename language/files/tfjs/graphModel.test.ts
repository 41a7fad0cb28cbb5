/** A TF.js graph model: shapes that stand in weight files, fused operators, signatures; and what is never opened. */
import assert from 'node:assert/strict';
import { defaultSettings } from '../../settings.ts';
import { isBareName, memoryFile } from '../byteSource.ts';
import { describeModelFile } from '../describeModelFile.ts';
import { graphModelJson, graphModelShards } from './modelJsonFixture.ts';

const bytes = (json: object): Uint8Array => new TextEncoder().encode(JSON.stringify(json));

describe('a graph model', () => {
  it('has the shapes that its weight files hold, across two of them', () => {
    const read = describeModelFile(
      memoryFile(bytes(graphModelJson()), graphModelShards()),
      'g/model.json',
      defaultSettings,
    );
    assert.ok(read.ok, read.ok ? '' : read.problem.message);
    const [model] = read.value.models;
    assert.deepEqual([model?.inputs, model?.outputs], [[[1, 8]], [[1, 8, 8, 2]]]);
    const row = (name: string) => model?.layers.find((layer) => layer.name === name);
    assert.deepEqual([row('up')?.op, row('up')?.dor?.value], ['conv2d_transpose', 4 - 16]);
    assert.deepEqual([row('up')?.params, row('up')?.macs], [9 * 6 * 4, 9 * 6 * 4 * 16]);
    assert.deepEqual([row('dense')?.op, row('dense')?.params], ['dense', 8 * 64 + 64]);
    assert.deepEqual([row('out')?.params, row('out')?.macs], [9 * 6 * 2 + 2, 9 * 6 * 2 * 64]);
    assert.equal(model?.totals.params, 576 + 216 + 110);
    assert.equal(model?.totals.partial, false);
  });

  it('leaves sizes open without those files, with parameters exact', () => {
    const read = describeModelFile(memoryFile(bytes(graphModelJson())), 'g/model.json', defaultSettings);
    assert.ok(read.ok);
    assert.deepEqual(read.value.models[0]?.totals.params, 576 + 216 + 110);
    assert.equal(read.value.models[0]?.totals.partial, true);
  });

  for (const path of [
    '../weights.bin',
    '/etc/passwd',
    'C:\\w.bin',
    'a/b.bin',
    '..',
    '.hidden',
    'w\0.bin',
    '\\\\host\\w.bin',
    '',
  ]) {
    it(`never opens ${JSON.stringify(path)}`, () => {
      assert.equal(isBareName(path), false);
      const json = JSON.parse(
        JSON.stringify(graphModelJson()).replace('"group1-shard1of2.bin"', JSON.stringify(path)),
      ) as object;
      const asked: string[] = [];
      const file = { ...memoryFile(bytes(json)), beside: (name: string) => (asked.push(name), null) };
      assert.ok(describeModelFile(file, 'model.json', defaultSettings).ok);
      assert.ok(!asked.includes(path), `it asked for ${asked.join()}`);
    });
  }
});
