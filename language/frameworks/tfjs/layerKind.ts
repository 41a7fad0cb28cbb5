/** What a factory of `tf.layers` is to the analysis, and the options that many of them share. */
import type { OpCall, Padding } from '../../../core/graph/ops.ts';
import type { Layout, Shape } from '../../../core/graph/shape.ts';
import { given, readString, type BoundArguments } from '../arguments.ts';

export interface LayerKind {
  /** TF.js' class name: `Conv2DTranspose`. */
  readonly type: string;
  /** Runs its `activation` option after its operator. */
  readonly hasActivation?: boolean;
  /** Its operator is read anew at each run, because it depends on the whole shape of the input. */
  readonly isBoundToShape?: boolean;
  /** Where the output's shape does not follow from the operator: `returnSequences`. */
  outputShape?(config: BoundArguments, input: Shape | null): Shape | null;
  /** The same for a layer of several inputs. */
  joinedShape?(config: BoundArguments, inputs: readonly (Shape | null)[]): Shape | null;
  /** The output's shape where the operator itself is not known: what the options alone say. */
  openShape?(config: BoundArguments, input: Shape | null): Shape | null;
  build(config: BoundArguments, inputs: readonly (Shape | null)[]): OpCall | null;
}

/** Values along the last axis of the first input; null where they are not known. */
export function lastOf(inputs: readonly (Shape | null)[]): number | null {
  const shape = inputs[0] ?? null;
  const last = shape === null ? undefined : shape[shape.length - 1];
  return typeof last === 'number' ? last : null;
}

/** Channels of the first input, where the layer's `dataFormat` has them; null where they are not known. */
export function channelsOf(config: BoundArguments, inputs: readonly (Shape | null)[]): number | null {
  const layout = layoutOf(config);
  if (layout !== 'channelsFirst') return layout === null ? null : lastOf(inputs);
  const dim = inputs[0]?.[1];
  return typeof dim === 'number' ? dim : null;
}

export function paddingOf(config: BoundArguments): Padding | null {
  const padding = readString(config, 'padding', 'valid');
  return padding === 'same' || padding === 'valid' ? padding : null;
}

/** What `dataFormat` says; null where it is not known. */
export function layoutOf(config: BoundArguments): Layout | null {
  const value = given(config, 'dataFormat');
  if (value === undefined || value.kind === 'none') return 'channelsLast';
  const format = readString(config, 'dataFormat', 'channelsLast');
  if (format === 'channelsFirst' || format === 'channelsLast') return format;
  config.reason ??= 'the data format is not known';
  return null;
}
