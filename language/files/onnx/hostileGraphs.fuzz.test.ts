/**
 * Well-formed ONNX files that say what no exporter would: other operators, sizes far out of range, inputs left out,
 * doubled or led in circles. Each is read to a report whose sizes are sizes and whose open sizes have a reason, or
 * refused with a Problem. The seed is fixed; bytes are damaged in `modelFiles.fuzz.test.ts`.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaultSettings } from '../../settings.ts';
import { memoryFile } from '../byteSource.ts';
import { describeModelFile } from '../describeModelFile.ts';
import { onnxBytes, smallGenerator, type FixtureGraph, type FixtureNode } from './onnxFixture.ts';

const types =
  'Conv ConvTranspose Gemm MatMul LSTM GRU Split Resize Slice Reshape Gather Einsum Pad Tile Expand Concat TopK Loop ' +
  'ConstantOfShape Range BatchNormalization LayerNormalization Add Mul Shape Unsqueeze Squeeze Transpose Flatten ' +
  'DequantizeLinear GridSample AveragePool DepthToSpace ReduceSum Where Cast Size Frobnicate';
const sizes = [0, -1, 1, 2, 3, 7, 1000, 2 ** 20, 2 ** 31, 2 ** 53 - 1, -(2 ** 40)];
const given = ['x', 'x', 'w', 'v', 'k', ''];
const attributeNames =
  'kernel_shape strides pads dilations group axis axes perm split output_padding output_shape blocksize num_groups ' +
  'transB hidden_size layout keepdims to';

const size = fc.constantFrom(...sizes);
const list = fc.array(size, { maxLength: 6 });
const attributes = fc.dictionary(
  fc.constantFrom(...attributeNames.split(' ')),
  fc.oneof(size, list, fc.constantFrom('SAME_UPPER', 'ij,jk->ik', '...i->i', 'x')),
  { maxKeys: 4 },
);

/** Takes what is given or what a node before it gives; now and then itself, or nothing that there is. */
function node(idx: number): fc.Arbitrary<FixtureNode> {
  const before = Array.from({ length: idx }, (_unused, at) => `n${at}`);
  const earlier = fc.constantFrom(...given, ...before, ...before);
  const wrong = fc.constantFrom(`n${idx}`, 'ghost');
  return fc.record({
    type: fc.constantFrom(...types.split(' ')),
    inputs: fc.array(fc.oneof({ arbitrary: earlier, weight: 40 }, { arbitrary: wrong, weight: 1 }), { maxLength: 4 }),
    outputs: fc.constantFrom([`n${idx}`], [`n${idx}`, `m${idx}`]),
    attributes: fc.oneof(
      attributes,
      fc.record({ equation: fc.constantFrom('ij,jk->ik', 'bchw,oc->bohw', 'ii->', 'a->b') }),
    ),
  });
}

const dims = fc.array(fc.constantFrom(1, 1, 2, 3, 4, 8), { maxLength: 5 });
const graphs = fc.record({
  nodes: fc.tuple(node(0), node(1), node(2), node(3)),
  input: fc.array(fc.oneof(size, fc.constantFrom('batch', 'height')), { maxLength: 5 }),
  w: dims,
  v: dims,
  k: fc.array(size, { minLength: 1, maxLength: 4 }),
  opset: fc.constantFrom(1, 7, 9, 11, 13, 18, 21, 99),
});

describe('ONNX graphs that no exporter writes', function () {
  this.timeout(120_000);
  it('are read to sizes with reasons, or refused', () => {
    let nRead = 0;
    fc.assert(
      fc.property(graphs, ({ nodes, input, w, v, k, opset }) => {
        const graph: FixtureGraph = {
          opset,
          nodes,
          inputs: [{ name: 'x', dims: input }],
          outputs: [{ name: 'n3', dims: null }],
          weights: [
            { name: 'w', dims: w },
            { name: 'v', dims: v },
            { name: 'k', dims: [k.length], type: 'int64', values: k },
          ],
        };
        nRead += check(onnxBytes(graph));
      }),
      { numRuns: 600, seed: 20261122 },
    );
    assert.ok(nRead > 200, `only ${nRead} were read`);
  });

  it('and a sound one with one thing changed', () => {
    const sound = smallGenerator();
    let nRead = 0;
    fc.assert(
      fc.property(fc.nat(6), node(0), attributes, size, (at, { type, inputs }, changed, first) => {
        const nodes = sound.nodes.map((whole, idx): FixtureNode => {
          if (idx !== at) return whole;
          return first % 2 === 0
            ? { ...whole, type, attributes: { ...whole.attributes, ...changed } }
            : { ...whole, inputs: [...whole.inputs.slice(0, 1), ...inputs], attributes: changed };
        });
        nRead += check(onnxBytes({ ...sound, nodes }));
      }),
      { numRuns: 400, seed: 20261122 },
    );
    assert.ok(nRead > 100, `only ${nRead} were read`);
  });
});

/** 1: it was read. */
function check(bytes: Uint8Array): number {
  const read = describeModelFile(memoryFile(bytes), 'm.onnx', defaultSettings);
  if (!read.ok) {
    assert.match(read.problem.code, /^SWP_(ONNX_UNREADABLE|MODEL_FILE_TOO_LARGE)$/);
    return 0;
  }
  for (const { name, outputShape, unknown, params, macs } of read.value.models[0]?.layers ?? []) {
    const isOpen = outputShape === null || outputShape.includes('?');
    assert.ok(!isOpen || unknown !== null, `${name} is open without a reason`);
    for (const dim of outputShape ?? []) assert.ok(dim === '?' || (Number.isSafeInteger(dim) && dim > 0), name);
    for (const count of [params, macs]) assert.ok(count === null || (Number.isFinite(count) && count >= 0), name);
  }
  return 1;
}
