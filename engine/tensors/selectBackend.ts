/**
 * Chooses the TF.js backend: `auto` tries ONNX Runtime, then tfjs-node, then WASM, then plain JavaScript, and
 * says which one started and why the others did not. Naming one means that one or a problem, never another.
 * tfjs-node is loaded only from where this engine is installed, never from a workspace.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import nodeUtil from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import type { Result } from '../../core/result.ts';
import { failure, success } from '../../core/result.ts';
import { registerOurGradients } from './gradients.ts';
import { loadBinding } from './loadBinding.ts';
import { backendUnavailable, providerDoesNotStart, providerUnavailable } from './problems.ts';
import { ortBackendName, registerOrtBackend } from './registerBackend.ts';
import { registerTensorflowPadding } from './tensorflowPadding.ts';
import { registerWasmFilterGradient } from './wasmFilterGradient.ts';

export type BackendName = 'onnxruntime' | 'tensorflow' | 'wasm' | 'cpu';

export interface BackendRequest {
  readonly backend: 'auto' | BackendName;
  /** Null leaves one core to the editor. */
  readonly threads: number | null;
  /** ONNX Runtime's execution provider; `cpu` when left out. */
  readonly provider?: string;
  /** Where ONNX Runtime writes an execution profile when a session is released. */
  readonly profilePrefix?: string;
  /** A folder whose `node_modules` holds `@tensorflow/tfjs-node`; where this engine is installed when left out. */
  readonly tensorflowFolder?: string;
}

export interface SelectedBackend {
  readonly name: BackendName;
  readonly why: string;
  readonly threads: number;
  readonly version: string;
}

type Started = Omit<SelectedBackend, 'why'>;

const order: readonly BackendName[] = ['onnxruntime', 'tensorflow', 'wasm', 'cpu'];

export async function selectBackend(request: BackendRequest): Promise<Result<SelectedBackend>> {
  const threads = request.threads ?? Math.max(1, availableParallelism() - 1);
  if (request.backend !== 'auto') {
    const started = await start(request.backend, threads, request);
    return started.ok ? success({ ...started.value, why: 'It was chosen in the settings.' }) : started;
  }
  const wantsDevice = (request.provider ?? 'cpu') !== 'cpu';
  const reasons: string[] = [];
  for (const name of order) {
    const started = await start(name, threads, request);
    if (started.ok) {
      const why = ['It is the first in the order of preference that starts.', ...reasons].join(' ');
      return success({ ...started.value, why });
    }
    // Whoever names a device wants that one, not a slower backend in its place.
    if (name === 'onnxruntime' && wantsDevice && loadBinding().ok) return started;
    reasons.push(started.problem.message);
  }
  return failure(backendUnavailable('auto', reasons.join(' ')));
}

async function start(name: BackendName, threads: number, request: BackendRequest): Promise<Result<Started>> {
  const starters: Record<BackendName, () => Promise<Result<Started>>> = {
    onnxruntime: () => startOnnxRuntime(threads, request),
    tensorflow: () => startTensorflow(threads, request.tensorflowFolder ?? dirname(here())),
    wasm: startWasm,
    cpu: startCpu,
  };
  try {
    return await starters[name]();
  } catch (error) {
    return failure(backendUnavailable(name, error instanceof Error ? error.message : String(error)));
  }
}

async function startOnnxRuntime(threads: number, request: BackendRequest): Promise<Result<Started>> {
  const { provider = 'cpu', profilePrefix = null } = request;
  const binding = loadBinding();
  if (!binding.ok) return binding;
  const available = binding.value.listSupportedBackends().map((backend) => backend.name);
  if (!available.includes(provider)) return failure(providerUnavailable(provider, available));
  const registered = registerOrtBackend({ threads, provider, profilePrefix });
  if (!registered.ok) return registered;
  await use(ortBackendName);
  if (provider !== 'cpu') {
    const reason = reasonNotToRun();
    if (reason !== null) {
      tf.removeBackend(ortBackendName);
      return failure(providerDoesNotStart(provider, reason));
    }
  }
  const version = provider === 'cpu' ? ortVersion : `${ortVersion} on ${provider}`;
  return success({ name: 'onnxruntime', threads, version });
}

/** A provider may be built in and still lack its device or its driver: only running something tells. */
function reasonNotToRun(): string | null {
  try {
    const product = tf.tidy(() => tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])).dataSync());
    return product[0] === 11 ? null : `1·3 + 2·4 came out as ${product[0]}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The version whose addon and pinned npm package this is built against. */
const ortVersion = '1.30.0';

async function startTensorflow(threads: number, folder: string): Promise<Result<Started>> {
  // tfjs-node calls functions that Node 23 removed; they must be back before it loads.
  const legacy = nodeUtil as unknown as Record<string, unknown>;
  legacy['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  legacy['isArray'] ??= Array.isArray;
  process.env['TF_NUM_INTRAOP_THREADS'] ??= String(threads);
  const requireFrom = createRequire(resolve(folder, 'package.json'));
  const node = quietly(() => requireFrom('@tensorflow/tfjs-node') as { version?: Record<string, string> });
  await use('tensorflow');
  registerOurGradients();
  registerTensorflowPadding();
  return success({ name: 'tensorflow', threads, version: node.version?.['tfjs-node'] ?? 'unknown' });
}

/** tfjs-node brings its own copy of TF.js, which warns once per kernel that it is there already. */
function quietly<T>(load: () => T): T {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    return load();
  } finally {
    console.warn = warn;
  }
}

async function startWasm(): Promise<Result<Started>> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(wasmFolder());
  await use('wasm');
  registerWasmFilterGradient();
  return success({ name: 'wasm', threads: 1, version: wasm.version_wasm });
}

/** `wasm/` beside the bundle, else the package's own folder; TF.js wants the slash at the end. */
function wasmFolder(): string {
  const shipped = join(dirname(here()), 'wasm');
  if (existsSync(join(shipped, 'tfjs-backend-wasm.wasm'))) return shipped + sep;
  const packageFile = createRequire(here()).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  return join(dirname(packageFile), 'wasm-out') + sep;
}

async function startCpu(): Promise<Result<Started>> {
  const cpu = await import('@tensorflow/tfjs-backend-cpu');
  await use('cpu');
  // Its first use would advertise tfjs-node on the console.
  Object.assign(tf.backend(), { firstUse: false });
  return success({ name: 'cpu', threads: 1, version: cpu.version_cpu });
}

async function use(name: string): Promise<void> {
  if (!(await tf.setBackend(name))) throw new Error(`TF.js could not initialize ${name}`);
  await tf.ready();
}

function here(): string {
  return typeof __filename === 'string' ? __filename : fileURLToPath(import.meta.url);
}
