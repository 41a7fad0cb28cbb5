/**
 * Sorting dominates the sliced Wasserstein distance, and numbers without an order among equals need no
 * comparisons: a radix sort of the bit patterns, three passes of 11 bits. NaN is not expected; it sorts
 * to an end.
 */

const radixBits = 11;
const nBuckets = 1 << radixBits;
const mask = nBuckets - 1;

export interface FloatSorter {
  /** Sorts in place, ascending; at most as many values as the sorter was made for. */
  sort(values: Float32Array): void;
}

export function createFloatSorter(maxLength: number): FloatSorter {
  const keys = new Uint32Array(maxLength);
  const other = new Uint32Array(maxLength);
  const counts = new Uint32Array(3 * nBuckets);
  return {
    sort(values) {
      const n = values.length;
      const bits = new Uint32Array(values.buffer, values.byteOffset, n);
      counts.fill(0);
      for (let i = 0; i < n; i++) {
        const word = bits[i] as number;
        // Negative numbers have all bits flipped, others the sign: unsigned order is then numeric order.
        const key = (word ^ ((-(word >>> 31) | 0x80000000) >>> 0)) >>> 0;
        keys[i] = key;
        (counts[key & mask] as number)++;
        (counts[nBuckets + ((key >>> radixBits) & mask)] as number)++;
        (counts[2 * nBuckets + (key >>> (2 * radixBits))] as number)++;
      }
      for (let pass = 0; pass < 3; pass++) {
        let start = 0;
        for (let bucket = pass * nBuckets; bucket < (pass + 1) * nBuckets; bucket++) {
          const count = counts[bucket] as number;
          counts[bucket] = start;
          start += count;
        }
      }
      scatter(keys, other, n, 0, 0);
      scatter(other, keys, n, radixBits, nBuckets);
      scatter(keys, other, n, 2 * radixBits, 2 * nBuckets);
      for (let i = 0; i < n; i++) {
        const key = other[i] as number;
        bits[i] = key ^ (((key >>> 31) - 1) | 0x80000000);
      }
    },
  };

  function scatter(from: Uint32Array, to: Uint32Array, n: number, shift: number, firstBucket: number): void {
    for (let i = 0; i < n; i++) {
      const key = from[i] as number;
      const bucket = firstBucket + ((key >>> shift) & mask);
      const at = counts[bucket] as number;
      counts[bucket] = at + 1;
      to[at] = key;
    }
  }
}
