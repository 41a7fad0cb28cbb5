/**
 * Looks at a data set without training on it: counts, sizes, colours, bad files, statistics and a preview, as a run
 * with the given fit would see it. Large sets are sampled evenly, and the description says how many were read; bad
 * images are listed, never fatal here, so that the user sees all of them at once.
 */
import type { ImagesDescription } from '../../core/data/imagesDescription.ts';
import { suggestedFit } from '../../core/data/imagesDescription.ts';
import { ProblemError } from '../../core/rpc/rpc.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { encodeGrid } from '../formats/png.ts';
import { maxBadShare } from './collectImages.ts';
import type { SkippedFile } from './imageSet.ts';
import { SourceFault, type DecodedAt, type ImageSource } from './imageSource.ts';
import { locateImages } from './locateImages.ts';
import { imagesCancelled, imagesEmpty, imagesUnreadable } from './problems.ts';
import { fitImage, type DecodedImage } from './resizeImage.ts';

export interface DescribeRequest {
  readonly path: string;
  /** Absent: what fits the images. */
  readonly size?: number;
  readonly channels?: 1 | 3;
  /** Images looked at; more are sampled evenly. */
  readonly most: number;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Decoded images that are held until it is known how to fit them; more are decoded a second time. */
const heldBytes = 64 * 2 ** 20;
const progressEvery = 50;

export async function describeImages(request: DescribeRequest): Promise<Result<ImagesDescription>> {
  const located = await locateImages(request.path);
  if (!located.ok) return located;
  const source = located.value;
  if (source.nFound === 0 && source.skipped.length === 0) return failure(imagesEmpty(request.path));
  try {
    return success(await describe(source, request));
  } catch (error) {
    if (error instanceof SourceFault) return failure(imagesUnreadable(request.path, error.message));
    if (error instanceof ProblemError) return failure(error.problem);
    throw error;
  } finally {
    source.close();
  }
}

async function describe(source: ImageSource, request: DescribeRequest): Promise<ImagesDescription> {
  const positions = evenly(source.nFound, request.most);
  const forms = countForms();
  const bad: SkippedFile[] = [...source.skipped];
  let held: DecodedAt[] | null = [];
  let nBytes = 0;
  for await (const decoded of lookedAt(source, positions, request)) {
    const { position, decoding } = decoded;
    if (!decoding.ok) bad.push({ file: source.nameAt(position), reason: decoding.reason });
    else {
      forms.count(decoding.image);
      nBytes += decoding.image.data.length;
    }
    if (nBytes > heldBytes) held = null;
    held?.push(decoded);
  }
  const { sizes, nColour } = forms;
  const suggested = suggestedFit({ sizes: sizes(), nColour: nColour() });
  const fitted = { size: request.size ?? suggested.size, channels: request.channels ?? suggested.channels };
  const statistics = countStatistics(fitted.channels);
  // Large previews of few images say more than small ones of many.
  const previewSide = fitted.size <= 256 ? 8 : fitted.size <= 512 ? 4 : 2;
  const previewed = new Set(evenly(positions.length, previewSide ** 2).map((i) => positions[i]));
  const preview: { readonly position: number; readonly pixels: Uint8Array }[] = [];
  for await (const { position, decoding } of held ?? lookedAt(source, positions, request)) {
    if (!decoding.ok) continue;
    const pixels = fitImage(decoding.image, fitted.size, fitted.channels);
    statistics.count(pixels);
    if (previewed.has(position)) preview.push({ position, pixels });
  }
  // A tar gives them in its own order.
  preview.sort((a, b) => a.position - b.position);
  return {
    version: 1,
    path: request.path,
    stored: source.stored,
    nFound: source.nFound + source.skipped.length,
    nRead: forms.nImages() + bad.length,
    sizes: sizes(),
    nGrey: forms.nImages() - nColour(),
    nColour: nColour(),
    bad,
    badShareAllowed: maxBadShare,
    fitted,
    ...statistics.result(),
    preview: previewOf(
      preview.map(({ pixels }) => pixels),
      fitted,
      previewSide,
    ),
  };
}

async function* lookedAt(
  source: ImageSource,
  positions: readonly number[],
  { path, onProgress, signal }: DescribeRequest,
): AsyncGenerator<DecodedAt, void, void> {
  let done = 0;
  for await (const decoded of source.decode(positions)) {
    if (signal?.aborted === true) throw new ProblemError(imagesCancelled(path));
    yield decoded;
    if (++done % progressEvery === 0) onProgress?.(done, positions.length);
  }
}

/** At most `most` positions below `count`, evenly, ascending. */
function evenly(count: number, most: number): readonly number[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.floor((i * count) / most));
}

function countForms() {
  const counts = new Map<string, { width: number; height: number; count: number }>();
  let nImages = 0;
  let nColour = 0;
  return {
    count(image: DecodedImage): void {
      const { width, height } = image;
      const key = `${width}×${height}`;
      counts.set(key, { width, height, count: (counts.get(key)?.count ?? 0) + 1 });
      nImages++;
      if (hasColour(image)) nColour++;
    },
    nImages: () => nImages,
    nColour: () => nColour,
    sizes: () => [...counts.values()].sort((a, b) => b.count - a.count || b.width - a.width),
  };
}

/** Three channels that differ anywhere by more than compression makes of grey. */
function hasColour({ channels, data }: DecodedImage): boolean {
  if (channels < 3) return false;
  for (let i = 0; i + 2 < data.length; i += channels) {
    const [r = 0, g = 0, b = 0] = [data[i], data[i + 1], data[i + 2]];
    if (Math.max(r, g, b) - Math.min(r, g, b) > 12) return true;
  }
  return false;
}

function countStatistics(channels: number) {
  const sums = new Float64Array(channels);
  const squares = new Float64Array(channels);
  let count = 0;
  return {
    count(image: Uint8Array): void {
      for (let i = 0; i < image.length; i++) {
        const value = image[i] ?? 0;
        const channel = i % channels;
        sums[channel] = (sums[channel] ?? 0) + value;
        squares[channel] = (squares[channel] ?? 0) + value * value;
      }
      count += image.length / channels;
    },
    result(): Pick<ImagesDescription, 'mean' | 'deviation'> {
      if (count === 0) return { mean: [], deviation: [] };
      const mean = Array.from(sums, (sum) => sum / count);
      return {
        mean,
        deviation: mean.map((value, i) => Math.sqrt(Math.max(0, (squares[i] ?? 0) / count - value * value))),
      };
    },
  };
}

function previewOf(
  chosen: readonly Uint8Array[],
  { size, channels }: ImagesDescription['fitted'],
  mostColumns: number,
): string | null {
  if (chosen.length === 0) return null;
  const perImage = size * size * channels;
  const values = new Float32Array(chosen.length * perImage);
  chosen.forEach((image, i) => {
    for (let k = 0; k < perImage; k++) values[i * perImage + k] = (image[k] ?? 0) / 127.5 - 1;
  });
  const columns = Math.min(mostColumns, chosen.length);
  const png = encodeGrid({ values, nImages: chosen.length, height: size, width: size, channels }, { columns, gap: 1 });
  return Buffer.from(png).toString('base64');
}
