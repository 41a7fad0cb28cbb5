/** What can be wrong with the user's images, in words for the user. Single bad files are listed, not fatal. */
import type { Problem } from '../../core/problem.ts';
import type { SkippedFile } from './imageSet.ts';

const sources =
  'a folder or archive (.tar.gz, .zip) of PNG or JPEG files, an IDX file (.gz too), or a NumPy array (.npy, .npz)';

export function imagesNotFound(path: string): Problem {
  return {
    code: 'SWP_IMAGES_NOT_FOUND',
    message: 'There are no images at this path.',
    hint: `Set data.images in the plan to ${sources}.`,
    path,
  };
}

export function imagesEmpty(path: string): Problem {
  return {
    code: 'SWP_IMAGES_EMPTY',
    message: 'There is no PNG or JPEG image in it.',
    hint: 'Put images into it, or choose another folder; subfolders are searched too.',
    path,
  };
}

export function imagesUnsupported(path: string, found: string): Problem {
  return {
    code: 'SWP_IMAGES_UNSUPPORTED',
    message: `This is ${found}, which is not read as images.`,
    hint: `Use ${sources}.`,
    path,
  };
}

export function imagesUnreadable(path: string, reason: string): Problem {
  return {
    code: 'SWP_IMAGES_UNREADABLE',
    message: `The images cannot be read: ${reason}.`,
    hint: 'Copy or download the file again, or choose another one.',
    path,
  };
}

export function imagesTooManyBad(path: string, skipped: readonly SkippedFile[], nFiles: number): Problem {
  const shown = skipped.slice(0, 3).map(({ file, reason }) => `${file}: ${reason}`);
  const rest = skipped.length > shown.length ? ` and ${skipped.length - shown.length} more` : '';
  return {
    code: 'SWP_IMAGES_TOO_MANY_BAD',
    message: `${skipped.length} of ${nFiles} images cannot be used, more than 1 %: ${shown.join('; ')}${rest}.`,
    hint: 'Repair or remove these files; up to 1 % would be skipped and listed.',
    path,
  };
}

export function imagesTooLarge(path: string, bytes: number, limitBytes: number): Problem {
  return {
    code: 'SWP_IMAGES_TOO_LARGE',
    message: `Decoded, these images would take ${Math.ceil(bytes / 2 ** 20)} MiB of memory; the limit is ${Math.floor(limitBytes / 2 ** 20)} MiB.`,
    hint: 'Set data.limit in the plan to use fewer images, or data.size to use smaller ones.',
    path,
  };
}

export function labelsDoNotFit(path: string, nLabels: number, nImages: number, needed: number): Problem {
  return {
    code: 'SWP_LABELS_DO_NOT_FIT',
    message: `There are ${nLabels} labels for ${nImages} images; as many of both are needed, and at least ${needed}.`,
    hint: 'Name the labels of the same set, or compare fewer images with --count.',
    path,
  };
}
