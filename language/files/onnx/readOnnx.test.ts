/**
 * ONNX files that are wrong in every way that the format allows: each is refused with a sentence that says what and
 * where, in bounded time. Each refusal is checked by its words, so that one fault cannot hide behind another.
 */
import assert from 'node:assert/strict';
import { ProtobufWriter } from '../../../engine/tensors/onnx/protobuf.ts';
import { defaultSettings } from '../../settings.ts';
import { memoryFile } from '../byteSource.ts';
import { describeModelFile } from '../describeModelFile.ts';
import { onnxBytes, smallGenerator, writeTensor, type FixtureGraph } from './onnxFixture.ts';
import { readOnnx } from './readOnnx.ts';

const relu = { type: 'Relu', inputs: ['x'], outputs: ['y'] };
const plain: FixtureGraph = {
  inputs: [{ name: 'x', dims: [1, 4] }],
  outputs: [{ name: 'y', dims: [1, 4] }],
  nodes: [relu],
};
const graph = (change: Partial<FixtureGraph>): Uint8Array => onnxBytes({ ...plain, ...change });

/** A model whose graph is written by hand. */
function model(write: (graph: ProtobufWriter) => void): Uint8Array {
  const writer = new ProtobufWriter();
  writer.varint(1, 8);
  writer.message(7, write);
  return writer.finish();
}

function tensor(write: (tensor: ProtobufWriter) => void): Uint8Array {
  return model((writer) => writer.message(5, write));
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

const attacks: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ['nothing', bytes(), /the file is empty/],
  ['a text', new TextEncoder().encode('This is no model at all.'), /wire type|claims|starts a field/],
  ['zeros', new Uint8Array(100), /starts a field with the number 0/],
  ['a ZIP archive', bytes(0x50, 0x4b, 3, 4, 20, 0, 0, 0, 8, 0), /wire type|claims|cut off|number 0/],
  ['a header without a graph', bytes(8, 8), /holds no graph/],
  ['a graph without a version', model(() => undefined).slice(2), /neither a format version nor/],
  ['two graphs', bytes(8, 8, 0x3a, 0, 0x3a, 0), /holds two graphs/],
  ['a graph that is a number', bytes(8, 8, 0x38, 1), /is a number where a message stands/],
  ['a graph beyond the file', bytes(8, 8, 0x3a, 200, 1, 1), /claims 200 bytes and only 1 follow/],
  ['a length of 2^63', bytes(8, 8, 0x3a, 255, 255, 255, 255, 255, 255, 255, 255, 127), /claims \d+ bytes/],
  ['a negative length', bytes(8, 8, 0x3a, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1), /claims -1 bytes/],
  [
    'a number of eleven bytes',
    bytes(8, ...new Array<number>(11).fill(255), 1),
    /more than ten bytes|more than 64 bits/,
  ],
  ['a number of 70 bits', bytes(8, ...new Array<number>(9).fill(255), 2), /more than 64 bits/],
  ['a number that is cut off', bytes(8, 255, 255), /is cut off/],
  ['groups', bytes(8, 8, 0x0b, 0x0b, 0x0c, 0x0c), /wire type 3/],
  [
    'a node without an operator',
    model((writer) => writer.message(1, (node) => node.string(1, 'x'))),
    /names no operator/,
  ],
  [
    'an attribute twice',
    model((writer) =>
      writer.message(1, (node) => {
        node.string(4, 'Relu');
        for (let i = 0; i < 2; i++) node.message(5, (attribute) => attribute.string(1, 'alpha'));
      }),
    ),
    /attribute "alpha" twice/,
  ],
  ['a name that is not UTF-8', model((writer) => writer.blob(2, bytes(0xff, 0xfe))), /not UTF-8/],
  ['a weight without a type', tensor((writer) => writer.varint(1, 4)), /unknown type 0/],
  ['a weight of an unknown type', tensor((writer) => writer.varint(2, 99)), /unknown type 99/],
  ['a negative dimension', tensor((writer) => (writer.varint(1, -4), writer.varint(2, 1))), /dimension of -4/],
  [
    'dimensions whose product overflows',
    tensor((writer) => ([1, 2, 3].forEach(() => writer.varint(1, 2 ** 40)), writer.varint(2, 1))),
    /overflows/,
  ],
  [
    'dimensions that overflow beside a zero',
    tensor((writer) => ([2 ** 40, 2 ** 40, 0].forEach((dim) => writer.varint(1, dim)), writer.varint(2, 1))),
    /overflows/,
  ],
  [
    'a dimension above 2^53',
    tensor((writer) => (writer.varint(1, 2n ** 62n), writer.varint(2, 1))),
    /dimension of 4611/,
  ],
  [
    'a thousand dimensions',
    tensor((writer) => {
      for (let i = 0; i < 1000; i++) writer.varint(1, 1);
      writer.varint(2, 1);
    }),
    /more than 32 dimensions/,
  ],
  [
    'data that dims do not ask for',
    tensor((writer) => writeTensor(writer, { name: 'w', dims: [3], raw: new Uint8Array(8) })),
    /needs 12 bytes of float32 and has 8/,
  ],
  [
    'two weights of one name',
    graph({
      weights: [
        { name: 'w', dims: [2] },
        { name: 'w', dims: [2] },
      ],
    }),
    /two weights are named "w"/,
  ],
  ['a weight without a name', graph({ weights: [{ name: '', dims: [2] }] }), /a weight has no name/],
  ['two inputs of one name', graph({ inputs: [...plain.inputs, ...plain.inputs] }), /two inputs are named "x"/],
  ['a value that two nodes give', graph({ nodes: [relu, relu] }), /value "y" is given twice/],
  [
    'a value that nothing gives',
    graph({ nodes: [{ ...relu, inputs: ['ghost'] }] }),
    /reads "ghost", which nothing gives/,
  ],
  [
    'an output that nothing gives',
    graph({ outputs: [{ name: 'ghost', dims: null }] }),
    /output "ghost" is given by nothing/,
  ],
  ['no output', graph({ outputs: [] }), /no output/],
  ['a node that feeds itself', graph({ nodes: [{ ...relu, inputs: ['y'] }] }), /a circle/],
  [
    'a circle of two nodes',
    graph({
      nodes: [
        { type: 'Add', inputs: ['x', 'b'], outputs: ['a'] },
        { type: 'Relu', inputs: ['a'], outputs: ['b'] },
        { type: 'Relu', inputs: ['b'], outputs: ['y'] },
      ],
    }),
    /needs its own output: a circle/,
  ],
  ['an input of 2^60 entries', graph({ inputs: [{ name: 'x', dims: [1, 2 ** 52] }] }), /dimension of 4503599627370496/],
  [
    'an input of 20 dimensions',
    graph({ inputs: [{ name: 'x', dims: new Array<number>(20).fill(1) }] }),
    /has 20 dimensions/,
  ],
];

describe('a hostile ONNX file', () => {
  for (const [name, file, words] of attacks) {
    it(`with ${name} is refused in words`, () => {
      const read = describeModelFile(memoryFile(file), 'm.onnx', defaultSettings);
      assert.ok(!read.ok, 'it was accepted');
      assert.equal(read.problem.code, 'SWP_ONNX_UNREADABLE');
      assert.match(read.problem.message, words);
    });
  }

  it('with control characters in its names has them escaped', () => {
    const read = describeModelFile(
      memoryFile(graph({ nodes: [{ ...relu, inputs: ['\u001b[31m\n'] }] })),
      'm.onnx',
      defaultSettings,
    );
    assert.ok(!read.ok && !/[\u001b\n]/.test(read.problem.message));
  });

  it('with more fields than any model is refused before it takes memory', () => {
    const many = model((writer) => {
      const field = bytes(0x50, 1); // Field 10, a number that is not read.
      const block = new Uint8Array(2 * 1_000_000);
      for (let at = 0; at < block.length; at += 2) block.set(field, at);
      for (let i = 0; i < 4; i++) writer.blob(13, block);
    });
    const before = process.cpuUsage();
    const read = readOnnx(memoryFile(many));
    assert.ok(!read.ok && read.problem.code === 'SWP_MODEL_FILE_TOO_LARGE', JSON.stringify(read).slice(0, 200));
    // Of the processor: a machine that is busy with something else takes longer.
    const { user, system } = process.cpuUsage(before);
    assert.ok((user + system) / 1000 < 5000);
  });

  it('with nodes without end is refused', () => {
    const node = new ProtobufWriter();
    node.string(4, 'Relu');
    const nodes = model((writer) => {
      for (let i = 0; i < 60_001; i++) writer.blob(1, node.finish());
    });
    const read = readOnnx(memoryFile(nodes));
    assert.ok(!read.ok && /more than 60000 nodes/.test(read.problem.message));
  });

  it('with thousands of nested graphs is passed over', () => {
    let inner: Uint8Array<ArrayBufferLike> = bytes();
    for (let depth = 0; depth < 2000; depth++) {
      const outer = new ProtobufWriter();
      outer.blob(6, inner);
      inner = outer.finish();
    }
    const nested = model((writer) => {
      writer.message(1, (node) => {
        node.string(2, 'y');
        node.string(4, 'If');
        node.blob(5, inner);
      });
      writer.message(12, (value) => value.string(1, 'y'));
    });
    const read = describeModelFile(memoryFile(nested), 'm.onnx', defaultSettings);
    assert.ok(read.ok);
    assert.match(read.value.models[0]?.layers[0]?.unknown ?? '', /runs a graph of its own/);
  });

  it('cut at any byte is refused or read, never worse', () => {
    const whole = onnxBytes(smallGenerator());
    for (let length = 0; length < whole.length; length += whole.length > 4000 ? 37 : 1) {
      const read = describeModelFile(memoryFile(whole.subarray(0, length)), 'm.onnx', defaultSettings);
      assert.ok(read.ok || read.problem.message.length > 20);
    }
  });
});
