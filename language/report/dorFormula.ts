/**
 * The degree of redundancy of one layer, written out: `c_i − h_i·w_i = 64 − 16·16 = −192`. The terms and
 * the value come from `core/dor`; this adds PBGen's letters, so that a reader can check them against the paper.
 */
import { assertNever } from '../../core/assertNever.ts';
import { dorTerms } from '../../core/dor/degreeOfRedundancy.ts';
import type { Layout } from '../../core/graph/shape.ts';
import { formatExact } from '../../core/format/numbers.ts';
import { isConvolution, isDeconvolution } from './layerKind.ts';
import type { ModelRow } from './modelRow.ts';

/** Null where the layer has no degree of redundancy. */
export function dorFormula({ layer, row }: ModelRow, layout: Layout): string | null {
  if (row.dor === null) return null;
  const conv = row.dor.formula === 'conv-derived' ? 'derived' : 'published';
  const terms = dorTerms(layer, row.inputShapes?.[0] ?? null, row.outputShape, layout, { conv });
  if (terms === null) return null;
  return `${dorSymbols({ layer, row })} = ${terms.filledIn} = ${formatExact(row.dor.value)}`;
}

/** The formula in letters: `c_i − h_i·w_i`. */
function dorSymbols({ layer, row }: ModelRow): string {
  const formula = row.dor?.formula ?? 'dense';
  const nDims = isConvolution(layer) || isDeconvolution(layer) ? layer.attributes.kernel.length : 2;
  const grouped = (isConvolution(layer) || isDeconvolution(layer)) && layer.attributes.groups > 1 ? '/groups' : '';
  switch (formula) {
    case 'deconv':
      return `c_i${grouped} − ${letters('i', nDims)}`;
    case 'conv':
      return `${letters('k', nDims)}·c_i${grouped} − c_o${grouped}`;
    case 'conv-derived':
      return `${letters('k', nDims)}·c_i${grouped} − ${letters('o', nDims)}`;
    case 'dense':
      return 'c_i − positions';
    default:
      return assertNever(formula);
  }
}

/** `h_i·w_i` in two dimensions, `l_i` in one, `d_i·h_i·w_i` in three. */
function letters(suffix: string, nDims: number): string {
  const names = nDims === 1 ? ['l'] : nDims === 3 ? ['d', 'h', 'w'] : ['h', 'w'];
  return names.map((name) => `${name}_${suffix}`).join('·');
}
