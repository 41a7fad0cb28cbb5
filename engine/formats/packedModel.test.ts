/** Packed models: real bits on disk, the same values back, and nothing believed that was not checked. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import { rng } from '../random/rng.ts';
import { packSigns } from './bitPlanes.ts';
import {
  binaryWeight,
  meanMagnitudes,
  readPacked,
  weightValues,
  writePacked,
  type PackedModel,
  type PackedWeight,
} from './packedModel.ts';
import { float32Tensor, readSafetensors, writeSafetensors } from './safetensors.ts';

const site = { file: 'generator.py', line: 1, column: 0, endLine: 1, endColumn: 0 };
const graph: ModelGraph = {
  name: 'Generator',
  framework: 'pytorch',
  layout: 'channelsFirst',
  file: 'generator.py',
  line: 1,
  instantiation: 'Generator()',
  layers: [
    {
      index: 0,
      name: 'fc',
      type: 'Linear',
      op: 'dense',
      attributes: { inFeatures: 100, outFeatures: 4096, bias: true },
      site,
      stack: [],
      weights: [{ name: 'weight', shape: [4096, 100], trainable: true }],
      unknown: null,
    },
  ],
  nodes: [
    {
      id: 0,
      op: 'input',
      attributes: { index: 0 },
      layer: null,
      inputs: [],
      shape: [1, 100],
      unknown: null,
      site: null,
    },
    {
      id: 1,
      op: 'dense',
      attributes: { inFeatures: 100, outFeatures: 4096, bias: true },
      layer: 0,
      inputs: [0],
      shape: [1, 4096],
      unknown: null,
      site: null,
    },
  ],
  inputs: [0],
  outputs: [1],
  faults: [],
};

const values = rng(1, 0, 'weights').fillNormal(new Float32Array(4096 * 100));
const bias = rng(1, 1, 'weights').fillNormal(new Float32Array(4096));
const model: PackedModel = {
  graph,
  weights: new Map<string, PackedWeight>([
    ['fc.weight', binaryWeight([4096, 100], 0, values)],
    ['fc.bias', { kind: 'float', shape: [4096], values: bias }],
  ]),
  plan: { schema: 1, seed: 7 },
  sources: { 'generator.py': 'ab12' },
};

describe('a packed model', () => {
  it('reads back as it was written', () => {
    const read = readPacked(writePacked(model));
    assert.ok(read.ok, JSON.stringify(read));
    assert.deepEqual(read.value, model);
  });
  it('stores one bit per binarized value', () => {
    const bytes = writePacked(model).length;
    const planes = 4096 * 13;
    const rest = 4096 * 4 + 4096 * 4;
    assert.ok(bytes - planes - rest < 2000, `${bytes} bytes`);
  });
  it('gives ± the mean magnitude of the output channel, zero counting as plus', () => {
    const weight = binaryWeight([2, 3], 0, Float32Array.of(1, -2, 0, -0.5, 0.5, -0.5));
    assert.deepEqual([...weightValues(weight)], [1, -1, 1, -0.5, 0.5, -0.5]);
  });
  it('keeps the sign of every value and one magnitude per channel, along any axis', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
        fc.nat(3),
        fc.nat(1000),
        (shape, axis, seed) => {
          const outAxis = axis % shape.length;
          const n = shape.reduce((product, size) => product * size, 1);
          const original = rng(seed, 0, 'any').fillNormal(new Float32Array(n));
          const weight = binaryWeight(shape, outAxis, original);
          const dense = weightValues(weight);
          // An index walk of its own, so that the packing's arithmetic is not checked with itself.
          const strides = shape.map((_, k) => shape.slice(k + 1).reduce((product, size) => product * size, 1));
          for (let i = 0; i < n; i++) {
            const channel = Math.floor(i / (strides[outAxis] ?? 1)) % (shape[outAxis] ?? 1);
            assert.equal(dense[i], Math.sign(original[i] ?? 0) * (weight.scales[channel] ?? NaN));
          }
        },
      ),
    );
  });
  it('writes the documented bits: row per output channel, first value lowest', () => {
    // [2 inputs, 2 outputs, 5]: the channel axis is in the middle, as in a transposed convolution.
    const signs = [+1, -1, +1, -1, -1, /**/ -1, -1, -1, -1, +1, /**/ +1, +1, -1, -1, -1, /**/ +1, -1, -1, -1, -1];
    const planes = packSigns([2, 2, 5], 1, Float32Array.from(signs));
    assert.deepEqual([...planes], [0b01100101, 0b00, 0b00110000, 0b00]);
  });
  it('takes the mean magnitude per output channel', () => {
    assert.deepEqual([...meanMagnitudes([2, 2], 1, Float32Array.of(1, -4, 3, 2))], [2, 3]);
  });
});

describe('readPacked refuses', () => {
  const sound = readSafetensors(writePacked(model));
  assert.ok(sound.ok);
  const { tensors, metadata } = sound.value;
  type StoredGraph = { nodes: [object, object] };
  type Change = { tensors?: Map<string, ReturnType<typeof float32Tensor>>; metadata?: Map<string, string> };
  const changed = ({ tensors: t = new Map(tensors), metadata: m = new Map(metadata) }: Change) =>
    writeSafetensors(t, m);
  const withMetadata = (key: string, value: string) => changed({ metadata: new Map(metadata).set(key, value) });
  const withGraph = (change: (graph: StoredGraph) => void) => {
    const json = JSON.parse(metadata.get('graph') ?? '') as StoredGraph;
    change(json);
    return withMetadata('graph', JSON.stringify(json));
  };
  const without = (name: string) => {
    const fewer = new Map(tensors);
    fewer.delete(name);
    return changed({ tensors: fewer });
  };
  const planes = tensors.get('fc.weight.planes');
  assert.ok(planes);
  const dirty = new Uint8Array(planes.bytes);
  dirty[12] = 0xff;

  const attacks: readonly (readonly [string, Uint8Array, string, RegExp])[] = [
    ['what is no safetensors', new Uint8Array(20), 'SWP_SAFETENSORS_UNREADABLE', /./],
    [
      'another safetensors file',
      writeSafetensors(new Map()),
      'SWP_PACKED_MODEL_UNREADABLE',
      /does not name the format/,
    ],
    ['a newer version', withMetadata('version', '3'), 'SWP_PACKED_MODEL_TOO_NEW', /format 3/],
    ['a version that is no number', withMetadata('version', 'x'), 'SWP_PACKED_MODEL_UNREADABLE', /no known version/],
    ['a network that is no JSON', withMetadata('graph', '{'), 'SWP_PACKED_MODEL_UNREADABLE', /not an object/],
    ['a missing plane', without('fc.weight.planes'), 'SWP_PACKED_MODEL_UNREADABLE', /lacks its planes or scales/],
    ['missing scales', without('fc.weight.scales'), 'SWP_PACKED_MODEL_UNREADABLE', /lacks its planes or scales/],
    [
      'bits in the padding',
      changed({ tensors: new Map(tensors).set('fc.weight.planes', { ...planes, bytes: dirty }) }),
      'SWP_PACKED_MODEL_UNREADABLE',
      /padding/,
    ],
    [
      'a scale that is not finite',
      changed({
        tensors: new Map(tensors).set('fc.weight.scales', float32Tensor([4096], new Float32Array(4096).fill(NaN))),
      }),
      'SWP_PACKED_MODEL_UNREADABLE',
      /not finite/,
    ],
    [
      'planes of another shape',
      withMetadata('binary', JSON.stringify({ 'fc.weight': { shape: [4096, 200], outAxis: 0 } })),
      'SWP_PACKED_MODEL_UNREADABLE',
      /needs planes of 4096×25 bytes/,
    ],
    [
      'a channel axis outside the shape',
      withMetadata('binary', JSON.stringify({ 'fc.weight': { shape: [4096, 100], outAxis: 2 } })),
      'SWP_PACKED_MODEL_UNREADABLE',
      /no sound channel axis/,
    ],
    ['planes that nothing names', withMetadata('binary', '{}'), 'SWP_PACKED_MODEL_UNREADABLE', /is U8 and no plane/],
    ['sources that are no texts', withMetadata('sources', '{"a":1}'), 'SWP_PACKED_MODEL_UNREADABLE', /sources/],
    [
      'an input that comes later',
      withGraph((g) => Object.assign(g.nodes[1], { inputs: [1] })),
      'SWP_PACKED_MODEL_UNREADABLE',
      /do not come before/,
    ],
    [
      'a layer that is not there',
      withGraph((g) => Object.assign(g.nodes[1], { layer: 5 })),
      'SWP_PACKED_MODEL_UNREADABLE',
      /layer that is not there/,
    ],
    [
      'an output that is no node',
      withGraph((g) => Object.assign(g, { outputs: [9] })),
      'SWP_PACKED_MODEL_UNREADABLE',
      /not nodes/,
    ],
    [
      'a shape with a fraction',
      withGraph((g) => Object.assign(g.nodes[1], { shape: [1, 0.5] })),
      'SWP_PACKED_MODEL_UNREADABLE',
      /no sound shape/,
    ],
    [
      'an unknown framework',
      withGraph((g) => Object.assign(g, { framework: 'caffe' })),
      'SWP_PACKED_MODEL_UNREADABLE',
      /framework/,
    ],
  ];
  for (const [name, bytes, code, words] of attacks) {
    it(name, () => {
      const read = readPacked(bytes);
      assert.ok(!read.ok, 'it was accepted');
      assert.equal(read.problem.code, code);
      assert.match(read.problem.message, words);
    });
  }
});
