/**
 * Messages between the dialog for a data set and the extension host. The page never names a path: it asks the host
 * to let the user choose one, to describe it as a run would see it, and to write the choice into the plan.
 */
import type { ImagesDescription } from '../data/imagesDescription.ts';

export interface DataRequests {
  ready(args: Record<string, never>): DataState;
  /** Lets the user choose; the state after that, the same where they chose nothing. */
  choose(args: { readonly what: 'folder' | 'file' }): DataState;
  describe(args: DataFit): DataState;
  /** How far the reading is, in words; null where nothing is read, or it is too early to say. */
  progress(args: Record<string, never>): string | null;
  /** Stops the reading: what was asked for is answered with a problem that says so. */
  stop(args: Record<string, never>): null;
  /** Shows the edit of the plan for confirmation; false where the user turned it down. */
  apply(args: DataFit): boolean;
}

/** How images are fitted, and how many of them are used. */
export interface DataFit {
  readonly size: number;
  readonly channels: 1 | 3;
  readonly limit: number | null;
}

export interface DataState {
  /** Name of the plan that is written, for people. */
  readonly plan: string;
  /** As the plan will name the images; null until something is chosen. */
  readonly images: string | null;
  readonly fit: DataFit | null;
  readonly description: ImagesDescription | null;
}
