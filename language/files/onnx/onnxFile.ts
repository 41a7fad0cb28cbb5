/**
 * An ONNX model as plain data, as far as the analysis needs it: nodes with their attributes, weights by name,
 * shape and stored size, declared shapes. Values are kept only for small tensors, which hold shapes and scales.
 */
export interface OnnxFile {
  readonly producer: string;
  readonly irVersion: number | null;
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  readonly graph: OnnxGraphFile;
  /** Names of the model's own functions, which are not followed. */
  readonly functions: ReadonlySet<string>;
}

export interface OnnxGraphFile {
  readonly name: string;
  readonly nodes: readonly OnnxNodeFile[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly values: readonly OnnxValueInfo[];
}

export interface OnnxNodeFile {
  readonly name: string;
  readonly type: string;
  readonly domain: string;
  /** `''` is an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

export type OnnxAttribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'tensor'; readonly value: OnnxTensor }
  | { readonly kind: 'graph' }
  | { readonly kind: 'other' };

export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dtype: OnnxDtype;
  /** Name of the file that holds the values; null: this one. It is never opened. */
  readonly external: string | null;
  /** Bytes that this file holds for it; null where it holds none. */
  readonly storedBytes: number | null;
  readonly values: readonly number[] | null;
}

export interface OnnxValueInfo {
  readonly name: string;
  /** A text names a symbolic size, null is a size that nothing is said about; null altogether: no shape. */
  readonly dims: readonly (number | string | null)[] | null;
}

/** `TensorProto.DataType`: name, bits of a value, whether it is a real number. */
export interface OnnxDtype {
  readonly name: string;
  readonly bits: number;
  readonly isFloat: boolean;
}

const real = (name: string, bits: number): OnnxDtype => ({ name, bits, isFloat: true });
const whole = (name: string, bits: number): OnnxDtype => ({ name, bits, isFloat: false });

export const onnxDtypes: ReadonlyMap<number, OnnxDtype> = new Map([
  [1, real('float32', 32)],
  [2, whole('uint8', 8)],
  [3, whole('int8', 8)],
  [4, whole('uint16', 16)],
  [5, whole('int16', 16)],
  [6, whole('int32', 32)],
  [7, whole('int64', 64)],
  [8, whole('string', 0)],
  [9, whole('bool', 8)],
  [10, real('float16', 16)],
  [11, real('float64', 64)],
  [12, whole('uint32', 32)],
  [13, whole('uint64', 64)],
  [14, real('complex64', 64)],
  [15, real('complex128', 128)],
  [16, real('bfloat16', 16)],
  [17, real('float8e4m3fn', 8)],
  [18, real('float8e4m3fnuz', 8)],
  [19, real('float8e5m2', 8)],
  [20, real('float8e5m2fnuz', 8)],
  [21, whole('uint4', 4)],
  [22, whole('int4', 4)],
  [23, real('float4e2m1', 4)],
]);
