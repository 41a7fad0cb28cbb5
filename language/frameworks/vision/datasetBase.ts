/**
 * Data sets of torchvision as base classes: what a subclass of `ImageFolder` finds in itself (`imgs`,
 * `loader`, `transform`) and what `super().__getitem__` gives.
 */
import { findMember } from '../../interpreter/attributes.ts';
import type { CallArguments, CallContext, ExternalBase } from '../../interpreter/library.ts';
import { NONE, builtin, list, tuple, unknown } from '../../interpreter/values.ts';
import type { InstanceValue, Value } from '../../interpreter/values.ts';
import { imageDataset } from './datasets.ts';
import { imageValue } from './imageObject.ts';

/** null: not a data set of torchvision. */
export function datasetBase(path: string): ExternalBase | null {
  if (!/^torchvision\.datasets\.(\w+\.)*[A-Z]\w+$/.test(path)) return null;
  const name = path.slice(path.lastIndexOf('.') + 1);
  return {
    typePaths: [path, 'torch.utils.data.Dataset'],
    construct: (self, args, context) => construct(self, name, args, context),
    attribute: (self, key) => attribute(self, key),
  };
}

/** Positions of the transform among the arguments of `__init__`. */
const TRANSFORM_POSITION: Readonly<Record<string, number>> = {
  ImageFolder: 1,
  DatasetFolder: 3,
  MNIST: 2,
  FashionMNIST: 2,
  CIFAR10: 2,
  CIFAR100: 2,
};

function construct(self: InstanceValue, name: string, args: CallArguments, context: CallContext): void {
  const position = TRANSFORM_POSITION[name];
  const transform =
    args.keywords.get('transform') ?? (position === undefined ? undefined : args.positional[position]) ?? NONE;
  const loader = args.keywords.get('loader') ?? builtin('loader', () => imageValue('?', '?', 3));
  const set = (key: string, value: Value): void => context.journal.setEntry(self, self.attributes, key, value);
  set('transform', transform);
  set('target_transform', args.keywords.get('target_transform') ?? NONE);
  set('loader', loader);
  set('root', args.positional[0] ?? args.keywords.get('root') ?? NONE);
  if (/Folder$/.test(name)) {
    const sample = tuple([unknown('the path of an image'), unknown('a label')]);
    for (const key of ['samples', 'imgs']) set(key, list([sample, sample]));
    set('classes', { ...list([]), unknown: 'the classes of a folder' });
  }
  const set_ = imageDataset(
    name,
    { ...args, keywords: new Map([...args.keywords, ['transform', transform]]) },
    context,
  );
  if (set_?.kind === 'foreign' && findMember(self.class, '__getitem__') === null) self.foreign = set_.object;
  else if (set_?.kind === 'foreign') set('the items of its base', set_);
}

function attribute(self: InstanceValue, key: string): Value | null {
  const inner = self.attributes.get('the items of its base');
  if (key === '__getitem__' && inner?.kind === 'foreign') {
    return builtin(key, ({ positional }, context) => inner.object.index?.(positional[0] ?? NONE, context) ?? NONE);
  }
  if (key === '__len__') return builtin(key, () => unknown('the size of a data set'));
  return null;
}
