/**
 * What is known about a data set before anything is trained on it: how many images, of which sizes and colours,
 * which of them are bad and why, their statistics, and a preview as a run would see them. Plain data: the command
 * line prints it, the dialog shows it.
 */
export interface ImagesDescription {
  readonly version: 1;
  readonly path: string;
  readonly stored: 'folder' | 'tar' | 'zip' | 'IDX' | 'NumPy';
  /** Images found, bad ones too. */
  readonly nFound: number;
  /** Images looked at: all, or so many evenly over the set. */
  readonly nRead: number;
  /** Of those looked at, most frequent first. */
  readonly sizes: readonly { readonly width: number; readonly height: number; readonly count: number }[];
  readonly nGrey: number;
  readonly nColour: number;
  /** Of those looked at, and of what was found and is no plain file. */
  readonly bad: readonly { readonly file: string; readonly reason: string }[];
  /** Above this share a run refuses the set. */
  readonly badShareAllowed: number;
  /** How the preview and the statistics below were fitted. */
  readonly fitted: { readonly size: number; readonly channels: 1 | 3 };
  /** Per channel, of pixels from 0 to 255 after fitting. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** A grid of fitted images, evenly over the set: PNG in base64; null where none could be read. */
  readonly preview: string | null;
}

/** What a run should be told to use, from what the images are: their commonest size, at most 128, and colour if any has. */
export function suggestedFit({ sizes, nColour }: Pick<ImagesDescription, 'sizes' | 'nColour'>): {
  readonly size: number;
  readonly channels: 1 | 3;
} {
  const [first] = sizes;
  const side = Math.min(first?.width ?? 32, first?.height ?? 32);
  // Generators double their maps: the next power of two that invents no detail, but 28 pixels are drawn as 32.
  const size = [128, 64, 32, 16].find((each) => each <= side * 1.15) ?? 16;
  return { size, channels: nColour > 0 ? 3 : 1 };
}
