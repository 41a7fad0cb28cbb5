/**
 * Arguments as Keras 1 named them, under the names of today: `Convolution2D(64, 5, 5, border_mode='same',
 * subsample=(2, 2))` is `Conv2D(64, (5, 5), padding='same', strides=(2, 2))`. A layer is taken for one of
 * Keras 1 where it is called by its old name or with a keyword that no later version has.
 */
import type { CallArguments } from '../../interpreter/library.ts';
import { tuple } from '../../interpreter/values.ts';
import type { Value } from '../../interpreter/values.ts';
import type { BoundArguments } from '../arguments.ts';

const RENAMED: Readonly<Record<string, string>> = {
  nb_filter: 'filters',
  filter_length: 'kernel_size',
  subsample: 'strides',
  subsample_length: 'strides',
  border_mode: 'padding',
  bias: 'use_bias',
  atrous_rate: 'dilation_rate',
  p: 'rate',
};

const OLD_KEYWORDS = new Set([...Object.keys(RENAMED), 'init', 'nb_row', 'nb_col', 'dim_ordering', 'W_regularizer']);

export function withOldNames(name: string, bound: BoundArguments, args: CallArguments): BoundArguments {
  const isConvolution = /^(De|Atrous|Separable)?[Cc]onv(olution)?[12]D(Transpose)?$/.test(name);
  const isOldName = /^(De|Atrous|Separable)?[Cc]onvolution/.test(name);
  const hasOldKeyword = [...args.keywords.keys()].some((key) => OLD_KEYWORDS.has(key));
  if (!isOldName && !hasOldKeyword) return bound;
  const values = new Map<string, Value>();
  for (const [key, value] of bound.values) values.set(RENAMED[key] ?? key, value);
  const [, row, column] = args.positional;
  if (isConvolution && row?.kind === 'number' && column?.kind === 'number' && name.includes('2D')) {
    values.set('kernel_size', tuple([row, column]));
    const strides = args.keywords.get('subsample') ?? args.keywords.get('strides');
    if (strides === undefined) values.delete('strides');
    else values.set('strides', strides);
    // The fourth was the initializer.
    const padding = args.keywords.get('border_mode') ?? args.keywords.get('padding');
    if (padding === undefined) values.delete('padding');
  }
  return { ...bound, values };
}
