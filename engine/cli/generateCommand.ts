/**
 * `slimwise generate <model.safetensors> --out grid.png`: draws images from a packed (or float) model file,
 * which is all that it reads. The same seed gives the same latents on every machine.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { failure, success, type Result } from '../../core/result.ts';
import { encodeGrid } from '../formats/png.ts';
import { createCountProgress } from './countProgress.ts';
import { fail, type CliCommand, type CliIo, type ExitCode } from './command.ts';
import { drawImages, type DrawRequest } from './drawImages.ts';
import { badUsage, modelNotFound, outputNotWritable } from './problems.ts';
import { writeOutput } from './writeOutput.ts';

const usage = `Usage: slimwise generate <model.safetensors> --out grid.png [options]

  --out FILE         where the PNG goes
  --count N          images (default 64)
  --seed N           seed of the latents (default 1)
  --latents NAME     normal (default) or uniform
  --backend NAME     auto (default), packed, onnxruntime, tensorflow, wasm or cpu
                     auto runs bit weights as bits where it can, else as the engine does
  --precision NAME   fp32 (default) or int8: activations of binarized layers (packed only)`;

interface Request extends DrawRequest {
  readonly out: string;
}

const maxCount = 10_000;

export const generateCommand: CliCommand = {
  summary: 'Draws images from a packed generator.',
  usage,
  async run(args, io) {
    const request = parseRequest(args, io.cwd);
    return request.ok ? generate(request.value, io) : fail(io, request.problem);
  },
};

async function generate(request: Request, io: CliIo): Promise<ExitCode> {
  const file = await readFile(request.model).catch(() => null);
  if (file === null) return fail(io, modelNotFound(request.model));
  const progress = createCountProgress(io, 'Drawing images');
  const drawn = await drawImages(file, { ...request, onProgress: progress.show });
  progress.end();
  if (!drawn.ok) return fail(io, { ...drawn.problem, path: drawn.problem.path ?? request.model });
  const { values, height, width, channels, ms, by } = drawn.value;
  const columns = Math.ceil(Math.sqrt(request.count));
  const png = encodeGrid({ values, nImages: request.count, height, width, channels }, { columns, gap: 1 });
  try {
    writeOutput(request.out, png);
  } catch (error) {
    return fail(io, outputNotWritable(request.out, error instanceof Error ? error.message : String(error)));
  }
  io.out(
    `${request.count} images from ${file.length.toLocaleString('en')} bytes in ${ms.toFixed(0)} ms on ${by}: ${path.relative(io.cwd, request.out)}\n`,
  );
  return 0;
}

const backends: readonly string[] = ['auto', 'packed', 'onnxruntime', 'tensorflow', 'wasm', 'cpu'];

function parseRequest(args: readonly string[], cwd: string): Result<Request> {
  const wrong = (message: string): Result<Request> => failure(badUsage(message, 'generate'));
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        count: { type: 'string', default: '64' },
        seed: { type: 'string', default: '1' },
        latents: { type: 'string', default: 'normal' },
        backend: { type: 'string', default: 'auto' },
        precision: { type: 'string', default: 'fp32' },
      },
    });
    const [model, ...more] = positionals;
    if (model === undefined) return wrong('Say which model file to draw from.');
    if (more.length > 0) return wrong(`One model at a time: '${more[0] ?? ''}' is one too many.`);
    if (values.out === undefined) return wrong('Say where the picture goes: --out grid.png.');
    const count = Number(values.count);
    if (!(Number.isInteger(count) && 1 <= count && count <= maxCount)) {
      return wrong(`--count is a whole number from 1 to ${maxCount}, not '${values.count}'.`);
    }
    const seed = Number(values.seed);
    if (!(Number.isSafeInteger(seed) && seed >= 0))
      return wrong(`--seed is a whole number from 0, not '${values.seed}'.`);
    const { latents, backend, precision } = values;
    if (latents !== 'normal' && latents !== 'uniform')
      return wrong(`--latents is normal or uniform, not '${latents}'.`);
    if (!backends.includes(backend)) return wrong(`--backend is one of ${backends.join(', ')}, not '${backend}'.`);
    if (precision !== 'fp32' && precision !== 'int8') return wrong(`--precision is fp32 or int8, not '${precision}'.`);
    return success({
      model: path.resolve(cwd, model),
      out: path.resolve(cwd, values.out),
      count,
      seed,
      latents,
      backend: backend as DrawRequest['backend'],
      precision,
    });
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}
