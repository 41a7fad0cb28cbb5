/**
 * What a kernel of the lazy backend is: a function from TF.js's call to recorded nodes, or null where this
 * particular call is left to the host. Native kernels see numeric tensors only, with at least one element;
 * the registration sends everything else to the host before they are asked.
 */
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxType } from '../onnx/onnxModel.ts';
import type { Emit } from '../lazy/lazyValue.ts';
import type { OrtBackend } from '../ortBackend.ts';

export interface KernelCall {
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly attrs: unknown;
  readonly backend: OrtBackend;
}

export type NativeKernel = (call: KernelCall) => TensorInfo | TensorInfo[] | null;

export type NativeKernels = Readonly<Record<string, NativeKernel>>;

/** The named input, which TF.js's own checks have made sure of. */
export function input(call: KernelCall, name: string): TensorInfo {
  const info = call.inputs[name];
  if (info === undefined) throw new Error(`A kernel was called without its input ${name}`);
  return info;
}

/** All inputs of a kernel that takes a list, in order. */
export function inputList(call: KernelCall): readonly TensorInfo[] {
  return Object.values(call.inputs);
}

export function recordOne(
  backend: OrtBackend,
  key: string,
  inputs: readonly TensorInfo[],
  output: { readonly shape: readonly number[]; readonly dtype: DataType },
  emit: Emit,
  params: Parameters<OrtBackend['record']>[0]['params'] = [],
): TensorInfo {
  const outputs = [{ shape: output.shape, dtype: output.dtype as OnnxType }];
  const [info] = backend.record({ key, inputs, outputs, emit, params });
  if (info === undefined) throw new Error(`${key} recorded no output`);
  return info;
}
