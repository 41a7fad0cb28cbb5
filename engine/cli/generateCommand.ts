/**
 * `slimwise generate <model.safetensors> --out grid.png`: draws images from a packed (or float) model file,
 * which is all that it reads. The same seed gives the same latents on every machine.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { failure, success, type Result } from '../../core/result.ts';
import type { BackendName } from '../../core/session/engineProtocol.ts';
import { unpackedGenerator } from '../compress/unpackedGenerator.ts';
import { encodeGrid } from '../formats/png.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import { latentTensor } from '../train/latents.ts';
import type { Network } from '../train/network.ts';
import { fail, type CliCommand, type CliIo, type ExitCode } from './command.ts';
import { badUsage, modelNotDrawable, modelNotFound, outputNotWritable } from './problems.ts';

const usage = `Usage: slimwise generate <model.safetensors> --out grid.png [options]

  --out FILE         where the PNG goes
  --count N          images (default 64)
  --seed N           seed of the latents (default 1)
  --latents NAME     normal (default) or uniform
  --backend NAME     auto (default), onnxruntime, tensorflow, wasm or cpu`;

interface Request {
  readonly model: string;
  readonly out: string;
  readonly count: number;
  readonly seed: number;
  readonly latents: 'normal' | 'uniform';
  readonly backend: BackendName | 'auto';
}

/** Images drawn at once; a bound on memory, not on `--count`. */
const chunk = 64;
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
  const backend = await selectBackend({ backend: request.backend, threads: null });
  if (!backend.ok) return fail(io, backend.problem);
  const network = unpackedGenerator(file);
  if (!network.ok) return fail(io, { ...network.problem, path: network.problem.path ?? request.model });
  const images = draw(network.value, request);
  if (!images.ok) return fail(io, images.problem);
  try {
    await writeFile(request.out, images.value.png);
  } catch (error) {
    return fail(io, outputNotWritable(request.out, error instanceof Error ? error.message : String(error)));
  }
  io.out(
    `${request.count} images from ${file.length.toLocaleString('en')} bytes in ${images.value.ms.toFixed(0)} ms on ${backend.value.name}: ${path.relative(io.cwd, request.out)}\n`,
  );
  return 0;
}

function draw(network: Network, { model, count, seed, latents }: Request): Result<{ png: Uint8Array; ms: number }> {
  const parts: Float32Array[] = [];
  let [height, width, channels] = [0, 0, 0];
  const began = performance.now();
  for (let from = 0; from < count; from += chunk) {
    const drawn = tf.tidy(() => {
      const size = Math.min(chunk, count - from);
      const z = latentTensor({
        distribution: latents,
        shape: network.inputShape,
        count: size,
        seed,
        step: from / chunk,
        purpose: 'generate',
      });
      const images = network.forwardToImages(z, { training: false });
      [, height = 0, width = 0, channels = 0] = images.shape as number[];
      return Float32Array.from(images.dataSync());
    });
    parts.push(drawn);
  }
  const ms = performance.now() - began;
  if (channels !== 1 && channels !== 3) return failure(modelNotDrawable(model, network.outputShape));
  const values = new Float32Array(count * height * width * channels);
  parts.forEach((part, i) => values.set(part, i * chunk * height * width * channels));
  const columns = Math.ceil(Math.sqrt(count));
  return success({ png: encodeGrid({ values, nImages: count, height, width, channels }, { columns, gap: 1 }), ms });
}

const backends: readonly string[] = ['auto', 'onnxruntime', 'tensorflow', 'wasm', 'cpu'];

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
    const { latents, backend } = values;
    if (latents !== 'normal' && latents !== 'uniform')
      return wrong(`--latents is normal or uniform, not '${latents}'.`);
    if (!backends.includes(backend)) return wrong(`--backend is one of ${backends.join(', ')}, not '${backend}'.`);
    return success({
      model: path.resolve(cwd, model),
      out: path.resolve(cwd, values.out),
      count,
      seed,
      latents,
      backend: backend as BackendName | 'auto',
    });
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}
