/** What a factory of `tf.layers` is to the analysis, and the options that many of them share. */
import type { OpCall, Padding } from '../../../core/graph/ops.ts';
import type { Shape } from '../../../core/graph/shape.ts';
import { readString, type BoundArguments } from '../arguments.ts';

export interface LayerKind {
  /** TF.js' class name: `Conv2DTranspose`. */
  readonly type: string;
  /** Runs its `activation` option after its operator. */
  readonly hasActivation?: boolean;
  /** Where the output's shape does not follow from the operator: `returnSequences`. */
  outputShape?(config: BoundArguments, input: Shape | null): Shape | null;
  /** The same for a layer of several inputs. */
  joinedShape?(config: BoundArguments, inputs: readonly (Shape | null)[]): Shape | null;
  build(config: BoundArguments, inputs: readonly (Shape | null)[]): OpCall | null;
}

/** Channels of the first input; null where they are not known. */
export function channelsOf(inputs: readonly (Shape | null)[]): number | null {
  const shape = inputs[0] ?? null;
  const last = shape === null ? undefined : shape[shape.length - 1];
  return typeof last === 'number' ? last : null;
}

export function paddingOf(config: BoundArguments): Padding | null {
  const padding = readString(config, 'padding', 'valid');
  return padding === 'same' || padding === 'valid' ? padding : null;
}

/** Channels-first data is possible in TF.js and not followed here. */
export function isChannelsLast(config: BoundArguments): boolean {
  const format = readString(config, 'dataFormat', 'channelsLast');
  if (format !== 'channelsLast') config.reason ??= 'channelsFirst is not followed';
  return format === 'channelsLast';
}
