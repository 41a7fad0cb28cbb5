/**
 * The bytes of an ONNX model → `OnnxFile`. The schema is walked to a fixed depth (model, graph, node,
 * attribute, tensor), so nothing in a file can make it recurse; graphs inside of attributes are passed over.
 * Weights are measured and skipped; files that the model names are never opened. Field numbers are those of
 * `onnx.proto3`.
 */
import type { Result } from '../../../core/result.ts';
import { success } from '../../../core/result.ts';
import type { ByteSource } from '../byteSource.ts';
import { fault, quote, readGuarded, tooLarge } from '../modelFault.ts';
import { onnxUnreadable } from '../problems.ts';
import type { OnnxAttribute, OnnxFile, OnnxGraphFile, OnnxNodeFile, OnnxValueInfo } from './onnxFile.ts';
import { readTensor } from './readTensor.ts';
import { WireReader, type WireField } from './wireReader.ts';

const maxNodes = 60_000;
const maxListLength = 100_000;

export function readOnnx(source: ByteSource): Result<OnnxFile> {
  return readGuarded(onnxUnreadable, () => {
    if (source.size === 0) fault('the file is empty');
    const reader = new WireReader(source);
    let irVersion: number | null = null;
    let producer = '';
    let producerVersion = '';
    let graph: OnnxGraphFile | null = null;
    const opsets: { domain: string; version: number }[] = [];
    const functions = new Set<string>();
    reader.message(0, source.size, (field) => {
      if (field.field === 1 && field.wire === 'varint') irVersion = field.value;
      else if (field.field === 2) producer = reader.text(field);
      else if (field.field === 3) producerVersion = reader.text(field);
      else if (field.field === 7) {
        if (graph !== null) fault('it holds two graphs');
        graph = readGraph(reader, inside(field));
      } else if (field.field === 8) opsets.push(readOpset(reader, inside(field)));
      else if (field.field === 25) functions.add(readFunctionName(reader, inside(field)));
    });
    const read: OnnxGraphFile = graph ?? fault('it holds no graph');
    if (irVersion === null && opsets.length === 0) fault('it states neither a format version nor an operator set');
    return success({ producer: `${producer} ${producerVersion}`.trim(), irVersion, opsets, graph: read, functions });
  });
}

/** The place of a nested message. */
export function inside(field: WireField): WireField {
  if (field.wire !== 'bytes') fault(`field ${field.field} at byte ${field.start} is a number where a message stands`);
  return field;
}

function readGraph(reader: WireReader, { start, end }: WireField): OnnxGraphFile {
  let name = '';
  const nodes: OnnxNodeFile[] = [];
  const initializers: OnnxGraphFile['initializers'][number][] = [];
  const inputs: OnnxValueInfo[] = [];
  const outputs: OnnxValueInfo[] = [];
  const values: OnnxValueInfo[] = [];
  reader.message(start, end, (field) => {
    switch (field.field) {
      case 1:
        if (nodes.length >= maxNodes) tooLarge(`more than ${maxNodes} nodes`);
        nodes.push(readNode(reader, inside(field)));
        break;
      case 2:
        name = reader.text(field);
        break;
      case 5:
        initializers.push(readTensor(reader, inside(field)));
        break;
      case 11:
        inputs.push(readValueInfo(reader, inside(field)));
        break;
      case 12:
        outputs.push(readValueInfo(reader, inside(field)));
        break;
      case 13:
        values.push(readValueInfo(reader, inside(field)));
        break;
      case 15:
        fault('it holds sparse weights, which are not read');
        break;
      default: // Documentation and annotations.
    }
  });
  return { name, nodes, initializers, inputs, outputs, values };
}

function readNode(reader: WireReader, { start, end }: WireField): OnnxNodeFile {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  let name = '';
  let type = '';
  let domain = '';
  reader.message(start, end, (field) => {
    if (field.field === 1) inputs.push(reader.text(field));
    else if (field.field === 2) outputs.push(reader.text(field));
    else if (field.field === 3) name = reader.text(field);
    else if (field.field === 4) type = reader.text(field);
    else if (field.field === 7) domain = reader.text(field);
    else if (field.field === 5) {
      const [key, value] = readAttribute(reader, inside(field));
      if (attributes.has(key)) fault(`a node has the attribute ${quote(key)} twice`);
      attributes.set(key, value);
    }
  });
  if (type === '') fault(`node ${quote(name)} at byte ${start} names no operator`);
  return { name, type, domain: domain === 'ai.onnx' ? '' : domain, inputs, outputs, attributes };
}

function readAttribute(reader: WireReader, { start, end }: WireField): [string, OnnxAttribute] {
  let name = '';
  let value: OnnxAttribute | null = null;
  const ints: number[] = [];
  const floats: number[] = [];
  reader.message(start, end, (field) => {
    switch (field.field) {
      case 1:
        name = reader.text(field);
        break;
      case 2:
        value = { kind: 'float', value: reader.floats(field)[0] ?? 0 };
        break;
      case 3:
        value = { kind: 'int', value: field.value };
        break;
      case 4:
        // A text may be any bytes, for instance a compiled kernel; long ones are not needed.
        value = field.end - field.start > 1024 ? { kind: 'other' } : { kind: 'text', value: reader.text(field) };
        break;
      case 5:
        value = { kind: 'tensor', value: readTensor(reader, inside(field)) };
        break;
      case 6:
      case 11:
        value = { kind: 'graph' };
        break;
      case 7:
        append(floats, reader.floats(field));
        break;
      case 8:
        append(ints, reader.varints(field));
        break;
      default: // Its kind (20), documentation, and lists of texts and tensors.
    }
  });
  if (ints.length > 0) return [name, { kind: 'ints', value: ints }];
  if (floats.length > 0) return [name, { kind: 'floats', value: floats }];
  return [name, value ?? { kind: 'other' }];
}

function append(list: number[], values: readonly number[]): void {
  if (list.length + values.length > maxListLength) tooLarge(`an attribute with more than ${maxListLength} numbers`);
  for (const value of values) list.push(value);
}

function readValueInfo(reader: WireReader, { start, end }: WireField): OnnxValueInfo {
  let name = '';
  let dims: (number | string | null)[] | null = null;
  reader.message(start, end, (field) => {
    if (field.field === 1) name = reader.text(field);
    else if (field.field === 2) dims = readTypeDims(reader, inside(field));
  });
  return { name, dims };
}

/** TypeProto → tensor_type → shape → dims; null for sequences, maps and tensors without a shape. */
function readTypeDims(reader: WireReader, type: WireField): (number | string | null)[] | null {
  let dims: (number | string | null)[] | null = null;
  reader.message(type.start, type.end, (tensor) => {
    if (tensor.field !== 1) return;
    const { start, end } = inside(tensor);
    reader.message(start, end, (shape) => {
      if (shape.field !== 2) return;
      const found: (number | string | null)[] = [];
      reader.message(inside(shape).start, shape.end, (dim) => {
        if (dim.field === 1) found.push(readDim(reader, inside(dim)));
      });
      if (found.length > 64) fault(`a value has ${found.length} dimensions`);
      dims = found;
    });
  });
  return dims;
}

function readDim(reader: WireReader, { start, end }: WireField): number | string | null {
  let dim: number | string | null = null;
  reader.message(start, end, (field) => {
    if (field.field === 1) dim = field.value;
    else if (field.field === 2) dim = reader.text(field);
  });
  return dim;
}

function readOpset(reader: WireReader, { start, end }: WireField): { domain: string; version: number } {
  let domain = '';
  let version = 0;
  reader.message(start, end, (field) => {
    if (field.field === 1) domain = reader.text(field);
    else if (field.field === 2) version = field.value;
  });
  return { domain, version };
}

function readFunctionName(reader: WireReader, { start, end }: WireField): string {
  let name = '';
  reader.message(start, end, (field) => {
    if (field.field === 1) name = reader.text(field);
  });
  return name;
}
