/**
 * Measures a trained generator's layers one at a time at 1, 2, 4 and 8 bits: what the same latents draw (PSNR
 * against full precision) and how far SWD rises, without training on. The weights are those of a finished run;
 * images, latents and patches are that run's, so its SWD and these agree.
 */
import path from 'node:path';
import type { CompressionPlan } from '../../core/plan/compressionPlan.ts';
import { validatePlan } from '../../core/plan/validatePlan.ts';
import { failure, success, type Result } from '../../core/result.ts';
import {
  layerFingerprint,
  type MeasuredBits,
  type MeasuredLayer,
  type NetworkSensitivity,
} from '../../core/sensitivity/sensitivityFile.ts';
import { runFiles, type RunRecord } from '../../core/session/runRecord.ts';
import { layersByRedundancy } from '../compress/layerOrder.ts';
import { unpackedGenerator } from '../compress/unpackedGenerator.ts';
import { bwnCoding, planeCoding, transformsFor } from '../compress/weightCoding.ts';
import { psnr } from '../metrics/psnr.ts';
import { releaseImages } from '../data/imageSet.ts';
import type { DiskPort } from '../runs/diskPort.ts';
import { attempt } from '../runs/writeAtomically.ts';
import type { Network } from '../train/network.ts';
import { createEvaluator, type Evaluator } from './evaluator.ts';
import { prepareSession, type PreparedSession } from './prepareSession.ts';
import { fullModelMissing, imagesChanged, sourceChanged } from './problems.ts';

export const measuredBits = [1, 2, 4, 8] as const;

export interface SensitivityRequest {
  readonly disk: DiskPort;
  readonly folder: string;
  readonly record: RunRecord;
  /** Hears of every layer as soon as it is measured. */
  readonly onLayer: (layer: MeasuredLayer, fullSwd: number) => void;
  readonly onImages?: (done: number, total: number) => void;
  /** Of the measurements: one per layer and number of bits. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A backend is chosen already. */
export async function measureSensitivity(request: SensitivityRequest): Promise<Result<NetworkSensitivity>> {
  const { record } = request;
  const checked = validatePlan(JSON.stringify(record.plan), record.planPath);
  if (!checked.ok) return checked;
  const { plan } = checked.value;
  const reading = request.onImages === undefined ? {} : { onProgress: request.onImages };
  const prepared = await prepareSession(plan, record.planPath, reading);
  if (!prepared.ok) return prepared;
  try {
    return await measurePrepared(request, plan, prepared.value);
  } finally {
    releaseImages(prepared.value.images);
  }
}

async function measurePrepared(
  { disk, folder, record, onLayer, onProgress }: SensitivityRequest,
  plan: CompressionPlan,
  prepared: PreparedSession,
): Promise<Result<NetworkSensitivity>> {
  const { sources, images, generator: graph } = prepared;
  const { source } = plan.generator;
  const planFolder = path.dirname(record.planPath);
  if (sources[source] !== record.sources[source]) return failure(sourceChanged(path.resolve(planFolder, source)));
  if (images.fingerprint !== record.data.fingerprint) {
    return failure(imagesChanged(path.resolve(planFolder, plan.data.images)));
  }
  const file = path.join(folder, runFiles.fullModel);
  const bytes = attempt(file, 0, 'reading', () => (disk.stat(file) === null ? null : disk.read(file)));
  if (!bytes.ok) return bytes;
  if (bytes.value === null) return failure(fullModelMissing(folder));
  const network = unpackedGenerator(bytes.value);
  if (!network.ok) return network;
  try {
    const evaluator = createEvaluator(plan, images, plan.evaluation.nImages);
    const full = evaluator.samples(network.value, new Map());
    const { swd } = await evaluator.swd(network.value, new Map());
    const layers: MeasuredLayer[] = [];
    const ranked = layersByRedundancy(graph, {});
    const total = ranked.length * measuredBits.length;
    let nMeasured = 0;
    for (const { name } of ranked) {
      const layer = graph.layers.find((candidate) => candidate.name === name);
      if (layer === undefined) continue;
      const bits = await measureLayer(network.value, name, { evaluator, full, swd }, () =>
        onProgress?.(++nMeasured, total),
      );
      const measured: MeasuredLayer = { name, fingerprint: layerFingerprint(layer), bits };
      layers.push(measured);
      onLayer(measured, swd);
    }
    return success({
      file: source,
      model: graph.name,
      sha256: sources[source] ?? '',
      run: record.id,
      swd,
      nImages: evaluator.nImages,
      layers,
    });
  } finally {
    network.value.dispose();
  }
}

interface Reference {
  readonly evaluator: Evaluator;
  /** What full precision draws from the fixed latents. */
  readonly full: Float32Array;
  readonly swd: number;
}

async function measureLayer(
  network: Network,
  layer: string,
  { evaluator, full, swd: fullSwd }: Reference,
  onMeasured: () => void,
): Promise<readonly MeasuredBits[]> {
  const rows: MeasuredBits[] = [];
  for (const bits of measuredBits) {
    const coding = bits === 1 ? bwnCoding('xnor') : planeCoding(bits);
    const transforms = transformsFor(network, [layer], coding);
    const drawn = evaluator.samples(network, transforms);
    const { swd } = await evaluator.swd(network, transforms);
    rows.push({ bits, psnr: Math.min(psnr(full, drawn), highestPsnr), swd, rise: swd - fullSwd });
    onMeasured();
  }
  return rows;
}

/** Equal images have no finite PSNR, and JSON no infinity. */
const highestPsnr = 200;
