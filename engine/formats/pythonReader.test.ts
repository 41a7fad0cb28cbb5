/**
 * The Python reader of docs/ is what shows that the packed format is open: it is short, needs the standard library
 * alone, and gives the values that our own reader gives, for every way a weight can be stored.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rng } from '../random/rng.ts';
import { handGenerator } from '../train/handGraph.ts';
import { codedWeight, readPacked, weightValues, writePacked, type PackedWeight } from './packedModel.ts';
import { planeBits } from './weightPlanes.ts';

const script = fileURLToPath(new URL('../../docs/read_packed.py', import.meta.url));
const python = ['python3', 'python'].find(
  (name) => spawnSync(name, ['-c', 'import sys; assert sys.version_info >= (3, 8)']).status === 0,
);

const dumpAll = `
import json, sys
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import read_packed
print(json.dumps({n: {"shape": s, "values": v.tobytes().hex()} for n, (s, v) in read_packed.weights(sys.argv[2]).items()}))
`;

describe('the Python reader of the packed format', () => {
  it('is at most 60 lines of code, and imports the standard library alone', () => {
    const lines = readFileSync(script, 'utf8').trimEnd().split('\n');
    const code = lines.filter((line) => line.trim() !== '');
    assert.ok(code.length <= 60, `${code.length} lines`);
    const imports = lines.filter((line) => /^\s*(import|from)\s/.test(line));
    assert.deepEqual(imports, ['import array, json, math, sys']);
  });

  it('reconstructs every weight', function () {
    if (python === undefined) {
      assert.notEqual(process.env['CI'], 'true', 'CI has Python 3');
      console.warn('      *** NOT RUN: Python 3.8 or later is needed for this test and was not found.');
      return;
    }
    this.timeout(30_000);
    const folder = mkdtempSync(join(tmpdir(), 'slimwise-python-'));
    const path = join(folder, 'model.safetensors');
    writeFileSync(path, file());
    const packed = readPacked(readFileSync(path));
    assert.ok(packed.ok);
    try {
      const run = spawnSync(python, ['-I', '-c', dumpAll, dirname(script), path], { maxBuffer: 1e8 });
      assert.equal(run.status, 0, run.stderr.toString());
      const read = JSON.parse(run.stdout.toString()) as Record<string, { shape: number[]; values: string }>;
      assert.deepEqual(Object.keys(read).sort(), [...packed.value.weights.keys()].sort());
      for (const [name, weight] of packed.value.weights) {
        const bytes = Uint8Array.from(Buffer.from(read[name]?.values ?? '', 'hex'));
        assert.deepEqual(new Float32Array(bytes.buffer), weightValues(weight), name);
        assert.deepEqual(read[name]?.shape, weight.shape, name);
      }
      const list = spawnSync(python, ['-I', script, path]).stdout.toString();
      assert.equal(list.trim().split('\n').length, packed.value.weights.size);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** A weight of every kind, with rows that do not fill their bytes and channels on every axis. */
function file(): Uint8Array {
  const random = rng(1, 0, 'python');
  const shape = [3, 2, 5, 3];
  const values = (): Float32Array => random.fillNormal(new Float32Array(90));
  const weights = new Map<string, PackedWeight>([['plain.bias', { kind: 'float', shape, values: values() }]]);
  shape.forEach((_, outAxis) => weights.set(`binary${outAxis}.weight`, codedWeight(1, shape, outAxis, values())));
  planeBits.forEach((bits, i) => weights.set(`${bits}.weight`, codedWeight(bits, shape, i % 4, values())));
  const graph = handGenerator({ latents: 4, channels: [2], colours: 1 });
  return writePacked({ graph, weights, plan: {}, sources: {} });
}
