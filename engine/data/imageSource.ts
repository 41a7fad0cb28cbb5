/**
 * A set of images where it is stored: how many there are and in which order, and a way through them that holds one at
 * a time. Opening a set for training and describing one both read through this, so that they always mean the same
 * images. Positions are those of the set: sorted names, or the order of an array.
 */
import type { ImageDecoding } from './decodeImage.ts';
import type { SkippedFile } from './imageSet.ts';

export interface ImageSource {
  readonly stored: 'folder' | 'tar' | 'zip' | 'IDX' | 'NumPy';
  /** Images found, good and bad ones; positions go from 0 to one less. */
  readonly nFound: number;
  /** What has an image's name and is no plain file. */
  readonly skipped: readonly SkippedFile[];
  /** Relative to the folder or archive, with `/`; a number for images of an array. */
  nameAt(position: number): string;
  /**
   * Decodes the images at ascending `positions`, in the order in which they are stored. Throws a `SourceFault` where
   * the whole cannot be read on; a bad image alone is an answer.
   */
  decode(positions: Positions): AsyncIterable<DecodedAt>;
  /** Lets go of what is open. */
  close(): void;
}

/** Ascending positions: a list, or a count for the first so many (no list is made of what a header only claims). */
export type Positions = number | readonly number[];

export interface DecodedAt {
  readonly position: number;
  readonly decoding: ImageDecoding;
}

/** The file cannot be read on; the message is the reason. */
export class SourceFault extends Error {}

/** In words; zlib's own say nothing to a user. */
export function reasonOf(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  const ofZlib = error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
  return ofZlib ? `the file does not unpack (${reason})` : reason;
}

/** Images by extension; other files (labels, licences) and hidden ones are left alone. */
export function isImageName(name: string): boolean {
  const base = name.slice(name.lastIndexOf('/') + 1);
  return /\.(png|jpe?g)$/i.test(base) && !base.startsWith('.');
}

/** The order of a set: by name, on every machine alike. */
export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

export function* eachOf(positions: Positions): Generator<number, void, void> {
  if (typeof positions === 'object') yield* positions;
  else for (let position = 0; position < positions; position++) yield position;
}
