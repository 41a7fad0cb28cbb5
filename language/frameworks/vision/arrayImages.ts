/**
 * Images that are arrays from the start: `cv2`, `skimage`, `imageio`, `scipy.misc`, `matplotlib`. Height, width,
 * then channels if there are any; what a file holds is not known, what it is resized to is.
 */
import type { Dim } from '../../../core/graph/shape.ts';
import type { ArrayObject } from '../../interpreter/libraries/arrayObject.ts';
import { arrayLike, arrayOf, arrayOfLeading, arrayValue } from '../../interpreter/libraries/arrayObject.ts';
import type { CallArguments } from '../../interpreter/library.ts';
import { argument } from '../../interpreter/library.ts';
import type { Value } from '../../interpreter/values.ts';
import { pairOf } from './transforms.ts';

const MODULES = /^(cv2|skimage|imageio(\.v\d)?|scipy\.(misc|ndimage|signal)|matplotlib\.(pyplot|image))\./;

/** A function of these libraries; null: none that is known. */
export function arrayImageCall(path: string, args: CallArguments): Value | null {
  if (!MODULES.test(path)) return null;
  const name = path.slice(path.lastIndexOf('.') + 1);
  if (name === 'imread') return imageRead(path, args);
  const array = arrayOf(args.positional[0] ?? args.keywords.get('image') ?? args.keywords.get('src'));
  if (array === null) return null;
  switch (name) {
    case 'resize': {
      const [first, second] = pairOf(
        args.positional[1] ?? args.keywords.get('dsize') ?? args.keywords.get('output_shape'),
      );
      // OpenCV says width first.
      return path.startsWith('cv2.') ? resized(array, second, first) : resized(array, first, second);
    }
    case 'warpAffine':
    case 'warpPerspective': {
      const [width, height] = pairOf(argument(args, 2, 'dsize'));
      return resized(array, height, width);
    }
    case 'imresize': {
      const size = argument(args, 1, 'size');
      if (size?.kind === 'number') return resized(array, '?', '?');
      return resized(array, ...pairOf(size));
    }
    case 'rgb2gray':
      return arrayValue(sizesOf(array).slice(0, 2));
    case 'gray2rgb':
      return arrayValue([...sizesOf(array).slice(0, 2), 3]);
    case 'flip':
    case 'canny':
    case 'gaussian':
    case 'rgb2lab':
    case 'lab2rgb':
    case 'rgb2ycbcr':
    case 'img_as_float':
    case 'img_as_float32':
    case 'img_as_ubyte':
      return arrayLike(array);
    case 'cvtColor':
      return coloured(array, argument(args, 1, 'code'));
    default:
      return /blur|filter$/i.test(name) ? arrayLike(array) : null;
  }
}

/** OpenCV reads three channels unless told otherwise; the others what the file has. */
function imageRead(path: string, args: CallArguments): Value {
  if (!path.startsWith('cv2.')) return arrayValue(null);
  const mode = argument(args, 1, 'flags');
  if (mode === undefined || isNamed(mode, 'IMREAD_COLOR', 1)) return arrayValue(['?', '?', 3]);
  return isNamed(mode, 'IMREAD_GRAYSCALE', 0) ? arrayValue(['?', '?']) : arrayValue(null);
}

function isNamed(value: Value, name: string, code: number): boolean {
  return value.kind === 'external' ? value.path.endsWith(name) : value.kind === 'number' && value.value === code;
}

function coloured(array: ArrayObject, code: Value | undefined): Value | null {
  const target = code?.kind === 'external' ? (/2(\w+)$/.exec(code.path)?.[1] ?? '') : '';
  const [height = '?', width = '?'] = sizesOf(array);
  if (target === 'GRAY') return arrayValue([height, width]);
  if (/^(RGB|BGR|YCrCb|YCR_CB|YUV|HSV|LAB|Lab)$/.test(target)) return arrayValue([height, width, 3]);
  return null;
}

function sizesOf({ shape, leading }: ArrayObject): Dim[] {
  const [height = '?', width = '?', ...rest] = shape ?? leading;
  return [height, width, ...rest];
}

function resized({ shape }: ArrayObject, height: Dim, width: Dim): Value {
  return shape === null ? arrayOfLeading([height, width]) : arrayValue([height, width, ...shape.slice(2)]);
}
