/**
 * Functions on one image: `torchvision.transforms.functional`, `PIL.ImageOps`, and the places that a random
 * crop would be at (`RandomCrop.get_params`). What they decide of a shape is said, the rest is left unknown.
 */
import type { Dim } from '../../../core/graph/shape.ts';
import type { CallArguments, CallContext } from '../../interpreter/library.ts';
import { argument } from '../../interpreter/library.ts';
import { unknownNumber } from '../../interpreter/unknownNumbers.ts';
import { NONE, int, tuple, unknown } from '../../interpreter/values.ts';
import type { Value } from '../../interpreter/values.ts';
import { imageOf, imageValue } from './imageObject.ts';
import { normalize, pairOf, resize, sizeOf, toTensor, withSize } from './transforms.ts';

/** Functions that leave sizes and channels as they are. */
const SAME = /^([hv]flip|adjust_\w+|gaussian_blur|erase|invert|autocontrast|equalize|posterize|solarize)$/;

/** A function of `torchvision.transforms.functional`; null: not one that is known. */
export function imageFunction(name: string, args: CallArguments, context: CallContext): Value | null {
  const image = argument(args, 0, 'img') ?? NONE;
  if (SAME.test(name)) return image;
  const numbered = (position: number, key: string): Dim => dimOf(argument(args, position, key));
  switch (name) {
    case 'to_tensor':
    case 'pil_to_tensor':
      return toTensor(args.positional[0] ?? args.keywords.get('pic') ?? NONE, context);
    case 'normalize':
      return normalize(args.positional[0] ?? args.keywords.get('tensor') ?? NONE, argument(args, 1, 'mean'), context);
    case 'resize':
      return resize(image, argument(args, 1, 'size'), context);
    case 'center_crop':
      return withSize(image, ...pairOf(argument(args, 1, 'output_size')), context);
    case 'crop':
      return withSize(image, numbered(3, 'height'), numbered(4, 'width'), context);
    case 'resized_crop':
      return withSize(image, ...pairOf(argument(args, 5, 'size')), context);
    case 'rotate':
    case 'affine':
    case 'perspective':
      return argument(args, 3, 'expand')?.kind === 'bool' ? unknown(`what ${name} gives is not known`) : image;
    case 'to_grayscale':
    case 'rgb_to_grayscale': {
      const [height, width] = sizeOf(image);
      const count = argument(args, 1, 'num_output_channels');
      return imageOf(image) === null
        ? unknown(`what ${name} gives is not known`)
        : imageValue(height, width, count === undefined ? 1 : dimOf(count));
    }
    default:
      return null;
  }
}

/** `RandomCrop.get_params(image, output_size=(h, w))`: where, and how large. */
export function cropParameters(path: string, args: CallArguments): Value | null {
  if (!path.endsWith('RandomCrop.get_params')) return null;
  const [height, width] = pairOf(argument(args, 1, 'output_size'));
  const place = (): Value => unknownNumber('the place of a random crop');
  const size = (dim: Dim): Value => (dim === '?' ? unknown('the size of a random crop') : int(dim));
  return tuple([place(), place(), size(height), size(width)]);
}

/** `ImageOps.fit(image, (w, h))` and what only mirrors or recolours. */
export function pilOperation(name: string, args: CallArguments): Value | null {
  const image = imageOf(args.positional[0]);
  if (image === null) return null;
  if (/^(flip|mirror|autocontrast|equalize|invert|posterize|solarize|exif_transpose)$/.test(name))
    return imageValue(image.height, image.width, image.channels);
  if (name === 'grayscale') return imageValue(image.height, image.width, 1);
  if (name !== 'fit' && name !== 'pad') return null;
  const [width, height] = pairOf(argument(args, 1, 'size'));
  return imageValue(height, width, image.channels);
}

function dimOf(value: Value | undefined): Dim {
  return value?.kind === 'number' ? value.value : '?';
}
