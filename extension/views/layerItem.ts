/**
 * How a model and its layers look in the Models tree: what the inlay hint says, without its width limit.
 * The sign of the degree of redundancy is written out; the icon's shape repeats it. Pure.
 */
import type { LayerReport, ModelReport } from '../../core/report/analyzeReport.ts';
import { boundText, lowerBounds } from '../../core/report/lowerBounds.ts';
import { formatShape } from '../../core/graph/shape.ts';
import { formatBytes, formatCount, formatSigned } from '../../core/format/numbers.ts';

export interface LayerItem {
  readonly label: string;
  readonly description: string;
  readonly icon: string;
  readonly color: string | null;
  readonly tooltip: readonly string[];
  readonly accessible: string;
}

export function modelItem(model: ModelReport): LayerItem {
  const { totals } = model;
  const isBound = lowerBounds(model);
  const bytes = (count: number): string => boundText(count, isBound.weights, formatBytes);
  const description = [
    bytes(totals.bytes.fp32),
    `${boundText(totals.params, isBound.weights, formatCount)} params`,
    `${boundText(totals.macs, isBound.macs, formatCount)} MAC`,
  ].join(' · ');
  return {
    label: model.name,
    description,
    icon: 'symbol-class',
    color: null,
    tooltip: [
      model.instantiation ?? model.name,
      `${bytes(totals.bytes.fp32)} fp32 · ${bytes(totals.bytes.int8)} int8 · ${bytes(totals.bytes.binary)} 1 bit`,
    ],
    accessible: `${model.name}, ${description}`,
  };
}

export function layerItem(layer: LayerReport): LayerItem {
  // What decides comes first: the rest is cut off where the view is narrow.
  const parts = [
    layer.dor === null ? '' : `DoR ${formatSigned(layer.dor.value)}`,
    layer.outputShape === null ? '?' : formatShape(layer.outputShape),
    layer.params === null ? '?' : layer.params === 0 ? '' : formatCount(layer.params),
    layer.macs === null || layer.macs === 0 ? '' : `${formatCount(layer.macs)} MAC`,
    layer.unused ? 'never run' : '',
  ];
  const description = parts.filter((part) => part !== '').join(' · ');
  const { icon, color } = iconOf(layer);
  return {
    label: layer.name,
    description,
    icon,
    color,
    tooltip: [
      `${layer.type} ${layer.name}`,
      ...(layer.unknown === null ? [] : [`Unknown: ${layer.unknown}`]),
      ...(layer.bytes === null
        ? []
        : [
            `${formatBytes(layer.bytes.fp32)} fp32 · ${formatBytes(layer.bytes.int8)} int8 · ${formatBytes(layer.bytes.binary)} 1 bit`,
          ]),
      ...(layer.dor === null ? [] : [dorWords(layer.dor.value)]),
      ...(layer.sensitivity === null
        ? []
        : [`${layer.sensitivity.level} sensitivity (${layer.sensitivity.basis}): ${layer.sensitivity.why}`]),
    ],
    accessible: `${layer.name}, ${layer.type}, ${description}`,
  };
}

/** Layers with weights are what compression is about; the rest stays out of the way. */
export function hasCost(layer: LayerReport): boolean {
  return layer.params === null || layer.params > 0 || layer.dor !== null;
}

/** Layers whose bits can be chosen in their source; the cells of a notebook are not edited. */
export function hasKernel({ op, cell }: LayerReport): boolean {
  return cell === undefined && /^(?:dense|(?:separable_)?conv[123]d(?:_transpose)?)$/.test(op);
}

function iconOf(layer: LayerReport): { readonly icon: string; readonly color: string | null } {
  if (layer.unknown !== null) return { icon: 'question', color: null };
  if (layer.dor === null) return { icon: 'circle-small', color: null };
  return 0 <= layer.dor.value
    ? { icon: 'fold-down', color: 'slimwise.redundantForeground' }
    : { icon: 'lock', color: 'slimwise.irredundantForeground' };
}

function dorWords(value: number): string {
  return 0 <= value
    ? `Degree of redundancy ${formatSigned(value)}: it can be binarized.`
    : `Degree of redundancy ${formatSigned(value)}: binarizing it is predicted to cost quality.`;
}
