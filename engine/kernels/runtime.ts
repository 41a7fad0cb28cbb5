/**
 * `slimwise/runtime`: load a packed model, generate images. Runs in Node, a browser and a webview (whose content
 * policy must allow 'wasm-unsafe-eval'), and depends on nothing.
 *
 *   const generator = await loadGenerator(bytes);
 *   const images = generator.generate(latents, { precision: 'int8' });
 */
import { formatProblem, type Problem } from '../../core/problem.ts';
import { openPackedGenerator, type PackedGenerator } from './packedGenerator.ts';

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
