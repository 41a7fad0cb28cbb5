/**
 * How much of a data set is held in memory, and how much of the disk decoded sets may take. Both can be set in the
 * environment, in MiB, for machines that have more or less; the images of a run are the same either way.
 */

export interface ImageLimits {
  /** Sets of more decoded bytes are read from disk. */
  readonly memoryBytes: number;
  /** Of all cached sets of one project together. */
  readonly cacheBytes: number;
}

const defaults: ImageLimits = { memoryBytes: 64 * 2 ** 20, cacheBytes: 32 * 2 ** 30 };

export function imageLimits(env: Readonly<Record<string, string | undefined>>): ImageLimits {
  return {
    memoryBytes: mebibytes(env['SLIMWISE_IMAGE_MEMORY_MIB']) ?? defaults.memoryBytes,
    cacheBytes: mebibytes(env['SLIMWISE_IMAGE_CACHE_MIB']) ?? defaults.cacheBytes,
  };
}

/** What is no number from 0 is as if it were not set. */
function mebibytes(text: string | undefined): number | null {
  const value = text === undefined || text.trim() === '' ? NaN : Number(text);
  return value >= 0 && Number.isFinite(value) ? value * 2 ** 20 : null;
}
