/**
 * Convolutions as TensorFlow's functions: `tf.nn.conv2d(x, kernel, strides, padding)`, as layers of the user's
 * own write them around a kernel that they scale or mask. The kernel is a tensor, so no weights are counted
 * here; channels last only, as TensorFlow's functions have it by default.
 */
import type { OpCall } from '../../../core/graph/ops.ts';
import type { Shape } from '../../../core/graph/shape.ts';
import type { CallArguments, CallContext } from '../../interpreter/library.ts';
import type { Value } from '../../interpreter/values.ts';
import { numbersOf } from '../arguments.ts';
import type { TensorFunction } from './kerasOps.ts';
import { firstTensor } from './kerasOps.ts';
import { applyOp, kerasTensorOf } from './kerasTensor.ts';

interface Read {
  readonly kernel: Shape;
  readonly stride: readonly number[];
  readonly padding: 'same' | 'valid';
}

/** `[1, 2, 2, 1]`, `(2, 2)` or `2`: the two in the middle are rows and columns. */
function strideOf(value: Value | undefined): readonly number[] | null {
  if (value === undefined) return [1, 1];
  const numbers = numbersOf(value);
  if (numbers?.length === 4) return numbers.slice(1, 3);
  const [first, second = first] = numbers ?? [];
  return first === undefined || second === undefined ? null : [first, second];
}

function read(args: CallArguments, from: number): Read | null {
  const { positional, keywords } = args;
  const format = keywords.get('data_format');
  if (format?.kind === 'string' && format.value === 'NCHW') return null;
  const kernel =
    kerasTensorOf(positional[1] ?? keywords.get('filters') ?? keywords.get('filter') ?? keywords.get('kernel'))
      ?.shape ?? null;
  const stride = strideOf(positional[from] ?? keywords.get('strides'));
  const padding = positional[from + 1] ?? keywords.get('padding');
  const word = padding === undefined ? 'valid' : padding.kind === 'string' ? padding.value.toLowerCase() : null;
  if (kernel?.length !== 4 || kernel.includes('?') || stride === null) return null;
  return word === 'same' || word === 'valid' ? { kernel, stride, padding: word } : null;
}

function sizesOf({ kernel }: Read): readonly [number, number, number, number] {
  const [rows = 1, columns = 1, third = 1, fourth = 1] = kernel as readonly number[];
  return [rows, columns, third, fourth];
}

function run(args: CallArguments, context: CallContext, name: string, call: OpCall): Value | null {
  const tensor = firstTensor(args);
  return tensor === null ? null : applyOp(context, call, [tensor], name);
}

const conv2d: TensorFunction = (args, context, name) => {
  const found = read(args, 2);
  if (found === null) return null;
  const [rows, columns, inChannels, outChannels] = sizesOf(found);
  const { stride, padding } = found;
  const shared = { kernel: [rows, columns], stride, padding, dilation: [1, 1], bias: false };
  return run(args, context, name, { op: 'conv2d', attributes: { ...shared, inChannels, outChannels, groups: 1 } });
};

const depthwise: TensorFunction = (args, context, name) => {
  const found = read(args, 2);
  if (found === null) return null;
  const [rows, columns, inChannels, each] = sizesOf(found);
  const { stride, padding } = found;
  const shared = { kernel: [rows, columns], stride, padding, dilation: [1, 1], bias: false };
  const outChannels = inChannels * each;
  return run(args, context, name, {
    op: 'conv2d',
    attributes: { ...shared, inChannels, outChannels, groups: inChannels },
  });
};

/** The kernel has the output's channels before the input's; the output's shape is an argument. */
const transposed: TensorFunction = (args, context, name) => {
  const found = read(args, 3);
  const tensor = firstTensor(args);
  if (found === null || tensor === null) return null;
  const [rows, columns, outChannels, inChannels] = sizesOf(found);
  const { stride, padding } = found;
  const stated = args.positional[2] ?? args.keywords.get('output_shape');
  const items = stated === undefined ? null : context.iterate(stated);
  const isKnown = items?.length === 4 && items.slice(1).every(({ kind }) => kind === 'number');
  const shape = isKnown
    ? items.map((item, axis) => (axis === 0 || item.kind !== 'number' ? 1 : item.value))
    : undefined;
  const attributes = { kernel: [rows, columns], stride, padding, dilation: [1, 1], bias: false, outputPadding: [0, 0] };
  const call: OpCall = { op: 'conv2d_transpose', attributes: { ...attributes, inChannels, outChannels, groups: 1 } };
  return applyOp(context, call, [tensor], name, shape === undefined ? {} : { shape });
};

export const CONV_FUNCTIONS: Readonly<Record<string, TensorFunction>> = {
  conv2d,
  // Of `keras.ops`: images are what has a kernel of rows and columns.
  conv: conv2d,
  depthwise_conv2d: depthwise,
  conv2d_transpose: transposed,
};
