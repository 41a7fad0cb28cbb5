/**
 * "Fit this budget" for a model: the bits of each layer with a kernel, its bytes at each number of bits, what they are
 * predicted or were measured to cost, and in words why a layer got its bits. A layer whose degree of redundancy is
 * not known stays as it is, because nothing can be said of it.
 */
import { formatBytes, formatSigned } from '../format/numbers.ts';
import { bitsText, bytesAt, hasKernel, type WeightBits } from '../cost/weightBits.ts';
import { dorTerms } from '../dor/degreeOfRedundancy.ts';
import type { Layer, ModelGraph } from '../graph/modelGraph.ts';
import type { Shape } from '../graph/shape.ts';
import { fitBudget, type FitLayer, type LayerOption } from './fitBudget.ts';
import { predictedSensitivity } from './predictedSensitivity.ts';

/** The bits that are chosen from. */
export const fittedBits = [32, 8, 4, 2, 1] as const;

/** What a run measured of a layer at a number of bits; null where it did not. */
export type MeasuredSensitivity = (layer: string, bits: WeightBits) => number | null;

export interface FittedLayer {
  readonly name: string;
  readonly bits: WeightBits;
  readonly bytes: number;
  readonly sensitivity: number;
  readonly why: string;
}

export interface FittedModel {
  readonly layers: readonly FittedLayer[];
  /** Bytes of all weights of the model. */
  readonly bytes: number;
  readonly sensitivity: number;
  readonly basis: 'predicted' | 'measured';
  readonly isExact: boolean;
}

/** null: the model is over the limit even with one bit everywhere. */
export function fitModel(
  graph: ModelGraph,
  limitBytes: number,
  measured: MeasuredSensitivity | null = null,
): FittedModel | null {
  const { layers, fixedBytes } = fitLayers(graph, measured);
  const fitted = fitBudget(layers, limitBytes, fixedBytes);
  if (fitted === null) return null;
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  return {
    layers: fitted.choices.map(({ name, option }) => {
      const layer = graph.layers.find((candidate) => candidate.name === name);
      return { name, ...option, why: layer === undefined ? '' : whyOf(graph, layer, option, byName.get(name)) };
    }),
    bytes: fitted.bytes,
    sensitivity: fitted.sensitivity,
    basis: measured === null ? 'predicted' : 'measured',
    isExact: fitted.isExact,
  };
}

/** The choices of a model, and the bytes that none of them changes. */
export function fitLayers(
  graph: ModelGraph,
  measured: MeasuredSensitivity | null,
): { readonly layers: readonly FitLayer[]; readonly fixedBytes: number } {
  const layers: FitLayer[] = [];
  let fixedBytes = 0;
  for (const layer of graph.layers) {
    const terms = redundancyTerms(graph, layer);
    if (!hasKernel(layer, layer.weights) || terms === null) {
      fixedBytes += bytesAt(layer.bits ?? 32, layer, layer.weights) ?? 0;
      continue;
    }
    const options = fittedBits.map((bits): LayerOption => ({
      bits,
      bytes: bytesAt(bits, layer, layer.weights) ?? 0,
      sensitivity: measured?.(layer.name, bits) ?? predictedSensitivity(terms, bits),
    }));
    layers.push({ name: layer.name, options });
  }
  return { layers, fixedBytes };
}

/** The two terms of a layer's degree of redundancy; null where it has none, or its shapes are not known. */
export function redundancyTerms(graph: ModelGraph, layer: Layer): ReturnType<typeof dorTerms> {
  const node = graph.nodes.find((candidate) => candidate.layer === layer.index);
  if (node === undefined) return null;
  const [input] = node.inputs;
  const shape: Shape | null = input === undefined ? null : (graph.nodes[input]?.shape ?? null);
  return dorTerms(layer, shape, node.shape, graph.layout, { conv: 'published' });
}

function whyOf(graph: ModelGraph, layer: Layer, option: LayerOption, options: FitLayer | undefined): string {
  const terms = redundancyTerms(graph, layer);
  const dor = terms === null ? '' : `DoR ${formatSigned(terms.columns - terms.space)}`;
  const fewer = options?.options[options.options.indexOf(option) + 1];
  const more = options?.options[options.options.indexOf(option) - 1];
  const parts = [dor];
  if (fewer !== undefined)
    parts.push(
      `${bitsText(fewer.bits)} would save ${formatBytes(option.bytes - fewer.bytes)} more and cost ${cost(fewer, option)}`,
    );
  if (more !== undefined)
    parts.push(`${bitsText(more.bits)} would take ${formatBytes(more.bytes - option.bytes)} more`);
  return parts.filter((part) => part !== '').join('; ');
}

function cost(to: LayerOption, from: LayerOption): string {
  return `${(to.sensitivity - from.sensitivity).toPrecision(2)} of sensitivity`;
}
