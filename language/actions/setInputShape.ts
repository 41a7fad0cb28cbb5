/**
 * Quick fix: say the input shape that the analysis could not find, as a comment above the model:
 * `# slimwise: Generator input=(1,100,1,1)`. The name alone leaves the model built as it was found, which may
 * be in another file whose names mean nothing here. The sizes offered are those that the first layer leaves
 * open (its channels are known); the user picks one and edits the comment at will. Nothing is assumed
 * until the comment stands in the source.
 */
import type { Layout, Shape } from '../../core/graph/shape.ts';
import { withChannelsAndSpatial } from '../../core/shape/layoutAxes.ts';
import { isConvolution, isDeconvolution } from '../report/layerKind.ts';
import type { CostedModel } from '../report/modelRow.ts';
import { indentationOf, lineOf, type CommentMarker, type SourceAction } from './sourceAction.ts';

/** Image sides offered where only the channels are known. */
const sides = [32, 64, 128, 256] as const;

export function setInputShape(
  lines: readonly string[],
  model: CostedModel,
  marker: CommentMarker,
): readonly SourceAction[] {
  const { report } = model;
  const indentation = indentationOf(lineOf(lines, report.line));
  return candidates(model).map((shape) => {
    const text = `(${shape.join(',')})`;
    const rest = others(report.inputs, shape).map((other) => ` input=(${other.join(',')})`);
    return {
      title: `Set input shape of ${report.name} to ${text}`,
      kind: 'quickfix',
      insertion: {
        line: report.line,
        column: 0,
        text: `${indentation}${marker} slimwise: ${report.name} input=${text}${rest.join('')}\n`,
      },
    };
  });
}

/** True where some input of the model has a size that is not known. */
export function lacksInputShape({ report }: CostedModel): boolean {
  return report.inputs.length === 0 || report.inputs.some((shape) => shape === null || shape.includes('?'));
}

/** A comment that feeds a model feeds all its inputs: the others as they are known, with the first one's size. */
function others(declared: readonly (Shape | null)[], chosen: Shape): readonly Shape[] {
  const [first, ...rest] = declared;
  if (rest.includes(null)) return [];
  const size = chosen.find((_dim, axis) => axis > 0 && (first?.[axis] ?? '?') === '?') ?? '?';
  return rest.map((shape) => (shape ?? []).map((dim) => (dim === '?' ? size : dim)));
}

function candidates({ graph, rows, report }: CostedModel): readonly Shape[] {
  const declared = report.inputs[0] ?? null;
  if (declared !== null && declared.length >= 3 && declared[channelIndex(declared, graph.layout)] !== '?') {
    return sides.map((side) => declared.map((dim, axis) => (axis === 0 ? 1 : dim === '?' ? side : dim)));
  }
  const first = rows.find(({ row }) => !row.unused)?.layer;
  if (first === undefined) return [[1, 100]];
  if (first.op === 'dense') return [[1, first.attributes.inFeatures]];
  if (isDeconvolution(first)) {
    const { inChannels, kernel } = first.attributes;
    return [1, 4].map((side) => square(inChannels, side, kernel.length, graph.layout));
  }
  if (isConvolution(first)) {
    const { inChannels, kernel } = first.attributes;
    return sides.map((side) => square(inChannels, side, kernel.length, graph.layout));
  }
  return [[1, 100], ...[1, 3].map((channels) => square(channels, 64, 2, graph.layout))];
}

function square(channels: number, side: number, nDims: number, layout: Layout): Shape {
  return withChannelsAndSpatial(1, channels, Array<number>(nDims).fill(side), layout);
}

function channelIndex(shape: Shape, layout: Layout): number {
  return layout === 'channelsFirst' ? 1 : shape.length - 1;
}
