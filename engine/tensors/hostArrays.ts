/**
 * Typed arrays at the border between TF.js and the backend. Arrays that come in are copied by
 * the backend: work is pending when the caller gets its array back, and what it then does to it must not matter.
 */
import type { BackendValues } from '@tensorflow/tfjs-core';
import type { OrtData } from './loadBinding.ts';
import type { OnnxType } from './onnx/onnxModel.ts';
import type { HostOnly, LazyValue } from './lazy/lazyValue.ts';

export type NumericType = 'float32' | 'int32' | 'bool';

/** The numbers that TF.js hands over, whether as a list, a typed array or raw bytes. */
export function numbersIn(values: BackendValues, dtype: NumericType): ArrayLike<number> {
  const numbers = values as ArrayLike<number> | ArrayBuffer;
  return numbers instanceof ArrayBuffer ? viewOf(numbers, dtype) : numbers;
}

export function hostOnlyValue(shape: readonly number[], host: HostOnly): LazyValue {
  return {
    shape,
    dtype: 'uint8',
    data: null,
    uniform: null,
    feed: null,
    refCount: 0,
    pendingUses: 0,
    exposed: true,
    host,
  };
}

function viewOf(buffer: ArrayBuffer, dtype: NumericType): ArrayLike<number> {
  if (dtype === 'float32') return new Float32Array(buffer);
  return dtype === 'int32' ? new Int32Array(buffer) : new Uint8Array(buffer);
}

/** The one number that a large array repeats, or null; looks at few elements unless they agree. */
export function repeatedNumber(values: ArrayLike<number>): number | null {
  const first = values[0];
  if (first === undefined || Number.isNaN(first) || values.length < minUniformElements) return null;
  for (let i = 1; i < values.length; i++) {
    if (!Object.is(values[i], first)) return null;
  }
  return first;
}

/** Below this a copy is as cheap as treating the tensor apart. */
const minUniformElements = 256;

export function filled(dtype: OnnxType, nElements: number, value: number): OrtData {
  if (dtype === 'float32') return new Float32Array(nElements).fill(value);
  return dtype === 'int32' ? new Int32Array(nElements).fill(value) : new Uint8Array(nElements).fill(value);
}
