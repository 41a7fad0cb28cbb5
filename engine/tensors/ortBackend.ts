/**
 * The lazy TF.js backend on ONNX Runtime. A kernel call records a node and returns at once; a read or
 * `flush` compiles everything pending and alive into one ONNX graph and runs it. What a step computes is
 * therefore compiled once and is one native call ever after. Reading a value that is on the host never
 * changes what is compiled, and the number of pending nodes is bounded.
 */
import { performance } from 'node:perf_hooks';
import type { BackendValues, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { BufferPool } from './lazy/bufferPool.ts';
import { lowerPlan, planFlush } from './lazy/compile.ts';
import type { Emit, LazyNode, LazyValue, NodeInput } from './lazy/lazyValue.ts';
import { hostValue, pendingValue, uniformValue } from './lazy/lazyValue.ts';
import { sizeOf } from './lazy/operand.ts';
import type { CompileReport, SessionOptions } from './lazy/sessionCache.ts';
import { SessionCache } from './lazy/sessionCache.ts';
import type { OrtBinding, OrtData, OrtFeed } from './loadBinding.ts';
import { OrtTensor } from './loadBinding.ts';
import type { OnnxType } from './onnx/onnxModel.ts';
import type { NumericType } from './hostArrays.ts';
import { filled, hostOnlyValue, numbersIn, repeatedNumber } from './hostArrays.ts';

/** A step of a large GAN records about 2,000 nodes; beyond this the caller forgot to end its steps. */
const maxPendingNodes = 20_000;
const maxSessions = 64;
const maxPooledBytes = 1 << 30;

export interface OutputSpec {
  readonly shape: readonly number[];
  readonly dtype: OnnxType;
}

export interface NodeSpec {
  /** Kernel name and every attribute that `emit` depends on. */
  readonly key: string;
  readonly emit: Emit;
  readonly inputs: readonly TensorInfo[];
  /** Numbers that vary between steps and must stay out of the structure; they follow the inputs. */
  readonly params?: readonly LazyValue[];
  readonly outputs: readonly OutputSpec[];
}

export interface BackendReport extends CompileReport {
  readonly nFlushes: number;
  readonly nPendingNodes: number;
  /** Spare buffers that are kept for the next step. */
  readonly pooledBytes: number;
  /** Kernel calls that ran on the host instead, by kernel. */
  readonly hostFallbacks: Readonly<Record<string, number>>;
}

export class OrtBackend extends tf.KernelBackend {
  readonly data: tf.DataStorage<LazyValue>;
  readonly options: SessionOptions;
  private readonly sessions: SessionCache;
  private readonly pool = new BufferPool(maxPooledBytes);
  private readonly hostFallbacks = new Map<string, number>();
  private pending: LazyNode[] = [];
  private nFlushes = 0;

  constructor(binding: OrtBinding, options: SessionOptions) {
    super();
    this.data = new tf.DataStorage<LazyValue>(this, tf.engine());
    this.options = options;
    this.sessions = new SessionCache(binding, options, maxSessions);
  }

  /** Adds a pending node and gives its outputs data ids. */
  record(spec: NodeSpec): TensorInfo[] {
    if (this.pending.length >= maxPendingNodes) this.flush();
    const inputs: NodeInput[] = spec.inputs.map((info) => ({ value: this.lookup(info), shape: info.shape }));
    for (const param of spec.params ?? []) inputs.push({ value: param, shape: param.shape });
    for (const input of inputs) input.value.pendingUses += 1;
    const outputs = spec.outputs.map(({ shape, dtype }) => pendingValue(shape, dtype));
    const shapes = inputs.map((input) => input.shape.join()).join('|');
    this.pending.push({ key: `${spec.key} ${shapes}`, emit: spec.emit, inputs, outputs });
    return outputs.map((value) => this.register(value));
  }

  /** Gives a value a data id. */
  register(value: LazyValue, dtype: DataType = value.host?.dtype ?? (value.dtype as DataType)): TensorInfo {
    const dataId = {};
    value.refCount = 1;
    this.data.set(dataId, value);
    return { dataId, shape: [...value.shape], dtype };
  }

  /**
   * Gives a repeated number its bytes. Done to variables: what an optimizer starts from (zeros) must not make the
   * first step another graph than all that follow, which would be compiled, and its arena held, twice.
   */
  spellOut(info: TensorInfo): void {
    const value = this.lookup(info);
    if (value.uniform === null) return;
    const data = this.pool.take(value.dtype, sizeOf(value.shape)) as Float32Array | Int32Array | Uint8Array;
    value.data = data.fill(value.uniform);
    value.uniform = null;
    value.feed = null;
  }

  lookup(info: TensorInfo): LazyValue {
    return this.data.get(info.dataId);
  }

  /** Compiles and runs everything pending that is still alive. */
  flush(): void {
    const pending = this.pending;
    if (pending.length === 0) return;
    this.pending = [];
    try {
      this.run(pending);
    } finally {
      this.release(pending);
    }
  }

  countHostFallback(kernelName: string): void {
    this.hostFallbacks.set(kernelName, (this.hostFallbacks.get(kernelName) ?? 0) + 1);
  }

  report(): BackendReport {
    return {
      ...this.sessions.report(),
      nFlushes: this.nFlushes,
      nPendingNodes: this.pending.length,
      pooledBytes: this.pool.heldBytes,
      hostFallbacks: Object.fromEntries(this.hostFallbacks),
    };
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): object {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(dataId: object, values: BackendValues, shape: number[], dtype: DataType, refCount: number): void {
    const value = this.fromHost(values, shape, dtype);
    value.refCount = refCount;
    this.data.set(dataId, value);
  }

  override readSync(dataId: object): BackendValues {
    const value = this.data.get(dataId);
    if (value.host?.complex !== undefined) {
      const { real, imag } = value.host.complex;
      const parts = [this.readSync(real.dataId), this.readSync(imag.dataId)] as Float32Array[];
      return tf.backend_util.mergeRealAndImagArrays(parts[0] ?? new Float32Array(), parts[1] ?? new Float32Array());
    }
    if (value.host?.strings !== undefined) return value.host.strings;
    if (value.data === null && value.uniform !== null) {
      return filled(value.dtype, sizeOf(value.shape), value.uniform) as Float32Array | Int32Array | Uint8Array;
    }
    if (value.data === null) this.flush();
    if (value.data === null) throw new Error('A tensor was lost because the graph that makes it had failed');
    value.exposed = true;
    return value.data as Float32Array | Int32Array | Uint8Array;
  }

  override read(dataId: object): Promise<BackendValues> {
    return Promise.resolve(this.readSync(dataId));
  }

  override refCount(dataId: object): number {
    return this.data.has(dataId) ? this.data.get(dataId).refCount : 0;
  }

  override incRef(dataId: object): void {
    this.data.get(dataId).refCount += 1;
  }

  override disposeData(dataId: object, force = false): boolean {
    if (!this.data.has(dataId)) return true;
    const value = this.data.get(dataId);
    value.refCount -= 1;
    if (!force && value.refCount > 0) return false;
    value.refCount = 0;
    if (value.host?.complex !== undefined) {
      this.disposeData(value.host.complex.real.dataId, true);
      this.disposeData(value.host.complex.imag.dataId, true);
    }
    this.data.delete(dataId);
    this.recycle(value);
    return true;
  }

  override numDataIds(): number {
    return this.data.numDataIds();
  }

  /** The pool is bounded and counted by nobody else, so what TF.js counts is what is held. */
  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override async time(run: () => void): Promise<{ kernelMs: number }> {
    this.flush();
    const startedAt = performance.now();
    run();
    this.flush();
    return { kernelMs: performance.now() - startedAt };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  /** Lets go of compiled graphs, their arenas and spare buffers; tensors stay, and a graph that comes again compiles again. */
  releaseGraphs(): void {
    this.flush();
    this.sessions.dispose();
    this.pool.clear();
  }

  override dispose(): void {
    this.pending = [];
    this.sessions.dispose();
    this.pool.clear();
  }

  private fromHost(values: BackendValues, shape: readonly number[], dtype: DataType): LazyValue {
    if (dtype === 'string') return hostOnlyValue(shape, { dtype, strings: values as Uint8Array[] });
    if (dtype === 'complex64') throw new Error('Complex tensors are made from their parts');
    const repeated = values instanceof ArrayBuffer ? null : repeatedNumber(values as ArrayLike<number>);
    if (repeated !== null) return uniformValue(repeated, shape, dtype);
    return hostValue(this.copied(values, shape, dtype), shape, dtype);
  }

  /** From the pool, to which it goes back: a loop that uploads a batch per step must neither grow nor drain it. */
  private copied(values: BackendValues, shape: readonly number[], dtype: NumericType): OrtData {
    const numbers = numbersIn(values, dtype);
    if (numbers.length !== sizeOf(shape)) throw new Error(`${numbers.length} values for a tensor [${shape.join()}]`);
    const copy = this.pool.take(dtype, numbers.length) as Float32Array | Int32Array | Uint8Array;
    copy.set(numbers);
    return copy;
  }

  private run(pending: readonly LazyNode[]): void {
    const plan = planFlush(pending);
    if (plan.outputs.length === 0) return;
    const session = this.sessions.get(plan.key, () => lowerPlan(plan));
    const feeds: Record<string, OrtFeed> = {};
    plan.inputs.forEach((value, i) => (feeds[`i${i}`] = feedOf(value)));
    const fetches: Record<string, OrtFeed> = {};
    const results = plan.outputs.map((value, i) => {
      const data = this.pool.take(value.dtype, sizeOf(value.shape));
      const feed = makeFeed(value.dtype, data, value.shape);
      fetches[`o${i}`] = feed;
      return feed;
    });
    session.run(feeds, fetches, {});
    this.nFlushes += 1;
    plan.outputs.forEach((value, i) => {
      const feed = results[i];
      if (feed === undefined) return;
      value.data = feed.data;
      value.feed = feed;
    });
  }

  private release(pending: readonly LazyNode[]): void {
    for (const node of pending) {
      for (const { value } of node.inputs) {
        value.pendingUses -= 1;
        this.recycle(value);
      }
    }
  }

  private recycle(value: LazyValue): void {
    if (value.refCount > 0 || value.pendingUses > 0 || value.exposed || value.data === null) return;
    this.pool.give(value.data);
    value.data = null;
    value.feed = null;
  }
}

/** What the graph reads: one element for a value that repeats it. */
function feedOf(value: LazyValue): OrtFeed {
  if (value.uniform !== null) value.feed ??= makeFeed(value.dtype, filled(value.dtype, 1, value.uniform), []);
  if (value.feed !== null) return value.feed;
  if (value.data === null) throw new Error('A tensor was lost because the graph that makes it had failed');
  value.feed = makeFeed(value.dtype, value.data, value.shape);
  return value.feed;
}

function makeFeed(dtype: OnnxType, data: OrtFeed['data'], dims: readonly number[]): OrtFeed {
  return new OrtTensor(dtype, data, dims) as unknown as OrtFeed;
}
