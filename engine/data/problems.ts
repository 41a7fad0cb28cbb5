/** What can be wrong with the user's images, in words for the user. Single bad files are listed, not fatal. */
import { formatBytes } from '../../core/format/numbers.ts';
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
    message: `Decoded, these images take ${formatBytes(bytes)}; the limit is ${formatBytes(limitBytes)}.`,
    hint: 'Set data.limit in the plan to use fewer images, or data.size to use smaller ones; SLIMWISE_IMAGE_CACHE_MIB raises the limit.',
    path,
  };
}

export function imagesCancelled(path: string): Problem {
  return {
    code: 'SWP_IMAGES_CANCELLED',
    message: 'Reading the images was stopped; nothing of it was kept.',
    hint: 'Start again when you like.',
    path,
  };
}

export function imageCacheFull(path: string, bytesNeeded: number): Problem {
  return {
    code: 'SWP_IMAGE_CACHE_FULL',
    message: `The disk has no room for the decoded images: ${formatBytes(bytesNeeded)} are needed. What was begun was removed; the images themselves and all runs are untouched.`,
    hint: `Free at least ${formatBytes(bytesNeeded)} on this disk, or use fewer (data.limit) or smaller (data.size) images; then start or resume the run.`,
    path,
  };
}

export function imageCacheRefused(path: string, reason: string): Problem {
  return {
    code: 'SWP_IMAGE_CACHE_REFUSED',
    message: `The decoded images cannot be kept in this folder (${reason}).`,
    hint: 'Check the permissions of the folder, or raise SLIMWISE_IMAGE_MEMORY_MIB to hold the images in memory.',
    path,
  };
}

export function imageCacheLost(path: string, reason: string): Problem {
  return {
    code: 'SWP_IMAGE_CACHE_LOST',
    message: `The decoded images on disk cannot be read any more: ${reason}.`,
    hint: 'Resume the run: they are made again, and it goes on from its last checkpoint.',
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
