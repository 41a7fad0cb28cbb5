/** Every operator that the runtime runs, drawn as the engine draws it; and what it cannot run, refused by name. */
import assert from 'node:assert/strict';
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import type { ConvTransposeAttributes } from '../../core/graph/ops.ts';
import { packGenerator } from '../compress/packGenerator.ts';
import { readPacked, writePacked } from '../formats/packedModel.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import { handGraph, type HandStep } from '../train/handGraph.ts';
import { compareWithEngine, randomNetwork } from './compareWithEngine.ts';
import { openPackedGenerator } from './packedGenerator.ts';

type HandFramework = 'pytorch' | 'keras';

/** Steps after 96 latents have become 6 channels of 4 × 4; `image` gives a shape in the framework's order. */
interface Case {
  readonly name: string;
  readonly frameworks?: readonly HandFramework[];
  readonly binarized?: readonly string[];
  steps(image: (c: number, h: number, w?: number) => number[], framework: HandFramework): readonly HandStep[];
}

const conv = (inChannels: number, outChannels: number, other: object = {}): ConvTransposeAttributes => ({
  inChannels,
  outChannels,
  kernel: [3, 3],
  stride: [1, 1],
  padding: [1, 1],
  dilation: [1, 1],
  groups: 1,
  bias: true,
  outputPadding: [0, 0],
  ...other,
});
const norm = { features: 6, eps: 1e-5, affine: true };
const pads = (framework: HandFramework, rows: readonly [number, number], cols: readonly [number, number]) => {
  const [none, own] = [[0, 0] as const, [rows, cols] as const];
  return framework === 'keras' ? [none, ...own, none] : [none, none, ...own];
};

const cases: readonly Case[] = [
  {
    name: 'convolutions with groups, one of them depthwise',
    binarized: ['c0'],
    steps: (image): HandStep[] => [
      { op: 'conv2d', attributes: conv(6, 9, { groups: 3 }), name: 'c0', shape: image(9, 4) },
      { op: 'activation', attributes: { fn: 'relu' }, shape: image(9, 4) },
      { op: 'conv2d', attributes: conv(9, 9, { groups: 9 }), name: 'c1', shape: image(9, 4) },
    ],
  },
  {
    name: 'a transposed convolution with groups',
    frameworks: ['pytorch'],
    steps: (image): HandStep[] => [
      {
        op: 'conv2d_transpose',
        attributes: conv(6, 4, { groups: 2, kernel: [4, 4], stride: [2, 2] }),
        name: 'd0',
        shape: image(4, 8),
      },
    ],
  },
  {
    name: 'a transposed convolution whose strides and paddings differ',
    binarized: ['d0'],
    steps: (image): HandStep[] => [
      {
        op: 'conv2d_transpose',
        attributes: conv(6, 5, { kernel: [5, 3], stride: [3, 1], padding: [1, 0] }),
        name: 'd0',
        shape: image(5, 12, 6),
      },
      {
        op: 'conv2d',
        attributes: conv(5, 3, { stride: [2, 1], padding: [0, 2], dilation: [1, 2] }),
        name: 'c1',
        shape: image(3, 5, 6),
      },
    ],
  },
  {
    name: 'instance normalization with an activation, and without parameters',
    steps: (image): HandStep[] => [
      { op: 'instance_norm', attributes: norm, name: 'n0', shape: image(6, 4) },
      { op: 'activation', attributes: { fn: 'leaky_relu', alpha: 0.3 }, shape: image(6, 4) },
      { op: 'conv2d', attributes: conv(6, 6), name: 'c0', shape: image(6, 4) },
      { op: 'instance_norm', attributes: { ...norm, affine: false }, name: 'n1', shape: image(6, 4) },
    ],
  },
  {
    name: 'group normalization',
    steps: (image): HandStep[] => [
      { op: 'group_norm', attributes: { ...norm, groups: 2 }, name: 'n0', shape: image(6, 4) },
      { op: 'activation', attributes: { fn: 'tanh' }, shape: image(6, 4) },
    ],
  },
  {
    name: 'pixel shuffle and its inverse',
    steps: (image): HandStep[] => [
      { op: 'conv2d', attributes: conv(6, 8), name: 'c0', shape: image(8, 4) },
      { op: 'pixel_shuffle', attributes: { factor: 2, inverse: false }, shape: image(2, 8) },
      { op: 'conv2d', attributes: conv(2, 3), name: 'c1', shape: image(3, 8) },
      { op: 'pixel_shuffle', attributes: { factor: 4, inverse: true }, shape: image(48, 2) },
    ],
  },
  ...(['constant', 'reflect', 'replicate', 'circular'] as const).map((mode): Case => ({
    name: `padding, ${mode}`,
    steps: (image, framework): HandStep[] => [
      { op: 'pad', attributes: { pads: pads(framework, [1, 2], [3, 0]), mode }, shape: image(6, 7, 7) },
      { op: 'conv2d', attributes: conv(6, 2), name: 'c0', shape: image(2, 7) },
    ],
  })),
  {
    name: 'concatenation and a residual',
    binarized: ['c1'],
    steps: (image, framework): HandStep[] => [
      { op: 'conv2d', attributes: conv(6, 6), name: 'c0', shape: image(6, 4) },
      { op: 'activation', attributes: { fn: 'relu' }, shape: image(6, 4) },
      { op: 'add', attributes: {}, from: [1, 3], shape: image(6, 4) },
      { op: 'cat', attributes: { axis: framework === 'keras' ? 3 : -3 }, from: [4, 3, 1], shape: image(18, 4) },
      { op: 'conv2d', attributes: conv(18, 3), name: 'c1', shape: image(3, 4) },
    ],
  },
  {
    name: 'upsampling to the nearest',
    steps: (image): HandStep[] => [
      { op: 'upsample', attributes: { scale: [2, 3], size: null, mode: 'nearest' }, shape: image(6, 8, 12) },
      { op: 'conv2d', attributes: conv(6, 3), name: 'c0', shape: image(3, 8, 12) },
    ],
  },
  ...(
    [
      'relu6',
      'elu',
      'selu',
      'silu',
      'mish',
      'hard_sigmoid',
      'hard_swish',
      'hard_tanh',
      'softplus',
      'softsign',
      'log_sigmoid',
    ] as const
  ).map((fn): Case => ({
    name: `the activation ${fn}`,
    steps: (image): HandStep[] => [
      { op: 'conv2d', attributes: conv(6, 3), name: 'c0', shape: image(3, 4) },
      { op: 'activation', attributes: { fn }, shape: image(3, 4) },
    ],
  })),
];

describe('the packed runtime runs', () => {
  before(async () => {
    const backend = await selectBackend({ backend: 'cpu', threads: null });
    assert.ok(backend.ok);
  });

  const both: readonly HandFramework[] = ['pytorch', 'keras'];
  for (const { name, frameworks = both, binarized = [], steps } of cases) {
    it(name, async () => {
      for (const framework of frameworks) {
        const network = randomNetwork(graphOf(framework, steps));
        const weights = network.readWeights();
        const file = packGenerator({ network, weights, binarized, plan: {}, sources: {} });
        for (const count of [1, 3]) {
          const generator = await compareWithEngine(file, count);
          assert.equal(generator.layers.filter((layer) => layer.bits).length, binarized.length);
        }
        network.dispose();
      }
    });
  }
});

describe('the packed runtime refuses', () => {
  const file = (steps: Case['steps']): Uint8Array =>
    writePacked({ graph: graphOf('pytorch', steps), weights: new Map(), plan: null, sources: {} });
  const one = (op: string, attributes: object, shape: (image: (c: number, h: number) => number[]) => number[]) =>
    file((image) => [{ op, attributes, name: 'odd', shape: shape(image) } as HandStep]);

  const refused: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['an activation without a kernel', one('activation', { fn: 'gelu' }, (image) => image(6, 4)), /activations/],
    ['bilinear resizing', one('upsample', { mode: 'bilinear' }, (image) => image(6, 8)), /nearest/],
    ['an operator that it does not know', one('max_pool', {}, (image) => image(6, 4)), /max_pool/],
    [
      'running statistics of instances',
      one('instance_norm', { ...norm, trackStats: true }, (image) => image(6, 4)),
      /layer odd.*statistics/,
    ],
    [
      'groups that do not divide',
      one('conv2d', conv(6, 4, { groups: 4 }), (image) => image(4, 4)),
      /layer odd.*groups/,
    ],
    [
      'a border that is reflected',
      one('conv2d', conv(6, 4, { paddingMode: 'reflect' }), (image) => image(4, 4)),
      /reflect/,
    ],
    [
      'a factor that does not fit',
      one('pixel_shuffle', { factor: 3, inverse: false }, (image) => image(1, 8)),
      /shapes/,
    ],
    [
      'padding of channels',
      one(
        'pad',
        {
          pads: [
            [0, 0],
            [1, 0],
            [0, 0],
            [0, 0],
          ],
          mode: 'constant',
        },
        (image) => image(7, 4),
      ),
      /rows and columns/,
    ],
    [
      'a reflection beyond the image',
      one(
        'pad',
        {
          pads: [
            [0, 0],
            [0, 0],
            [4, 0],
            [0, 0],
          ],
          mode: 'reflect',
        },
        () => [1, 6, 8, 4],
      ),
      /shapes/,
    ],
    ['rows that are joined', one('cat', { axis: 2 }, (image) => image(6, 4)), /only channels/],
  ];
  for (const [name, bytes, words] of refused) {
    it(name, async () => {
      const opened = await openPackedGenerator(bytes);
      assert.ok(!opened.ok, 'it was accepted');
      assert.equal(opened.problem.code, 'SWP_RUNTIME_OPERATOR');
      assert.match(opened.problem.message, words);
    });
  }

  it('attributes that are not what the operator has', async () => {
    const sound = file((image) => [
      { op: 'conv2d', attributes: conv(6, 4), name: 'odd', shape: image(4, 4) },
      { op: 'pad', attributes: { pads: pads('pytorch', [1, 0], [0, 0]), mode: 'constant' }, shape: image(4, 5, 4) },
      { op: 'group_norm', attributes: { ...norm, features: 4, groups: 2 }, name: 'n', shape: image(4, 5, 4) },
    ]);
    const packed = readPacked(sound);
    assert.ok(packed.ok);
    const { graph } = packed.value;
    let attacks = 0;
    for (const node of graph.nodes.slice(2)) {
      for (const attribute of Object.keys(node.attributes)) {
        if (['inChannels', 'outChannels'].includes(attribute)) continue;
        for (const lie of ['x', { a: 1 }, [['y']], 1e300, -1, 0.5]) {
          const lying = { ...node, attributes: { ...node.attributes, [attribute]: lie } };
          const nodes = graph.nodes.map((other) => (other.id === node.id ? lying : other)) as ModelGraph['nodes'];
          const opened = await openPackedGenerator(writePacked({ ...packed.value, graph: { ...graph, nodes } }));
          assert.ok(!opened.ok && opened.problem.code.startsWith('SWP_RUNTIME'), `${attribute}: ${String(lie)}`);
          attacks++;
        }
      }
    }
    assert.ok(attacks > 60);
  });
});

function graphOf(framework: HandFramework, steps: Case['steps']): ModelGraph {
  const image = (c: number, h: number, w = h): number[] => (framework === 'keras' ? [1, h, w, c] : [1, c, h, w]);
  const reshape: HandStep = { op: 'reshape', attributes: { shape: [-1, ...image(6, 4).slice(1)] }, shape: image(6, 4) };
  return handGraph({ name: 'Odd', framework, input: [1, 96], steps: [reshape, ...steps(image, framework)] });
}
