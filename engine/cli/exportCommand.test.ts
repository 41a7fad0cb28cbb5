import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packGenerator } from '../compress/packGenerator.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import { handGenerator } from '../train/handGraph.ts';
import { createNetwork } from '../train/network.ts';
import { callCli } from './callCli.ts';

describe('slimwise export', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slimwise-export-'));
  const model = join(folder, 'model.safetensors');
  before(async () => {
    assert.ok((await selectBackend({ backend: 'cpu', threads: null })).ok);
    const network = createNetwork(handGenerator({ latents: 5, channels: [6, 4], colours: 1 }), 1);
    assert.ok(network.ok);
    const weights = network.value.readWeights();
    writeFileSync(
      model,
      packGenerator({ network: network.value, weights, binarized: ['main.2'], plan: {}, sources: {} }),
    );
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...args: readonly string[]) => callCli(folder, ['export', ...args]);

  it('writes ONNX, having run it', async () => {
    const { code, out } = await run(model, '--to', 'onnx', '--out', 'made/g.onnx');
    assert.equal(code, 0);
    assert.match(out, /g\.onnx: [\d.]+ KiB\nImages differ from the packed model's by at most \d\.\de-\d+/);
    assert.ok(existsSync(join(folder, 'made', 'g.onnx')));
  });

  it('names the layers of an int8 file, and tells the same as JSON', async () => {
    const { out } = await run(model, '--to', 'onnx-int8', '--out', 'g8.onnx');
    assert.match(out, /^int8: .*main\.2/m);
    const { out: json } = await run(model, '--to', 'onnx-int8', '--out', 'g8.onnx', '--json');
    const told = JSON.parse(json) as { quantized: string[]; kept: unknown[]; files: { bytes: number }[] };
    assert.ok(told.quantized.includes('main.2'));
    assert.equal(told.files[0]?.bytes, readFileSync(join(folder, 'g8.onnx')).length);
  });

  it('writes a TensorFlow.js model into a folder or under a name', async () => {
    assert.equal((await run(model, '--to', 'tfjs', '--out', 'web')).code, 0);
    assert.ok(existsSync(join(folder, 'web', 'model.json')));
    assert.equal((await run(model, '--to', 'tfjs', '--out', 'web/small.json')).code, 0);
    const { weightsManifest } = JSON.parse(readFileSync(join(folder, 'web', 'small.json'), 'utf8')) as {
      weightsManifest: { paths: string[] }[];
    };
    for (const path of weightsManifest[0]?.paths ?? ['missing']) assert.ok(existsSync(join(folder, 'web', path)), path);
  });

  it('says what is wrong, and writes nothing', async () => {
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [[], 'SWP_CLI_USAGE'],
      [[model, '--to', 'gguf', '--out', 'x'], 'SWP_CLI_USAGE'],
      [[model, '--to', 'onnx'], 'SWP_CLI_USAGE'],
      [['gone.safetensors', '--to', 'onnx', '--out', 'x.onnx'], 'SWP_CLI_MODEL_NOT_FOUND'],
      [[join(folder, 'text'), '--to', 'onnx', '--out', 'x.onnx'], 'SWP_SAFETENSORS_UNREADABLE'],
      [[model, '--to', 'onnx', '--out', join(folder, 'text', 'x.onnx')], 'SWP_CLI_EXPORT_NOT_WRITABLE'],
    ];
    writeFileSync(join(folder, 'text'), 'this is no model');
    for (const [args, code] of wrong) {
      const { code: exit, err } = await run(...args);
      assert.equal(exit, 2);
      assert.ok(err.includes(code), `${args.join(' ')}: ${err}`);
    }
    assert.equal(existsSync(join(folder, 'x.onnx')), false);
  });
});
