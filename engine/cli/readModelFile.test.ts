/** `slimwise analyze` on model files: alone, over a budget, damaged, and in a folder with JSON of other kinds. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnalyzeReport } from '../../core/report/analyzeReport.ts';
import { onnxBytes, smallGenerator } from '../../language/files/onnx/onnxFixture.ts';
import { layersModelJson } from '../../language/files/tfjs/modelJsonFixture.ts';
import { float32Tensor, writeSafetensors } from '../formats/safetensors.ts';
import { callCli } from './callCli.ts';

describe('slimwise analyze on model files', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'slimwise-analyze-'));
    for (const name of ['net', 'other']) mkdirSync(join(folder, name));
    const whole = onnxBytes(smallGenerator());
    writeFileSync(join(folder, 'generator.onnx'), whole);
    writeFileSync(join(folder, 'cut.onnx'), whole.subarray(0, 300));
    writeFileSync(join(folder, 'net', 'model.json'), JSON.stringify(layersModelJson()));
    writeFileSync(join(folder, 'other', 'model.json'), '{"name":"a package"}');
    const tensors = new Map([['w', float32Tensor([4, 8], new Float32Array(32))]]);
    writeFileSync(join(folder, 'w.safetensors'), writeSafetensors(tensors));
  });
  after(() => rmSync(folder, { recursive: true }));

  const run = (...args: readonly string[]) => callCli(folder, ['analyze', ...args]);

  it('reads an ONNX file like a source, and fails a build over its budget', async () => {
    const { code, out } = await run('generator.onnx', '--json', '--budget', '1MiB');
    const report = JSON.parse(out) as AnalyzeReport;
    assert.equal(code, 0);
    assert.deepEqual([report.models[0]?.framework, report.models[0]?.totals.params], ['onnx', 12_945]);
    assert.equal(report.modelFiles?.[0]?.format, 'onnx');
    assert.equal((await run('generator.onnx', '--budget', '10KiB')).code, 1);
  });

  it('lists the tensors of a file alone, and holds their bytes against a budget', async () => {
    const { code, out } = await run('w.safetensors');
    assert.equal(code, 0);
    assert.match(out, /1 tensor, 32 values, 128 B[\s\S]*w +F32 +4×8/);
    assert.equal((await run('w.safetensors', '--budget', '100')).code, 1);
  });

  it('refuses a damaged file with the reason', async () => {
    const { code, err } = await run('cut.onnx');
    assert.equal(code, 2);
    assert.match(err, /not a sound ONNX model: .*cut\.onnx[\s\S]*SWP_ONNX_UNREADABLE/);
  });

  it('takes the models of a folder, and a model.json of another kind for what it is', async () => {
    const { code, out } = await run('.', '--json');
    const report = JSON.parse(out) as AnalyzeReport;
    assert.equal(code, 0);
    assert.deepEqual(report.models.map(({ file }) => file).sort(), ['generator.onnx', 'net/model.json']);
    assert.deepEqual(
      report.problems.map(({ code: problem, file }) => [problem, file]),
      [['SWP_ONNX_UNREADABLE', 'cut.onnx']],
    );
  });
});
