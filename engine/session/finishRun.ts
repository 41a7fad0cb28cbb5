/**
 * The end of a run: the packed model is written, read back from disk and made to draw the same latents as
 * the trained network, so the file is known to work; then the comparison grid, the summary and the report.
 * A packed model that draws something else ends the run with a `Problem`, not with a report.
 */
import { failure, success, type Result } from '../../core/result.ts';
import { ProblemError } from '../../core/rpc/rpc.ts';
import type { RunSummary, VariantInfo } from '../../core/session/runEvent.ts';
import { runFiles } from '../../core/session/runRecord.ts';
import type { Noise } from '../compress/noiseThreshold.ts';
import { packGenerator } from '../compress/packGenerator.ts';
import { unpackedGenerator } from '../compress/unpackedGenerator.ts';
import type { ReportPlatform } from '../runs/report/reportData.ts';
import { writeReport } from '../runs/writeReport.ts';
import { expectOk } from './expectOk.ts';
import { measureSpeed } from './measureSpeed.ts';
import { emitMemory } from './memoryEvent.ts';
import { packedDiffers } from './problems.ts';
import { emit, secondsSoFar, type SessionContext } from './sessionContext.ts';
import { variantTransforms } from './trainVariant.ts';
import { layerCodings } from './variants.ts';

export interface TrainedRun {
  readonly final: VariantInfo;
  readonly swdFinal: number;
  readonly noise: Noise;
}

/** Largest difference of a pixel in [−1, 1]: an eighth of a grey level, far above rounding. */
export const pixelTolerance = 1e-3;

/** The networks hold the final weights. */
export function finishRun(context: SessionContext, trained: TrainedRun, platform: ReportPlatform): RunSummary {
  const { run, generator, evaluator } = context;
  const { final, swdFinal, noise } = trained;
  const packedFile = expectOk(run.writeArtifact(runFiles.model, pack(context, final.layersG)));
  const packed = storedFile(context, runFiles.model);
  const full = storedFile(context, runFiles.fullModel);

  const expected = evaluator.samples(generator, variantTransforms(context, final).transformsG);
  const drawn = expectOk(drawFrom(context, packed));
  const difference = largestDifference(expected, drawn);
  if (!(difference <= pixelTolerance)) throw new ProblemError(packedDiffers(packedFile, difference, pixelTolerance));
  emit(context, {
    type: 'note',
    text: `The packed model was read back from disk and drew the run's fixed latents: pixels differ from the trained network's by at most ${difference.toExponential(1)} (allowed: ${pixelTolerance}).`,
  });
  const original = expectOk(drawFrom(context, full));
  expectOk(run.writeArtifact(runFiles.grid, evaluator.comparison(original, drawn)));
  emitMemory(context, final.layersG, { before: full.length, after: packed.length });

  measureSpeed(context, final);

  const summary: RunSummary = {
    fileBytesBefore: full.length,
    fileBytesAfter: packed.length,
    ratio: full.length / packed.length,
    swdFull: noise.mean,
    swdFinal,
    noise: noise.deviation,
    threshold: noise.threshold,
    withinThreshold: swdFinal <= noise.mean + noise.threshold,
    binarizedG: final.layersG,
    binarizedD: final.layersD,
    secondsTotal: secondsSoFar(context),
  };
  expectOk(run.updateRecord({ status: 'finished', summary }));
  const { model, report, grid } = runFiles;
  const finished = expectOk(run.appendEvent({ type: 'finished', summary, model, report, grid }));
  // The listener hears of the end when the report that it will open is there.
  expectOk(writeReport(run, platform));
  context.onEvent(finished);
  return summary;
}

/** The full-precision generator that the compressed one is compared with, trained as long from the same weights. */
export function writeFullModel(context: SessionContext): void {
  expectOk(context.run.writeArtifact(runFiles.fullModel, pack(context, [])));
}

function pack({ generator, prepared }: SessionContext, binarized: readonly string[]): Uint8Array {
  const { plan, sources } = prepared;
  const codings = layerCodings(plan, binarized);
  return packGenerator({ network: generator, weights: generator.readWeights(), binarized, codings, plan, sources });
}

function storedFile({ run }: SessionContext, name: string): Uint8Array {
  const bytes = expectOk(run.readArtifact(name));
  if (bytes === null) throw new Error(`${name} was written and is not there`);
  return bytes;
}

/** The run's fixed latents through a model file. */
function drawFrom({ evaluator }: SessionContext, file: Uint8Array): Result<Float32Array> {
  const network = unpackedGenerator(file);
  if (!network.ok) return failure(network.problem);
  const images = evaluator.samples(network.value, new Map());
  network.value.dispose();
  return success(images);
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] ?? NaN))), 0);
}
