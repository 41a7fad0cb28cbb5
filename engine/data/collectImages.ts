/**
 * Goes through a source once and hands every usable image on, fitted to the size and channels of a request: bad ones
 * are skipped and listed with the reason, and more than 1 % bad is refused. Which images a set has, and in which
 * order, follows from names and limit alone, not from the order in which an archive happens to hold them.
 */
import { failure, success, type Result } from '../../core/result.ts';
import type { SkippedFile } from './imageSet.ts';
import { SourceFault, type ImageSource } from './imageSource.ts';
import type { ImageRequest } from './openImages.ts';
import { imagesCancelled, imagesEmpty, imagesTooManyBad, imagesUnreadable } from './problems.ts';
import { fitImage } from './resizeImage.ts';

export interface CollectedImages {
  readonly nImages: number;
  /** Where image i was handed on, counted from 0; null where that is i. */
  readonly order: Uint32Array | null;
  readonly skipped: readonly SkippedFile[];
}

/** Share of bad files above which the set is refused. */
export const maxBadShare = 0.01;
const progressEvery = 100;

/** Images that a request will have at most. */
export function countWanted(source: ImageSource, limit = Infinity): number {
  return Math.min(source.nFound, limit);
}

/** Images that are decoded for that at most; a set with more bad ones among them is refused in any case. */
export function countCandidates(source: ImageSource, limit = Infinity): number {
  return Math.min(source.nFound, Math.ceil(countWanted(source, limit) / (1 - maxBadShare)) + 1);
}

/** `keep` is called with size × size × channels bytes per image; it may throw, which ends it all. */
export async function collectImages(
  source: ImageSource,
  { path, size, channels, limit, onProgress, signal }: ImageRequest,
  keep: (pixels: Uint8Array) => void,
): Promise<Result<CollectedImages>> {
  if (source.nFound === 0 && source.skipped.length === 0) return failure(imagesEmpty(path));
  const nWanted = countWanted(source, limit);
  const nCandidates = countCandidates(source, limit);
  let placeOf: Int32Array = new Int32Array();
  const bad = new Map<number, string>();
  let nKept = 0;
  let nSeen = 0;
  let inOrder = true;
  let lastPosition = -1;
  try {
    for await (const { position, decoding } of source.decode(nCandidates)) {
      if (signal?.aborted === true) return failure(imagesCancelled(path));
      inOrder &&= position > lastPosition;
      lastPosition = position;
      if (decoding.ok) {
        keep(fitImage(decoding.image, size, channels));
        placeOf = grown(placeOf, position);
        placeOf[position] = nKept++;
      } else bad.set(position, decoding.reason);
      if (++nSeen % progressEvery === 0) onProgress?.(Math.min(nKept, nWanted), nWanted);
      if (inOrder && nKept === nWanted && nSeen === position + 1) break;
    }
  } catch (error) {
    if (error instanceof SourceFault) return failure(imagesUnreadable(path, error.message));
    throw error;
  }
  return choose();

  /** The first good ones by position, and the bad ones before the last of them. */
  function choose(): Result<CollectedImages> {
    const skipped = [...source.skipped];
    const order = new Uint32Array(Math.min(nKept, nWanted));
    let nImages = 0;
    const nPlaces = Math.min(nCandidates, Math.max(placeOf.length, lastBad(bad) + 1));
    for (let position = 0; position < nPlaces && nImages < nWanted; position++) {
      const reason = bad.get(position);
      const place = placeOf[position] ?? -1;
      if (reason !== undefined) skipped.push({ file: source.nameAt(position), reason });
      else if (place >= 0) order[nImages++] = place;
    }
    const nLooked = nImages + skipped.length;
    if (nImages === 0 || skipped.length > maxBadShare * nLooked) {
      return failure(imagesTooManyBad(path, skipped, nLooked));
    }
    return success({ nImages, order: order.every((place, i) => place === i) ? null : order, skipped });
  }
}

function lastBad(bad: ReadonlyMap<number, string>): number {
  let last = -1;
  for (const position of bad.keys()) last = Math.max(last, position);
  return last;
}

/** Room for `position`: −1 for what was not handed on. It grows with what is read, not with what a header claims. */
function grown(places: Int32Array, position: number): Int32Array {
  if (position < places.length) return places;
  const larger = new Int32Array(Math.max(1024, 2 * places.length, position + 1)).fill(-1);
  larger.set(places);
  return larger;
}
