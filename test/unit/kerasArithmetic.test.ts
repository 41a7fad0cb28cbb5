/**
 * The arithmetic of the module that is written beside Keras sources (`kerasEdits.test.ts` has its layers). The
 * functions are taken from its text, each `tf` function exchanged for torch's of the same meaning, and values and
 * gradients held against the PyTorch module, which is held against the engine. Needs a Python with torch (Debian:
 * python3-torch), no Keras.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { kerasLayers } from '../../language/edits/modules/kerasLayers.ts';
import { pytorchLayers } from '../../language/edits/modules/pytorchLayers.ts';

const compare = `
import ast, json, sys, torch
sys.path.insert(0, ".")
import slimwise_layers as pytorch
from torch import nn

def custom_gradient(function):
    class Exchanged(torch.autograd.Function):
        @staticmethod
        def forward(ctx, real):
            value, ctx.slimwise = function(real)
            return value
        @staticmethod
        def backward(ctx, upstream):
            return ctx.slimwise(upstream)
    return Exchanged.apply

class tf:
    abs, sign, sqrt, square, floor, where = torch.abs, torch.sign, torch.sqrt, torch.square, torch.floor, torch.where
    clip_by_value = torch.clamp
    custom_gradient = staticmethod(custom_gradient)
    convert_to_tensor = staticmethod(lambda value: value)
    stop_gradient = staticmethod(lambda value: value.detach())
    maximum = staticmethod(lambda value, least: torch.clamp(value, min=least))
    reduce_mean = staticmethod(lambda value, axes, keepdims: torch.mean(value, dim=axes, keepdim=keepdims))
    reduce_sum = staticmethod(lambda value, axes, keepdims: torch.sum(value, dim=axes, keepdim=keepdims))
    size = staticmethod(lambda value: value.numel())
    cast = staticmethod(lambda value, kind: torch.as_tensor(value).to(kind))

wanted = {"_code", "_binary", "_STEPS"}
tree = ast.parse(open("keras_layers.py").read())
names = {"tf": tf}
taken = set()
for node in tree.body:
    name = node.name if isinstance(node, ast.FunctionDef) else getattr(getattr(node, "targets", [None])[0], "id", None)
    if name in wanted:
        taken.add(name)
        exec(compile(ast.Module([node], []), "keras_layers.py", "exec"), names)

torch.manual_seed(4)
worst = {}
# PyTorch's axes to Keras': the output channel is last, in a transposed kernel last but one.
kinds = {"conv": (nn.Conv2d(3, 4, 3), (2, 3, 1, 0), -1), "deconv": (nn.ConvTranspose2d(3, 4, 3), (2, 3, 1, 0), -2),
         "dense": (nn.Linear(6, 5), (1, 0), -1)}
for kind, (layer, order, axis) in kinds.items():
    for bits in (1, "ternary", 2, 3, 4, 8):
        weight = torch.randn(layer.weight.shape) * 0.7
        upstream = torch.randn(layer.weight.shape)
        own, theirs = weight.clone().requires_grad_(), weight.permute(order).contiguous().requires_grad_()
        coded = pytorch._coded(own, pytorch._output_axis(layer), bits)
        coded.backward(upstream)
        value = names["_code"](theirs, axis, bits)
        value.backward(upstream.permute(order))
        worst["%s %s" % (kind, bits)] = [float((coded.permute(order) - value).abs().max()),
                                         float((own.grad.permute(order) - theirs.grad).abs().max()),
                                         float((coded - weight).abs().max())]
print(json.dumps({"taken": sorted(taken), "worst": worst}))
`;

interface Compared {
  readonly taken: readonly string[];
  /** Largest differences of value and gradient between the modules, and of the coded from the real weights. */
  readonly worst: Readonly<Record<string, readonly [number, number, number]>>;
}

describe('the module beside Keras sources', () => {
  it('codes kernels as the PyTorch module does, values and gradients', () => {
    const python = ['/usr/bin/python3', 'python3'].find(hasTorch);
    if (python === undefined) {
      console.warn('*** NOT RUN: no Python with torch was found (Debian: apt-get install python3-torch).');
      return;
    }
    const folder = mkdtempSync(join(tmpdir(), 'slimwise-keras-'));
    try {
      writeFileSync(join(folder, 'slimwise_layers.py'), pytorchLayers);
      writeFileSync(join(folder, 'keras_layers.py'), kerasLayers('from tensorflow import keras'));
      const said = execFileSync(python, ['-c', compare], { cwd: folder, encoding: 'utf8' });
      const { taken, worst } = JSON.parse(said) as Compared;
      assert.deepEqual(taken, ['_STEPS', '_binary', '_code']);
      assert.equal(Object.keys(worst).length, 18);
      for (const [name, [value, gradient, change]] of Object.entries(worst)) {
        assert.ok(value < 1e-6, `${name}: values differ by ${value}`);
        assert.ok(gradient < 1e-6, `${name}: gradients differ by ${gradient}`);
        assert.ok(change > 1e-3, `${name}: nothing was coded`);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function hasTorch(name: string): boolean {
  try {
    execFileSync(name, ['-c', 'import torch'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
