/**
 * Runs as the document's figures need them: every way of training that a run holds, with its letter of Table II
 * where what it binarizes is what that row of the table binarizes, the deconvolutions of its generator, and what
 * was measured. Letters are given by the layers, not by names: with other than four deconvolutions B to D are the
 * first ones alone, E is the last alone, F and H all but the last, G all; F to H may
 * have the projection binarized too, which the figure names beside the letter.
 */
import { layerDor } from '../../../../core/dor/layerDor.ts';
import type { ModelGraph } from '../../../../core/graph/modelGraph.ts';
import { kindOf } from '../../../../core/plan/selectLayers.ts';
import type { SettingResult } from '../../../../core/session/runEvent.ts';
import { runFiles } from '../../../../core/session/runRecord.ts';
import type { VariantState } from '../../../../core/session/runState.ts';
import { readPacked } from '../../../formats/packedModel.ts';
import type { ReadRun } from '../../readRun.ts';

export type Letter = 'A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'G' | 'H';

export interface FigureRun extends Pick<ReadRun, 'record' | 'state' | 'image' | 'file'> {
  readonly loss: string;
  readonly views: readonly View[];
  /** Deconvolutions of the generator, in order; empty where no model file tells. */
  readonly layers: readonly Deconvolution[];
}

/** One way of training the generator. */
export interface View {
  readonly letter: Letter | null;
  readonly label: string;
  readonly layersG: readonly string[];
  readonly layersD: readonly string[];
  readonly swd: readonly number[];
  readonly levels: readonly { readonly resolution: number; readonly values: readonly number[] }[];
  readonly variant: VariantState | undefined;
  readonly result: SettingResult | undefined;
  readonly stepMs: number | null;
  /** Of this view's own generator. */
  readonly layers: readonly Deconvolution[];
}

export interface Deconvolution {
  readonly name: string;
  readonly channelsIn: number;
  readonly channelsOut: number;
  /** Kernel positions. */
  readonly taps: number;
  readonly dor: number;
}

export function figureRun(run: Pick<ReadRun, 'record' | 'state' | 'image' | 'file'>): FigureRun {
  const layers = layersOf(run, [runFiles.fullModel, runFiles.model]);
  const views = run.state.settings.length > 0 ? settingViews(run, layers) : variantViews(run, layers);
  return {
    record: run.record,
    state: run.state,
    image: run.image,
    file: run.file,
    loss: lossOf(run.record.plan),
    views,
    layers: layers.length > 0 ? layers : (views.find((view) => view.layers.length > 0)?.layers ?? []),
  };
}

export function letterOf(
  layersG: readonly string[],
  layersD: readonly string[],
  layers: readonly Pick<Deconvolution, 'name'>[],
): Letter | null {
  const positions = layers.flatMap(({ name }, i) => (layersG.includes(name) ? [i] : []));
  const last = layers.length - 1;
  if (layersG.length === 0) return layersD.length === 0 ? 'A' : null;
  if (last < 1) return null;
  const compressedD = layersD.length > 0;
  if (positions.length === layers.length) return compressedD ? null : 'G';
  if (positions.length === last && !positions.includes(last) && (last > 1 || compressedD))
    return compressedD ? 'H' : 'F';
  const [only, ...more] = positions;
  // A projection that is binarized too makes it another setting than the document's.
  if (only === undefined || more.length > 0 || compressedD || layersG.length > 1) return null;
  return only === last ? 'E' : ((['B', 'C', 'D'] as const)[only] ?? null);
}

function settingViews(run: Parameters<typeof figureRun>[0], known: readonly Deconvolution[]): readonly View[] {
  const names = [...new Set(run.state.settings.map(({ setting }) => setting))];
  return names.flatMap((name): View[] => {
    const results = run.state.settings.filter(({ setting }) => setting === name).sort((a, b) => a.seed - b.seed);
    const [first] = results;
    if (first === undefined) return [];
    const own = layersOf(run, [first.model]);
    const layers = own.length > 0 ? own : known;
    return [
      {
        letter: letterOf(first.layersG, first.layersD, layers),
        label: `Setting ${name}`,
        layersG: first.layersG,
        layersD: first.layersD,
        swd: results.map(({ swd }) => swd),
        levels: first.levels.map(({ resolution }) => ({
          resolution,
          values: results.flatMap(({ levels }) => levels.find((level) => level.resolution === resolution)?.swd ?? []),
        })),
        variant: run.state.variants.find(({ info }) => info.id === first.variant),
        result: first,
        stepMs: results.map(({ stepMs }) => stepMs).sort((a, b) => a - b)[results.length >> 1] ?? null,
        layers,
      },
    ];
  });
}

/** Full precision with its repetitions, and every variant that compresses something. */
function variantViews({ state }: Parameters<typeof figureRun>[0], layers: readonly Deconvolution[]): readonly View[] {
  const viewOf = (variants: readonly VariantState[], label: string): View[] => {
    const [first] = variants;
    if (first === undefined) return [];
    const { layersG, layersD } = first.info;
    const last = variants.flatMap(({ evaluations }) => evaluations.slice(-1));
    const times = first.losses.slice(first.losses.length >> 1).flatMap(({ stepMs }) => stepMs ?? []);
    return [
      {
        letter: letterOf(layersG, layersD, layers),
        label,
        layersG,
        layersD,
        swd: last.map(({ swd }) => swd),
        levels: (last[0]?.levels ?? []).map(({ resolution }) => ({
          resolution,
          values: last.flatMap(({ levels }) => levels.find((level) => level.resolution === resolution)?.swd ?? []),
        })),
        variant: first,
        result: undefined,
        stepMs: times.sort((a, b) => a - b)[times.length >> 1] ?? null,
        layers,
      },
    ];
  };
  const of = (kind: string): readonly VariantState[] => state.variants.filter(({ info }) => info.kind === kind);
  const repeats = of('repeat').filter(({ evaluations }) => evaluations.length > 0);
  return [
    // What the others are compared with: trained as long as they are, from the same weights.
    ...viewOf(repeats.length > 0 ? repeats : of('full'), 'Full precision'),
    ...of('single').flatMap((variant) => viewOf([variant], variant.info.label)),
    ...of('final').flatMap((variant) => viewOf([variant], variant.info.label)),
  ].filter(({ variant }) => (variant?.losses.length ?? 0) > 0);
}

function layersOf(run: Pick<ReadRun, 'file'>, names: readonly string[]): readonly Deconvolution[] {
  for (const name of names) {
    const bytes = run.file(name);
    const packed = bytes === null ? null : readPacked(bytes);
    if (packed?.ok === true) return deconvolutions(packed.value.graph);
  }
  return [];
}

function deconvolutions(graph: ModelGraph): readonly Deconvolution[] {
  return graph.nodes.flatMap((node): Deconvolution[] => {
    const layer = node.layer === null ? undefined : graph.layers[node.layer];
    if (layer === undefined || kindOf(layer.op) !== 'deconv' || !('attributes' in layer)) return [];
    const dor = layerDor(graph, layer, { conv: 'published' });
    if (dor === null || layer.op !== 'conv2d_transpose') return [];
    const { inChannels, outChannels, kernel } = layer.attributes;
    const taps = kernel.reduce((product, size) => product * size, 1);
    return [{ name: layer.name, channelsIn: inChannels, channelsOut: outChannels, taps, dor: dor.value }];
  });
}

function lossOf(plan: unknown): string {
  if (typeof plan !== 'object' || plan === null || !('train' in plan)) return 'bce';
  const { train } = plan;
  return typeof train === 'object' && train !== null && 'loss' in train ? String(train.loss) : 'bce';
}
