import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Framework } from '../../core/graph/modelGraph.ts';
import { rng } from '../random/rng.ts';
import { handDiscriminator, handGenerator, handGraph, type HandStep } from './handGraph.ts';
import { createNetwork, type NamedWeight, type Network } from './network.ts';
import { selectBackend } from '../tensors/selectBackend.ts';

/** A map [c][h][w] of one image, as the reference loops see it. */
type Maps = number[][][];

const spatial = { stride: [2, 3], dilation: [1, 1], groups: 1, kernel: [3, 4], bias: true } as const;

describe('a network made from a ModelGraph', () => {
  before(async () => {
    const backend = await selectBackend({ backend: 'cpu', threads: null });
    assert.ok(backend.ok);
  });

  it('convolves as the definition says, in both layouts, with stride, padding, dilation and groups', () => {
    for (const framework of ['pytorch', 'keras'] as const) {
      for (const [dilation, groups] of [
        [[1, 1], 1],
        [[2, 1], 1],
        [[1, 2], 2],
      ] as const) {
        const attributes = { ...spatial, dilation, groups, inChannels: 4, outChannels: 6, padding: [1, 2] };
        const height = Math.floor((7 + 2 - (dilation[0] * 2 + 1)) / 2) + 1;
        const width = Math.floor((9 + 4 - (dilation[1] * 3 + 1)) / 3) + 1;
        const step: HandStep = { op: 'conv2d', attributes, name: 'c', shape: shaped(framework, 6, height, width) };
        checkAgainst(framework, [4, 7, 9], step, (input, weights) => {
          const kernel = weight(weights, 'c', ['weight', 'kernel']);
          const bias = weight(weights, 'c', ['bias']);
          return maps(6, height, width, (o, y, x) => {
            let sum = bias.at(o);
            for (let i = 0; i < 4 / groups; i++) {
              for (let ky = 0; ky < 3; ky++) {
                for (let kx = 0; kx < 4; kx++) {
                  const from = Math.floor(o / (6 / groups)) * (4 / groups) + i;
                  const value = input[from]?.[y * 2 + ky * dilation[0] - 1]?.[x * 3 + kx * dilation[1] - 2] ?? 0;
                  sum += value * kernel.at(ky, kx, i, o);
                }
              }
            }
            return sum;
          });
        });
      }
    }
  });

  it('convolves transposed as the definition says, with output padding, dilation and groups', () => {
    for (const framework of ['pytorch', 'keras'] as const) {
      for (const [dilation, groups] of [
        [[1, 1], 1],
        [[2, 2], 1],
        [[1, 1], 2],
      ] as const) {
        const outputPadding = [1, 2];
        const attributes = {
          ...spatial,
          dilation,
          groups,
          inChannels: 4,
          outChannels: 6,
          padding: [1, 2],
          outputPadding,
        };
        const height = (5 - 1) * 2 - 2 + dilation[0] * 2 + 1 + 1;
        const width = (4 - 1) * 3 - 4 + dilation[1] * 3 + 1 + 2;
        const step: HandStep = {
          op: 'conv2d_transpose',
          attributes,
          name: 'd',
          shape: shaped(framework, 6, height, width),
        };
        checkAgainst(framework, [4, 5, 4], step, (input, weights) => {
          const kernel = weight(weights, 'd', ['weight', 'kernel']);
          const bias = weight(weights, 'd', ['bias']);
          const output = maps(6, height, width, (o) => bias.at(o));
          for (let i = 0; i < 4; i++) {
            for (let o = 0; o < 6 / groups; o++) {
              const to = output[Math.floor(i / (4 / groups)) * (6 / groups) + o];
              eachPixel(input[i], (value, y, x) => {
                for (let ky = 0; ky < 3; ky++) {
                  for (let kx = 0; kx < 4; kx++) {
                    const row = to?.[y * 2 + ky * dilation[0] - 1];
                    const column = x * 3 + kx * dilation[1] - 2;
                    if (row && 0 <= column && column < width)
                      row[column] = (row[column] ?? 0) + value * kernel.at(ky, kx, o, i);
                  }
                }
              });
            }
          }
          return output;
        });
      }
    }
  });

  it('flattens and reshapes in the order of the framework', () => {
    for (const framework of ['pytorch', 'keras'] as const) {
      const network = make(
        handGraph({
          name: 'Net',
          framework,
          input: shaped(framework, 2, 2, 2),
          steps: [
            {
              op: 'conv2d',
              attributes: {
                ...spatial,
                stride: [1, 1],
                kernel: [1, 1],
                padding: [0, 0],
                bias: false,
                inChannels: 2,
                outChannels: 2,
              },
              name: 'c',
              shape: shaped(framework, 2, 2, 2),
            },
            { op: 'flatten', attributes: { startAxis: 1, endAxis: -1 }, shape: [1, 8] },
            { op: 'reshape', attributes: { shape: [-1, 4, 2] }, shape: [1, 4, 2] },
          ],
        }),
      );
      const identity = {
        name: `c.${framework === 'pytorch' ? 'weight' : 'kernel'}`,
        shape: [1, 1, 2, 2],
        data: Float32Array.of(1, 0, 0, 1),
      };
      assert.ok(network.writeWeights([identity]).ok);
      const numbers = [1, 2, 3, 4, 5, 6, 7, 8];
      const output = network.forward(tf.tensor(numbers, shaped(framework, 2, 2, 2)), { training: false });
      assert.deepEqual(output.shape, [1, 4, 2]);
      assert.deepEqual([...output.dataSync()], numbers, framework);
    }
  });

  it('normalizes a batch by its own statistics in training and keeps PyTorch’s running ones', () => {
    const attributes = { features: 2, eps: 1e-5, momentum: 0.1, scale: true, center: true, trackStats: true };
    const network = make(
      handGraph({
        name: 'Net',
        input: [1, 2, 1, 2],
        steps: [{ op: 'batch_norm', attributes, name: 'bn', shape: [1, 2, 1, 2] }],
      }),
    );
    write(network, { 'bn.weight': [2, 3], 'bn.bias': [1, -1], 'bn.running_mean': [0, 0], 'bn.running_var': [1, 1] });
    const input = tf.tensor([1, 2, 10, 20, 3, 6, 30, 40], [2, 2, 1, 2]);
    const output = [...network.forward(input, { training: true }).dataSync()];
    const [mean, variance] = [3, (4 + 1 + 0 + 9) / 4];
    close(output[0], ((1 - mean) / Math.sqrt(variance + 1e-5)) * 2 + 1);
    const state = Object.fromEntries(network.readWeights().map((w) => [w.name, [...w.data]]));
    close(state['bn.running_mean']?.[0], 0.1 * mean);
    close(state['bn.running_var']?.[0], 0.9 + 0.1 * variance * (4 / 3));
    const evaluated = [...network.forward(input, { training: false }).dataSync()];
    close(evaluated[0], ((1 - 0.3) / Math.sqrt(0.9 + 0.1 * variance * (4 / 3) + 1e-5)) * 2 + 1);
  });

  it('gives the generator of a latent batch as channels-last images, and reads images alike', () => {
    const generator = make(handGenerator({ latents: 5, channels: [6, 4], colours: 1 }));
    const images = generator.forwardToImages(
      tf.tensor(
        Float32Array.from({ length: 15 }, (_, i) => Math.sin(i)),
        [3, 5],
      ),
      { training: true },
    );
    assert.deepEqual(images.shape, [3, 16, 16, 1]);
    const discriminator = make(handDiscriminator({ size: 16, colours: 1, channels: [4, 6], sigmoid: true }));
    assert.equal(discriminator.endsInSigmoid, true);
    const judged = discriminator.forwardFromImages(images, { training: true });
    const logits = discriminator.forwardFromImages(images, { training: true, logits: true });
    assert.deepEqual(judged.shape, [3, 1]);
    judged.dataSync().forEach((p, i) => close(p, 1 / (1 + Math.exp(-(logits.dataSync()[i] ?? 0)))));
  });

  it('stretches the images of a generator that ends in a sigmoid to [−1, 1]', () => {
    const network = make(
      handGraph({
        name: 'Net',
        framework: 'keras',
        input: [1, 1, 1, 1],
        steps: [{ op: 'activation', attributes: { fn: 'sigmoid' }, shape: [1, 1, 1, 1] }],
      }),
    );
    const images = network.forwardToImages(tf.tensor([-20, 0, 20], [3, 1, 1, 1]), { training: false });
    [-1, 0, 1].forEach((expected, i) => close(images.dataSync()[i], expected));
  });

  it('starts from the same weights for the same seed, drawn as DCGAN does', () => {
    const graph = handGenerator({ latents: 50, channels: [64, 8], colours: 1 });
    const [a, b, c] = [make(graph, 1).readWeights(), make(graph, 1).readWeights(), make(graph, 2).readWeights()];
    assert.deepEqual(a, b);
    assert.notDeepEqual(a[0]?.data, c[0]?.data);
    const kernel = a.find((w) => w.name === 'fc.weight')?.data ?? new Float32Array(0);
    const deviation = Math.sqrt(kernel.reduce((sum, w) => sum + w * w, 0) / kernel.length);
    assert.ok(0.019 < deviation && deviation < 0.021, String(deviation));
  });

  it('names the layer and the line of what it cannot train', () => {
    const result = createNetwork(
      handGraph({
        name: 'Net',
        input: [1, 4],
        steps: [{ op: 'unknown', attributes: { type: 'Mystery' }, name: 'odd', shape: [1, 4] }],
      }),
      1,
    );
    assert.equal(result.ok, false);
    if (result.ok) return;
    assert.equal(result.problem.code, 'SWP_OPERATOR_NOT_TRAINABLE');
    assert.match(result.problem.message, /Net: layer 'odd' \(unknown\)/);
    assert.deepEqual([result.problem.path, result.problem.line], ['Net.py', 2]);
  });

  it('refuses weights that do not fit and keeps its own', () => {
    const network = make(handGenerator({ latents: 5, channels: [6, 4], colours: 1 }));
    const before = network.readWeights();
    const result = network.writeWeights(before.slice(1));
    assert.equal(!result.ok && result.problem.code, 'SWP_WEIGHTS_MISSING');
    assert.deepEqual(network.readWeights(), before);
  });
});

function make(graph: Parameters<typeof createNetwork>[0], seed = 1): Network {
  const network = createNetwork(graph, seed);
  assert.ok(network.ok, network.ok ? '' : network.problem.message);
  return network.value;
}

function write(network: Network, values: Readonly<Record<string, number[]>>): void {
  const weights = network.readWeights().map((w) => ({ ...w, data: Float32Array.from(values[w.name] ?? w.data) }));
  assert.ok(network.writeWeights(weights).ok);
}

/** Runs one step on two random images in the framework's layout and compares with `reference` on each. */
function checkAgainst(
  framework: Framework,
  [c, h, w]: readonly [number, number, number],
  step: HandStep,
  reference: (input: Maps, weights: readonly NamedWeight[]) => Maps,
): void {
  const network = make(handGraph({ name: 'Net', framework, input: shaped(framework, c, h, w), steps: [step] }));
  const random = rng(3, 0, 'test');
  const weights = network
    .readWeights()
    .map((item) => ({ ...item, data: random.fillNormal(new Float32Array(item.data.length)) }));
  assert.ok(network.writeWeights(weights).ok);
  const images = [0, 1].map(() => maps(c, h, w, () => random.normal()));
  const flat = images.flatMap((image) => inLayout(framework, image));
  const output = network.forward(tf.tensor(flat, [2, ...shaped(framework, c, h, w).slice(1)]), { training: false });
  assert.deepEqual(output.shape, [2, ...step.shape.slice(1)]);
  const expected = images.flatMap((image) => inLayout(framework, reference(image, weights)));
  output.dataSync().forEach((value, i) => close(value, expected[i]));
}

function shaped(framework: Framework, c: number, h: number, w: number): number[] {
  return framework === 'pytorch' ? [1, c, h, w] : [1, h, w, c];
}

function maps(c: number, h: number, w: number, value: (c: number, y: number, x: number) => number): Maps {
  return Array.from({ length: c }, (_, i) =>
    Array.from({ length: h }, (_, y) => Array.from({ length: w }, (_, x) => value(i, y, x))),
  );
}

function eachPixel(map: number[][] | undefined, visit: (value: number, y: number, x: number) => void): void {
  map?.forEach((row, y) => row.forEach((value, x) => visit(value, y, x)));
}

function inLayout(framework: Framework, image: Maps): number[] {
  if (framework === 'pytorch') return image.flat(2);
  const [h = 0, w = 0] = [image[0]?.length, image[0]?.[0]?.length];
  return maps(h, w, image.length, (y, x, c) => image[c]?.[y]?.[x] ?? 0).flat(2);
}

/** Reads one weight by canonical indices. */
function weight(
  weights: readonly NamedWeight[],
  layer: string,
  names: readonly string[],
): { at(...index: number[]): number } {
  const found = weights.find((w) => names.some((name) => w.name === `${layer}.${name}`));
  assert.ok(found);
  return { at: (...index) => found.data[index.reduce((sum, i, axis) => sum * (found.shape[axis] ?? 1) + i, 0)] ?? NaN };
}

function close(actual: number | undefined, expected: number | undefined, tolerance = 1e-4): void {
  assert.ok(
    actual !== undefined &&
      expected !== undefined &&
      Math.abs(actual - expected) <= tolerance * (1 + Math.abs(expected)),
    `${actual} is not ${expected}`,
  );
}
