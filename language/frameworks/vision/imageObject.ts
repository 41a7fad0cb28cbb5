/** A PIL image of which only height, width and channels matter; `'?'` where they are not known. */
import type { Dim } from '../../../core/graph/shape.ts';
import { arrayValue } from '../../interpreter/libraries/arrayObject.ts';
import type { ForeignObject } from '../../interpreter/foreign.ts';
import { difference } from '../../interpreter/unknownNumbers.ts';
import { builtin, foreign, int, string, tuple, unknown } from '../../interpreter/values.ts';
import type { Value } from '../../interpreter/values.ts';

export interface ImageObject extends ForeignObject {
  readonly typeName: 'Image';
  readonly height: Dim;
  readonly width: Dim;
  readonly channels: Dim;
}

export function imageOf(value: Value | undefined): ImageObject | null {
  return value?.kind === 'foreign' && value.object.typeName === 'Image' ? (value.object as ImageObject) : null;
}

const MODES: Readonly<Record<string, Dim>> = { RGB: 3, L: 1, RGBA: 4, '1': 1, I: 1, F: 1, YCbCr: 3, P: 1 };

export function channelsOfMode(mode: Value | undefined): Dim {
  return mode?.kind === 'string' ? (MODES[mode.value] ?? '?') : '?';
}

function dimValue(dim: Dim): Value {
  return dim === '?' ? unknown('the size of an image file') : int(dim);
}

/** `(width, height)`, as PIL has it. */
function sizeFrom(value: Value | undefined): { width: Dim; height: Dim } {
  const items = value?.kind === 'tuple' || value?.kind === 'list' ? value.items : [];
  const dim = (item: Value | undefined): Dim => (item?.kind === 'number' ? item.value : '?');
  return { width: dim(items[0]), height: dim(items[1]) };
}

export function imageValue(height: Dim, width: Dim, channels: Dim): Value {
  return foreign(imageObject(height, width, channels));
}

function imageObject(height: Dim, width: Dim, channels: Dim): ImageObject {
  const self: ImageObject = {
    typeName: 'Image',
    typePaths: ['PIL.Image.Image'],
    height,
    width,
    channels,
    truth: () => true,
    attribute(name) {
      switch (name) {
        case 'size':
          return tuple([dimValue(width), dimValue(height)]);
        case 'width':
          return dimValue(width);
        case 'height':
          return dimValue(height);
        case 'mode':
          return channels === '?'
            ? unknown('the mode of an image file')
            : string(channels === 3 ? 'RGB' : channels === 1 ? 'L' : 'RGBA');
        case 'convert':
          return builtin(name, ({ positional }) => imageValue(height, width, channelsOfMode(positional[0])));
        case 'resize': {
          return builtin(name, ({ positional, keywords }) => {
            const size = sizeFrom(positional[0] ?? keywords.get('size'));
            return imageValue(size.height, size.width, channels);
          });
        }
        case 'crop':
          return builtin(name, ({ positional }) => {
            const box = positional[0]?.kind === 'tuple' || positional[0]?.kind === 'list' ? positional[0].items : [];
            return imageValue(difference(box[3], box[1]) ?? '?', difference(box[2], box[0]) ?? '?', channels);
          });
        case 'split':
        case 'getchannel': {
          const single = imageValue(height, width, 1);
          if (name === 'getchannel') return builtin(name, () => single);
          if (channels === '?') return builtin(name, () => unknown('the channels of an image file'));
          return builtin(name, () => tuple(Array.from({ length: channels }, () => single)));
        }
        case 'copy':
        case 'filter':
        case 'load':
          return builtin(name, () => foreign(self));
        case 'transpose':
        case 'rotate':
          return builtin(name, () => (height === width ? foreign(self) : imageValue('?', '?', channels)));
        default:
          return builtin(name, () => unknown(`what ${name} gives`));
      }
    },
    join(other) {
      const image = imageOf(foreign(other));
      if (image === null) return null;
      const same = (left: Dim, right: Dim): Dim => (left === right ? left : '?');
      return imageObject(same(height, image.height), same(width, image.width), same(channels, image.channels));
    },
  };
  return self;
}

/** `np.array(image)`: height, width and, for colours, channels. */
export function imageAsArray(image: ImageObject): Value {
  if (image.channels === '?') return arrayValue(null);
  return arrayValue(image.channels === 1 ? [image.height, image.width] : [image.height, image.width, image.channels]);
}
