/**
 * What `slimwise score` does once its arguments are read: draws images, opens the real ones, and compares both by
 * SWD and by the features of one network, either a classifier trained here on the labelled set or an ONNX file.
 * Real images are held against others of their kind as well: that is what a perfect generator would get.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { formatSwd } from '../../core/format/numbers.ts';
import type { FeatureModel } from '../../core/plan/featureModel.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { imagesAt, releaseImages, type ImageSet } from '../data/imageSet.ts';
import { openImages } from '../data/openImages.ts';
import { labelsDoNotFit } from '../data/problems.ts';
import { readLabels } from '../data/readLabels.ts';
import { featureMoments, frechetDistance, inceptionScore } from '../metrics/frechet.ts';
import { trainFeatureNetwork } from '../metrics/featureNetwork.ts';
import { openOnnxFeatures, type OnnxFeatures } from '../metrics/onnxFeatures.ts';
import { slicedWasserstein } from '../metrics/swd.ts';
import { rng } from '../random/rng.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import { endStep } from '../tensors/step.ts';
import { createCountProgress } from './countProgress.ts';
import { fail, type CliIo, type ExitCode } from './command.ts';
import { drawImages } from './drawImages.ts';
import { modelNotFound } from './problems.ts';
import { renderTable } from './renderTable.ts';

export interface ScoreRequest {
  readonly model: string;
  readonly images: string;
  /** Absolute paths, both: a labelled set to train a classifier on, or a network of the user's. */
  readonly features: { readonly labels: string; readonly steps: number } | FeatureModel;
  readonly latents: 'normal' | 'uniform';
  readonly count: number;
  readonly seed: number;
  readonly backend: 'auto' | 'cpu' | 'onnxruntime' | 'wasm';
}

const batch = 64;
const nParts = 10;

export async function scoreGenerator(request: ScoreRequest, io: CliIo): Promise<ExitCode> {
  const { count } = request;
  const file = await readFile(request.model).catch(() => null);
  if (file === null) return fail(io, modelNotFound(request.model));
  const drawing = createCountProgress(io, 'Drawing images');
  const drawn = await drawImages(file, { ...request, precision: 'fp32', onProgress: drawing.show });
  drawing.end();
  if (!drawn.ok) return fail(io, drawn.problem);
  const { values, height: size, channels } = drawn.value;
  const reading = createCountProgress(io, 'Reading images');
  const images = await openImages(
    { path: request.images, size, channels, onProgress: reading.show },
    path.join(io.cwd, '.slimwise', 'cache', 'images'),
  );
  reading.end();
  if (!images.ok) return fail(io, images.problem);
  try {
    const network = await openFeatures(request, images.value, io);
    if (!network.ok) return fail(io, network.problem);
    const text = compare(request, images.value, { values, nImages: count, size, channels }, network.value);
    network.value.dispose();
    if (!text.ok) return fail(io, text.problem);
    io.out(text.value);
    return 0;
  } finally {
    releaseImages(images.value);
  }
}

type Features = OnnxFeatures;
type Looked = Parameters<Features['look']>[0];

async function openFeatures(request: ScoreRequest, images: ImageSet, io: CliIo): Promise<Result<Features>> {
  const { features, count, seed } = request;
  const { nImages } = images;
  if ('model' in features) {
    if (nImages < 2 * count) return failure(labelsDoNotFit(request.images, nImages, nImages, 2 * count));
    return openOnnxFeatures(features);
  }
  const labels = await readLabels(features.labels);
  if (!labels.ok) return labels;
  if (labels.value.length !== nImages || nImages < 2 * count) {
    return failure(labelsDoNotFit(features.labels, labels.value.length, nImages, 2 * count));
  }
  const backend = await selectBackend({ backend: request.backend, threads: null });
  if (!backend.ok) return backend;
  io.err(`Training the classifier: ${features.steps} steps…\n`);
  const training = createCountProgress(io, 'Training the classifier');
  let nSteps = 0;
  const network = trainFeatureNetwork({
    images,
    labels: labels.value,
    dataName: path.basename(request.images),
    steps: features.steps,
    batch,
    seed,
    endStep() {
      endStep();
      training.show(++nSteps, features.steps);
    },
  });
  training.end();
  return success({
    name: `${network.name}; they are not FID and IS of Inception-v3`,
    look: (set) => success(network.look(set.values, set.nImages)),
    dispose: () => network.dispose(),
  });
}

/** The table and what its numbers are in. */
function compare(
  { count, seed }: ScoreRequest,
  images: ImageSet,
  generated: Looked,
  network: Features,
): Result<string> {
  const order = rng(seed, 0, 'score images').permutation(images.nImages);
  const setOf = (from: number): Looked => ({
    ...generated,
    values: imagesAt(images, order.subarray(from, from + count)),
  });
  const real = setOf(0);
  const ofReal = network.look(real);
  if (!ofReal.ok) return ofReal;
  const moments = featureMoments(ofReal.value.features);
  const rows: string[][] = [];
  for (const [name, set] of [
    ['real images, others', setOf(count)],
    ['the generator', generated],
  ] as const) {
    const seen = network.look(set);
    if (!seen.ok) return seen;
    const distance = frechetDistance(moments, featureMoments(seen.value.features));
    const { probabilities } = seen.value;
    const inception = probabilities === null ? null : inceptionScore(probabilities, nParts);
    rows.push([
      name,
      formatSwd(slicedWasserstein(real, set, { seed }).swd),
      distance.toFixed(2),
      ...(inception === null ? [] : [`${inception.mean.toFixed(2)} ± ${inception.deviation.toFixed(2)}`]),
    ]);
  }
  const measures = ofReal.value.probabilities === null ? 'Fréchet distance' : 'Fréchet distance and inception score';
  const titles = ['', 'SWD ×10³', 'Fréchet distance', 'inception score'].slice(0, rows[0]?.length);
  const table = renderTable(
    titles.map((title, i) => ({ title, align: i === 0 ? 'left' : 'right' })),
    rows,
  );
  const few =
    count < moments.nFeatures
      ? ` Fewer images than the ${moments.nFeatures.toLocaleString('en')} features: compare these distances with each other only.`
      : '';
  return success(
    `${table.join('\n')}\n\n${count.toLocaleString('en')} images of each. ${measures} in ${network.name}.${few}\n`,
  );
}
