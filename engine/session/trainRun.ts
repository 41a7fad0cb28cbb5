/**
 * The training of a run from where it stands to its end: full precision, repetitions for the noise, Algorithm
 * 1 over the generator's layers, and the accepted ones together with a binarized discriminator. Every variant
 * but the first starts from the same full-precision weights. What an earlier session finished is not trained
 * again.
 */
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import { layersToBinarize } from '../../core/plan/selectLayers.ts';
import { ProblemError } from '../../core/rpc/rpc.ts';
import type { VariantInfo } from '../../core/session/runEvent.ts';
import { acceptedLayers, searchWisely } from '../compress/algorithm1.ts';
import { layersByRedundancy, type LayerSelector } from '../compress/layerOrder.ts';
import { noiseThreshold, type Noise } from '../compress/noiseThreshold.ts';
import { verifyTogether } from '../compress/verifyTogether.ts';
import { readBase, writeBase } from './baseWeights.ts';
import { expectOk } from './expectOk.ts';
import { writeFullModel, type TrainedRun } from './finishRun.ts';
import { emitMemory } from './memoryEvent.ts';
import { baseWeightsMissing } from './problems.ts';
import { emit, saveBetweenVariants, type SessionContext } from './sessionContext.ts';
import { trainVariant, type VariantStart } from './trainVariant.ts';
import * as variants from './variants.ts';

/** Everything that trains; null when the user cancelled. */
export async function trainRun(context: SessionContext, start: VariantStart | null): Promise<TrainedRun | null> {
  const { sizes, prepared, progress } = context;
  const { search, precision } = variants.stagesOf(prepared.plan);
  const train = (variant: VariantInfo): Promise<number | null> => trainOnce(context, variant, start);

  if ((await train(variants.fullVariant(sizes))) === null) return null;
  const values: number[] = [];
  for (const variant of variants.repeatVariants(sizes)) {
    const swd = await train(variant);
    if (swd === null) return null;
    values.push(swd);
  }
  const noise = noiseThreshold(values, search?.threshold ?? 'noise');
  if (context.state.decisions.length === 0) emit(context, { type: 'noise', ...noise });

  const ranked = search && search.module !== 'D' ? layersByRedundancy(prepared.generator, search.select) : [];
  const decisions = await searchWisely({
    ranked,
    noise,
    mode: search?.mode ?? 'single',
    known: context.state.decisions,
    measure: (layer, together) => train(variants.singleVariant(sizes, layer.name, together)),
    decide: (decision) => {
      if (!decision.tried) progress.drop(sizes.singleSteps, 1);
      context.state = { ...context.state, decisions: [...context.state.decisions, decision] };
      emit(context, { type: 'decision', decision });
      if (decision.accepted) emitMemory(context, acceptedLayers(context.state.decisions));
    },
  });
  if (decisions === null) return null;

  const module = precision?.module ?? 'both';
  const accepted = search ? acceptedLayers(decisions) : null;
  const chosen = layersOfPrecision(prepared.generator, precision?.select ?? {}, accepted);
  const layersG = module === 'D' ? [] : chosen;
  const layersD =
    module === 'G'
      ? []
      : layersOfPrecision(prepared.discriminator, precision?.select.names ? {} : (precision?.select ?? {}), null);
  return trainFinal(context, { layersG, layersD, noise, searched: search !== null, train });
}

interface FinalRequest {
  /** In the order of redundancy. */
  readonly layersG: readonly string[];
  readonly layersD: readonly string[];
  readonly noise: Noise;
  /** Algorithm 1 chose the layers of G, not the plan. */
  readonly searched: boolean;
  readonly train: (variant: VariantInfo) => Promise<number | null>;
}

/** The accepted layers together with a binarized D; layers that the plan itself chose are never withdrawn. */
async function trainFinal(context: SessionContext, request: FinalRequest): Promise<TrainedRun | null> {
  const { layersG, layersD, noise, searched, train } = request;
  const limit = noise.mean + noise.threshold;
  if (layersG.length === 0) {
    emit(context, { type: 'note', text: 'No layer was accepted: the generator stays at full precision.' });
  }
  const variantOf = (layers: readonly string[], attempt: number): VariantInfo =>
    variants.finalVariant(context.sizes, attempt, layers, layers.length === 0 ? [] : layersD);
  const result = await verifyTogether({
    layers: layersG,
    limit: searched ? limit : Infinity,
    measure: (layers, attempt) => train(variantOf(layers, attempt)),
    withdraw: (layer, swd) => withdraw(context, layer, swd, limit),
  });
  return result && { final: variantOf(result.layers, result.attempt), swdFinal: result.value, noise };
}

/** Told, and not kept in the state: a resumed run comes to the same conclusion from the same numbers. */
function withdraw(context: SessionContext, layer: string, swd: number, limit: number): void {
  const decision = context.state.decisions.find((row) => row.layer === layer);
  const why = `SWD ${swd.toFixed(1)} of all accepted layers together is above ${limit.toFixed(1)}: the least redundant one is withdrawn.`;
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

/** SWD of a variant: known from an earlier session, or trained now; null when cancelled. */
async function trainOnce(
  context: SessionContext,
  variant: VariantInfo,
  cutOff: VariantStart | null,
): Promise<number | null> {
  const known = context.state.finished.find((result) => result.variant === variant.id);
  if (known) return known.swd;
  const { run, generator, discriminator, state } = context;
  const start = state.current?.variant === variant.id ? cutOff : null;
  if (!start && variant.kind !== 'full') {
    const base = readBase(run);
    if (base === null) throw new ProblemError(baseWeightsMissing(run.folder));
    expectOk(generator.writeWeights(base.generator));
    expectOk(discriminator.writeWeights(base.discriminator));
  }
  const outcome = await trainVariant(context, variant, start);
  if (outcome.cancelled) return null;
  if (variant.kind === 'full') writeBase(run, generator.readWeights(), discriminator.readWeights());
  if (variant.id === 'repeat-1') writeFullModel(context);
  context.state = {
    ...context.state,
    finished: [...context.state.finished, { variant: variant.id, swd: outcome.swd }],
  };
  // The final variant's weights are in its own last checkpoint, which must stay the newest until they are packed.
  if (variant.kind !== 'final') saveBetweenVariants(context);
  return outcome.swd;
}
