/**
 * The edited PyTorch sources, run by PyTorch itself: each builds, gives the predicted shape and number of weights,
 * and trains one step; a low-rank pair of full rank is the layer that it replaces; and the bits of the written module
 * are those of our own training, values and gradients. Needs a Python with torch (Debian: python3-torch).
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { after, before, describe, it } from 'mocha';
import { levelsOf } from '../../engine/formats/weightPlanes.ts';
import { main } from '../../engine/cli/cli.ts';
import { binarize } from '../../engine/compress/bwn.ts';
import { unpackedGenerator } from '../../engine/compress/unpackedGenerator.ts';
import { selectBackend } from '../../engine/tensors/selectBackend.ts';
import { analyzeFile } from '../../language/analyze.ts';
import { choicesOf, editCases, fixtureHost, readFixture } from '../../language/edits/editCases.ts';
import { pytorchLayers } from '../../language/edits/modules/pytorchLayers.ts';
import { proposeEdit } from '../../language/edits/proposeEdit.ts';

const python = ['/usr/bin/python3', 'python3'].find((name) => {
  try {
    execFileSync(name, ['-c', 'import torch'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

interface Ran {
  readonly params: number;
  readonly shape: readonly number[];
  readonly withoutGradient: readonly string[];
}

const runner = `
import importlib, json, sys, torch
sys.path.insert(0, ".")
torch.manual_seed(1)
ran = {}
for name in sys.argv[1:]:
    model = importlib.import_module(name).Generator()
    shape = list(model(torch.randn(1, 100)).shape)
    optimizer = torch.optim.Adam(model.parameters())
    before = [p.detach().clone() for p in model.parameters()]
    model(torch.randn(4, 100)).pow(2).mean().backward()
    optimizer.step()
    stuck = [n for (n, p), b in zip(model.named_parameters(), before) if p.grad is None]
    ran[name] = {"params": sum(p.numel() for p in model.parameters()), "shape": shape, "withoutGradient": stuck}
print(json.dumps(ran))
`;

const numbers = `
import json, sys, torch
from torch import nn
sys.path.insert(0, ".")
import slimwise_layers as s
torch.manual_seed(2)
said = {}
for name, layer in (("conv", nn.Conv2d(3, 4, 3)), ("deconv", nn.ConvTranspose2d(3, 4, 3)), ("dense", nn.Linear(6, 5))):
    for bits in (1, "ternary", 2, 4, 8):
        weight = (torch.randn(layer.weight.shape) * 0.7).requires_grad_()
        upstream = torch.randn(layer.weight.shape)
        coded = s._coded(weight, s._output_axis(layer), bits)
        coded.backward(upstream)
        said["%s %s" % (name, bits)] = {key: value.detach().flatten().tolist() for key, value in
            (("weight", weight), ("upstream", upstream), ("coded", coded), ("gradient", weight.grad))}
layers = [(nn.Linear(6, 5), 5, (2, 6)), (nn.Conv2d(3, 4, 3, 2, 1), 4, (2, 3, 8, 8)),
          (nn.ConvTranspose2d(3, 4, 4, 2, 1), 3, (2, 3, 8, 8))]
for layer, rank, shape in layers:
    x = torch.randn(*shape)
    said[type(layer).__name__] = float((layer(x) - s.low_rank(layer, rank)(x)).abs().max())
model = nn.Sequential(s.binarize(nn.Linear(6, 5)), nn.Linear(5, 2))
s.save_weights(model, "weights.safetensors")
print(json.dumps(said))
`;

const trainAndDraw = `
import json, math, sys, torch
sys.path.insert(0, ".")
import slimwise_layers
from generator import Generator
torch.manual_seed(3)
model = Generator()
optimizer = torch.optim.Adam(model.parameters(), 1e-3)
for step in range(3):
    optimizer.zero_grad()
    (model(torch.randn(8, 100)) - 0.3).pow(2).mean().backward()
    optimizer.step()
model.eval()
slimwise_layers.save_weights(model, "weights.safetensors")
z = torch.tensor([math.sin(i) for i in range(200)]).reshape(2, 100)
print(json.dumps(model(z).detach().flatten().tolist()))
`;

describe('edited PyTorch sources under PyTorch', () => {
  let folder = '';
  before(() => {
    if (python === undefined) {
      console.warn('*** NOT RUN: no Python with torch was found (Debian: apt-get install python3-torch).');
      return;
    }
    folder = mkdtempSync(join(tmpdir(), 'slimwise-edits-'));
    writeFileSync(join(folder, 'slimwise_layers.py'), pytorchLayers);
    for (const { name } of editCases) writeFileSync(join(folder, `${name}.py`), readFixture('pytorch', name));
  });
  after(() => {
    if (folder !== '') rmSync(folder, { recursive: true });
  });

  const run = (script: string, ...args: readonly string[]): unknown => {
    if (python === undefined) return null;
    return JSON.parse(execFileSync(python, ['-c', script, ...args], { cwd: folder, encoding: 'utf8' }));
  };

  it('build, have the predicted shape and weights, and train a step', () => {
    const ran = run(runner, ...editCases.map(({ name }) => name)) as Record<string, Ran> | null;
    if (ran === null) return;
    const host = fixtureHost('pytorch');
    const [graph] = analyzeFile(host, 'generator.py').graphs;
    assert.ok(graph);
    for (const own of editCases) {
      const proposal = proposeEdit({ host, file: 'generator.py', model: graph.name }, choicesOf(graph, own));
      assert.ok('edit' in proposal);
      assert.deepEqual(
        ran[own.name],
        { params: proposal.edit.after.params, shape: [1, 1, 32, 32], withoutGradient: [] },
        own.name,
      );
    }
  });

  it('compute with the weights that our engine and the packed format have', async () => {
    const said = run(numbers) as Record<string, unknown> | null;
    if (said === null) return;
    await selectBackend({ backend: 'cpu', threads: null });
    // PyTorch's axes: the output channel comes first, in a transposed kernel second.
    const kernels = { conv: [4, 3, 3, 3], deconv: [3, 4, 3, 3], dense: [5, 6] } as const;
    for (const [kind, shape] of Object.entries(kernels)) {
      const outAxis = kind === 'deconv' ? 1 : 0;
      for (const bits of ['ternary', 2, 4, 8] as const) {
        const { weight, coded, upstream, gradient } = numbersOf(said, `${kind} ${bits}`);
        const values = Float32Array.from(weight);
        const { levels, scales } = levelsOf(bits, shape, outAxis, values, null);
        const inner = shape.slice(outAxis + 1).reduce((product, side) => product * side, 1);
        coded.forEach((value, i) => {
          const scale = scales[Math.floor(i / inner) % (shape[outAxis] ?? 1)] ?? 0;
          assert.ok(Math.abs(value - scale * (levels[i] ?? 0)) < 1e-5, `${kind} ${bits} ${i}`);
        });
        assert.deepEqual(gradient, upstream);
      }
      const { weight, coded, upstream, gradient } = numbersOf(said, `${kind} 1`);
      const { order, back } = canonicalAxes[kind as keyof typeof kernels];
      const real = tf.transpose(tf.tensor([...weight], [...shape]), [...order]);
      const dy = tf.transpose(tf.tensor([...upstream], [...shape]), [...order]);
      const own = tf.valueAndGrad((w) => tf.sum(tf.mul(binarize(w, kind as 'conv', 'xnor'), dy)) as tf.Scalar)(real);
      const value = tf.transpose(binarize(real, kind as 'conv', 'xnor'), [...back]);
      assertClose(value.dataSync(), coded);
      assertClose(tf.transpose(own.grad, [...back]).dataSync(), gradient);
    }
    for (const type of ['Linear', 'Conv2d', 'ConvTranspose2d'])
      assert.ok(Number(said[type]) < 1e-5, `${type}: a pair of full rank is the layer (${String(said[type])})`);
  });

  it('bring their weights home as safetensors with the bits of each layer', () => {
    if (run(numbers) === null) return;
    const file = readFileSync(join(folder, 'weights.safetensors'));
    const length = Number(file.readBigUInt64LE(0));
    const header = JSON.parse(file.subarray(8, 8 + length).toString()) as Record<string, { data_offsets: number[] }>;
    assert.deepEqual(Object.keys(header), ['__metadata__', '0.weight', '0.bias', '1.weight', '1.bias']);
    assert.deepEqual(header['__metadata__'], { slimwise_bits: '{"0": 1}' });
    assert.equal(file.length, 8 + length + (header['1.bias']?.data_offsets[1] ?? 0));
  });
});

describe('weights trained in PyTorch', () => {
  it('come home packed, and draw what PyTorch draws', async () => {
    if (python === undefined) return;
    const folder = mkdtempSync(join(tmpdir(), 'slimwise-home-'));
    try {
      writeFileSync(join(folder, 'slimwise_layers.py'), pytorchLayers);
      writeFileSync(join(folder, 'generator.py'), readFixture('pytorch', 'before'));
      const slimwise = async (...args: readonly string[]): Promise<string> => {
        let text = '';
        const note = (more: string): void => void (text += more);
        const code = await main(args, { cwd: folder, env: {}, isTerminal: false, out: note, err: note });
        assert.equal(code, 0, text);
        return text;
      };
      await slimwise('edit', 'generator.py', 'fc=binarize', 'main.2=ternarize', 'main.5=quantize:4', '--write');
      const drawn = JSON.parse(
        execFileSync(python, ['-c', trainAndDraw], { cwd: folder, encoding: 'utf8' }),
      ) as number[];
      const said = await slimwise(
        'pack',
        'weights.safetensors',
        '--source',
        'generator.py',
        '--out',
        'packed.safetensors',
      );
      assert.match(said, /main\.2\s+ternary/);
      const network = unpackedGenerator(readFileSync(join(folder, 'packed.safetensors')));
      assert.ok(network.ok);
      const latents = tf.tensor2d(
        Array.from({ length: 200 }, (_unused, i) => Math.sin(i)),
        [2, 100],
      );
      const images = network.value.forward(latents, { training: false }).dataSync();
      drawn.forEach((value, i) => assert.ok(Math.abs(value - (images[i] ?? 9)) < 1e-4, `${i}: ${value} ${images[i]}`));
      assert.equal(drawn.length, images.length);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** From PyTorch's axes to those of the engine's canonical kernels, and back. */
const canonicalAxes = {
  conv: { order: [2, 3, 1, 0], back: [3, 2, 0, 1] },
  deconv: { order: [2, 3, 1, 0], back: [3, 2, 0, 1] },
  dense: { order: [1, 0], back: [1, 0] },
} as const;

interface Said {
  readonly weight: readonly number[];
  readonly coded: readonly number[];
  readonly upstream: readonly number[];
  readonly gradient: readonly number[];
}

function numbersOf(said: Readonly<Record<string, unknown>>, key: string): Said {
  const found = said[key];
  assert.ok(found !== undefined, key);
  return found as Said;
}

function assertClose(own: ArrayLike<number>, theirs: readonly number[]): void {
  assert.equal(own.length, theirs.length);
  theirs.forEach((value, i) => assert.ok(Math.abs(value - (own[i] ?? 0)) < 1e-5, `${i}: ${own[i]} and ${value}`));
}
