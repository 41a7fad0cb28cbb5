/**
 * One variant of a run from the weights that it starts with to what it measures: the same whether it trains in
 * the run's own process or in one beside it. PSNR is taken against what the full-precision weights draw
 * from the run's fixed latents.
 */
import { ProblemError } from '../../core/rpc/rpc.ts';
import type { VariantInfo } from '../../core/session/runEvent.ts';
import type { Measured } from '../compress/algorithm1.ts';
import { psnr } from '../metrics/psnr.ts';
import { initialWeights } from '../train/network.ts';
import { readBase, type BaseWeights } from './baseWeights.ts';
import { expectOk } from './expectOk.ts';
import { baseWeightsMissing } from './problems.ts';
import type { TrainingContext } from './sessionContext.ts';
import { trainVariant, variantTransforms, type VariantStart } from './trainVariant.ts';
import * as variants from './variants.ts';

/** The networks hold the trained weights afterwards; null when the user cancelled. */
export async function measureVariant(
  context: TrainingContext,
  variant: VariantInfo,
  start: VariantStart | null,
): Promise<Measured | null> {
  if (!start && variant.kind !== 'full') startWeights(context, variant);
  const outcome = await trainVariant(context, variant, start);
  if (outcome.cancelled) return null;
  const { search } = variants.stagesOf(context.prepared.plan);
  const compared = search?.metric === 'psnr' && variant.kind !== 'full';
  return { swd: outcome.swd, ...(compared ? { psnr: psnrToFull(context, variant) } : {}) };
}

/** The trained full-precision weights, or initial ones: a seed of their own for each repetition, so that they scatter. */
function startWeights(context: TrainingContext, variant: VariantInfo): void {
  const { generator, discriminator, prepared } = context;
  const { search } = variants.stagesOf(prepared.plan);
  if (search?.from === 'scratch') {
    const repetition = variant.kind === 'repeat' ? Number(/\d+$/.exec(variant.id)?.[0] ?? 0) : 0;
    const { seed } = prepared.plan;
    expectOk(generator.writeWeights(initialWeights(generator, seed + repetition)));
    expectOk(discriminator.writeWeights(initialWeights(discriminator, seed + repetition)));
    return;
  }
  const base = baseOf(context);
  expectOk(generator.writeWeights(base.generator));
  expectOk(discriminator.writeWeights(base.discriminator));
}

/** dB between what the network draws now and what the full-precision weights draw from the same latents. */
function psnrToFull(context: TrainingContext, variant: VariantInfo): number {
  const { generator, evaluator } = context;
  const drawn = evaluator.samples(generator, variantTransforms(context, variant).transformsG);
  const own = generator.readWeights();
  expectOk(generator.writeWeights(baseOf(context).generator));
  const expected = evaluator.samples(generator, new Map());
  expectOk(generator.writeWeights(own));
  return psnr(expected, drawn);
}

function baseOf({ run }: TrainingContext): BaseWeights {
  const base = readBase(run);
  if (base === null) throw new ProblemError(baseWeightsMissing(run.folder));
  return base;
}
