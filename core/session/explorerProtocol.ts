/**
 * Messages between the latent explorer and the extension host. The host names the model files as URIs that
 * the page may load; the page sends back pictures that it made, and ids of buttons, never a path, command or
 * URL. Nothing here depends on a run being open: a packed file alone can be explored, without its original.
 */

/** Requests of the page; each is answered exactly once. */
export interface ExplorerRequests {
  /** The page is ready: what there is to draw from. */
  ready(args: Record<string, never>): ExplorerInit;
  /** Asks the user for a place and writes the picture; `saved` is false where the user thought better of it. */
  save(args: { readonly kind: PictureKind; readonly base64: string }): { readonly saved: boolean };
  /** Exports the compressed model to another format. */
  exportModel(args: Record<string, never>): null;
  /** What the empty page offers: to start a run, or to open the sample. */
  begin(args: { readonly with: 'run' | 'sample' }): null;
}

export type PictureKind = 'png' | 'gif';

export type ExplorerInit =
  | { readonly state: 'empty'; readonly trusted: boolean }
  | {
      readonly state: 'model';
      /** The run's or the file's name. */
      readonly title: string;
      readonly compressed: ExplorerFile;
      /** The same network at full precision; null where there is only the packed file. */
      readonly original: ExplorerFile | null;
    };

export interface ExplorerFile {
  readonly uri: string;
  /** On disk. */
  readonly bytes: number;
}
