/**
 * The way between a run's fixed latents: from the first to the second and on to the last of them, and back to the
 * first. A run draws it beside every grid of samples, as one grid whose rows are the legs of the way; the first
 * picture of each row is a fixed latent itself, and so a picture of the first row of samples. Pure; says which
 * latents, not what they draw.
 */
import type { LatentDistribution } from './explorerEngine.ts';

/** The first row of the sample grid. */
export const nWalkLatents = 8;
/** Pictures of a leg, without the latent at its end, which begins the next. */
export const walkStride = 8;
export const nWalkFrames = nWalkLatents * walkStride;
/** Pixels between and around the pictures of a grid. */
export const gridGap = 1;

/** The whole way as one list of latents behind each other. `fixed` holds at least `nWalkLatents` of `size` numbers. */
export function walkLatents(fixed: Float32Array, size: number, distribution: LatentDistribution): Float32Array {
  const latent = (i: number): Float32Array =>
    fixed.subarray((i % nWalkLatents) * size, ((i % nWalkLatents) + 1) * size);
  const way = new Float32Array(nWalkFrames * size);
  for (let frame = 0; frame < nWalkFrames; frame++) {
    const leg = Math.floor(frame / walkStride);
    way.set(latentBetween(latent(leg), latent(leg + 1), (frame % walkStride) / walkStride, distribution), frame * size);
  }
  return way;
}

/**
 * Normal latents lie near a sphere: the way goes along it (Shoemake 1985, slerp, with the lengths interpolated), as
 * a straight line would pass through latents that are too short. Uniform ones go straight.
 */
export function latentBetween(
  from: Float32Array,
  to: Float32Array,
  t: number,
  distribution: LatentDistribution,
): Float32Array {
  const [fromLength, toLength] = [length(from), length(to)];
  const cosine = dot(from, to) / (fromLength * toLength);
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  if (distribution === 'uniform' || !(angle > 1e-4) || angle > Math.PI - 1e-4) {
    return from.map((value, i) => value * (1 - t) + (to[i] ?? 0) * t);
  }
  const [a, b] = [Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)];
  const wanted = fromLength * (1 - t) + toLength * t;
  return from.map((value, i) => wanted * ((a * value) / fromLength + (b * (to[i] ?? 0)) / toLength));
}

/** In words, for whoever looks at the strip. */
export function walkWords(distribution: LatentDistribution): string {
  return distribution === 'normal' ? 'spherical interpolation (slerp)' : 'linear interpolation';
}

/** A plan that is read from a record is `unknown`; latents are normal where it says nothing. */
export function planLatents(plan: unknown): LatentDistribution {
  const train = isRecord(plan) ? plan['train'] : undefined;
  return isRecord(train) && train['latents'] === 'uniform' ? 'uniform' : 'normal';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function length(values: Float32Array): number {
  return Math.sqrt(dot(values, values)) || 1;
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}
