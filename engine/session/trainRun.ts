/**
 * The training of a run from where it stands to its end: full precision, repetitions for the noise, Algorithm
 * 1 over the generator's layers, and the accepted ones together with a binarized discriminator. Every variant
 * but the first starts from the same full-precision weights. What an earlier session finished is not trained
 * again.
 */
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import { layersToBinarize } from '../../core/plan/selectLayers.ts';
import type { VariantInfo } from '../../core/session/runEvent.ts';
import { acceptedLayers, acceptedLimit, isAccepted, searchWisely, type Measured } from '../compress/algorithm1.ts';
import { layersByRedundancy, type LayerSelector } from '../compress/layerOrder.ts';
import { noiseThreshold, type Noise } from '../compress/noiseThreshold.ts';
import { verifyTogether } from '../compress/verifyTogether.ts';
import { writeBase } from './baseWeights.ts';
import { writeFullModel, type TrainedRun } from './finishRun.ts';
import { emitMemory } from './memoryEvent.ts';
import { measureVariant } from './measureVariant.ts';
import { emit, saveBetweenVariants, type SessionContext } from './sessionContext.ts';
import { trainSingles, type Singles } from './trainSingles.ts';
import type { VariantStart } from './trainVariant.ts';
import * as variants from './variants.ts';

/** Everything that trains; null when the user cancelled. */
export async function trainRun(context: SessionContext, start: VariantStart | null): Promise<TrainedRun | null> {
  const { sizes, prepared } = context;
  const { search, precision } = variants.stagesOf(prepared.plan);
  const metric = search?.metric ?? 'swd';
  const train = (variant: VariantInfo): Promise<Measured | null> => trainOnce(context, variant, start);

  if ((await train(variants.fullVariant(sizes))) === null) return null;
  const repeated: Measured[] = [];
  for (const variant of variants.repeatVariants(sizes)) {
    const measured = await train(variant);
    if (measured === null) return null;
    repeated.push(measured);
  }
  const swds = repeated.map(({ swd }) => swd);
  const values = metric === 'psnr' ? repeated.map(({ psnr: dB }) => dB ?? NaN) : swds;
  const noise = noiseThreshold(values, search?.threshold ?? 'noise');
  if (context.state.decisions.length === 0) emit(context, { type: 'noise', ...noise });

  const ranked =
    search && search.module !== 'D' ? layersByRedundancy(prepared.generator, search.select, search.order) : [];
  const mode = search?.mode ?? 'single';
  const singles =
    mode === 'single' && context.singles !== null
      ? trainSingles(context, {
          singles: context.singles,
          variants: ranked.map(({ name }) => variants.singleVariant(sizes, name, [])),
          endsSearch: (measured) => !isAccepted(measured, noise, metric),
        })
      : null;
  const decisions = await searchWisely({
    ranked,
    noise,
    metric,
    swdFull: meanOf(swds),
    mode,
    known: context.state.decisions,
    measure: (layer, together) => {
      const variant = variants.singleVariant(sizes, layer.name, together);
      return singles === null ? train(variant) : singles.measure(variant);
    },
    decide: (decision) => {
      if (!decision.tried) leaveOut(context, decision.layer, singles);
      context.state = { ...context.state, decisions: [...context.state.decisions, decision] };
      emit(context, { type: 'decision', decision });
      if (decision.accepted) emitMemory(context, acceptedLayers(context.state.decisions));
    },
  }).finally(() => singles?.stop());
  if (decisions === null) return null;

  const module = precision?.module ?? 'both';
  const accepted = search ? acceptedLayers(decisions) : null;
  const chosen = layersOfPrecision(prepared.generator, precision?.select ?? {}, accepted);
  const layersG = module === 'D' ? [] : chosen;
  const layersD =
    module === 'G'
      ? []
      : layersOfPrecision(prepared.discriminator, precision?.select.names ? {} : (precision?.select ?? {}), null);
  const ofSwd = metric === 'psnr' ? noiseThreshold(swds, 'noise') : noise;
  const trained = await trainFinal(context, { layersG, layersD, noise, metric, searched: search !== null, train });
  return trained && { ...trained, noise: ofSwd };
}

/** Takes off what the search does not come to; what was trained of it ahead is done, and counts for nothing. */
function leaveOut(context: SessionContext, layer: string, singles: Singles | null): void {
  const { sizes, progress } = context;
  const done = singles?.doneAhead(variants.singleVariant(sizes, layer, [])) ?? { steps: 0, evaluations: 0 };
  progress.drop(sizes.singleSteps - done.steps, 1 - done.evaluations);
  if (done.steps === 0) return;
  emit(context, {
    type: 'note',
    text: `${layer} was trained ahead, at the same time as the layers before it (${done.steps} of ${sizes.singleSteps} steps). Algorithm 1 stopped before it, so it counts as not tried.`,
  });
}

interface FinalRequest {
  /** In the order of redundancy. */
  readonly layersG: readonly string[];
  readonly layersD: readonly string[];
  readonly noise: Noise;
  readonly metric: 'swd' | 'psnr';
  /** Algorithm 1 chose the layers of G, not the plan. */
  readonly searched: boolean;
  readonly train: (variant: VariantInfo) => Promise<Measured | null>;
}

/** The accepted layers together with a binarized D; layers that the plan itself chose are never withdrawn. */
async function trainFinal(context: SessionContext, request: FinalRequest): Promise<Omit<TrainedRun, 'noise'> | null> {
  const { layersG, layersD, noise, metric, searched, train } = request;
  const limit = acceptedLimit(noise, metric);
  // What is verified rises with the damage: SWD, or PSNR turned around.
  const sign = metric === 'psnr' ? -1 : 1;
  if (layersG.length === 0) {
    emit(context, { type: 'note', text: 'No layer was accepted: the generator stays at full precision.' });
  }
  let swdFinal = NaN;
  const variantOf = (layers: readonly string[], attempt: number): VariantInfo =>
    variants.finalVariant(context.sizes, attempt, layers, layers.length === 0 ? [] : layersD);
  const result = await verifyTogether({
    layers: layersG,
    limit: searched ? sign * limit : Infinity,
    measure: async (layers, attempt) => {
      const measured = await train(variantOf(layers, attempt));
      if (measured === null) return null;
      swdFinal = measured.swd;
      if (attempt === 1) noteSuperposition(context, layers, measured, metric);
      return sign * (metric === 'psnr' ? (measured.psnr ?? NaN) : measured.swd);
    },
    withdraw: (layer, value) => withdraw(context, layer, sign * value, limit, metric),
  });
  return result && { final: variantOf(result.layers, result.attempt), swdFinal };
}

/** PBGen's second inference: layers that can be binarized alone can be binarized together. */
function noteSuperposition(
  context: SessionContext,
  layers: readonly string[],
  together: Measured,
  metric: 'swd' | 'psnr',
): void {
  const singles = context.state.decisions.filter(({ layer, tried }) => tried && layers.includes(layer));
  if (singles.length < 2) return;
  const falls = metric === 'psnr';
  const values = singles.map(({ swdAfter, psnr: dB }) => (falls ? dB?.after : swdAfter) ?? NaN);
  const worst = falls ? Math.min(...values) : Math.max(...values);
  const joint = falls ? (together.psnr ?? NaN) : together.swd;
  emit(context, {
    type: 'note',
    text: `Superposition: the worst of the ${singles.length} layers has ${falls ? 'PSNR' : 'SWD'} ${worst.toFixed(1)} alone, all together have ${joint.toFixed(1)}. PBGen expects the least redundant layer to be the bottleneck.`,
  });
}

/** Told, and not kept in the state: a resumed run comes to the same conclusion from the same numbers. */
function withdraw(context: SessionContext, layer: string, value: number, limit: number, metric: 'swd' | 'psnr'): void {
  const decision = context.state.decisions.find((row) => row.layer === layer);
  const [name, beyond] = metric === 'psnr' ? ['PSNR', 'below'] : ['SWD', 'above'];
  const why = `${name} ${value.toFixed(1)} of all accepted layers together is ${beyond} ${limit.toFixed(1)}: the least redundant one is withdrawn.`;
  if (decision) {
    emit(context, { type: 'decision', decision: { ...decision, accepted: false, why: `${decision.why} ${why}` } });
  }
  context.progress.drop(-context.sizes.finalSteps, -1);
}

/** What the precision stage binarizes of a network, greatest redundancy first; `accepted`: by a search. */
function layersOfPrecision(
  graph: ModelGraph,
  select: LayerSelector,
  accepted: readonly string[] | null,
): readonly string[] {
  const chosen = new Set(layersToBinarize(graph, select, accepted));
  return layersByRedundancy(graph, {})
    .map(({ name }) => name)
    .filter((name) => chosen.has(name));
}

/** What a variant came to: known from an earlier session, or trained now; null when cancelled. */
async function trainOnce(
  context: SessionContext,
  variant: VariantInfo,
  cutOff: VariantStart | null,
): Promise<Measured | null> {
  const known = context.state.finished.find((result) => result.variant === variant.id);
  if (known) return known;
  const { run, generator, discriminator, state } = context;
  const measured = await measureVariant(context, variant, state.current?.variant === variant.id ? cutOff : null);
  if (measured === null) return null;
  if (variant.kind === 'full') writeBase(run, generator.readWeights(), discriminator.readWeights());
  if (variant.id === 'repeat-1') writeFullModel(context);
  context.state = {
    ...context.state,
    finished: [...context.state.finished, { variant: variant.id, ...measured }],
  };
  // The final variant's weights are in its own last checkpoint, which must stay the newest until they are packed.
  if (variant.kind !== 'final') saveBetweenVariants(context);
  return measured;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
