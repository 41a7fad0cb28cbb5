/**
 * Real model files, damaged at random: bits flipped, pieces cut, copied and repeated. Whatever comes of it is a
 * report or a Problem, in bounded time, with no number that is not one. The seed is fixed; a counterexample's
 * bytes go into a test of their own.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { encodeOnnxModel } from '../../engine/tensors/onnx/onnxModel.ts';
import { float32Tensor, writeSafetensors } from '../../engine/formats/safetensors.ts';
import { defaultSettings } from '../settings.ts';
import { memoryHost } from '../sourceHost.ts';
import { memoryFile } from './byteSource.ts';
import { describeModelFile } from './describeModelFile.ts';
import { onnxBytes, smallGenerator } from './onnx/onnxFixture.ts';
import { graphModelJson, graphModelShards, layersModelJson } from './tfjs/modelJsonFixture.ts';

const pretrained = new URL('../../../shared/pretrained/', import.meta.url);
const real = (name: string): Uint8Array | null => {
  const url = new URL(name, pretrained);
  return existsSync(url) ? readFileSync(url) : null;
};
const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const source =
  'import torch.nn as nn\nclass Net(nn.Module):\n  def __init__(self):\n    super().__init__()\n    self.a = nn.Linear(4, 8)\n  def forward(self, x):\n    return self.a(x)\nNet()(torch.randn(1, 4))\n';

const files: readonly (readonly [string, Uint8Array | null])[] = [
  ['fixture.onnx', onnxBytes(smallGenerator())],
  ['written.onnx', encodeOnnxModel(ownGraph())],
  ['layers/model.json', text(layersModelJson())],
  ['graph/model.json', text(graphModelJson())],
  [
    'net.safetensors',
    writeSafetensors(
      new Map([
        ['a.weight', float32Tensor([8, 4], new Float32Array(32))],
        ['a.bias', float32Tensor([8], new Float32Array(8))],
      ]),
    ),
  ],
  ['real/model.json', real('fashion_dcgan_generator_tfjs/model.json')],
  ['real.safetensors', real('fashion_dcgan_generator.safetensors')],
];

describe('damaged model files', function () {
  this.timeout(120_000);
  for (const [name, whole] of files) {
    it(`${name}: a report or a Problem, never anything else`, function () {
      if (whole === null) return this.skip();
      // Headers and topologies stand in front; flipping weights changes nothing that is read.
      const reach = Math.min(whole.length, 20_000);
      const place = fc.nat(reach - 1);
      const edit = fc.oneof(
        fc.record({ kind: fc.constant('flip' as const), at: place, bit: fc.nat(7) }),
        fc.record({
          kind: fc.constant('set' as const),
          at: place,
          value: fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 0x22, 0x7b, 0x5b, 0x2d),
        }),
        fc.record({ kind: fc.constant('cut' as const), at: place, length: fc.nat(400) }),
        fc.record({ kind: fc.constant('repeat' as const), at: place, length: fc.nat(400) }),
        fc.record({ kind: fc.constant('end' as const), at: place }),
      );
      fc.assert(
        fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
          let bytes: Uint8Array = whole.slice();
          for (const change of edits) bytes = damaged(bytes, change);
          const before = process.cpuUsage();
          const read = describeModelFile(memoryFile(bytes), name, defaultSettings, {
            sources: memoryHost({ 'net.py': source }),
          });
          // Of the processor: a machine that is busy with something else takes longer.
          const { user, system } = process.cpuUsage(before);
          assert.ok((user + system) / 1000 < 2000, 'it took more than 2 s');
          if (read.ok) assertSound(read.value);
          else assert.ok(/^SWP_[A-Z_]+$/.test(read.problem.code) && read.problem.hint.length > 0);
        }),
        { numRuns: 150, seed: 20261122 },
      );
    });
  }
});

describe('model.json with values of the wrong kind', function () {
  this.timeout(120_000);
  const hostile = [
    null,
    -1,
    0,
    1.5,
    1e300,
    2 ** 53 - 1,
    '',
    'x',
    '-7',
    true,
    [],
    {},
    [[]],
    [-1],
    ['a', 0, 0],
    { class_name: 'Dense' },
  ];
  for (const [name, make] of [
    ['layers', layersModelJson],
    ['graph', graphModelJson],
  ] as const) {
    it(`${name} model: a report or a Problem`, () => {
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.nat(), fc.constantFrom<unknown>(...hostile)), { minLength: 1, maxLength: 3 }),
          (edits) => {
            const json = JSON.parse(JSON.stringify(make())) as unknown;
            for (const [at, value] of edits) replaceValue(json, at, value);
            const read = describeModelFile(memoryFile(text(json), graphModelShards()), 'm/model.json', defaultSettings);
            if (read.ok) assertSound(read.value);
            else assert.match(read.problem.code, /^SWP_(MODEL_JSON|MODEL_FILE)_/);
          },
        ),
        { numRuns: 400, seed: 20261122 },
      );
    });
  }
});

/** Replaces the `at`-th value below `root`, counted around. */
function replaceValue(root: unknown, at: number, value: unknown): void {
  const places: [Record<string, unknown>, string][] = [];
  const pending: unknown[] = [root];
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    if (typeof item !== 'object' || item === null) continue;
    for (const [key, inner] of Object.entries(item)) {
      places.push([item as Record<string, unknown>, key]);
      pending.push(inner);
    }
  }
  const place = places[at % Math.max(1, places.length)];
  if (place !== undefined) place[0][place[1]] = structuredClone(value);
}

type Edit =
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'set'; readonly at: number; readonly value: number }
  | { readonly kind: 'cut' | 'repeat'; readonly at: number; readonly length: number }
  | { readonly kind: 'end'; readonly at: number };

function damaged(bytes: Uint8Array, edit: Edit): Uint8Array {
  const { at } = edit;
  switch (edit.kind) {
    case 'flip':
      if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << edit.bit);
      return bytes;
    case 'set':
      if (at < bytes.length) bytes[at] = edit.value;
      return bytes;
    case 'cut':
      return join(bytes.subarray(0, at), bytes.subarray(at + edit.length));
    case 'repeat':
      return join(bytes.subarray(0, at + edit.length), bytes.subarray(at));
    case 'end':
      return bytes.slice(0, at);
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

/** Every number is one, no size is negative, and the report survives JSON as it is. */
function assertSound(value: unknown): void {
  const json = JSON.stringify(value, (key, item: unknown) => {
    if (
      typeof item === 'number' &&
      (!Number.isFinite(item) || (item < 0 && /^(params|macs|bytes|fp32|int8|binary|values|nonTrainable)$/.test(key)))
    ) {
      assert.fail(`${key} is ${item}`);
    }
    return item;
  });
  assert.deepEqual(JSON.parse(json), value);
}

function ownGraph(): Parameters<typeof encodeOnnxModel>[0] {
  const dtype = 'float32';
  return {
    nodes: [
      { type: 'Conv', domain: '', inputs: ['x', 'w'], outputs: ['c'], attributes: { pads: { ints: [1, 1, 1, 1] } } },
      { type: 'LeakyRelu', domain: '', inputs: ['c'], outputs: ['y'], attributes: { alpha: { float: 0.2 } } },
    ],
    initializers: [{ name: 'w', dtype, dims: [4, 3, 3, 3], bytes: new Uint8Array(4 * 108) }],
    inputs: [{ name: 'x', dtype, dims: [1, 3, 8, 8] }],
    outputs: [{ name: 'y', dtype, dims: [1, 4, 8, 8] }],
  };
}
