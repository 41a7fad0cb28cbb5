/**
 * Data sets and loaders: what one item is, and what a batch of items is. Known data sets have known sizes;
 * a user's data set is asked for one item (`__getitem__` with a position that is not known).
 */
import type { Dim } from '../../../core/graph/shape.ts';
import type { ForeignObject } from '../../interpreter/foreign.ts';
import { sampleOf } from '../../interpreter/access.ts';
import { arrayOf } from '../../interpreter/libraries/arrayObject.ts';
import type { CallArguments, CallContext } from '../../interpreter/library.ts';
import { NONE, builtin, dict, foreign, list, tuple, unknown } from '../../interpreter/values.ts';
import type { Value } from '../../interpreter/values.ts';
import { freeTensor, tensorOf } from '../pytorch/torchTensor.ts';
import { imageOf, imageValue } from './imageObject.ts';

/** Height, width and channels of data sets that come with torchvision. */
const SIZES: Readonly<Record<string, readonly [Dim, Dim, Dim]>> = {
  MNIST: [28, 28, 1],
  FashionMNIST: [28, 28, 1],
  KMNIST: [28, 28, 1],
  EMNIST: [28, 28, 1],
  QMNIST: [28, 28, 1],
  USPS: [16, 16, 1],
  Omniglot: [105, 105, 1],
  CIFAR10: [32, 32, 3],
  CIFAR100: [32, 32, 3],
  SVHN: [32, 32, 3],
  STL10: [96, 96, 3],
  CelebA: [218, 178, 3],
  ImageFolder: ['?', '?', 3],
  DatasetFolder: ['?', '?', '?'],
  LSUN: ['?', '?', 3],
  ImageNet: ['?', '?', 3],
  Flowers102: ['?', '?', 3],
  Places365: ['?', '?', 3],
  OxfordIIITPet: ['?', '?', 3],
};

export function imageDataset(name: string, args: CallArguments, context: CallContext): Value | null {
  const transform =
    args.keywords.get('transform') ??
    args.positional.find((value) => value.kind === 'foreign' && value.object.typeName === 'Transform');
  if (name === 'FakeData') {
    const size = args.keywords.get('image_size') ?? args.positional[1];
    const items = size?.kind === 'tuple' ? size.items : [];
    const dim = (item: Value | undefined): Dim => (item?.kind === 'number' ? item.value : '?');
    return datasetOf(name, () => itemOf(imageValue(dim(items[1]), dim(items[2]), dim(items[0])), transform, context));
  }
  const size = SIZES[name];
  return size === undefined ? null : datasetOf(name, () => itemOf(imageValue(...size), transform, context));
}

function itemOf(image: Value, transform: Value | undefined, context: CallContext): Value {
  const isPlain = transform === undefined || transform.kind === 'none';
  const data = isPlain ? image : context.call(transform, { positional: [image], keywords: new Map(), open: null });
  return tuple([data, unknown('a label')]);
}

function datasetOf(name: string, item: () => Value): Value {
  return foreign({
    typeName: name,
    typePaths: [`torchvision.datasets.${name}`, 'torch.utils.data.Dataset'],
    truth: () => true,
    index: item,
    iterate: () => null,
    sample: item,
    length: () => unknown('the size of a data set'),
    attribute: (key) => (key === '__len__' ? builtin(key, () => unknown('the size of a data set')) : null),
  });
}

/** `TensorDataset(x, y)`: one row of each. */
export function tensorDataset(args: CallArguments, context: CallContext): Value {
  return datasetOf('TensorDataset', () =>
    tuple(
      args.positional.map((value) => {
        const shape = tensorOf(value)?.shape ?? null;
        return freeTensor(context, shape === null ? null : shape.slice(1));
      }),
    ),
  );
}

/** `DataLoader(dataset, batch_size=…)`. */
export function dataLoader(args: CallArguments): Value {
  const dataset = args.positional[0] ?? args.keywords.get('dataset') ?? NONE;
  const size = args.positional[1] ?? args.keywords.get('batch_size');
  const batch: Dim = size === undefined ? 1 : size.kind === 'number' ? size.value : '?';
  const collate = args.keywords.get('collate_fn');
  const sample = (at: CallContext): Value => {
    const item = sampleOf(at.machine, dataset);
    if (collate !== undefined && collate.kind !== 'none') return unknown('what collate_fn makes');
    return collated(item, batch, at);
  };

  const own = new Map<string, Value>();
  const loader: ForeignObject = {
    typeName: 'DataLoader',
    typePaths: ['torch.utils.data.DataLoader'],
    truth: () => true,
    iterate: () => null,
    sample,
    length: () => unknown('the number of batches'),
    attribute(name) {
      const set = own.get(name);
      if (set !== undefined) return set;
      if (name === 'dataset') return dataset;
      if (name === 'batch_size') return size ?? null;
      if (name === '__iter__') return builtin(name, () => foreign(loader));
      if (name === 'next' || name === '__next__') return builtin(name, (_args, at) => sample(at));
      return null;
    },
    setAttribute(name, value, context) {
      context.journal.setEntry(loader, own, name, value);
      return true;
    },
  };
  return foreign(loader);
}

/** One item as a batch: a new first dimension for every tensor in it. */
function collated(item: Value, batch: Dim, context: CallContext): Value {
  const tensor = tensorOf(item);
  if (tensor !== null) return freeTensor(context, tensor.shape === null ? null : [batch, ...tensor.shape]);
  const array = arrayOf(item);
  if (array !== null) return freeTensor(context, array.shape === null ? null : [batch, ...array.shape]);
  switch (item.kind) {
    case 'tuple':
      return list(item.items.map((part) => collated(part, batch, context)));
    case 'list':
      return item.unknown === null ? list(item.items.map((part) => collated(part, batch, context))) : item;
    case 'dict': {
      const made = dict();
      for (const [key, entry] of item.entries)
        made.entries.set(key, { key: entry.key, value: collated(entry.value, batch, context) });
      made.open = item.open;
      return made;
    }
    case 'number':
    case 'bool':
      return freeTensor(context, [batch]);
    case 'unknown':
      // A label is one number per item.
      return item.reason === 'a label' ? freeTensor(context, [batch]) : item;
    default:
      return imageOf(item) === null ? item : unknown('images are not batched without a transform');
  }
}
