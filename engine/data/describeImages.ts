/**
 * Looks at a data set without training on it: counts, sizes, colours, bad files, statistics and a preview, as a run
 * with the given fit would see it. Large sets are sampled evenly, and the description says how many were read; bad
 * images are listed, never fatal here, so that the user sees all of them at once.
 */
import type { ImagesDescription } from '../../core/data/imagesDescription.ts';
import { suggestedFit } from '../../core/data/imagesDescription.ts';
import { success, type Result } from '../../core/result.ts';
import { encodeGrid } from '../formats/png.ts';
import { maxBadShare, type ImageEntry } from './decodeEntries.ts';
import { decodeImage } from './decodeImage.ts';
import type { SkippedFile } from './imageSet.ts';
import { locateImages, type LocatedImages } from './locateImages.ts';
import { fitImage, type DecodedImage } from './resizeImage.ts';

export interface DescribeRequest {
  readonly path: string;
  /** Absent: what fits the images. */
  readonly size?: number;
  readonly channels?: 1 | 3;
  /** Images looked at; more are sampled evenly. */
  readonly most: number;
}

const previewSide = 8;

export async function describeImages(request: DescribeRequest): Promise<Result<ImagesDescription>> {
  const located = await locateImages(request.path);
  if (!located.ok) return located;
  const { images, bad, nFound } = await readEvenly(located.value, request.most);
  const { sizes, nGrey, nColour } = formsOf(images);
  const suggested = suggestedFit({ sizes, nColour });
  const fitted = { size: request.size ?? suggested.size, channels: request.channels ?? suggested.channels };
  const pixels = images.map((image) => fitImage(image, fitted.size, fitted.channels));
  return success({
    version: 1,
    path: request.path,
    stored: located.value.stored,
    nFound,
    nRead: images.length + bad.length,
    sizes,
    nGrey,
    nColour,
    bad,
    badShareAllowed: maxBadShare,
    fitted,
    ...statisticsOf(pixels, fitted.channels),
    preview: previewOf(pixels, fitted),
  });
}

interface ReadImages {
  readonly images: readonly DecodedImage[];
  readonly bad: readonly SkippedFile[];
  readonly nFound: number;
}

async function readEvenly(located: LocatedImages, most: number): Promise<ReadImages> {
  if (located.form === 'array') {
    const { nImages, width, height, channels, pixels } = located.images;
    const bytes = width * height * channels;
    const images = evenly(nImages, most).map((i) => ({
      width,
      height,
      channels,
      data: pixels.subarray(i * bytes, (i + 1) * bytes),
    }));
    return { images, bad: [], nFound: nImages };
  }
  const sorted = located.entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const images: DecodedImage[] = [];
  const bad: SkippedFile[] = [...located.skipped];
  for (const i of evenly(sorted.length, most)) {
    const entry = sorted[i];
    if (entry === undefined) continue;
    const decoded = await decodeEntry(entry);
    if (decoded.ok) images.push(decoded.image);
    else bad.push({ file: entry.name, reason: decoded.reason });
  }
  return { images, bad, nFound: sorted.length + located.skipped.length };
}

async function decodeEntry(entry: ImageEntry): ReturnType<typeof decodeImage> {
  try {
    return await decodeImage(await entry.read());
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** At most `most` positions below `count`, evenly, ascending. */
function evenly(count: number, most: number): readonly number[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.floor((i * count) / most));
}

function formsOf(images: readonly DecodedImage[]): Pick<ImagesDescription, 'sizes' | 'nGrey' | 'nColour'> {
  const counts = new Map<string, { width: number; height: number; count: number }>();
  let nColour = 0;
  for (const image of images) {
    const { width, height } = image;
    const key = `${width}×${height}`;
    counts.set(key, { width, height, count: (counts.get(key)?.count ?? 0) + 1 });
    if (hasColour(image)) nColour++;
  }
  return {
    sizes: [...counts.values()].sort((a, b) => b.count - a.count || b.width - a.width),
    nGrey: images.length - nColour,
    nColour,
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

function statisticsOf(images: readonly Uint8Array[], channels: number): Pick<ImagesDescription, 'mean' | 'deviation'> {
  const sums = new Float64Array(channels);
  const squares = new Float64Array(channels);
  let count = 0;
  for (const image of images) {
    for (let i = 0; i < image.length; i++) {
      const value = image[i] ?? 0;
      const channel = i % channels;
      sums[channel] = (sums[channel] ?? 0) + value;
      squares[channel] = (squares[channel] ?? 0) + value * value;
    }
    count += image.length / channels;
  }
  if (count === 0) return { mean: [], deviation: [] };
  const mean = Array.from(sums, (sum) => sum / count);
  return {
    mean,
    deviation: mean.map((value, i) => Math.sqrt(Math.max(0, (squares[i] ?? 0) / count - value * value))),
  };
}

function previewOf(images: readonly Uint8Array[], { size, channels }: ImagesDescription['fitted']): string | null {
  const chosen = evenly(images.length, previewSide * previewSide).flatMap((i) => images[i] ?? []);
  if (chosen.length === 0) return null;
  const perImage = size * size * channels;
  const values = new Float32Array(chosen.length * perImage);
  chosen.forEach((image, i) => {
    for (let k = 0; k < perImage; k++) values[i * perImage + k] = (image[k] ?? 0) / 127.5 - 1;
  });
  const columns = Math.min(previewSide, chosen.length);
  const png = encodeGrid({ values, nImages: chosen.length, height: size, width: size, channels }, { columns, gap: 1 });
  return Buffer.from(png).toString('base64');
}
