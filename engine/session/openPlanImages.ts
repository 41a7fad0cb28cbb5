/**
 * The images of a plan as every process of a run opens them: the same path and fit, and the same cache beside the
 * plan for a set that is not held in memory. The first process decodes; the others find its cache.
 */
import path from 'node:path';
import type { CompressionPlan } from '../../core/plan/compressionPlan.ts';
import type { Result } from '../../core/result.ts';
import type { ImageSet } from '../data/imageSet.ts';
import { openImages, type ImageRequest } from '../data/openImages.ts';

/** How far the reading is, and a way to stop it. */
export type ImageReading = Pick<ImageRequest, 'onProgress' | 'signal'>;

export function openPlanImages(
  plan: CompressionPlan,
  planPath: string,
  reading: ImageReading = {},
): Promise<Result<ImageSet>> {
  const { size, channels, limit } = plan.data;
  const request = { path: imagesPath(plan, planPath), size, channels, ...(limit === undefined ? {} : { limit }) };
  return openImages({ ...request, ...reading }, path.join(path.dirname(planPath), '.slimwise', 'cache', 'images'));
}

/** Absolute. */
export function imagesPath(plan: CompressionPlan, planPath: string): string {
  return path.resolve(path.dirname(planPath), plan.data.images);
}
