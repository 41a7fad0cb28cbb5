/**
 * Finds and loads ONNX Runtime's native addon, whose `run` is synchronous where the package's public
 * API is not. It is looked for in the folder named by SLIMWISE_NATIVE_DIR, in `native/` beside this
 * file (the shipped bundle), and in `node_modules/onnxruntime-node`. The addon needs the runtime's
 * shared library in the same folder. One process initializes it once.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { Tensor as OrtTensor } from 'onnxruntime-common';
import type { Result } from '../../core/result.ts';
import { failure, success } from '../../core/result.ts';
import { onnxRuntimeUnavailable } from './problems.ts';

export type OrtData = Float32Array | Int32Array | Uint8Array | BigInt64Array | Float64Array;

export interface OrtFeed {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: OrtData;
}

/** The addon's session: `run` blocks; a fetch that is a tensor is written in place. */
export interface OrtSession {
  loadModel(buffer: ArrayBufferLike, byteOffset: number, byteLength: number, options: Record<string, unknown>): void;
  run(
    feeds: Readonly<Record<string, OrtFeed>>,
    fetches: Readonly<Record<string, OrtFeed | null>>,
    options: Record<string, unknown>,
  ): Record<string, OrtFeed>;
  endProfiling(): void;
  dispose(): void;
}

export interface OrtBinding {
  readonly InferenceSession: new () => OrtSession;
  listSupportedBackends(): readonly { readonly name: string; readonly bundled: boolean }[];
  initOrtOnce(logLevel: number, tensorConstructor: unknown, isMain: boolean): void;
}

const addonFile = 'onnxruntime_binding.node';
/** Of ONNX Runtime's levels 0 (verbose) to 4 (fatal): what it warns about is about our own graphs. */
const logLevelError = 3;

let loaded: OrtBinding | null = null;

export function loadBinding(): Result<OrtBinding> {
  if (loaded !== null) return success(loaded);
  const tried: string[] = [];
  for (const path of addonCandidates()) {
    if (!existsSync(path)) {
      tried.push(`${path}: not there`);
      continue;
    }
    try {
      const binding = createRequire(here())(path) as OrtBinding;
      binding.initOrtOnce(logLevelError, OrtTensor, isMainThread);
      loaded = binding;
      return success(binding);
    } catch (error) {
      tried.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return failure(onnxRuntimeUnavailable(`${process.platform}-${process.arch}`, tried));
}

export { OrtTensor };

function addonCandidates(): readonly string[] {
  const candidates: string[] = [];
  const override = process.env['SLIMWISE_NATIVE_DIR'];
  if (override !== undefined && override !== '') candidates.push(join(override, addonFile));
  candidates.push(join(dirname(here()), 'native', addonFile));
  try {
    const entry = createRequire(here()).resolve('onnxruntime-node/package.json');
    candidates.push(join(dirname(entry), 'bin', 'napi-v6', process.platform, process.arch, addonFile));
  } catch {
    // Not installed: the candidates above are all there is.
  }
  return candidates;
}

/** This file's path, both as a module and inside a CommonJS bundle (where `import.meta` is empty). */
function here(): string {
  return typeof __filename === 'string' ? __filename : fileURLToPath(import.meta.url);
}
