/**
 * `slimwise/runtime`: load a packed model, generate images. Runs in Node, a browser and a webview (whose content
 * policy must allow 'wasm-unsafe-eval'), and depends on nothing.
 *
 *   const generator = await loadGenerator(bytes);
 *   const images = generator.generate(latents, { precision: 'int8' });
 *
 * `loadGeneratorPool(bytes, { threads })` draws batches on several workers, with the same images.
 */
import { openGeneratorPool, type GeneratorPool, type PoolOptions } from './generatorPool.ts';
import { formatProblem, type Problem } from '../../core/problem.ts';
import { openPackedGenerator, type PackedGenerator } from './packedGenerator.ts';

export type { GeneratorPool, PoolOptions } from './generatorPool.ts';
export type { GenerateOptions, GeneratorMemory, PackedGenerator as Generator } from './packedGenerator.ts';
export type { CompiledLayer as GeneratorLayer } from './compilation.ts';

/** The file cannot be drawn from; `problem` says why and what to do. */
export class GeneratorError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(formatProblem(problem));
    this.name = 'GeneratorError';
    this.problem = problem;
  }
}

/** From the bytes of a `model.safetensors`. Rejects with a `GeneratorError`. */
export async function loadGenerator(file: Uint8Array): Promise<PackedGenerator> {
  const opened = await openPackedGenerator(file);
  if (!opened.ok) throw new GeneratorError(opened.problem);
  return opened.value;
}

/** The same on `threads` workers, each with a copy of the generator. Rejects with a `GeneratorError`. */
export async function loadGeneratorPool(file: Uint8Array, options: PoolOptions): Promise<GeneratorPool> {
  const opened = await openGeneratorPool(file, options);
  if (!opened.ok) throw new GeneratorError(opened.problem);
  return opened.value;
}
