/**
 * The functions of the generated module `slimwise_layers` (`.py`, `.ts`): each takes a layer of the framework and
 * gives one that is stored or computed more cheaply. The analysis knows them by these names and never reads the
 * module's own text, so a workspace with or without the file is understood alike. Python writes them in snake
 * case, TypeScript in camel case.
 */
import type { WeightBits } from '../../../core/cost/weightBits.ts';
import type { Rewrite } from '../../../core/rewrite/rewriteLayer.ts';
import type { CallArguments } from '../../interpreter/library.ts';
import { argument } from '../../interpreter/library.ts';

export const moduleName = 'slimwise_layers';

/** What a call of a wrapper asks for; null: not a wrapper, or its arguments are not known. */
export type Wrapping = { readonly bits: WeightBits } | { readonly rewrite: Rewrite };

/** Python's and TypeScript's name of each wrapper. */
export const wrapperNames = {
  binarize: { python: 'binarize', javascript: 'binarize' },
  ternarize: { python: 'ternarize', javascript: 'ternarize' },
  quantize: { python: 'quantize', javascript: 'quantize' },
  lowRank: { python: 'low_rank', javascript: 'lowRank' },
  separable: { python: 'separable', javascript: 'separable' },
  resizeConv: { python: 'resize_conv', javascript: 'resizeConv' },
  subPixel: { python: 'sub_pixel', javascript: 'subPixel' },
} as const;

export type WrapperKind = keyof typeof wrapperNames;

const kinds: ReadonlyMap<string, WrapperKind> = new Map(
  (Object.keys(wrapperNames) as WrapperKind[]).flatMap((kind) => {
    const { python, javascript } = wrapperNames[kind];
    return [
      [python, kind],
      [javascript, kind],
    ] as const;
  }),
);

/** The wrapper of a function's name, as either language writes it. */
export function wrapperNamed(name: string): WrapperKind | null {
  return kinds.get(name) ?? null;
}

export function wrappingOf(path: string, args: CallArguments): Wrapping | null {
  const prefix = `${moduleName}.`;
  const kind = path.startsWith(prefix) ? wrapperNamed(path.slice(prefix.length)) : null;
  if (kind === null) return null;
  switch (kind) {
    case 'binarize':
      return { bits: 1 };
    case 'ternarize':
      return { bits: 'ternary' };
    case 'quantize': {
      const bits = argument(args, 1, 'bits');
      return bits?.kind === 'number' && isWholeBits(bits.value) ? { bits: bits.value } : null;
    }
    case 'lowRank': {
      const rank = argument(args, 1, 'rank');
      return rank?.kind === 'number' ? { rewrite: { kind, rank: rank.value } } : null;
    }
    default:
      return { rewrite: { kind } };
  }
}

function isWholeBits(bits: number): bits is 2 | 3 | 4 | 5 | 6 | 7 | 8 {
  return Number.isInteger(bits) && 2 <= bits && bits <= 8;
}
