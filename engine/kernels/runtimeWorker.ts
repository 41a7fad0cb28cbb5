/** A worker of `openGeneratorPool`: holds one generator and draws what it is asked to, one request after the other. */
import { success, type Result } from '../../core/result.ts';
import { openPackedGenerator, type GenerateOptions, type PackedGenerator } from './packedGenerator.ts';
import { listenAsWorker } from './workerPort.ts';

export type WorkerRequest =
  | { readonly kind: 'open'; readonly file: Uint8Array }
  | { readonly kind: 'generate'; readonly latents: Float32Array; readonly options: GenerateOptions }
  | { readonly kind: 'memory' };

export interface WorkerAnswer {
  readonly id: number;
  readonly value: unknown;
  /** What went wrong, if anything did. */
  readonly error: string | null;
}

export type GeneratorInfo = Pick<PackedGenerator, 'name' | 'latentSize' | 'image' | 'layers'>;

let generator: PackedGenerator | null = null;

async function answer(request: WorkerRequest): Promise<unknown> {
  if (request.kind === 'open') {
    const opened = await openPackedGenerator(request.file);
    if (!opened.ok) return opened;
    generator = opened.value;
    const { name, latentSize, image, layers } = generator;
    return success({ name, latentSize, image, layers }) satisfies Result<GeneratorInfo>;
  }
  if (generator === null) throw new Error('no generator is open');
  return request.kind === 'generate' ? generator.generate(request.latents, request.options) : generator.memory();
}

await listenAsWorker((message, reply) => {
  const { id, request } = message as { readonly id: number; readonly request: WorkerRequest };
  answer(request).then(
    (value) => reply({ id, value, error: null }, value instanceof Float32Array ? [value.buffer] : []),
    (error: unknown) => reply({ id, value: null, error: error instanceof Error ? error.message : String(error) }, []),
  );
});
