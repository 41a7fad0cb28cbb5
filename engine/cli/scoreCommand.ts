/**
 * `slimwise score <model> --images SET --labels FILE`: how good a generator's images are by three measures: SWD, and
 * the Fréchet distance and inception score in the features of a classifier that is trained on the labelled set
 * there and then. The features are named with the numbers: these are not FID and IS of Inception-v3.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { failure } from '../../core/result.ts';
import { imagesAt, releaseImages } from '../data/imageSet.ts';
import { openImages } from '../data/openImages.ts';
import { labelsDoNotFit } from '../data/problems.ts';
import { readLabels } from '../data/readLabels.ts';
import { featureMoments, frechetDistance, inceptionScore } from '../metrics/frechet.ts';
import { trainFeatureNetwork } from '../metrics/featureNetwork.ts';
import { slicedWasserstein } from '../metrics/swd.ts';
import { rng } from '../random/rng.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import { endStep } from '../tensors/step.ts';
import { createCountProgress } from './countProgress.ts';
import { fail, type CliCommand, type CliIo, type ExitCode } from './command.ts';
import { drawImages } from './drawImages.ts';
import { badUsage, modelNotFound } from './problems.ts';
import { renderTable } from './renderTable.ts';

const usage = `Usage: slimwise score <model.safetensors> --images SET --labels FILE [options]

  --images SET    an IDX file, folder or archive of real images
  --labels FILE   their labels, as an IDX file
  --count N       images of each kind that are compared (default 1000)
  --steps N       training steps of the classifier whose features are used (default 400)
  --seed N        (default 1)
  --backend NAME  as for run`;

export const scoreCommand: CliCommand = {
  summary: 'Scores a generator: SWD, and Fréchet distance and inception score by named features.',
  usage,
  async run(args, io) {
    try {
      const { values, positionals } = parseArgs({
        args: [...args],
        allowPositionals: true,
        options: {
          images: { type: 'string' },
          labels: { type: 'string' },
          count: { type: 'string', default: '1000' },
          steps: { type: 'string', default: '400' },
          seed: { type: 'string', default: '1' },
          backend: { type: 'string', default: 'auto' },
        },
      });
      const [model, ...more] = positionals;
      const { images, labels, backend } = values;
      if (model === undefined || more.length > 0 || images === undefined || labels === undefined) {
        return fail(io, badUsage('Name one model, --images and --labels.', 'score'));
      }
      const [count, steps, seed] = [values.count, values.steps, values.seed].map(Number) as [number, number, number];
      if (![count, steps, seed].every((n) => Number.isSafeInteger(n) && n >= 0) || count < 100 || steps < 1) {
        return fail(io, badUsage('--count is at least 100, --steps at least 1, --seed a whole number.', 'score'));
      }
      if (backend !== 'auto' && backend !== 'cpu' && backend !== 'onnxruntime' && backend !== 'wasm') {
        return fail(io, badUsage(`--backend is auto, onnxruntime, wasm or cpu, not '${backend}'.`, 'score'));
      }
      const at = (name: string): string => path.resolve(io.cwd, name);
      return await score({ model: at(model), images: at(images), labels: at(labels), count, steps, seed, backend }, io);
    } catch (error) {
      return fail(io, badUsage(error instanceof Error ? error.message : String(error), 'score'));
    }
  },
};

interface ScoreRequest {
  readonly model: string;
  readonly images: string;
  readonly labels: string;
  readonly count: number;
  readonly steps: number;
  readonly seed: number;
  readonly backend: 'auto' | 'cpu' | 'onnxruntime' | 'wasm';
}

const batch = 64;
const nParts = 10;

async function score(request: ScoreRequest, io: CliIo): Promise<ExitCode> {
  const { count, steps, seed } = request;
  const file = await readFile(request.model).catch(() => null);
  if (file === null) return fail(io, modelNotFound(request.model));
  const drawing = createCountProgress(io, 'Drawing images');
  const drawn = await drawImages(file, {
    ...request,
    latents: 'normal',
    precision: 'fp32',
    onProgress: drawing.show,
  });
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
  const labels = await readLabels(request.labels);
  if (!labels.ok) return fail(io, labels.problem);
  const { nImages } = images.value;
  if (labels.value.length !== nImages || nImages < 2 * count) {
    return fail(io, failure(labelsDoNotFit(request.labels, labels.value.length, nImages, 2 * count)).problem);
  }
  const backend = await selectBackend({ backend: request.backend, threads: null });
  if (!backend.ok) return fail(io, backend.problem);
  io.err(`Training the classifier: ${steps} steps…\n`);
  const training = createCountProgress(io, 'Training the classifier');
  let nSteps = 0;
  const network = trainFeatureNetwork({
    images: images.value,
    labels: labels.value,
    dataName: path.basename(request.images),
    steps,
    batch,
    seed,
    endStep() {
      endStep();
      training.show(++nSteps, steps);
    },
  });
  training.end();
  const order = rng(seed, 0, 'score images').permutation(nImages);
  const real = imagesAt(images.value, order.subarray(0, count));
  const others = imagesAt(images.value, order.subarray(count, 2 * count));
  const ofReal = network.look(real, count);
  const rows = [
    { name: 'real images, others', values: others },
    { name: 'the generator', values },
  ].map((set) => {
    const seen = network.look(set.values, count);
    const distance = frechetDistance(featureMoments(ofReal.features), featureMoments(seen.features));
    const inception = inceptionScore(seen.probabilities, nParts);
    const asSet = (of: Float32Array) => ({ values: of, nImages: count, size, channels });
    const { swd } = slicedWasserstein(asSet(real), asSet(set.values), { seed });
    return [set.name, swd.toFixed(1), distance.toFixed(2), `${inception.mean.toFixed(2)} ± ${inception.deviation.toFixed(2)}`]; // prettier-ignore
  });
  const { name } = network;
  network.dispose();
  releaseImages(images.value);
  const titles = ['', 'SWD ×10³', 'Fréchet distance', 'inception score'];
  const table = renderTable(
    titles.map((title, i) => ({ title, align: i === 0 ? 'left' : 'right' })),
    rows,
  );
  io.out(
    `${table.join('\n')}\n\n${count.toLocaleString('en')} images of each. Fréchet distance and inception score in ${name}; they are not FID and IS of Inception-v3.\n`,
  );
  return 0;
}
