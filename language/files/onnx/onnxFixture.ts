/**
 * ONNX files for tests, byte by byte: graphs that a real runtime would run, and, through the same writer, files that
 * claim what is not so. Values of weights are zeros unless given.
 */
import { ProtobufWriter } from '../../../engine/tensors/onnx/protobuf.ts';

export interface FixtureGraph {
  readonly opset?: number;
  readonly nodes: readonly FixtureNode[];
  readonly weights?: readonly FixtureTensor[];
  readonly inputs: readonly FixtureValue[];
  readonly outputs: readonly FixtureValue[];
  readonly producer?: string;
}

export interface FixtureNode {
  readonly type: string;
  readonly name?: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, FixtureAttribute>>;
}

export type FixtureAttribute =
  number | readonly number[] | string | { readonly float: number } | { readonly graph: true } | FixtureTensor;

export interface FixtureTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type?: 'float' | 'int64';
  readonly values?: readonly number[];
  /** Raw bytes in place of what dims ask for. */
  readonly raw?: Uint8Array;
  /** The weight stands in another file, or nowhere. */
  readonly data?: 'external' | 'none';
}

export interface FixtureValue {
  readonly name: string;
  /** null: no shape is stated. */
  readonly dims: readonly (number | string)[] | null;
  readonly type?: 'float' | 'int64';
}

const typeCodes = { float: 1, int64: 7 } as const;

export function onnxBytes(graph: FixtureGraph): Uint8Array {
  const model = new ProtobufWriter();
  model.varint(1, 10);
  model.string(2, graph.producer ?? 'fixture');
  model.message(7, (writer) => writeGraph(writer, graph));
  model.message(8, (writer) => {
    writer.string(1, '');
    writer.varint(2, graph.opset ?? 17);
  });
  return model.finish();
}

function writeGraph(writer: ProtobufWriter, { nodes, weights = [], inputs, outputs }: FixtureGraph): void {
  for (const node of nodes) writer.message(1, (nested) => writeNode(nested, node));
  writer.string(2, 'g');
  for (const tensor of weights) writer.message(5, (nested) => writeTensor(nested, tensor));
  for (const input of inputs) writer.message(11, (nested) => writeValue(nested, input));
  for (const output of outputs) writer.message(12, (nested) => writeValue(nested, output));
}

function writeNode(
  writer: ProtobufWriter,
  { type, name = '', domain = '', inputs, outputs, attributes = {} }: FixtureNode,
): void {
  for (const input of inputs) writer.string(1, input);
  for (const output of outputs) writer.string(2, output);
  writer.string(3, name);
  writer.string(4, type);
  for (const [key, value] of Object.entries(attributes)) {
    writer.message(5, (nested) => writeAttribute(nested, key, value));
  }
  writer.string(7, domain);
}

function writeAttribute(writer: ProtobufWriter, name: string, value: FixtureAttribute): void {
  writer.string(1, name);
  if (typeof value === 'number') {
    writer.varint(3, value);
    writer.varint(20, 2);
  } else if (typeof value === 'string') {
    writer.string(4, value);
    writer.varint(20, 3);
  } else if (isList(value)) {
    for (const item of value) writer.varint(8, item);
    writer.varint(20, 7);
  } else if ('float' in value) {
    writer.float(2, value.float);
    writer.varint(20, 1);
  } else if ('graph' in value) {
    writer.message(6, (nested) => nested.string(2, 'inner'));
    writer.varint(20, 5);
  } else {
    writer.message(5, (nested) => writeTensor(nested, value));
    writer.varint(20, 4);
  }
}

function isList(value: FixtureAttribute): value is readonly number[] {
  return Array.isArray(value);
}

export function writeTensor(
  writer: ProtobufWriter,
  { name, dims, type = 'float', values, raw, data }: FixtureTensor,
): void {
  for (const dim of dims) writer.varint(1, dim);
  writer.varint(2, typeCodes[type]);
  writer.string(8, name);
  if (data === 'external') {
    writer.message(13, (entry) => {
      entry.string(1, 'location');
      entry.string(2, '../../etc/passwd');
    });
    writer.varint(14, 1);
  } else if (data !== 'none') writer.blob(9, raw ?? rawValues(dims, type, values));
}

function rawValues(dims: readonly number[], type: 'float' | 'int64', values?: readonly number[]): Uint8Array {
  const count = dims.reduce((total, dim) => total * dim, 1);
  const bytes = new Uint8Array(count * (type === 'float' ? 4 : 8));
  const view = new DataView(bytes.buffer);
  for (const [idx, value] of (values ?? []).entries()) {
    if (type === 'float') view.setFloat32(4 * idx, value, true);
    else view.setBigInt64(8 * idx, BigInt(value), true);
  }
  return bytes;
}

function writeValue(writer: ProtobufWriter, { name, dims, type = 'float' }: FixtureValue): void {
  writer.string(1, name);
  writer.message(2, (value) =>
    value.message(1, (tensor) => {
      tensor.varint(1, typeCodes[type]);
      if (dims === null) return;
      tensor.message(2, (shape) => {
        for (const dim of dims) {
          shape.message(1, (nested) => (typeof dim === 'number' ? nested.varint(1, dim) : nested.string(2, dim)));
        }
      });
    }),
  );
}

/** A small generator: dense, reshape, two transposed convolutions with normalization, tanh. */
export function smallGenerator(): FixtureGraph {
  const norm = ['scale', 'shift', 'mean', 'variance'].map((part) => `norm.${part}`);
  return {
    inputs: [{ name: 'z', dims: ['batch', 16] }],
    outputs: [{ name: 'image', dims: ['batch', 1, 16, 16] }],
    weights: [
      { name: 'project.weight', dims: [512, 16] },
      { name: 'project.bias', dims: [512] },
      { name: 'shape', dims: [4], type: 'int64', values: [-1, 32, 4, 4] },
      { name: 'up.0.weight', dims: [32, 8, 4, 4] },
      ...norm.map((name) => ({ name, dims: [8] })),
      { name: 'up.1.weight', dims: [8, 1, 4, 4] },
      { name: 'up.1.bias', dims: [1] },
    ],
    nodes: [
      { type: 'Gemm', inputs: ['z', 'project.weight', 'project.bias'], outputs: ['a'], attributes: { transB: 1 } },
      { type: 'Reshape', inputs: ['a', 'shape'], outputs: ['b'], name: 'to-map' },
      deconv('b', 'up.0.weight', null, 'c'),
      { type: 'BatchNormalization', inputs: ['c', ...norm], outputs: ['d'], name: 'norm' },
      { type: 'Relu', inputs: ['d'], outputs: ['e'], name: 'relu' },
      deconv('e', 'up.1.weight', 'up.1.bias', 'f'),
      { type: 'Tanh', inputs: ['f'], outputs: ['image'], name: 'tanh' },
    ],
  };
}

function deconv(input: string, weight: string, bias: string | null, output: string): FixtureNode {
  return {
    type: 'ConvTranspose',
    inputs: [input, weight, ...(bias === null ? [] : [bias])],
    outputs: [output],
    attributes: { kernel_shape: [4, 4], strides: [2, 2], pads: [1, 1, 1, 1] },
  };
}
