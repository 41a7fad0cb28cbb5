/**
 * Compiled ONNX Runtime sessions by graph structure, least recently used first out. A session is usable
 * or absent: a compile that fails leaves nothing behind. Every session owns an arena and a thread pool,
 * so their number is bounded and eviction releases them.
 */
import { performance } from 'node:perf_hooks';
import type { OrtBinding, OrtSession } from '../loadBinding.ts';
import type { OnnxGraph } from '../onnx/onnxModel.ts';
import { encodeOnnxModel } from '../onnx/onnxModel.ts';

export interface CompileReport {
  readonly nCompiles: number;
  readonly nSessions: number;
  readonly compileMs: number;
  readonly lastCompileMs: number;
}

export interface SessionOptions {
  readonly threads: number;
  readonly provider: string;
  /** Where ONNX Runtime writes its profile, for `npm run bench:train -- --profile`. */
  readonly profilePrefix: string | null;
}

export class SessionCache {
  private readonly sessions = new Map<string, OrtSession>();
  private nCompiles = 0;
  private compileMs = 0;
  private lastCompileMs = 0;
  private readonly binding: OrtBinding;
  private readonly options: SessionOptions;
  private readonly capacity: number;

  constructor(binding: OrtBinding, options: SessionOptions, capacity: number) {
    this.binding = binding;
    this.options = options;
    this.capacity = capacity;
  }

  /** The session for `key`, compiled from `lower()` when it is not there yet. */
  get(key: string, lower: () => OnnxGraph): OrtSession {
    const known = this.sessions.get(key);
    if (known !== undefined) {
      this.sessions.delete(key);
      this.sessions.set(key, known);
      return known;
    }
    const startedAt = performance.now();
    const bytes = encodeOnnxModel(lower());
    const session = new this.binding.InferenceSession();
    session.loadModel(bytes.buffer, bytes.byteOffset, bytes.byteLength, this.sessionOptions());
    this.lastCompileMs = performance.now() - startedAt;
    this.compileMs += this.lastCompileMs;
    this.nCompiles += 1;
    this.evictDownTo(this.capacity - 1);
    this.sessions.set(key, session);
    return session;
  }

  report(): CompileReport {
    const { nCompiles, compileMs, lastCompileMs } = this;
    return { nCompiles, nSessions: this.sessions.size, compileMs, lastCompileMs };
  }

  dispose(): void {
    this.evictDownTo(0);
  }

  private evictDownTo(nKept: number): void {
    for (const [key, session] of this.sessions) {
      if (this.sessions.size <= nKept) return;
      this.sessions.delete(key);
      if (this.options.profilePrefix !== null) session.endProfiling();
      session.dispose();
    }
  }

  private sessionOptions(): Record<string, unknown> {
    const { threads, provider, profilePrefix } = this.options;
    return {
      executionProviders: provider === 'cpu' ? ['cpu'] : [provider, 'cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      // Idle workers must not burn the core that is left to the editor.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
      ...(profilePrefix === null ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
    };
  }
}
