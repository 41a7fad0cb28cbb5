/**
 * `timm.models.layers`, as far as vision transformers take parts from it: pairs of numbers, the dropping of
 * whole paths (nothing in evaluation) and initializers. What else it has is not followed.
 */
import type { Library } from '../../interpreter/library.ts';
import { NONE, foreign, tuple } from '../../interpreter/values.ts';
import { layerObject } from './layers.ts';

const PLACES = /^timm\.(?:models\.)?layers\.(?:\w+\.)*(\w+)$/;

export const timmLibrary: Library = {
  name: 'timm',
  call(path, args, context) {
    const [, name] = PLACES.exec(path) ?? [];
    const [first] = args.positional;
    if (name === 'to_2tuple') {
      const isPair = first?.kind === 'tuple' || first?.kind === 'list';
      return first === undefined ? null : isPair ? first : tuple([first, first]);
    }
    if (name === 'DropPath') {
      const layer = layerObject('Dropout', args, context, 'DropPath');
      return layer === null ? null : foreign(layer);
    }
    return name !== undefined && /_$/.test(name) ? (first ?? NONE) : null;
  },
};
