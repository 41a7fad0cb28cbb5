/**
 * Images that stand one after the other in one array: IDX, or NumPy's `.npy`. One image is held at a time. What the
 * header promises is held against the file's length where that is known, and against what is read where it is not
 * (a compressed file); nothing is allocated by what a header claims.
 */
import { createByteReader, type ByteOrigin, type ByteReader } from '../formats/byteReader.ts';
import { eachOf, reasonOf, SourceFault, type DecodedAt, type ImageSource, type Positions } from './imageSource.ts';

export interface ArrayLayout {
  readonly nImages: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** Of one image as stored. */
  readonly bytesPerImage: number;
  /** Where the first image begins. */
  readonly headerBytes: number;
  /** What the header is said to promise, `bytes of pixels`. */
  readonly what: string;
  /** One image's bytes as 8-bit samples in H, W, C. */
  readonly toSamples: (bytes: Uint8Array) => Uint8Array;
}

/** Throws a `SourceFault` where the file is not as long as its header says. */
export function arraySource(
  stored: 'IDX' | 'NumPy',
  origin: ByteOrigin,
  layout: ArrayLayout,
  close: () => void,
): ImageSource {
  const promised = layout.nImages * layout.bytesPerImage;
  if (origin.nBytes !== null && origin.nBytes - layout.headerBytes !== promised) {
    throw lengthFault(layout, promised, String(origin.nBytes - layout.headerBytes));
  }
  return {
    stored,
    nFound: layout.nImages,
    skipped: [],
    nameAt: (position) => String(position),
    decode: (positions) => decodeArray(origin, layout, positions),
    close,
  };
}

async function* decodeArray(
  origin: ByteOrigin,
  layout: ArrayLayout,
  positions: Positions,
): AsyncGenerator<DecodedAt, void, void> {
  const { nImages, height, width, channels, bytesPerImage, headerBytes, toSamples } = layout;
  const promised = nImages * bytesPerImage;
  const reader = createByteReader(origin.open());
  try {
    for (const position of eachOf(positions)) {
      await reader.skip(headerBytes + position * bytesPerImage - reader.position);
      const bytes = await reader.take(bytesPerImage);
      if (bytes.length < bytesPerImage) {
        throw lengthFault(layout, promised, String(Math.max(0, reader.position - headerBytes)));
      }
      yield { position, decoding: { ok: true, image: { width, height, channels, data: toSamples(bytes) } } };
    }
    if (reader.position === headerBytes + promised && (await reader.take(1)).length > 0)
      throw lengthFault(layout, promised, 'more');
  } catch (error) {
    throw error instanceof SourceFault ? error : new SourceFault(reasonOf(error));
  } finally {
    await reader.close();
  }
}

/** The bytes of every image, for what has to be known of all before the first is used. */
export async function* everyImage(
  origin: ByteOrigin,
  { nImages, bytesPerImage, headerBytes }: Pick<ArrayLayout, 'nImages' | 'bytesPerImage' | 'headerBytes'>,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = createByteReader(origin.open());
  try {
    await reader.skip(headerBytes);
    for (let i = 0; i < nImages; i++) {
      const bytes = await reader.take(bytesPerImage);
      // What is missing is said when the images are decoded.
      if (bytes.length < bytesPerImage) return;
      yield bytes;
    }
  } finally {
    await reader.close();
  }
}

/** Calls `use` with a reader at the beginning. */
export async function fromBeginning<T>(origin: ByteOrigin, use: (reader: ByteReader) => Promise<T>): Promise<T> {
  const reader = createByteReader(origin.open());
  try {
    return await use(reader);
  } catch (error) {
    throw error instanceof SourceFault ? error : new SourceFault(reasonOf(error));
  } finally {
    await reader.close();
  }
}

function lengthFault({ what }: ArrayLayout, promised: number, found: string): SourceFault {
  return new SourceFault(`its header promises ${promised} ${what} and ${found} follow`);
}
