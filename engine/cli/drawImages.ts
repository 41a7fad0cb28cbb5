/**
 * Images of a model file for the command line: by the packed runtime where it can (it has bit weights and every
 * layer is among its kernels), else by the engine. Both draw the same latents, so they draw the same images.
 */
import * as tf from '@tensorflow/tfjs-core';
import { failure, success, type Result } from '../../core/result.ts';
import type { BackendName } from '../../core/session/engineProtocol.ts';
import { unpackedGenerator } from '../compress/unpackedGenerator.ts';
import { openPackedGenerator, type PackedGenerator } from '../kernels/packedGenerator.ts';
import type { Precision } from '../kernels/tapLayer.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import { latentTensor, latentValues } from '../train/latents.ts';
import type { Network } from '../train/network.ts';
import { modelNotDrawable } from './problems.ts';

export interface DrawRequest {
  readonly model: string;
  readonly count: number;
  readonly seed: number;
  readonly latents: 'normal' | 'uniform';
  readonly backend: BackendName | 'auto' | 'packed';
  readonly precision: Precision;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface DrawnImages {
  /** [count][height][width][channels] in [−1, 1]. */
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly ms: number;
  /** What drew them, as it is told to the user. */
  readonly by: string;
}

/** Images drawn at once; a bound on memory, not on the count. */
const chunk = 64;

export async function drawImages(file: Uint8Array, request: DrawRequest): Promise<Result<DrawnImages>> {
  if (request.backend === 'packed' || request.backend === 'auto') {
    const opened = await openPackedGenerator(file);
    if (opened.ok && (request.backend === 'packed' || opened.value.layers.some((layer) => layer.bits))) {
      return drawPacked(opened.value, request);
    }
    if (!opened.ok && (request.backend === 'packed' || opened.problem.code !== 'SWP_RUNTIME_OPERATOR')) return opened;
  }
  const backend = await selectBackend({
    backend: request.backend === 'packed' ? 'auto' : request.backend,
    threads: null,
  });
  if (!backend.ok) return backend;
  const network = unpackedGenerator(file);
  return network.ok ? drawByEngine(network.value, backend.value.name, request) : network;
}

function drawPacked(generator: PackedGenerator, request: DrawRequest): Result<DrawnImages> {
  const { height, width, channels } = generator.image;
  if (channels !== 1 && channels !== 3) return notDrawable(request, [1, height, width, channels]);
  const size = height * width * channels;
  const values = new Float32Array(request.count * size);
  const shape = [1, generator.latentSize];
  const began = performance.now();
  for (let from = 0; from < request.count; from += chunk) {
    const z = latentValues(latentsAt(request, shape, from));
    values.set(generator.generate(z, { precision: request.precision }), from * size);
    request.onProgress?.(Math.min(from + chunk, request.count), request.count);
  }
  const ms = performance.now() - began;
  return success({ values, height, width, channels, ms, by: `the bit kernels (${request.precision})` });
}

function drawByEngine(network: Network, backend: string, request: DrawRequest): Result<DrawnImages> {
  const parts: Float32Array[] = [];
  let [height, width, channels] = [0, 0, 0];
  const began = performance.now();
  for (let from = 0; from < request.count; from += chunk) {
    const drawn = tf.tidy(() => {
      const z = latentTensor(latentsAt(request, network.inputShape, from));
      const images = network.forwardToImages(z, { training: false });
      [, height = 0, width = 0, channels = 0] = images.shape as number[];
      return Float32Array.from(images.dataSync());
    });
    parts.push(drawn);
    request.onProgress?.(Math.min(from + chunk, request.count), request.count);
  }
  const ms = performance.now() - began;
  if (channels !== 1 && channels !== 3) return notDrawable(request, network.outputShape);
  const values = new Float32Array(request.count * height * width * channels);
  parts.forEach((part, i) => values.set(part, i * chunk * height * width * channels));
  return success({ values, height, width, channels, ms, by: backend });
}

function latentsAt({ latents, count, seed }: DrawRequest, shape: readonly number[], from: number) {
  return {
    distribution: latents,
    shape,
    count: Math.min(chunk, count - from),
    seed,
    step: from / chunk,
    purpose: 'generate',
  };
}

function notDrawable({ model }: DrawRequest, shape: readonly number[]): Result<never> {
  return failure(modelNotDrawable(model, shape));
}
