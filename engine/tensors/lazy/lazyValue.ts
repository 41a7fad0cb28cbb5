/**
 * The records behind a TF.js data id: a value, which is on the host or pending, and the node that will
 * produce it. Nodes refer to values and never to data ids, because TF.js swaps and frees ids while work
 * is still pending. A value's buffer may be used again only when no id, no pending node and no reader
 * holds it.
 */
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { OrtData, OrtFeed } from '../loadBinding.ts';
import type { OnnxType } from '../onnx/onnxModel.ts';
import type { GraphBuilder } from './graphBuilder.ts';
import type { Operand } from './operand.ts';

export interface LazyValue {
  readonly shape: readonly number[];
  readonly dtype: OnnxType;
  /** Host bytes, or null while pending. */
  data: OrtData | null;
  /** Set when all elements are equal (`tf.ones`, `tf.zeros`): then no bytes are made until they are read. */
  uniform: number | null;
  /** The tensor object given to ONNX Runtime, made once per value. */
  feed: OrtFeed | null;
  /** How many data ids hold this value: 0 means that TF.js disposed it. */
  refCount: number;
  /** How many pending nodes read it. */
  pendingUses: number;
  /** True once a caller holds the typed array itself, or the array came from outside the pool. */
  exposed: boolean;
  /** For string and complex tensors, which live on the host only. */
  host: HostOnly | null;
}

export interface HostOnly {
  readonly dtype: DataType;
  readonly strings?: Uint8Array[];
  readonly complex?: { readonly real: TensorInfo; readonly imag: TensorInfo };
}

export interface NodeInput {
  readonly value: LazyValue;
  /** The shape as the kernel saw it: a reshape shares the value. */
  readonly shape: readonly number[];
}

/** Lowers one node to ONNX; must depend on nothing but the node's key. */
export type Emit = (graph: GraphBuilder, inputs: readonly Operand[]) => readonly Operand[];

export interface LazyNode {
  /** Everything that `emit` depends on, apart from what its inputs are. */
  readonly key: string;
  readonly emit: Emit;
  readonly inputs: readonly NodeInput[];
  readonly outputs: readonly LazyValue[];
}

export function hostValue(data: OrtData, shape: readonly number[], dtype: OnnxType): LazyValue {
  return { shape, dtype, data, uniform: null, feed: null, refCount: 0, pendingUses: 0, exposed: false, host: null };
}

export function pendingValue(shape: readonly number[], dtype: OnnxType): LazyValue {
  return {
    shape,
    dtype,
    data: null,
    uniform: null,
    feed: null,
    refCount: 0,
    pendingUses: 0,
    exposed: false,
    host: null,
  };
}

/** A tensor that repeats one number: zeros, ones and fills, which autodiff makes in the size of activations. */
export function uniformValue(uniform: number, shape: readonly number[], dtype: OnnxType): LazyValue {
  return { ...pendingValue(shape, dtype), uniform };
}
