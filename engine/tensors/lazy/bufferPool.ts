/**
 * Buffers for the outputs of compiled graphs, used again from step to step so that weights and optimizer
 * state need no allocation. A buffer is handed in only when nothing can read it any more: two live tensors
 * never share one. The pool is bounded and forgets the largest surplus by simply not keeping it.
 */
import type { OrtData } from '../loadBinding.ts';
import type { OnnxType } from '../onnx/onnxModel.ts';

/** Below this an allocation costs less than the bookkeeping. */
const minPooledBytes = 4096;

export class BufferPool {
  private readonly free = new Map<number, ArrayBuffer[]>();
  private pooledBytes = 0;
  private readonly capBytes: number;

  constructor(capBytes: number) {
    this.capBytes = capBytes;
  }

  get heldBytes(): number {
    return this.pooledBytes;
  }

  take(dtype: OnnxType, nElements: number): OrtData {
    const width = bytesPerElement(dtype);
    const nBytes = nElements * width;
    const buffer = this.free.get(nBytes)?.pop();
    if (buffer !== undefined) this.pooledBytes -= nBytes;
    return viewAs(dtype, buffer ?? new ArrayBuffer(nBytes));
  }

  give(data: OrtData): void {
    const { buffer, byteLength } = data;
    if (!(buffer instanceof ArrayBuffer) || byteLength < minPooledBytes || byteLength !== buffer.byteLength) return;
    if (this.pooledBytes + byteLength > this.capBytes) return;
    const list = this.free.get(byteLength) ?? [];
    list.push(buffer);
    this.free.set(byteLength, list);
    this.pooledBytes += byteLength;
  }

  clear(): void {
    this.free.clear();
    this.pooledBytes = 0;
  }
}

function bytesPerElement(dtype: OnnxType): number {
  if (dtype === 'float64' || dtype === 'int64') return 8;
  return dtype === 'bool' || dtype === 'uint8' ? 1 : 4;
}

function viewAs(dtype: OnnxType, buffer: ArrayBuffer): OrtData {
  if (dtype === 'float32') return new Float32Array(buffer);
  if (dtype === 'int32') return new Int32Array(buffer);
  if (dtype === 'int64') return new BigInt64Array(buffer);
  if (dtype === 'float64') return new Float64Array(buffer);
  return new Uint8Array(buffer);
}
