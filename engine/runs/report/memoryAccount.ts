/**
 * Where the bytes of a packed model go, counted from the two files themselves, and eq. (3) of PBGen for
 * the same layers: 32N bits become K + 32(N − K). The equation leaves out scales, biases, normalization
 * and the file's header, and it depends on what is counted as a weight, so each counting is named.
 */
import { readPacked, type PackedModel } from '../../formats/packedModel.ts';

export interface MemoryAccount {
  readonly fileBefore: number;
  readonly fileAfter: number;
  readonly planeBytes: number;
  readonly scaleBytes: number;
  readonly floatBytes: number;
  /** Header, network, plan and padding. */
  readonly headerBytes: number;
  readonly equation: readonly EquationRow[];
}

export interface EquationRow {
  /** What is counted as a weight. */
  readonly counted: string;
  /** Weights in all, and those binarized. */
  readonly n: number;
  readonly k: number;
  /** 32N / (K + 32(N − K)). */
  readonly ratio: number;
}

/** null where one of the files is absent or not readable. */
export function memoryAccount(full: Uint8Array | null, packed: Uint8Array | null): MemoryAccount | null {
  if (full === null || packed === null) return null;
  const before = readPacked(full);
  const after = readPacked(packed);
  if (!before.ok || !after.ok) return null;
  let planeBytes = 0;
  let scaleBytes = 0;
  let floatBytes = 0;
  for (const weight of after.value.weights.values()) {
    if (weight.kind === 'float') {
      floatBytes += weight.values.byteLength;
    } else {
      planeBytes += weight.planes.byteLength;
      scaleBytes += weight.scales.byteLength;
    }
  }
  return {
    fileBefore: full.length,
    fileAfter: packed.length,
    planeBytes,
    scaleBytes,
    floatBytes,
    headerBytes: packed.length - planeBytes - scaleBytes - floatBytes,
    equation: equationRows(before.value, after.value),
  };
}

function equationRows(before: PackedModel, after: PackedModel): readonly EquationRow[] {
  const deconvolutions = new Set(
    before.graph.layers.filter(({ op }) => op.endsWith('_transpose')).map(({ name }) => name),
  );
  const weights = [...before.weights].map(([name, { shape }]) => ({
    size: shape.reduce((product, size) => product * size, 1),
    binary: after.weights.get(name)?.kind === 'binary',
    kernel: shape.length >= 2,
    deconvolution: deconvolutions.has(name.slice(0, name.lastIndexOf('.'))),
  }));
  const row = (counted: string, chosen: typeof weights): EquationRow => {
    const n = chosen.reduce((sum, { size }) => sum + size, 0);
    const k = chosen.reduce((sum, { size, binary }) => sum + (binary ? size : 0), 0);
    return { counted, n, k, ratio: (32 * n) / (k + 32 * (n - k)) };
  };
  return [
    row(
      'kernels of the deconvolutions',
      weights.filter(({ kernel, deconvolution }) => kernel && deconvolution),
    ),
    row(
      'all kernels, the projection too',
      weights.filter(({ kernel }) => kernel),
    ),
    row('every stored value', weights),
  ].filter(({ n }) => n > 0);
}
