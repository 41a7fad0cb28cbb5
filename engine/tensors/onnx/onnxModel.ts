/**
 * An ONNX model as plain data, and its bytes. Only what the graph compiler emits can be expressed:
 * static shapes, five element types, tensor initializers, no subgraphs and no functions.
 * The operator set is pinned: a kernel's meaning must not change with the library's default.
 */
import { ProtobufWriter } from './protobuf.ts';

export const opsetVersion = 21;
const irVersion = 10;

export type OnnxType = 'float32' | 'uint8' | 'int32' | 'int64' | 'bool' | 'float64';

/** `TensorProto.DataType`. */
const typeCodes: Record<OnnxType | 'int8', number> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};

export type OnnxAttribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly text: string };

export interface OnnxNode {
  readonly type: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxValue {
  readonly name: string;
  readonly dtype: OnnxType;
  readonly dims: readonly number[];
  /** Name of the first dimension where any size is taken; only inputs and outputs of a graph may have one. */
  readonly freeBatch?: string;
  /** The shape is left to ONNX Runtime to find; only outputs of a graph may say so. */
  readonly unshaped?: true;
}

/** Weights may be bytes with a sign; values of a step never are. */
export interface OnnxInitializer extends Omit<OnnxValue, 'dtype'> {
  readonly dtype: OnnxType | 'int8';
  readonly bytes: Uint8Array;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** `step` where there is none. */
  readonly name?: string;
}

/** Field numbers are those of `onnx.proto3`. */
export function encodeOnnxModel(graph: OnnxGraph): Uint8Array {
  const model = new ProtobufWriter();
  model.varint(1, irVersion);
  model.string(2, 'slimwise');
  model.message(7, (writer) => {
    for (const node of graph.nodes) writer.message(1, (nested) => writeNode(nested, node));
    writer.string(2, graph.name ?? 'step');
    for (const initializer of graph.initializers) writer.message(5, (nested) => writeTensor(nested, initializer));
    for (const input of graph.inputs) writer.message(11, (nested) => writeValueInfo(nested, input));
    for (const output of graph.outputs) writer.message(12, (nested) => writeValueInfo(nested, output));
  });
  model.message(8, (writer) => {
    writer.string(1, '');
    writer.varint(2, opsetVersion);
  });
  model.message(8, (writer) => {
    writer.string(1, 'com.microsoft');
    writer.varint(2, 1);
  });
  return model.finish();
}

function writeNode(writer: ProtobufWriter, node: OnnxNode): void {
  for (const input of node.inputs) writer.string(1, input);
  for (const output of node.outputs) writer.string(2, output);
  writer.string(3, node.outputs[0] ?? '');
  writer.string(4, node.type);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    writer.message(5, (nested) => writeAttribute(nested, name, attribute));
  }
  if (node.domain !== '') writer.string(7, node.domain);
}

function writeAttribute(writer: ProtobufWriter, name: string, attribute: OnnxAttribute): void {
  writer.string(1, name);
  if ('float' in attribute) {
    writer.float(2, attribute.float);
    writer.varint(20, 1);
  } else if ('int' in attribute) {
    writer.varint(3, attribute.int);
    writer.varint(20, 2);
  } else if ('text' in attribute) {
    writer.string(4, attribute.text);
    writer.varint(20, 3);
  } else {
    for (const value of attribute.ints) writer.varint(8, value);
    writer.varint(20, 7);
  }
}

function writeTensor(writer: ProtobufWriter, tensor: OnnxInitializer): void {
  for (const dim of tensor.dims) writer.varint(1, dim);
  writer.varint(2, typeCodes[tensor.dtype]);
  writer.string(8, tensor.name);
  writer.blob(9, tensor.bytes);
}

function writeValueInfo(writer: ProtobufWriter, value: OnnxValue): void {
  writer.string(1, value.name);
  writer.message(2, (type) =>
    type.message(1, (tensor) => {
      tensor.varint(1, typeCodes[value.dtype]);
      if (value.unshaped) return;
      tensor.message(2, (shape) => {
        value.dims.forEach((dim, axis) => {
          const free = axis === 0 ? value.freeBatch : undefined;
          shape.message(1, (nested) => (free === undefined ? nested.varint(1, dim) : nested.string(2, free)));
        });
      });
    }),
  );
}
