/**
 * A whole run as its journal would tell it: full precision, three repetitions, Algorithm 1 over the four
 * layers of the sample DCGAN, the final training. Made by rule from a seed, in the shape and order that
 * the engine writes, so that the panel is tested against every kind of event. Its numbers are invented
 * and shown nowhere but in these tests.
 */
import type { LayerDecision, RunEvent, RunEventBody, RunSummary, VariantInfo } from '../../core/session/runEvent.ts';
import type { RunRecord } from '../../core/session/runRecord.ts';

export interface RecordedRun {
  readonly record: RunRecord;
  readonly events: readonly RunEvent[];
}

export interface RecordOptions {
  /** Stop the record here: `training` in the middle of the third single variant. */
  readonly until: 'started' | 'training' | 'failed' | 'finished';
  readonly fullSteps?: number;
  readonly sampleEvery?: number;
  /** Time of the last event, for a run that is live now. */
  readonly endsAt?: number;
}

const startedAt = Date.UTC(2026, 10, 20, 9, 30);

export const layers = [
  { name: 'main.0', type: 'ConvTranspose2d', dor: 240, formula: 'deconv', swdAfter: 38.9, bytes: 2_097_152 },
  { name: 'project', type: 'Linear', dor: 99, formula: 'dense', swdAfter: 37.4, bytes: 1_638_400 },
  { name: 'main.3', type: 'ConvTranspose2d', dor: 64, formula: 'deconv', swdAfter: 39.6, bytes: 524_288 },
  { name: 'main.6', type: 'ConvTranspose2d', dor: -192, formula: 'deconv', swdAfter: 48.2, bytes: 4_096 },
] as const;

const repetitions = [36.1, 38.3, 36.5];
const swdMean = 36.97;
const deviation = 1.17;
const threshold = 3.95;

export function recordRun(options: RecordOptions): RecordedRun {
  const run = writeRecord(options);
  const last = run.events.at(-1)?.at ?? startedAt;
  const shift = (options.endsAt ?? last) - last;
  return { ...run, events: run.events.map((event) => ({ ...event, at: event.at + shift })) };
}

function writeRecord(options: RecordOptions): RecordedRun {
  const fullSteps = options.fullSteps ?? 400;
  const sampleEvery = options.sampleEvery ?? 25;
  const plan = variants(fullSteps);
  const totalSteps = plan.reduce((sum, variant) => sum + variant.steps, 0);
  const events: RunEvent[] = [];
  const random = uniform(7);
  let at = startedAt;
  let stepsDone = 0;
  const tell = (body: RunEventBody, ms = 40): void => {
    at += ms;
    events.push({ ...body, at, seq: events.length + 1 });
  };

  tell({
    type: 'started',
    backend: 'onnxruntime',
    backendWhy: 'onnxruntime-node 1.30.0 loaded; tensorflow is not installed.',
    threads: 2,
    variants: plan,
    expectedSeconds: Math.round(totalSteps * 0.31),
    expectedBytes: 812_000_000,
    nImages: 10_000,
    resumedFromStep: null,
  });
  tell({ type: 'note', text: 'DoR of the projection counts it as a 1×1 deconvolution on a 1×1 map (our extension).' });
  tell(memory());
  if (options.until === 'started') return { record: record('running', null), events };

  const train = (variant: VariantInfo, stopAt = variant.steps): void => {
    tell({ type: 'variant', variant });
    const target = targetSwd(variant);
    for (let step = 0; step <= stopAt; step++) {
      const t = step / variant.steps;
      if (step > 0) {
        stepsDone++;
        const calm = Math.exp(-3 * t);
        tell(
          {
            type: 'step',
            variant: variant.id,
            step,
            lossD: 1.05 - 0.35 * (1 - calm) + 0.28 * (random() - 0.5) + 0.25 * calm * random(),
            lossG: 0.9 + 1.15 * (1 - calm) + 0.75 * (random() - 0.5) + (random() < 0.01 ? 0.8 : 0),
            stepMs: 290 + 40 * random(),
          },
          310,
        );
      }
      if (step % sampleEvery === 0) {
        tell({
          type: 'sample',
          variant: variant.id,
          step,
          file: `samples/${variant.id}/${step}.png`,
          walk: `walks/${variant.id}/${step}.png`,
        });
      }
      if (step > 0 && (step % Math.ceil(variant.steps / 4) === 0 || step === variant.steps)) {
        const swd = target + 16 * Math.exp(-4 * t) + (step === variant.steps ? 0 : 2 * (random() - 0.5));
        tell({
          type: 'evaluation',
          variant: variant.id,
          step,
          swd: step === variant.steps ? target : swd,
          levels: [
            { resolution: 32, swd: swd - 6.2 },
            { resolution: 16, swd: swd + 6.2 },
          ],
          nImages: 512,
        });
      }
      if (step % 10 === 0) {
        tell(
          {
            type: 'progress',
            stepsDone,
            stepsTotal: totalSteps,
            secondsLeft: (totalSteps - stepsDone) * 0.31,
            doing: variant.label,
          },
          0,
        );
      }
    }
    tell({ type: 'checkpoint', variant: variant.id, step: stopAt, folder: `checkpoints/${stopAt}`, bytes: 21_000_000 });
  };

  const [full, ...rest] = plan;
  if (full) train(full);
  for (const repeat of rest.filter((variant) => variant.kind === 'repeat')) train(repeat);
  tell({
    type: 'noise',
    values: repetitions,
    mean: swdMean,
    deviation,
    threshold,
    how: 'T = 2.92·s·√(1 + 1/3) = 3.95: one more full-precision repetition would stay within T of their mean with 95 % probability (s = 1.17 over 3 repetitions).',
  });
  const singles = rest.filter((variant) => variant.kind === 'single');
  for (const [i, single] of singles.entries()) {
    const half = Math.ceil(single.steps / 2);
    if (options.until !== 'finished' && i === 2) {
      train(single, half);
      if (options.until === 'failed') {
        tell({
          type: 'failed',
          problem: {
            code: 'SWP_LOSS_NOT_FINITE',
            message: `The loss of D became infinite at step ${half} of '${single.label}'.`,
            hint: 'The last finite checkpoint is kept. Lower the learning rate and continue.',
          },
        });
      }
      return { record: record(options.until === 'failed' ? 'failed' : 'running', null), events };
    }
    train(single);
    tell({ type: 'decision', decision: decision(i) });
  }
  tell({
    type: 'problem',
    problem: {
      code: 'SWP_IMAGE_SKIPPED',
      message: '3 of 10,000 images were skipped: their files end too early.',
      hint: 'Training went on without them; the report lists their names.',
      path: 'data/shoes',
    },
  });
  for (const variant of rest.filter((each) => each.kind === 'final')) train(variant);
  const summary = summarize((at - startedAt) / 1000);
  tell({ type: 'finished', summary, model: 'model.safetensors', report: 'report.html', grid: 'grid.png' });
  return { record: record('finished', summary), events };
}

function variants(fullSteps: number): readonly VariantInfo[] {
  const short = Math.max(4, Math.round(fullSteps * 0.375));
  const plain = { layersG: [], layersD: [] };
  return [
    { id: 'full', label: 'Full precision', kind: 'full', ...plain, steps: fullSteps },
    ...repetitions.map((_, i): VariantInfo => ({
      id: `repeat-${i + 1}`,
      label: `Full precision, repetition ${i + 1}`,
      kind: 'repeat',
      ...plain,
      steps: short,
    })),
    ...layers.map((layer): VariantInfo => ({
      id: `layer-${layer.name}`,
      label: `Only ${layer.name} binarized`,
      kind: 'single',
      layersG: [layer.name],
      layersD: [],
      steps: short,
    })),
    {
      id: 'final',
      label: 'All accepted layers, with a binarized discriminator',
      kind: 'final',
      layersG: layers.slice(0, 3).map((layer) => layer.name),
      layersD: ['main.2', 'main.5'],
      steps: Math.round(fullSteps / 2),
    },
  ];
}

function targetSwd(variant: VariantInfo): number {
  const layer = layers.find((each) => variant.id === `layer-${each.name}`);
  if (layer) return layer.swdAfter;
  if (variant.kind === 'repeat') return repetitions[Number(variant.id.slice(-1)) - 1] ?? swdMean;
  return variant.kind === 'final' ? 38.1 : 38.8;
}

function decision(i: number): LayerDecision {
  const layer = layers[i] ?? layers[0];
  const rise = layer.swdAfter - swdMean;
  const accepted = rise <= threshold;
  return {
    layer: layer.name,
    type: layer.type,
    dor: layer.dor,
    formula: layer.formula,
    swdBefore: swdMean,
    swdAfter: layer.swdAfter,
    noise: deviation,
    threshold,
    accepted,
    tried: true,
    why: accepted
      ? `SWD ${layer.swdAfter.toFixed(1)} stays within 37.0 + 4.0 = 40.9.`
      : `SWD ${layer.swdAfter.toFixed(1)} is above 37.0 + 4.0 = 40.9: Algorithm 1 stops here.`,
  };
}

function memory(): RunEventBody {
  const rows = layers.map((layer) => ({
    name: layer.name,
    bytesBefore: layer.bytes,
    bytesAfter: layer.dor > 0 ? Math.round(layer.bytes / 31) : layer.bytes,
  }));
  const total = (key: 'bytesBefore' | 'bytesAfter'): number => rows.reduce((sum, row) => sum + row[key], 0);
  return {
    type: 'memory',
    layers: rows,
    totalBefore: total('bytesBefore'),
    totalAfter: total('bytesAfter'),
    device: 'Part of an app (4 MiB)',
    budgetBytes: 4 * 1024 * 1024,
  };
}

function summarize(secondsTotal: number): RunSummary {
  return {
    fileBytesBefore: 4_284_416,
    fileBytesAfter: 158_720,
    ratio: 4_284_416 / 158_720,
    swdFull: swdMean,
    swdFinal: 38.1,
    noise: deviation,
    threshold,
    withinThreshold: true,
    binarizedG: layers.slice(0, 3).map((layer) => layer.name),
    binarizedD: ['main.2', 'main.5'],
    secondsTotal,
  };
}

function record(status: RunRecord['status'], summary: RunSummary | null): RunRecord {
  return {
    format: 1,
    id: '2026-11-20-dcgan',
    name: 'DCGAN on Fashion-MNIST',
    createdAt: new Date(startedAt).toISOString(),
    status,
    planPath: 'slimwise.json',
    plan: {},
    short: true,
    backend: 'onnxruntime',
    threads: 2,
    seed: 1,
    sources: {},
    data: { fingerprint: '0'.repeat(64), nImages: 10_000 },
    versions: {},
    summary,
  };
}

/** A small linear congruential generator (Numerical Recipes' constants): the record is the same each time. */
function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
