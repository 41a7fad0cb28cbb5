/**
 * What a hover says about one layer, in Markdown: the formulas of redundancy and MACs with the numbers put
 * in, memory at fp32, int8 and 1 bit, its share of the model, why other tools print other MACs, and the
 * sensitivity with its reason. Text of the user's file goes in escaped; nothing here is a link or a command.
 */
import { countMacsOutputBased } from '../../core/cost/countMacs.ts';
import { bitsText } from '../../core/cost/weightBits.ts';
import { activationBytes } from '../../core/cost/layerBytes.ts';
import { formatShape, type Shape } from '../../core/graph/shape.ts';
import { spatialOf } from '../../core/shape/layoutAxes.ts';
import { dorFormula } from '../report/dorFormula.ts';
import { formatBytes, formatExact, formatShare, formatSigned } from '../../core/format/numbers.ts';
import { isConvolution, isDeconvolution, isMatrixLayer } from '../report/layerKind.ts';
import type { CostedModel, ModelRow } from '../report/modelRow.ts';
import { codeSpan, escapeMarkdown } from './markdown.ts';

export function layerHover(model: CostedModel, entry: ModelRow): string {
  const { row } = entry;
  const lines = [
    `**${escapeMarkdown(row.type)}** ${codeSpan(row.name)} · ${shapes(row.inputShapes)} → ${shapeText(row.outputShape)}`,
    redundancyLine(model, entry),
    paramsLine(entry),
    macsLine(model, entry),
    memoryLine(entry),
    shareLine(model, entry),
    row.sensitivity === null
      ? null
      : `Sensitivity (${row.sensitivity.basis}): **${row.sensitivity.level}**. ${escapeMarkdown(row.sensitivity.why)}`,
    row.calls.length > 1
      ? `Run ${row.calls.length} times with the same weights: counted once, computed each time.`
      : null,
    row.unused ? 'Built and never run.' : null,
    row.unknown === null ? null : `Not known: ${escapeMarkdown(row.unknown)}`,
  ];
  return lines.filter((line) => line !== null).join('\n\n');
}

function redundancyLine(model: CostedModel, entry: ModelRow): string | null {
  const { row } = entry;
  if (row.dor === null) return null;
  const own = row.dor.formula === 'dense' ? ' (a dense layer as a 1×1 deconvolution: our extension of PBGen)' : '';
  return `Redundancy: ${codeSpan(dorFormula(entry, model.graph.layout) ?? formatSigned(row.dor.value))}${own}`;
}

function paramsLine({ layer, row }: ModelRow): string | null {
  if (row.params === null) return 'Parameters: not known';
  if (row.params === 0) return null;
  const fixed = row.nonTrainable > 0 ? `, and ${formatExact(row.nonTrainable)} that are not trained` : '';
  const formula = paramsFormula(layer);
  return `Parameters: ${formula === null ? '' : `${codeSpan(`${formula} =`)} `}**${formatExact(row.params)}**${fixed}`;
}

/** `512·256·4·4`, with the bias where there is one. */
function paramsFormula(layer: ModelRow['layer']): string | null {
  if (layer.op === 'dense') {
    const { inFeatures, outFeatures, bias } = layer.attributes;
    return `${inFeatures}·${outFeatures}${bias ? ` + ${outFeatures}` : ''}`;
  }
  if (layer.op === 'separable_conv2d' || !(isConvolution(layer) || isDeconvolution(layer))) return null;
  const { inChannels, outChannels, kernel, groups, bias } = layer.attributes;
  return `${inChannels}·${outChannels}·${kernel.join('·')}${groups > 1 ? `/${groups}` : ''}${bias ? ` + ${outChannels}` : ''}`;
}

function macsLine({ graph }: CostedModel, { layer, row }: ModelRow): string | null {
  if (!isMatrixLayer(layer) || row.unused) return row.macs ? `MACs: **${formatExact(row.macs)}**` : null;
  if (row.macs === null) return 'MACs: not known';
  const call = row.calls[0];
  const formula = row.calls.length === 1 && call !== undefined ? macsFormula(layer, call, graph.layout) : null;
  const text = `MACs: ${formula === null ? '' : `${codeSpan(`${formula} =`)} `}**${formatExact(row.macs)}**`;
  if (!isDeconvolution(layer) || call === undefined) return text;
  const outputBased = countMacsOutputBased(layer, call.inputShapes, call.outputShape, graph.layout);
  if (outputBased === null || call.macs === null || outputBased === call.macs) return text;
  return (
    `${text}, on the input grid. torchinfo and others multiply by the output grid and print ` +
    `${formatExact(outputBased)} (${(outputBased / call.macs).toFixed(1).replace(/\.0$/, '')} times as many), ` +
    'which counts multiplications by the zeros that the stride inserts.'
  );
}

function macsFormula(
  layer: ModelRow['layer'],
  call: ModelRow['row']['calls'][number],
  layout: CostedModel['graph']['layout'],
): string | null {
  if (layer.op === 'separable_conv2d' || !(isConvolution(layer) || isDeconvolution(layer))) return null;
  const grid = isDeconvolution(layer) ? (call.inputShapes[0] ?? null) : call.outputShape;
  if (grid === null) return null;
  const { inChannels, outChannels, kernel, groups } = layer.attributes;
  const positions = spatialOf(grid, layout);
  return `${[inChannels, outChannels, ...kernel, ...positions].join('·')}${groups > 1 ? `/${groups}` : ''}`;
}

function memoryLine({ row }: ModelRow): string | null {
  if (row.bytes === null || row.bytes.fp32 === 0) return null;
  const weights = `Memory: ${formatBytes(row.bytes.fp32)} fp32`;
  const packed = row.bytes.binary < row.bytes.fp32;
  const others = packed ? ` · ${formatBytes(row.bytes.int8)} int8 · ${formatBytes(row.bytes.binary)} 1 bit` : '';
  const output = activationBytes(row.outputShape);
  const declared =
    row.declared === undefined
      ? ''
      : ` · **${formatBytes(row.declared.bytes)}** as declared (${bitsText(row.declared.bits)} per weight)`;
  return `${weights}${others}${declared}${output === null ? '' : `; its output ${formatBytes(output)} fp32`}`;
}

function shareLine({ report }: CostedModel, { row }: ModelRow): string | null {
  const { totals } = report;
  if (totals.partial || !row.params || row.macs === null) return null;
  const macs = totals.macs > 0 && row.macs > 0 ? ` and ${formatShare(row.macs, totals.macs)} of the MACs` : '';
  return `Share of ${codeSpan(report.name)}: ${formatShare(row.params, totals.params)} of the parameters${macs}`;
}

function shapes(list: readonly (Shape | null)[] | null): string {
  return list === null || list.length === 0 ? '?' : list.map(shapeText).join(', ');
}

function shapeText(shape: Shape | null): string {
  return shape === null ? '?' : formatShape(shape) || 'scalar';
}
