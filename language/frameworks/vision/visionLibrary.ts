/** `torchvision`, `PIL`, `torch.utils.data` and `cv2`: where training scripts get their images from. */
import type { CallArguments, CallContext, Library } from '../../interpreter/library.ts';
import { arrayOf } from '../../interpreter/libraries/arrayObject.ts';
import { tuple } from '../../interpreter/values.ts';
import type { Value } from '../../interpreter/values.ts';
import { arrayImageCall } from './arrayImages.ts';
import { datasetBase } from './datasetBase.ts';
import { dataLoader, imageDataset, tensorDataset } from './datasets.ts';
import { cropParameters, imageFunction, pilOperation } from './imageFunctions.ts';
import { channelsOfMode, imageValue } from './imageObject.ts';
import { arrayOfImage, transformObject } from './transforms.ts';

export const visionLibrary: Library = {
  name: 'torchvision',
  knows: (path) => /^(PIL|torchvision)(\.|$)/.test(path),
  call(path, args, context) {
    const name = path.slice(path.lastIndexOf('.') + 1);
    if (/^torchvision\.transforms(\.v2)?\.functional\./.test(path)) return imageFunction(name, args, context);
    if (name === 'get_params') return cropParameters(path, args);
    if (/^torchvision\.transforms\./.test(path)) return transformObject(name, args, context);
    if (/^torchvision\.datasets\./.test(path)) return imageDataset(name, args, context);
    if (/^torch\.utils\.data\./.test(path)) return dataCall(name, args, context);
    if (/^PIL\.Image\./.test(path)) return imageCall(name, args);
    if (/^numpy\.(array|asarray)$/.test(path)) return arrayOfImage(args.positional[0]);
    if (/^PIL\.ImageOps\./.test(path)) return pilOperation(name, args);
    const image = arrayImageCall(path, args);
    if (image !== null) return image;
    return null;
  },
  baseClass: (path) => datasetBase(path),
};

function dataCall(name: string, args: CallArguments, context: CallContext): Value | null {
  if (name === 'DataLoader') return dataLoader(args);
  if (name === 'TensorDataset') return tensorDataset(args, context);
  if (name === 'Subset' || name === 'ConcatDataset') {
    const [first] = args.positional;
    if (name === 'Subset' || first === undefined) return first ?? null;
    return context.iterate(first)?.[0] ?? null;
  }
  if (name === 'random_split') {
    const [dataset, lengths] = args.positional;
    const count = lengths === undefined ? null : context.iterate(lengths);
    return dataset === undefined || count === null ? null : tuple(count.map(() => dataset));
  }
  return null;
}

function imageCall(name: string, args: CallArguments): Value | null {
  if (name === 'open') return imageValue('?', '?', '?');
  if (name === 'new') {
    const size = args.positional[1] ?? args.keywords.get('size');
    const items = size?.kind === 'tuple' ? size.items : [];
    const [width, height] = items.map((item) => (item.kind === 'number' ? item.value : ('?' as const)));
    return imageValue(height ?? '?', width ?? '?', channelsOfMode(args.positional[0] ?? args.keywords.get('mode')));
  }
  if (name === 'fromarray') {
    const array = arrayOf(args.positional[0]);
    const [height = '?', width = '?', channels = '?'] = array?.shape ?? array?.leading ?? [];
    const mode = channelsOfMode(args.positional[1] ?? args.keywords.get('mode'));
    return imageValue(height, width, mode === '?' ? (array?.shape?.length === 2 ? 1 : channels) : mode);
  }
  return null;
}
