/**
 * A finished run as a session leaves it, for the report's tests: four layers, three repetitions, one layer
 * rejected, with small pictures and two packed files. Its names contain markup, because names come from the
 * user's files. The numbers are invented, and none of them leaves the tests.
 */
import assert from 'node:assert/strict';
import type { ModelGraph } from '../../../core/graph/modelGraph.ts';
import type { LayerDecision, RunEventBody, RunSummary, VariantInfo } from '../../../core/session/runEvent.ts';
import { runFiles } from '../../../core/session/runRecord.ts';
import { binaryWeight, writePacked, type PackedWeight } from '../../formats/packedModel.ts';
import { encodeGrid } from '../../formats/png.ts';
import { rng } from '../../random/rng.ts';
import { memoryDisk } from '../memoryDisk.ts';
import { newRun } from '../runStoreFixture.ts';
import type { Run } from '../runStore.ts';

const layers = [
  { name: 'main.0', op: 'conv2d_transpose', type: 'ConvTranspose2d', shape: [256, 128, 4, 4], outAxis: 1, dor: 240 },
  { name: 'fc', op: 'dense', type: 'Linear', shape: [4096, 100], outAxis: 0, dor: 99 },
  {
    name: 'main.<b>3</b>',
    op: 'conv2d_transpose',
    type: 'ConvTranspose2d',
    shape: [128, 64, 4, 4],
    outAxis: 1,
    dor: 64,
  },
  { name: 'main.6', op: 'conv2d_transpose', type: 'ConvTranspose2d', shape: [64, 1, 4, 4], outAxis: 1, dor: -192 },
] as const;
const accepted: readonly string[] = layers.slice(0, 3).map(({ name }) => name);

export const platform = {
  cpu: 'Test CPU',
  cores: 2,
  memoryBytes: 8 * 2 ** 30,
  system: 'Linux 6.1 x64',
  node: 'v20.20.2',
};

export interface FinishedRun {
  readonly run: Run;
  readonly fullBytes: number;
  readonly packedBytes: number;
}

export function finishedRun(
  nSteps = 60,
  picture: (seed: number, count: number) => Uint8Array = noisePicture,
): FinishedRun {
  const run = newRun(memoryDisk());
  run.updateRecord({ status: 'finished', name: 'DCGAN <script>alert(1)</script>' });
  const full = packed([]);
  const small = packed(accepted);
  const variants: VariantInfo[] = [
    { id: 'full', label: 'Full precision', kind: 'full', layersG: [], layersD: [], steps: nSteps },
    ...[1, 2, 3].map((i): VariantInfo => ({
      id: `repeat-${i}`,
      label: `Full precision, repetition ${i}`,
      kind: 'repeat',
      layersG: [],
      layersD: [],
      steps: nSteps,
    })),
    ...layers.map(({ name }): VariantInfo => ({
      id: `layer-${name}`,
      label: `Only ${name} binarized`,
      kind: 'single',
      layersG: [name],
      layersD: [],
      steps: nSteps,
    })),
    {
      id: 'final',
      label: 'Accepted layers together, D binarized',
      kind: 'final',
      layersG: accepted,
      layersD: ['conv.0'],
      steps: nSteps,
    },
  ];
  const swds = [52.1, 36.2, 37.9, 37.1, 38.4, 36.9, 39.2, 48.6, 38.8];
  append(run, {
    type: 'started',
    backend: 'cpu',
    backendWhy: 'for the test',
    threads: 1,
    variants,
    expectedSeconds: 400,
    expectedBytes: 5e8,
    nImages: 100,
    resumedFromStep: null,
  });
  for (const [i, variant] of variants.entries()) {
    append(run, { type: 'variant', variant });
    const stream = rng(i, 0, 'losses');
    for (let step = 1; step <= nSteps; step++) {
      const calm = Math.exp((-3 * step) / nSteps);
      append(run, {
        type: 'step',
        variant: variant.id,
        step,
        lossD: 0.6 + 0.7 * calm + 0.08 * stream.normal(),
        lossG: 1.6 - 0.9 * calm + 0.2 * stream.normal(),
        stepMs: 120,
      });
    }
    const file = run.writeSample(variant.id, nSteps, picture(i, 16));
    assert.ok(file.ok);
    const walk = run.writeWalk(variant.id, nSteps, walkPicture(i));
    assert.ok(walk.ok);
    append(run, { type: 'sample', variant: variant.id, step: nSteps, file: file.value, walk: walk.value });
    const swd = swds[i] ?? 0;
    append(run, {
      type: 'evaluation',
      variant: variant.id,
      step: nSteps,
      swd,
      levels: [
        { resolution: 32, swd: swd * 0.9 },
        { resolution: 16, swd: swd * 1.1 },
      ],
      nImages: 100,
    });
  }
  const noise = { values: [36.2, 37.9, 37.1], mean: 37.07, deviation: 0.85, threshold: 2.87 };
  append(run, { type: 'noise', ...noise, how: 'T = 2.92·s·√(1 + 1/3) = 2.87 (s = 0.85 over 3 repetitions).' });
  for (const [i, layer] of layers.entries())
    append(run, { type: 'decision', decision: decisionOf(layer, swds[4 + i] ?? 0, noise) });
  append(run, {
    type: 'memory',
    layers: layers.map(({ name, shape }) => {
      const bytesBefore = 4 * shape.reduce<number>((product, size) => product * size, 1);
      return { name, bytesBefore, bytesAfter: accepted.includes(name) ? Math.round(bytesBefore / 31) : bytesBefore };
    }),
    totalBefore: full.length,
    totalAfter: small.length,
    device: 'Microcontroller (512 KiB)',
    budgetBytes: 512 * 1024,
  });
  append(run, { type: 'note', text: 'The packed model was read back <i>and</i> drew the same images.' });
  run.writeArtifact(runFiles.fullModel, full);
  run.writeArtifact(runFiles.model, small);
  run.writeArtifact(runFiles.realSample, picture(99, 16));
  run.writeArtifact(runFiles.grid, picture(98, 96));
  const summary: RunSummary = {
    fileBytesBefore: full.length,
    fileBytesAfter: small.length,
    ratio: full.length / small.length,
    swdFull: noise.mean,
    swdFinal: 38.8,
    noise: noise.deviation,
    threshold: noise.threshold,
    withinThreshold: true,
    binarizedG: accepted,
    binarizedD: ['conv.0'],
    secondsTotal: 431,
  };
  append(run, { type: 'finished', summary, model: runFiles.model, report: runFiles.report, grid: runFiles.grid });
  return { run, fullBytes: full.length, packedBytes: small.length };
}

function decisionOf(
  { name, type, op, dor }: (typeof layers)[number],
  swdAfter: number,
  noise: { readonly mean: number; readonly deviation: number; readonly threshold: number },
): LayerDecision {
  const good = swdAfter <= noise.mean + noise.threshold;
  return {
    layer: name,
    type,
    dor,
    formula: op === 'dense' ? 'dense' : 'deconv',
    swdBefore: noise.mean,
    swdAfter,
    noise: noise.deviation,
    threshold: noise.threshold,
    accepted: good,
    tried: true,
    why: good ? 'SWD rose by no more than T.' : 'SWD rose by more than T: binarizing stops here.',
  };
}

function packed(binarized: readonly string[]): Uint8Array {
  const site = { file: 'g.py', line: 1, column: 0, endLine: 1, endColumn: 0 };
  const graph: ModelGraph = {
    name: 'Generator',
    framework: 'pytorch',
    layout: 'channelsFirst',
    file: 'g.py',
    line: 1,
    instantiation: null,
    layers: layers.map(
      ({ name, op, type }, index) =>
        ({
          index,
          name,
          type,
          op,
          attributes: {},
          site,
          stack: [],
          weights: [],
          unknown: null,
        }) as unknown as ModelGraph['layers'][number],
    ),
    nodes: [],
    inputs: [],
    outputs: [],
    faults: [],
  };
  const weights = new Map<string, PackedWeight>();
  for (const { name, shape, outAxis } of layers) {
    const values = rng(1, 0, name).fillNormal(
      new Float32Array(shape.reduce<number>((product, size) => product * size, 1)),
    );
    weights.set(
      `${name}.weight`,
      binarized.includes(name) ? binaryWeight(shape, outAxis, values) : { kind: 'float', shape, values },
    );
    const nChannels = shape[outAxis] ?? 0;
    weights.set(`${name}.bias`, { kind: 'float', shape: [nChannels], values: new Float32Array(nChannels) });
  }
  return writePacked({ graph, weights, plan: {}, sources: {} });
}

function noisePicture(seed: number, count: number): Uint8Array {
  const values = rng(seed, 0, 'picture').fillUniform(new Float32Array(count * 16), -1, 1);
  return encodeGrid({ values, nImages: count, height: 4, width: 4, channels: 1 }, { columns: 16, gap: 1 });
}

/** 64 frames of one grey each, `1 + seed` levels of 255 lighter from frame to frame. */
function walkPicture(seed: number): Uint8Array {
  const values = Float32Array.from({ length: 64 * 16 }, (_, i) => (2 * (1 + seed) * Math.floor(i / 16)) / 255 - 1);
  return encodeGrid({ values, nImages: 64, height: 4, width: 4, channels: 1 }, { columns: 8, gap: 1 });
}

function append(run: Run, event: RunEventBody): void {
  assert.ok(run.appendEvent(event).ok);
}
