/**
 * `torchvision.transforms`, as far as they decide the shape of what comes out: sizes, crops, channels.
 * A transform that is not known gives an unknown value, and so does all that follows it.
 */
import type { Dim, Shape } from '../../../core/graph/shape.ts';
import type { ForeignObject } from '../../interpreter/foreign.ts';
import { arrayOf } from '../../interpreter/libraries/arrayObject.ts';
import type { CallArguments, CallContext } from '../../interpreter/library.ts';
import { NONE, builtin, foreign, unknown } from '../../interpreter/values.ts';
import type { Value } from '../../interpreter/values.ts';
import { freeTensor, tensorOf } from '../pytorch/torchTensor.ts';
import { imageAsArray, imageOf, imageValue } from './imageObject.ts';

type Apply = (value: Value, context: CallContext) => Value;

/** Transforms that leave sizes and channels as they are. */
const SAME =
  /^(Random(Horizontal|Vertical)Flip|ColorJitter|RandomRotation|RandomAffine|RandomErasing|RandomGrayscale|RandomApply|RandomPerspective|GaussianBlur|ConvertImageDtype|RandomInvert|RandomAdjustSharpness|RandomAutocontrast|RandomEqualize|AutoAugment|RandAugment|LinearTransformation|ToDtype)$/;

export function transformObject(name: string, args: CallArguments, context: CallContext): Value | null {
  const apply = transformNamed(name, args, context);
  if (apply === null) return null;
  const object: ForeignObject = {
    typeName: 'Transform',
    typePaths: [`torchvision.transforms.${name}`],
    truth: () => true,
    call: ({ positional }, at) => apply(positional[0] ?? NONE, at),
    attribute: (key) =>
      key === 'transforms'
        ? (args.positional[0] ?? null)
        : key === '__call__'
          ? builtin(key, ({ positional }, at) => apply(positional[0] ?? NONE, at))
          : null,
  };
  return foreign(object);
}

function transformNamed(name: string, args: CallArguments, context: CallContext): Apply | null {
  const [first] = args.positional;
  const size = first ?? args.keywords.get('size');
  if (SAME.test(name)) return (value) => value;
  switch (name) {
    case 'Compose': {
      const steps = context.iterate(first ?? args.keywords.get('transforms') ?? NONE);
      return (value, at) => {
        // The list may still grow after the composition was made.
        const current = at.iterate(first ?? NONE) ?? steps;
        if (current === null) return unknown('the transforms of a data set are not known');
        return current.reduce<Value>(
          (result, step) => at.call(step, { positional: [result], keywords: new Map(), open: null }),
          value,
        );
      };
    }
    case 'ToTensor':
    case 'PILToTensor':
    case 'ToImage':
      return toTensor;
    case 'Normalize':
      return (value, at) => normalize(value, first ?? args.keywords.get('mean'), at);
    case 'Resize':
    case 'Scale':
      return (value, at) => resize(value, size, at);
    case 'CenterCrop':
    case 'RandomCrop':
    case 'RandomResizedCrop':
    case 'RandomSizedCrop':
      return (value, at) => {
        const [height, width] = pairOf(size);
        return withSize(value, height, width, at);
      };
    case 'Pad':
      return (value, at) => {
        const extra = first?.kind === 'number' ? 2 * first.value : null;
        const grown = (dim: Dim): Dim => (extra === null || dim === '?' ? '?' : dim + extra);
        const [height, width] = sizeOf(value);
        return withSize(value, grown(height), grown(width), at);
      };
    case 'Grayscale': {
      const count = first ?? args.keywords.get('num_output_channels');
      return (value) => {
        const image = imageOf(value);
        return image === null
          ? value
          : imageValue(image.height, image.width, count?.kind === 'number' ? count.value : 1);
      };
    }
    case 'ToPILImage':
      return (value) => {
        const shape = tensorOf(value)?.shape ?? null;
        return shape?.length === 3
          ? imageValue(shape[1] ?? '?', shape[2] ?? '?', shape[0] ?? '?')
          : imageValue('?', '?', '?');
      };
    case 'Lambda':
      return (value, at) =>
        first === undefined ? value : at.call(first, { positional: [value], keywords: new Map(), open: null });
    default:
      return null;
  }
}

export function toTensor(value: Value, context: CallContext): Value {
  const image = imageOf(value);
  if (image !== null) return freeTensor(context, [image.channels, image.height, image.width]);
  const array = arrayOf(value);
  if (array !== null) {
    const { shape } = array;
    if (shape?.length === 3) return freeTensor(context, [shape[2] ?? '?', shape[0] ?? '?', shape[1] ?? '?']);
    if (shape === null && array.leading.length >= 2) return freeTensor(context, ['?', ...array.leading.slice(0, 2)]);
    return freeTensor(context, shape?.length === 2 ? [1, ...shape] : null);
  }
  return tensorOf(value) === null ? unknown('what is made a tensor is not known') : value;
}

/** Three means say three channels; one mean serves any number. */
export function normalize(value: Value, mean: Value | undefined, context: CallContext): Value {
  const tensor = tensorOf(value);
  const count = mean?.kind === 'tuple' || mean?.kind === 'list' ? mean.items.length : 0;
  if (tensor === null || tensor.shape === null || count < 2 || tensor.shape[0] !== '?') return value;
  return freeTensor(context, [count, ...tensor.shape.slice(1)]);
}

export function pairOf(size: Value | undefined): [Dim, Dim] {
  if (size?.kind === 'number') return [size.value, size.value];
  const items = size?.kind === 'tuple' || size?.kind === 'list' ? size.items : [];
  const dim = (item: Value | undefined): Dim => (item?.kind === 'number' ? item.value : '?');
  return items.length === 1 ? [dim(items[0]), dim(items[0])] : [dim(items[0]), dim(items[1])];
}

export function sizeOf(value: Value): [Dim, Dim] {
  const image = imageOf(value);
  if (image !== null) return [image.height, image.width];
  const shape = tensorOf(value)?.shape ?? null;
  return shape === null ? ['?', '?'] : [shape[shape.length - 2] ?? '?', shape[shape.length - 1] ?? '?'];
}

export function withSize(value: Value, height: Dim, width: Dim, context: CallContext): Value {
  const image = imageOf(value);
  if (image !== null) return imageValue(height, width, image.channels);
  const tensor = tensorOf(value);
  if (tensor === null) return value;
  const shape: Shape | null = tensor.shape === null ? null : [...tensor.shape.slice(0, -2), height, width];
  return freeTensor(context, shape);
}

/** One number resizes the shorter edge, which makes a square only of a square. */
export function resize(value: Value, size: Value | undefined, context: CallContext): Value {
  if (size?.kind !== 'number') {
    const [height, width] = pairOf(size);
    return withSize(value, height, width, context);
  }
  const [height, width] = sizeOf(value);
  const isSquare = height !== '?' && height === width;
  return withSize(value, isSquare ? size.value : '?', isSquare ? size.value : '?', context);
}

export function arrayOfImage(value: Value | undefined): Value | null {
  const image = imageOf(value);
  return image === null ? null : imageAsArray(image);
}
