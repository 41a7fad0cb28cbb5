/**
 * An experiment: every setting of the stage with every seed, seed after seed, so that a run that is looked at
 * early has all settings of its first seeds. Settings of one seed share initial weights, images and latents;
 * what differs between them is what is binarized. Each trained generator is packed at once into a file of the
 * run, and every number of its result but the time is the same after any interruption.
 */
import { ProblemError } from '../../core/rpc/rpc.ts';
import { lossBalance } from '../../core/session/lossBalance.ts';
import type { RunEvent, SettingResult, VariantInfo } from '../../core/session/runEvent.ts';
import { runFiles } from '../../core/session/runRecord.ts';
import { packGenerator } from '../compress/packGenerator.ts';
import { unpackedGenerator } from '../compress/unpackedGenerator.ts';
import { psnr } from '../metrics/psnr.ts';
import { memoryAccount } from '../runs/report/memoryAccount.ts';
import { createNetwork, initialWeights } from '../train/network.ts';
import { readBase, writeBase } from './baseWeights.ts';
import { expectOk } from './expectOk.ts';
import { baseWeightsMissing } from './problems.ts';
import { emit, saveBetweenVariants, type SessionContext } from './sessionContext.ts';
import { trainVariant, type VariantStart } from './trainVariant.ts';
import * as variants from './variants.ts';

/** All results in the order of training; null when the user cancelled. */
export async function trainSettings(
  context: SessionContext,
  cutOff: VariantStart | null,
): Promise<readonly SettingResult[] | null> {
  const { sizes, prepared } = context;
  const experiment = variants.experimentOf(prepared);
  if (experiment === null) throw new Error('the plan has no experiment');
  for (const variant of variants.settingVariants(sizes, experiment)) {
    if (context.state.finished.some((known) => known.variant === variant.id)) continue;
    const entry = experiment.settings.find(({ name }) => name === variant.setting)?.entry ?? null;
    useGenerator(context, entry);
    const start = context.state.current?.variant === variant.id ? cutOff : null;
    if (!start) startWeights(context, variant, experiment.stage.from);
    const outcome = await trainVariant(context, variant, start);
    if (outcome.cancelled) return null;
    const { swd } = outcome;
    if (variant.kind === 'base') {
      writeBase(context.run, context.generator.readWeights(), context.discriminator.readWeights(), baseFile(variant));
    } else {
      const result = resultOf(context, variant, entry, outcome);
      emit(context, { type: 'setting', result });
      context.state = { ...context.state, settings: [...context.state.settings, result] };
    }
    context.state = { ...context.state, finished: [...context.state.finished, { variant: variant.id, swd }] };
    saveBetweenVariants(context);
  }
  useGenerator(context, null);
  return context.state.settings;
}

/** The one that a setting trains; its weights are written before it is used. */
function useGenerator(context: SessionContext, entry: string | null): void {
  const { prepared } = context;
  const graph = entry === null ? prepared.generator : prepared.otherGenerators.get(entry);
  if (graph === undefined) throw new Error(`the generator ${entry ?? ''} was not prepared`);
  if (context.generator.graph === graph) return;
  context.generator.dispose();
  context.generator = expectOk(createNetwork(graph, prepared.plan.seed));
}

/** What a variant begins with: the seed's initial weights, or its trained full-precision ones. */
function startWeights(context: SessionContext, variant: VariantInfo, from: 'scratch' | 'trained'): void {
  const { generator, discriminator, run } = context;
  const seed = variant.seed ?? 0;
  if (from === 'scratch' || variant.kind === 'base') {
    expectOk(generator.writeWeights(initialWeights(generator, seed)));
    expectOk(discriminator.writeWeights(initialWeights(discriminator, seed)));
    return;
  }
  const base = readBase(run, baseFile(variant));
  if (base === null) throw new ProblemError(baseWeightsMissing(run.folder));
  expectOk(generator.writeWeights(base.generator));
  expectOk(discriminator.writeWeights(base.discriminator));
}

function baseFile({ seed }: VariantInfo): string {
  return runFiles.base.replace('.', `-seed${seed ?? 0}.`);
}

export function isFullPrecision({
  layersG,
  layersD,
  entry,
}: Pick<SettingResult, 'layersG' | 'layersD' | 'entry'>): boolean {
  return layersG.length === 0 && layersD.length === 0 && entry === undefined;
}

/** The packed generator of a setting. */
export function settingModel(setting: string, seed: number): string {
  return `model-${setting}-seed${seed}.safetensors`;
}

/** The networks hold the trained weights. */
function resultOf(
  context: SessionContext,
  variant: VariantInfo,
  entry: string | null,
  { swd, levels }: { readonly swd: number; readonly levels: SettingResult['levels'] },
): SettingResult {
  const { run, generator, prepared, state } = context;
  const { plan, sources } = prepared;
  const { setting = '', seed = 0, layersG, layersD } = variant;
  const model = settingModel(setting, seed);
  const pack = (binarized: readonly string[]): Uint8Array =>
    packGenerator({
      network: generator,
      weights: generator.readWeights(),
      binarized,
      codings: variants.layerCodings(plan, binarized),
      plan,
      sources,
    });
  const packed = pack(layersG);
  expectOk(run.writeArtifact(model, packed));
  // Another generator has no full precision of its own to be compared with; its bytes are counted against itself.
  const full =
    entry === null ? state.settings.find((result) => result.seed === seed && isFullPrecision(result)) : undefined;
  const fullFile = full !== undefined ? expectOk(run.readArtifact(full.model)) : entry === null ? packed : pack([]);
  const steps = stepsOf(context, variant.id);
  return {
    setting,
    seed,
    variant: variant.id,
    layersG,
    layersD,
    ...(entry === null ? {} : { entry }),
    swd,
    levels,
    psnr: full === undefined || fullFile === null ? null : psnr(draw(context, fullFile), draw(context, packed)),
    balance: lossBalance(steps, plan.train.loss),
    fileBytes: packed.length,
    model,
    eq3: memoryAccount(fullFile, packed)?.equation ?? [],
    stepMs: median(steps.slice(Math.floor(steps.length / 2)).map(({ stepMs }) => stepMs)),
  };
}

/** The run's fixed latents through a model file. */
export function draw({ evaluator }: SessionContext, file: Uint8Array): Float32Array {
  const network = expectOk(unpackedGenerator(file));
  const images = evaluator.samples(network, new Map());
  network.dispose();
  return images;
}

type StepEvent = Extract<RunEvent, { type: 'step' }>;

/** Of a variant, from the journal: those before an interruption too, and those that came twice once. */
function stepsOf({ run }: SessionContext, variant: string): readonly StepEvent[] {
  const steps = new Map<number, StepEvent>();
  for (const event of expectOk(run.readJournal()).events) {
    if (event.type === 'step' && event.variant === variant) steps.set(event.step, event);
  }
  return [...steps.values()].sort((a, b) => a.step - b.step);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
