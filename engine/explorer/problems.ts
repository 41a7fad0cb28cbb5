/** What can be wrong with a model that is to be explored, in words for the user. */
import type { Problem } from '../../core/problem.ts';

export function notAnImageGenerator(shape: readonly number[]): Problem {
  return {
    code: 'SWP_EXPLORER_NO_IMAGES',
    message: `This model gives [${shape.join(', ')}], which is no grayscale or RGB image.`,
    hint: 'Choose the model file of a generator of images.',
  };
}
