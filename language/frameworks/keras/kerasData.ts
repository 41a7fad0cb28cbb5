/** Data that Keras scripts train on: `keras.datasets`, image folders, and `tf.data` pipelines. */
import type { Dim, Shape } from '../../../core/graph/shape.ts';
import type { ForeignObject } from '../../interpreter/foreign.ts';
import { arrayOf, arrayValue, labelsValue } from '../../interpreter/libraries/arrayObject.ts';
import type { CallArguments, CallContext } from '../../interpreter/library.ts';
import { NONE, builtin, dict, foreign, tuple, unknown } from '../../interpreter/values.ts';
import type { Value } from '../../interpreter/values.ts';
import { numbersOf } from '../arguments.ts';
import { freeKerasTensor, kerasTensorOf } from './kerasTensor.ts';

/** Training images, their labels, the number of test images and that of classes. */
const SETS: Readonly<Record<string, readonly [readonly number[], readonly number[], number, number]>> = {
  mnist: [[60000, 28, 28], [60000], 10000, 10],
  fashion_mnist: [[60000, 28, 28], [60000], 10000, 10],
  cifar10: [[50000, 32, 32, 3], [50000, 1], 10000, 10],
  cifar100: [[50000, 32, 32, 3], [50000, 1], 10000, 100],
};

/** null: not a call of this kind. */
export function dataCall(path: string, args: CallArguments, context: CallContext): Value | null {
  const set = SETS[/\bdatasets\.(\w+)\.load_data$/.exec(path)?.[1] ?? ''];
  if (set !== undefined) {
    const [images, labels, nTest, nClasses] = set;
    const part = (count: number): Value =>
      tuple([arrayValue([count, ...images.slice(1)]), labelsValue([count, ...labels.slice(1)], nClasses)]);
    return tuple([part(images[0] ?? 0), part(nTest)]);
  }
  if (/image_dataset_from_directory$/.test(path)) return foreign(imageFolder(args));
  if (!/\bdata\.(\w+\.)*Dataset\./.test(path)) return null;
  const name = path.slice(path.lastIndexOf('.') + 1);
  const source = args.positional[0] ?? args.keywords.get('tensors') ?? args.keywords.get('datasets') ?? NONE;
  if (name === 'from_tensor_slices') return foreign(pipeline((at) => rowOf(source, at)));
  if (name === 'zip') {
    const parts = context.iterate(source);
    return foreign(
      pipeline((at) => (parts === null ? unknown('a row of data') : tuple(parts.map((part) => sample(part, at))))),
    );
  }
  return foreign(pipeline(() => unknown('a row of data')));
}

function sample(value: Value, context: CallContext): Value {
  return value.kind === 'foreign'
    ? (value.object.sample?.(context) ?? unknown('a row of data'))
    : unknown('a row of data');
}

/** `image_dataset_from_directory(path, image_size=(64, 64), batch_size=32)`: images and labels, or images alone. */
function imageFolder({ keywords }: CallArguments): ForeignObject {
  const size = keywords.get('image_size');
  const numbers = size === undefined ? [256, 256] : numbersOf(size);
  const mode = keywords.get('color_mode');
  const channels: Dim =
    mode === undefined
      ? 3
      : mode.kind === 'string'
        ? mode.value === 'grayscale'
          ? 1
          : mode.value === 'rgba'
            ? 4
            : 3
        : '?';
  const label = keywords.get('label_mode');
  const batch = keywords.get('batch_size');
  const isBatched = batch?.kind !== 'none';
  return pipeline((context) => {
    const image: Shape = [numbers?.[0] ?? '?', numbers?.[1] ?? '?', channels];
    const tensor = freeKerasTensor(context, isBatched ? ['?', ...image] : image);
    return label?.kind === 'none' ? tensor : tuple([tensor, unknown('a label')]);
  });
}

/** The first row of arrays, tensors, or tuples and dictionaries of them. */
function rowOf(value: Value, context: CallContext): Value {
  const shape = arrayOf(value)?.shape ?? kerasTensorOf(value)?.shape ?? null;
  if (shape !== null) return freeKerasTensor(context, shape.slice(1));
  if (value.kind === 'tuple' || value.kind === 'list') return tuple(value.items.map((item) => rowOf(item, context)));
  if (value.kind === 'dict') {
    const made = dict();
    for (const [key, entry] of value.entries)
      made.entries.set(key, { key: entry.key, value: rowOf(entry.value, context) });
    return made;
  }
  return unknown('a row of data');
}

const SAME = new Set('shuffle prefetch cache repeat take skip with_options filter shard as_numpy_iterator'.split(' '));

function pipeline(element: (context: CallContext) => Value): ForeignObject {
  const self: ForeignObject = {
    typeName: 'Dataset',
    typePaths: ['tensorflow.data.Dataset'],
    truth: () => true,
    iterate: () => null,
    sample: element,
    length: () => unknown('the size of a data set'),
    attribute(name) {
      if (SAME.has(name)) return builtin(name, () => foreign(self));
      if (name === 'batch') {
        return builtin(name, ({ positional, keywords }) => {
          const size = positional[0] ?? keywords.get('batch_size');
          const batch: Dim = size?.kind === 'number' ? size.value : '?';
          return foreign(pipeline((context) => batched(element(context), batch, context)));
        });
      }
      if (name === 'unbatch')
        return builtin(name, () => foreign(pipeline((context) => rowOf(element(context), context))));
      if (name === 'map') {
        return builtin(name, ({ positional, keywords }) => {
          const callee = positional[0] ?? keywords.get('map_func');
          if (callee === undefined) return foreign(self);
          return foreign(
            pipeline((context) => {
              const row = element(context);
              const parts = row.kind === 'tuple' ? row.items : [row];
              return context.call(callee, { positional: parts, keywords: new Map(), open: null });
            }),
          );
        });
      }
      if (name === 'element_spec' || name === 'cardinality') return null;
      return name === '__iter__' ? builtin(name, () => foreign(self)) : null;
    },
  };
  return self;
}

function batched(row: Value, batch: Dim, context: CallContext): Value {
  const tensor = kerasTensorOf(row);
  if (tensor !== null) return freeKerasTensor(context, tensor.shape === null ? null : [batch, ...tensor.shape]);
  if (row.kind === 'tuple' || row.kind === 'list') return tuple(row.items.map((item) => batched(item, batch, context)));
  if (row.kind === 'number') return freeKerasTensor(context, [batch]);
  return row;
}
