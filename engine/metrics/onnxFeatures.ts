/**
 * A feature network from an ONNX file, for the Fréchet distance and the inception score: Inception where the user
 * has it, or any other that takes images and gives one row of numbers for each. The file is hostile until run:
 * its size is bounded, weights in other files are refused, and inputs and outputs are held against what is
 * asked before anything is fed. Every number that it gives is named by the file, its hash and the output.
 */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { FeatureModel } from '../../core/plan/featureModel.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { fitImage } from '../data/resizeImage.ts';
import { loadBinding, OrtTensor, type OrtFeed, type OrtSession } from '../tensors/loadBinding.ts';
import type { FeatureSet } from './frechet.ts';
import { featuresDoNotFit, featuresDoNotRun, featuresNotFound, featuresTooLarge } from './problems.ts';

export interface OnnxFeatures {
  /** For people: which output of which file, and what was fed to it. */
  readonly name: string;
  /** Rows of features and, where classes were asked for, of class probabilities. Images in [−1, 1], N, H, W, C. */
  look(images: LookedAt): Result<{ readonly features: FeatureSet; readonly probabilities: FeatureSet | null }>;
  dispose(): void;
}

export interface LookedAt {
  readonly values: Float32Array;
  readonly nImages: number;
  readonly size: number;
  readonly channels: 1 | 3;
}

/** Inception-v3 has 95 MiB. */
const mostFileBytes = 1024 * 2 ** 20;
/** Inception's pool3; a covariance has the square of it. */
const mostFeatures = 2048;
const mostPixels = 1024;
const chunk = 16;

/** `model.model` is an absolute path here. */
export async function openOnnxFeatures(model: FeatureModel): Promise<Result<OnnxFeatures>> {
  const read = await readBounded(model.model);
  if (!read.ok) return read;
  const bytes = read.value;
  const binding = loadBinding();
  if (!binding.ok) return binding;
  const session = new binding.value.InferenceSession();
  try {
    session.loadModel(bytes.buffer, bytes.byteOffset, bytes.byteLength, {
      executionProviders: ['cpu'],
      executionMode: 'sequential',
      logSeverityLevel: 4,
    });
  } catch (error) {
    return failure(featuresDoNotRun(model.model, reasonOf(error)));
  }
  const described = describe(session, model);
  if (!described.ok) {
    session.dispose();
    return described;
  }
  const form = described.value;
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const named = form.classes === null ? form.features : `${form.features}' and classes '${form.classes}`;
  return success({
    name: `'${named}' of ${path.basename(model.model)} (SHA-256 ${hash}…), fed ${form.size}×${form.size} ${form.channels === 1 ? 'grey' : 'RGB'}, (x − ${form.mean.join(', ')}) ÷ ${form.deviation.join(', ')} with x from 0 to 1`,
    look: (images) => look(session, model.model, form, images),
    dispose: () => session.dispose(),
  });
}

interface Form {
  readonly input: string;
  readonly features: string;
  readonly classes: string | null;
  readonly channelsFirst: boolean;
  /** The file takes one image at a time. */
  readonly single: boolean;
  readonly size: number;
  readonly channels: 1 | 3;
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

interface ValueMetadata {
  readonly name: string;
  readonly isTensor: boolean;
  /** ONNX's number of the element type: 1 is float32. */
  readonly type: number;
  /** −1: free. */
  readonly shape: readonly number[];
}

async function readBounded(file: string): Promise<Result<Uint8Array<ArrayBuffer>>> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return failure(featuresNotFound(file));
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) return failure(featuresNotFound(file));
    if (stats.size > mostFileBytes) return failure(featuresTooLarge(file, stats.size, mostFileBytes));
    const bytes = new Uint8Array(stats.size);
    for (let at = 0; at < bytes.length;) {
      const { bytesRead } = await handle.read(bytes, at, bytes.length - at, at);
      if (bytesRead === 0) return failure(featuresDoNotRun(file, 'it became shorter while it was read'));
      at += bytesRead;
    }
    // A tensor that names a file (`location`) makes the library open that file, wherever it is.
    if (Buffer.from(bytes.buffer).includes('\n\x08location')) {
      return failure(featuresDoNotRun(file, 'it keeps weights in another file'));
    }
    return success(bytes);
  } catch (error) {
    return failure(featuresDoNotRun(file, reasonOf(error)));
  } finally {
    await handle.close();
  }
}

/** What is asked for against what the file has. */
function describe(session: OrtSession, asked: FeatureModel): Result<Form> {
  const { inputMetadata: inputs, outputMetadata: outputs } = session as unknown as {
    readonly inputMetadata: readonly ValueMetadata[];
    readonly outputMetadata: readonly ValueMetadata[];
  };
  const wrong = (what: string): Result<never> => failure(featuresDoNotFit(asked.model, what));
  const names = (values: readonly ValueMetadata[]): string => values.map(({ name }) => `'${name}'`).join(', ');
  if (asked.input === undefined && inputs.length !== 1)
    return wrong(`it has ${inputs.length} inputs: ${names(inputs)}`);
  const input = asked.input === undefined ? inputs[0] : inputs.find(({ name }) => name === asked.input);
  if (input === undefined) return wrong(`it has no input '${asked.input ?? ''}'; its inputs are ${names(inputs)}`);
  if (inputs.length > 1) return wrong(`it needs more than images: its inputs are ${names(inputs)}`);
  if (!input.isTensor || input.type !== 1) return wrong(`its input '${input.name}' is no float32 tensor`);
  const [batch = -1, a = -1, b = -1, c = -1] = input.shape;
  const isColour = (n: number): n is 1 | 3 => n === 1 || n === 3;
  const channelsFirst = isColour(a);
  const channels = channelsFirst ? a : c;
  const [height, width] = channelsFirst ? [b, c] : [a, b];
  if (input.shape.length !== 4 || !isColour(channels) || height !== width) {
    return wrong(`its input '${input.name}' is [${shapeText(input.shape)}], not square grey or RGB images`);
  }
  const size = height > 0 ? height : asked.size;
  if (size === undefined) return wrong('it takes images of any size, so the size must be said');
  if (asked.size !== undefined && asked.size !== size) return wrong(`it takes images of ${size}×${size}, not ${asked.size}×${asked.size}`); // prettier-ignore
  if (size > mostPixels) return wrong(`it takes images of ${size}×${size}; at most ${mostPixels} are fed`);
  if (batch > 1) return wrong(`it takes ${batch} images at a time, neither one nor any number`);
  const named = (name: string): Result<string> =>
    outputs.some((output) => output.name === name && output.isTensor && output.type === 1)
      ? success(name)
      : wrong(`it has no float32 output '${name}'; its outputs are ${names(outputs)}`);
  if (asked.features === undefined && outputs.length !== 1) {
    return wrong(`it has ${outputs.length} outputs (${names(outputs)}), so the one with the features must be said`);
  }
  const features = named(asked.features ?? outputs[0]?.name ?? '');
  if (!features.ok) return features;
  const classes = asked.classes === undefined ? null : named(asked.classes);
  if (classes !== null && !classes.ok) return classes;
  const perChannel = (values: readonly number[], what: string): Result<readonly number[]> =>
    values.length === 1 || values.length === channels
      ? success(values)
      : wrong(`it takes ${channels} channels, and ${values.length} numbers are given as ${what}`);
  const mean = perChannel(asked.mean, 'mean');
  if (!mean.ok) return mean;
  const deviation = perChannel(asked.deviation, 'deviation');
  if (!deviation.ok) return deviation;
  return success({
    input: input.name,
    features: features.value,
    classes: classes?.value ?? null,
    channelsFirst,
    single: batch === 1,
    size,
    channels,
    mean: mean.value,
    deviation: deviation.value,
  });
}

function look(session: OrtSession, file: string, form: Form, images: LookedAt): ReturnType<OnnxFeatures['look']> {
  const wanted = [form.features, ...(form.classes === null ? [] : [form.classes])];
  const rows = new Map<string, { nFeatures: number; values: Float32Array }>();
  const { nImages } = images;
  const atOnce = form.single ? 1 : chunk;
  for (let from = 0; from < nImages; from += atOnce) {
    const count = Math.min(atOnce, nImages - from);
    const dims = form.channelsFirst ? [count, form.channels, form.size, form.size] : [count, form.size, form.size, form.channels]; // prettier-ignore
    const feed = new OrtTensor('float32', fed(form, images, from, count), dims) as OrtFeed;
    let outputs: Record<string, OrtFeed>;
    try {
      outputs = session.run({ [form.input]: feed }, Object.fromEntries(wanted.map((name) => [name, null])), {});
    } catch (error) {
      return failure(featuresDoNotRun(file, reasonOf(error)));
    }
    for (const name of wanted) {
      const { dims: found = [], data } = outputs[name] ?? {};
      const nFeatures = found[1] ?? 0;
      // [N, F], and [N, F, 1, 1] or [N, 1, 1, F] as pooling leaves it.
      const perImage = found.slice(1).filter((dim) => dim !== 1);
      const width = perImage.length === 0 ? 1 : perImage.length === 1 ? (perImage[0] ?? 0) : 0;
      if (found[0] !== count || nFeatures < 1 || width < 1 || !(data instanceof Float32Array)) {
        return failure(featuresDoNotFit(file, `its output '${name}' is [${found.join(', ')}] for ${count} images, not one row for each`)); // prettier-ignore
      }
      if (width > mostFeatures) return failure(featuresDoNotFit(file, `its output '${name}' has ${width} numbers for each image; at most ${mostFeatures} are compared`)); // prettier-ignore
      if (!data.every(Number.isFinite)) return failure(featuresDoNotFit(file, `its output '${name}' is not finite for these images`)); // prettier-ignore
      const into = rows.get(name) ?? { nFeatures: width, values: new Float32Array(nImages * width) };
      if (into.nFeatures !== width) return failure(featuresDoNotFit(file, `its output '${name}' changes its width`));
      into.values.set(data, from * width);
      rows.set(name, into);
    }
  }
  const setOf = (name: string): FeatureSet => ({ nRows: nImages, ...(rows.get(name) ?? { nFeatures: 0, values: new Float32Array() }) }); // prettier-ignore
  const features = setOf(form.features);
  return success({ features, probabilities: form.classes === null ? null : asProbabilities(setOf(form.classes)) });
}

/** As 8-bit images, cut and resized as training images are, then normalised. */
function fed(form: Form, { values, size, channels }: LookedAt, from: number, count: number): Float32Array {
  const perImage = size * size * channels;
  const nPixels = form.size * form.size;
  const result = new Float32Array(count * nPixels * form.channels);
  for (let i = 0; i < count; i++) {
    const data = Uint8Array.from(values.subarray((from + i) * perImage, (from + i + 1) * perImage), (value) =>
      Math.min(255, Math.max(0, Math.round((value + 1) * 127.5))),
    );
    const pixels = fitImage({ width: size, height: size, channels, data }, form.size, form.channels);
    for (let at = 0; at < pixels.length; at++) {
      const channel = at % form.channels;
      const pixel = Math.floor(at / form.channels);
      const mean = form.mean[channel % form.mean.length] ?? 0;
      const deviation = form.deviation[channel % form.deviation.length] ?? 1;
      const place = form.channelsFirst ? channel * nPixels + pixel : at;
      result[i * pixels.length + place] = ((pixels[at] ?? 0) / 255 - mean) / deviation;
    }
  }
  return result;
}

/** Rows that are no probabilities are taken for logits. */
function asProbabilities({ nRows, nFeatures, values }: FeatureSet): FeatureSet {
  const result = new Float32Array(values.length);
  for (let row = 0; row < nRows; row++) {
    const own = values.subarray(row * nFeatures, (row + 1) * nFeatures);
    const sum = own.reduce((total, value) => total + value, 0);
    if (Math.abs(sum - 1) < 1e-3 && own.every((value) => value >= 0)) {
      result.set(own, row * nFeatures);
      continue;
    }
    const largest = own.reduce((most, value) => Math.max(most, value), -Infinity);
    const powers = own.map((value) => Math.exp(value - largest));
    const total = powers.reduce((all, value) => all + value, 0);
    result.set(powers.map((value) => value / total), row * nFeatures); // prettier-ignore
  }
  return { nRows, nFeatures, values: result };
}

function shapeText(shape: readonly number[]): string {
  return shape.map((dim) => (dim < 0 ? '?' : dim)).join(', ');
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
