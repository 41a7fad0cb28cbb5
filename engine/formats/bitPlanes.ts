/**
 * Signs as bits. A weight of any shape becomes one row per output channel: the values of that channel in
 * row-major order with the channel axis taken out, eight to a byte, the first in the lowest bit, a set bit
 * meaning plus. Zero counts as plus. Rows start at a byte; bits beyond the last value are 0.
 */

/** outChannels × ceil(n / 8) bytes. */
export function packSigns(shape: readonly number[], outAxis: number, values: Float32Array): Uint8Array<ArrayBuffer> {
  const { nRows, inner, perRow, bytesPerRow } = rowLayout(shape, outAxis);
  if (values.length !== nRows * perRow) throw new RangeError(`${values.length} values are not [${shape.join(', ')}]`);
  const planes = new Uint8Array(nRows * bytesPerRow);
  for (let row = 0; row < nRows; row++) {
    for (let i = 0; i < perRow; i++) {
      if (!((values[valueIndex(row, i, nRows, inner)] as number) < 0)) {
        const at = row * bytesPerRow + (i >> 3);
        planes[at] = (planes[at] as number) | (1 << (i & 7));
      }
    }
  }
  return planes;
}

/** ± scale of its row, in the shape's own order. */
export function unpackSigns(
  shape: readonly number[],
  outAxis: number,
  scales: Float32Array,
  planes: Uint8Array,
): Float32Array {
  const { nRows, inner, perRow, bytesPerRow } = rowLayout(shape, outAxis);
  const values = new Float32Array(nRows * perRow);
  for (let row = 0; row < nRows; row++) {
    const scale = scales[row] as number;
    for (let i = 0; i < perRow; i++) {
      const bit = ((planes[row * bytesPerRow + (i >> 3)] as number) >> (i & 7)) & 1;
      values[valueIndex(row, i, nRows, inner)] = bit === 1 ? scale : -scale;
    }
  }
  return values;
}

/** Rows, values of a row, and how far apart neighbours along and across the channel axis are. */
export function rowLayout(shape: readonly number[], outAxis: number) {
  const nRows = shape[outAxis] as number;
  const inner = shape.slice(outAxis + 1).reduce((product, size) => product * size, 1);
  const perRow = shape.slice(0, outAxis).reduce((product, size) => product * size, inner);
  return { nRows, inner, perRow, bytesPerRow: Math.ceil(perRow / 8) };
}

/** Where the i-th value of a row stands in the whole tensor. */
export function valueIndex(row: number, i: number, nRows: number, inner: number): number {
  return Math.floor(i / inner) * nRows * inner + row * inner + (i % inner);
}
