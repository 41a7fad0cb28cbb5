/**
 * What is worth trying on a model, each with all that it changes: binarizing every layer with room for it, cheaper
 * layers in the place of others, and widening before a layer that has no room. Widening is never a saving: its
 * suggestion says what leaving that layer at full precision takes instead (PBGen's comparison of its Fig. 12), and is
 * only a way to a generator of one precision.
 */
import { storedBits, hasKernel } from '../../core/cost/weightBits.ts';
import { formatBytes } from '../../core/format/numbers.ts';
import type { Layer, ModelGraph } from '../../core/graph/modelGraph.ts';
import type { WhatIfChoice, WhatIfSuggestion } from '../../core/report/whatIfReport.ts';
import { wholeModel, widening } from '../actions/layerOffers.ts';
import type { DescribedModel } from '../describeFile.ts';
import { predictChoices } from '../edits/proposeEdit.ts';
import { kernelSize, totalsOf } from './totals.ts';

/** More would be a list that nobody reads. */
const nMost = 10;

export function suggestionsFor(model: DescribedModel, graphs: readonly ModelGraph[]): readonly WhatIfSuggestion[] {
  const { graph } = model;
  const before = totalsOf(graph);
  const after = (choices: readonly WhatIfChoice[]): ModelGraph | null => {
    const predicted = predictChoices(graphs, graph, choices);
    return 'refused' in predicted ? null : (predicted.graphs[graphs.indexOf(graph)] ?? null);
  };
  const made = (
    title: string,
    choices: readonly WhatIfChoice[],
    noteOf: (changed: ModelGraph) => string | null = () => null,
    canSave = true,
  ): WhatIfSuggestion[] => {
    const changed = after(choices);
    if (changed === null) return [];
    const totals = totalsOf(changed);
    const bytes = totals.bytes - before.bytes;
    const macs = totals.macs - before.macs;
    const peakBytes = totals.peakBytes - before.peakBytes;
    return [{ title, note: noteOf(changed), choices, isSaving: canSave && bytes < 0, bytes, macs, peakBytes }];
  };

  const whole = wholeModel(model).flatMap(({ title, choices }) => made(title, choices));
  const kernels = model.rows.filter(({ layer, row }) => hasKernel(layer, layer.weights) && !row.unused);
  const cheaper = kernels
    .flatMap(({ layer, row }) => {
      const one = (title: string, rewrite: 'separable' | 'resizeConv' | 'subPixel'): WhatIfSuggestion[] =>
        made(title, [{ layer: layer.name, action: { kind: 'rewrite', rewrite: { kind: rewrite } } }]);
      const separable = one(`Replace ${layer.name} by a depthwise-separable pair`, 'separable');
      if ((row.dor?.value ?? 0) >= 0) return separable;
      return [
        ...separable,
        ...one(`Replace ${layer.name} by resize-convolution`, 'resizeConv'),
        ...one(`Replace ${layer.name} by sub-pixel convolution`, 'subPixel'),
      ];
    })
    .sort((one, two) => one.bytes - two.bytes);
  const oneBit = (layer: Layer): WhatIfChoice => ({ layer: layer.name, action: { kind: 'bits', bits: 1 } });
  const wider = kernels.flatMap(({ layer, row }) => {
    const [widen] = widening(model, layer, row.dor?.value ?? 0)?.choices ?? [];
    if (widen === undefined || widen.action.kind !== 'channels') return [];
    const left = after(kernels.flatMap((other) => (other.layer === layer ? [] : [oneBit(other.layer)])));
    return made(
      `Widen ${widen.layer} to ${widen.action.channels} channels, so that ${layer.name} has room for one bit too`,
      [widen, ...kernels.map((other) => oneBit(other.layer))],
      (changed) => (left === null ? null : widerNote(graph, changed, left, layer)),
      false,
    );
  });
  return [...whole, ...wider, ...cheaper].slice(0, nMost);
}

function widerNote(graph: ModelGraph, changed: ModelGraph, left: ModelGraph, layer: Layer): string {
  const [wide, kept] = [totalsOf(changed).bytes, totalsOf(left).bytes];
  const share = (after: ModelGraph): string => deconvolutionShare(graph, after).toFixed(4);
  const sizes = `${formatBytes(wide)} widened, ${formatBytes(kept)} with ${layer.name} left as it is`;
  return `${wide > kept ? 'No saving' : 'To compare'}, with one bit in every other layer: ${sizes} (${share(changed)} and ${share(left)} of the full-precision deconvolutions). Only a way to a generator of one precision.`;
}

/** Bits of the transposed kernels after, as a share of those kernels before at full precision. */
function deconvolutionShare(before: ModelGraph, after: ModelGraph): number {
  const own = (graph: ModelGraph): readonly Layer[] => graph.layers.filter(({ op }) => /_transpose$/.test(op));
  const full = own(before).reduce((sum, layer) => sum + 32 * kernelSize(layer), 0);
  return own(after).reduce((sum, layer) => sum + storedBits(layer.bits ?? 32) * kernelSize(layer), 0) / full;
}
