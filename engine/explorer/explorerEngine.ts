/**
 * The engine's part of the latent explorer, one script for the page (`dist/webview/explorerEngine.js`): the
 * packed runtime, latents, principal directions and picture encoders behind the port that `core` declares.
 * It runs in a webview, so nothing of Node and no TF.js is in it.
 */
import { encode } from 'fast-png';
import { failure, success, type Result } from '../../core/result.ts';
import type { ExplorerEngine, ExplorerModel, LatentDistribution, Picture } from '../../core/session/explorerEngine.ts';
import { encodeGif } from '../formats/gif.ts';
import { readPacked } from '../formats/packedModel.ts';
import { openPackedGenerator } from '../kernels/packedGenerator.ts';
import { rng } from '../random/rng.ts';
import { principalDirections } from './principalDirections.ts';
import { notAnImageGenerator } from './problems.ts';

export const explorerEngine: ExplorerEngine = { open, latents, directions: principalDirections, encodePng, encodeGif };

async function open(file: Uint8Array): Promise<Result<ExplorerModel>> {
  const opened = await openPackedGenerator(file);
  if (!opened.ok) return opened;
  const generator = opened.value;
  const { height, width, channels } = generator.image;
  if (channels !== 1 && channels !== 3) return failure(notAnImageGenerator([height, width, channels]));
  return success({
    name: generator.name,
    latentSize: generator.latentSize,
    image: { height, width, channels },
    distribution: distributionOf(file),
    nBitLayers: generator.layers.filter((layer) => layer.bits).length,
    hasInt8: generator.layers.some((layer) => layer.hasInt8),
    draw: (values, precision) => generator.generate(values, { precision }),
    residentBytes: () => generator.memory().residentBytes,
  });
}

function latents(distribution: LatentDistribution, size: number, count: number, seed: number): Float32Array {
  const values = new Float32Array(size * count);
  const stream = rng(seed, 0, 'latents generate');
  return distribution === 'normal' ? stream.fillNormal(values) : stream.fillUniform(values, -1, 1);
}

/** `train.latents` of the plan in the file's metadata. */
function distributionOf(file: Uint8Array): LatentDistribution {
  const packed = readPacked(file);
  const plan: unknown = packed.ok ? packed.value.plan : null;
  const train: unknown = isRecord(plan) ? plan['train'] : null;
  return isRecord(train) && train['latents'] === 'uniform' ? 'uniform' : 'normal';
}

function encodePng({ width, height, rgba }: Picture): Uint8Array {
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0, at = 0; at < rgb.length; i += 4, at += 3) {
    rgb[at] = rgba[i] ?? 0;
    rgb[at + 1] = rgba[i + 1] ?? 0;
    rgb[at + 2] = rgba[i + 2] ?? 0;
  }
  return encode({ width, height, data: rgb, channels: 3, depth: 8 });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
