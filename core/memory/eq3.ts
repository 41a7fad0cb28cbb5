/**
 * Equation (3) of PBGen: the share of memory left when K of N weights take 1 bit instead of 32, and the
 * same for computation with 2 for 32 (an addition left of a multiplication and an addition).
 * It counts weights alone, without scales, biases and normalization; a figure is therefore always given
 * with the name of what it counts, and exact bytes of a file stand before it. The document's own 25.81×
 * follows from no natural accounting and is never quoted.
 */

/** Memory after, as a share of memory before: (K + 32(N − K)) / 32N. */
export function memoryShare(nBinarized: number, nTotal: number): number {
  return (nBinarized + 32 * (nTotal - nBinarized)) / (32 * nTotal);
}

/** Computation after, as a share of computation before; K and N count multiply-accumulates. */
export function computationShare(macsBinarized: number, macsTotal: number): number {
  return (macsBinarized + 2 * (macsTotal - macsBinarized)) / (2 * macsTotal);
}

export interface CountedLayer {
  readonly op: string;
  /** Entries of the kernel alone. */
  readonly nWeights: number;
  readonly macs: number;
  readonly binarized: boolean;
}

export interface Accounting {
  /** What is counted, for the reader: a ratio never stands without it. */
  readonly name: 'deconvolutions only' | 'deconvolutions and projection' | 'all kernels';
  readonly nWeights: number;
  readonly nBinarized: number;
  /** How many times smaller, and how many times fewer operations. */
  readonly memoryRatio: number;
  readonly computationRatio: number;
}

/** The accountings that apply to a generator, narrowest first. One that would count nothing is left out. */
export function accountings(layers: readonly CountedLayer[]): readonly Accounting[] {
  const deconvolutions = layers.filter(isDeconvolution);
  const withProjection = layers.filter((layer) => isDeconvolution(layer) || layer.op === 'dense');
  const candidates: readonly (readonly [Accounting['name'], readonly CountedLayer[]])[] = [
    ['deconvolutions only', deconvolutions],
    ['deconvolutions and projection', withProjection.length > deconvolutions.length ? withProjection : []],
    ['all kernels', layers.length > withProjection.length ? layers : []],
  ];
  return candidates.filter(([, counted]) => counted.length > 0).map(([name, counted]) => accountFor(name, counted));
}

function accountFor(name: Accounting['name'], layers: readonly CountedLayer[]): Accounting {
  const binarized = layers.filter((layer) => layer.binarized);
  const nWeights = total(layers, 'nWeights');
  const nBinarized = total(binarized, 'nWeights');
  return {
    name,
    nWeights,
    nBinarized,
    memoryRatio: 1 / memoryShare(nBinarized, nWeights),
    computationRatio: 1 / computationShare(total(binarized, 'macs'), total(layers, 'macs')),
  };
}

function isDeconvolution(layer: CountedLayer): boolean {
  return layer.op === 'conv1d_transpose' || layer.op === 'conv2d_transpose' || layer.op === 'conv3d_transpose';
}

function total(layers: readonly CountedLayer[], key: 'nWeights' | 'macs'): number {
  return layers.reduce((sum, layer) => sum + layer[key], 0);
}
