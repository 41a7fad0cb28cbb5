/**
 * "Fit this budget" for a model: the bits of each layer with a kernel, its bytes at each number of bits, what they are
 * predicted or were measured to cost, and in words why a layer got its bits. A layer whose degree of redundancy is
 * not known stays as it is, because nothing can be said of it.
 */
import { bitsText, hasKernel, type WeightBits } from '../cost/weightBits.ts';
import { storedBytes } from '../cost/storedBytes.ts';
import { formatBytes, formatSigned } from '../format/numbers.ts';
import type { Layer, ModelGraph } from '../graph/modelGraph.ts';
import type { NetworkSensitivity } from '../sensitivity/sensitivityFile.ts';
import { fitBudget, type FitLayer, type LayerOption } from './fitBudget.ts';
import { modelSensitivity, type LayerCosts, type ModelSensitivity, type SensitivityBasis } from './layerSensitivity.ts';
import { redundancyTerms } from './redundancyTerms.ts';

/** The bits that are chosen from; those of `slimwise sensitivity` are among them. */
export const fittedBits = [32, 8, 4, 2, 1] as const;

export interface FittedLayer {
  readonly name: string;
  readonly bits: WeightBits;
  readonly bytes: number;
  readonly sensitivity: number;
  readonly basis: SensitivityBasis;
  readonly why: string;
}

export interface FittedModel {
  readonly layers: readonly FittedLayer[];
  /** Bytes of all weights of the model. */
  readonly bytes: number;
  /** In the unit of `basis`: rises of SWD ×10³ where anything was measured, else without one. */
  readonly sensitivity: number;
  readonly basis: ModelSensitivity['basis'];
  readonly isExact: boolean;
}

/** What a fit goes by. */
export interface FitOptions {
  /** What a run measured of the model; null: predictions alone. */
  readonly measured: NetworkSensitivity | null;
  /** Layers of one key get the same bits, as those that one line of a source builds; absent: each its own. */
  readonly together?: (layer: Layer) => string;
}

const alone: FitOptions = { measured: null };

/** null: the model is over the limit even with the fewest bits everywhere. */
export function fitModel(graph: ModelGraph, limitBytes: number, options: FitOptions = alone): FittedModel | null {
  const { layers, fixedBytes, members } = fitLayers(graph, options);
  const fitted = fitBudget(layers, limitBytes, fixedBytes);
  if (fitted === null) return null;
  const sensitivity = modelSensitivity(graph, options.measured);
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  return {
    layers: fitted.choices.flatMap(({ name, option }) =>
      (members.get(name) ?? []).flatMap((layer): FittedLayer[] => {
        const costs = sensitivity.costsOf(layer);
        if (costs === null) return [];
        const { bits } = option;
        const bytes = storedBytes(layer, bits) ?? 0;
        const group = { option, options: byName.get(name)?.options ?? [], nLayers: members.get(name)?.length ?? 1 };
        const why = whyOf(graph, layer, costs, group);
        return [{ name: layer.name, bits, bytes, sensitivity: costs.at(bits) ?? 0, basis: costs.basis, why }];
      }),
    ),
    bytes: fitted.bytes,
    sensitivity: fitted.sensitivity,
    basis: sensitivity.basis,
    isExact: fitted.isExact,
  };
}

export interface FitLayers {
  readonly layers: readonly FitLayer[];
  /** Bytes that no choice changes. */
  readonly fixedBytes: number;
  /** The layers of the graph that each of `layers` stands for. */
  readonly members: ReadonlyMap<string, readonly Layer[]>;
}

/** The choices of a model; layers that belong together are one, named after the first of them. */
export function fitLayers(graph: ModelGraph, { measured, together }: FitOptions = alone): FitLayers {
  const sensitivity = modelSensitivity(graph, measured);
  const groups = new Map<string, Layer[]>();
  let fixedBytes = 0;
  for (const layer of graph.layers) {
    if (!hasKernel(layer, layer.weights) || sensitivity.costsOf(layer) === null) {
      fixedBytes += storedBytes(layer) ?? 0;
      continue;
    }
    const key = together?.(layer) ?? layer.name;
    groups.set(key, [...(groups.get(key) ?? []), layer]);
  }
  const members = new Map([...groups.values()].map((own) => [own[0]?.name ?? '', own] as const));
  const layers = [...members].map(([name, own]): FitLayer => {
    const options = fittedBits.flatMap((bits) => optionOf(own, bits, sensitivity));
    return { name, options };
  });
  return { layers, fixedBytes, members };
}

/** The sums of one choice over layers that belong together; none where one of them cannot have so many bits. */
function optionOf(layers: readonly Layer[], bits: WeightBits, sensitivity: ModelSensitivity): LayerOption[] {
  let [bytes, cost] = [0, 0];
  for (const layer of layers) {
    const own = sensitivity.costsOf(layer)?.at(bits) ?? null;
    // A pruned weight is zero, and one bit has no zero.
    if (own === null || (bits === 1 && (layer.prunedShare ?? 0) > 0)) return [];
    bytes += storedBytes(layer, bits) ?? 0;
    cost += own;
  }
  return [{ bits, bytes, sensitivity: cost }];
}

interface FitGroup {
  readonly option: LayerOption;
  readonly options: readonly LayerOption[];
  readonly nLayers: number;
}

function whyOf(graph: ModelGraph, layer: Layer, costs: LayerCosts, group: FitGroup): string {
  const { option, options, nLayers } = group;
  const terms = redundancyTerms(graph, layer);
  const fewer = options[options.indexOf(option) + 1];
  const more = options[options.indexOf(option) - 1];
  const parts = terms === null ? [] : [`DoR ${formatSigned(terms.columns - terms.space)}`];
  if (fewer !== undefined)
    parts.push(
      `${bitsText(fewer.bits)} would save ${formatBytes(option.bytes - fewer.bytes)} more and cost ${cost(fewer, option, costs)}`,
    );
  if (more !== undefined)
    parts.push(`${bitsText(more.bits)} would take ${formatBytes(more.bytes - option.bytes)} more`);
  if (nLayers > 1) parts.push(`with the ${nLayers} layers that one line builds, which get the same bits`);
  if (costs.why !== null) parts.push(`predicted: ${costs.why}`);
  return parts.join('; ');
}

/** A difference that is no rise (noise of a measurement) is said as it is. */
function cost(to: LayerOption, from: LayerOption, { basis, why }: LayerCosts): string {
  const difference = (to.sensitivity - from.sensitivity).toPrecision(2);
  if (basis === 'measured') return `${difference} of SWD ×10³, measured`;
  return why === null ? `${difference} of sensitivity` : `about ${difference} of SWD ×10³`;
}
