import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { binaryWeight, writePacked, type PackedWeight } from '../formats/packedModel.ts';
import { rng } from '../random/rng.ts';
import { handGraph } from '../train/handGraph.ts';
import { callCli } from './callCli.ts';
import { drawImages, type DrawRequest } from './drawImages.ts';

const request: DrawRequest = {
  model: 'model.safetensors',
  count: 70,
  seed: 3,
  latents: 'normal',
  backend: 'auto',
  precision: 'fp32',
};

describe('drawing from a packed file', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'slimwise-draw-'));
  after(() => rmSync(folder, { recursive: true }));

  it('runs bits as bits by default, and gives the images of the engine', async () => {
    const packed = await drawImages(packedFile('tanh'), request);
    const engine = await drawImages(packedFile('tanh'), { ...request, backend: 'cpu' });
    assert.ok(packed.ok && engine.ok);
    assert.equal(packed.value.by, 'the bit kernels (fp32)');
    assert.equal(engine.value.by, 'cpu');
    assert.equal(packed.value.values.length, 70 * 64);
    packed.value.values.forEach((value, i) => assert.ok(Math.abs(value - (engine.value.values[i] ?? NaN)) < 1e-5));
  });

  it('leaves a network that the kernels cannot run to the engine, and says so when asked for them', async () => {
    const refused = await drawImages(packedFile('gelu'), { ...request, backend: 'packed' });
    assert.ok(!refused.ok && refused.problem.code === 'SWP_RUNTIME_OPERATOR');
    const drawn = await drawImages(packedFile('gelu'), request);
    assert.ok(drawn.ok && !drawn.value.by.includes('bit kernels'));
  });

  it('is what `slimwise generate` and `slimwise bench-model` do', async () => {
    writeFileSync(path.join(folder, 'model.safetensors'), packedFile('tanh'));
    const [drawn, text] = await command(['generate', 'model.safetensors', '--out', 'grid.png', '--precision', 'int8']);
    assert.equal(drawn, 0, text);
    assert.match(text, /64 images from .* on the bit kernels \(int8\)/);
    assert.deepEqual([...readFileSync(path.join(folder, 'grid.png')).subarray(1, 4)], [0x50, 0x4e, 0x47]);
    const [timed, json] = await command(['bench-model', 'model.safetensors', '--runs', '3', '--json']);
    assert.equal(timed, 0, json);
    const report = JSON.parse(json) as { timings: { medianMs: number }[]; residentBytes: number; peakRunBytes: number };
    assert.equal(report.timings.length, 2);
    assert.ok(
      report.timings.every(({ medianMs }) => medianMs > 0) && report.residentBytes > 0 && report.peakRunBytes > 0,
    );
    const [wrong, message] = await command(['bench-model', 'model.safetensors', '--batch', '0']);
    assert.equal(wrong, 2);
    assert.match(message, /--batch is a whole number/);
  });

  async function command(args: readonly string[]): Promise<[number, string]> {
    const { code, out, err } = await callCli(folder, args);
    return [code, out + err];
  }
});

/** 6 latents → dense, binarized → 8×8 → convolution, binarized → 8×8 images. */
function packedFile(fn: 'tanh' | 'gelu'): Uint8Array {
  const values = rng(1, 0, 'weights').fillNormal(new Float32Array(64 * 6));
  const weights = new Map<string, PackedWeight>([
    ['fc.weight', binaryWeight([64, 6], 0, values)],
    ['conv.weight', binaryWeight([1, 1, 3, 3], 0, values.subarray(0, 9))],
  ]);
  const conv = {
    inChannels: 1,
    outChannels: 1,
    kernel: [3, 3],
    stride: [1, 1],
    padding: [1, 1],
    dilation: [1, 1],
    groups: 1,
    bias: false,
  };
  const graph = handGraph({
    name: 'Small',
    input: [1, 6],
    steps: [
      { op: 'dense', attributes: { inFeatures: 6, outFeatures: 64, bias: false }, name: 'fc', shape: [1, 64] },
      { op: 'reshape', attributes: { shape: [-1, 1, 8, 8] }, shape: [1, 1, 8, 8] },
      { op: 'conv2d', attributes: conv, name: 'conv', shape: [1, 1, 8, 8] },
      { op: 'activation', attributes: { fn }, shape: [1, 1, 8, 8] },
    ],
  });
  return writePacked({ graph, weights, plan: {}, sources: {} });
}
