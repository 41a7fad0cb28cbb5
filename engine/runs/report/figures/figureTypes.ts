/** What a figure of the document is made of: its head, and a drawing, pictures or a table, or what it would need. */
import type { ChartSpec } from '../../../../core/chart/chartSpec.ts';
import type { ChartTable } from '../../../../core/chart/chartTable.ts';
import type { FigureHead, FigurePicture } from '../figureBlock.ts';
import type { FigureRun, View } from './figureRun.ts';

export type DocumentFigure = { readonly head: FigureHead; readonly wide?: boolean } & (
  | { readonly kind: 'chart'; readonly spec: ChartSpec; readonly pictures?: readonly FigurePicture[] }
  | {
      readonly kind: 'pictures';
      readonly pictures: readonly FigurePicture[];
      readonly table: ChartTable;
      /** Of the same generators, below the pictures. */
      readonly chart?: { readonly head: FigureHead; readonly spec: ChartSpec };
    }
  | { readonly kind: 'table'; readonly table: ChartTable }
  | { readonly kind: 'missing'; readonly needs: string }
);

/** A view with the run that it belongs to. */
export interface OwnedView extends View {
  readonly run: FigureRun;
}

export function missing(head: FigureHead, needs: string): DocumentFigure {
  return { head, kind: 'missing', needs };
}

/** A sample grid as a data URI; null where the file is not there. */
export function pictureOf({ run, variant }: OwnedView, caption: string, step?: number): FigurePicture | null {
  const samples = variant?.samples ?? [];
  const sample = step === undefined ? samples.at(-1) : samples.filter((each) => each.step <= step).at(-1);
  const png = sample === undefined ? null : run.image(sample.file);
  return png === null ? null : { caption, uri: `data:image/png;base64,${Buffer.from(png).toString('base64')}` };
}

/** `Setting F: main.0, main.3`. */
export function nameOf({ letter, label, layersG, layersD }: View): string {
  const layers = layersG.length === 0 ? 'full precision' : layersG.join(', ');
  return `${letter ?? label}: ${layers}${layersD.length > 0 ? ', D too' : ''}`;
}
