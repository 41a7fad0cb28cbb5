/**
 * Runs an exported graph in ONNX Runtime, once: an export is checked by running it, not by looking at it. The
 * library may be told to leave the graph as it is, which computes each operator by its definition.
 */
import { failure, success, type Result } from '../../../core/result.ts';
import { loadBinding, OrtTensor, type OrtFeed } from '../../tensors/loadBinding.ts';
import { encodeOnnxModel, type OnnxGraph } from '../../tensors/onnx/onnxModel.ts';
import { onnxDoesNotRun } from './problems.ts';

export interface OnnxRun {
  /** [count, …] for an input of `count` latents. */
  readonly input: Float32Array;
  readonly count: number;
  /** Names of values to fetch; only outputs of the graph. */
  readonly fetches: readonly string[];
  readonly optimize: boolean;
}

export function runOnnx(
  graph: OnnxGraph,
  { input, count, fetches, optimize }: OnnxRun,
): Result<Map<string, Float32Array>> {
  const binding = loadBinding();
  if (!binding.ok) return binding;
  const bytes = encodeOnnxModel(graph);
  const session = new binding.value.InferenceSession();
  let loaded = false;
  try {
    session.loadModel(bytes.buffer, bytes.byteOffset, bytes.byteLength, {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: optimize ? 'all' : 'disabled',
      logSeverityLevel: 4,
    });
    loaded = true;
    const dims = [count, ...(graph.inputs[0]?.dims.slice(1) ?? [])];
    const feeds = { [graph.inputs[0]?.name ?? 'input']: new OrtTensor('float32', input, dims) as OrtFeed };
    const wanted = Object.fromEntries(fetches.map((name) => [name, null]));
    const drawn = session.run(feeds, wanted, {});
    const values = new Map(fetches.map((name) => [name, Float32Array.from((drawn[name]?.data ?? []) as Float32Array)]));
    return success(values);
  } catch (error) {
    return failure(onnxDoesNotRun(error instanceof Error ? error.message : String(error)));
  } finally {
    if (loaded) session.dispose();
  }
}
