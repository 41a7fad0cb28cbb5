/** The count against an encoder that really writes the stream, for many patterns of zeros. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { bytesAt } from './weightBits.ts';
import { sparseBytes, zeroedWeights } from './sparseBytes.ts';

/** Entries of the stream, and what a reader makes of them. */
function encode(weights: readonly number[], indexBits: number): { entries: number; decoded: readonly number[] } {
  const stream: { distance: number; value: number }[] = [];
  let distance = 0;
  for (const value of weights) {
    if (value === 0 && distance < 2 ** indexBits - 1) {
      distance++;
      continue;
    }
    stream.push({ distance, value });
    distance = 0;
  }
  while (stream.at(-1)?.value === 0) stream.pop();
  const decoded: number[] = [];
  for (const entry of stream) decoded.push(...Array<number>(entry.distance).fill(0), entry.value);
  while (decoded.length < weights.length) decoded.push(0);
  return { entries: stream.length, decoded };
}

describe('sparse kernels', () => {
  it('never take more than is counted, and exactly that where the zeros stand together', () => {
    let state = 5;
    const random = (): number => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
    for (const indexBits of [5, 8]) {
      for (const zeroShare of [0, 0.3, 0.9, 0.97]) {
        const nWeights = 3000;
        const nZeros = zeroedWeights({ nWeights, zeroShare });
        const bound = sparseBytes({ nWeights, zeroShare, valueBits: 4, indexBits });
        const together = [...Array<number>(nZeros).fill(0), ...Array<number>(nWeights - nZeros).fill(7)];
        const spread = together.map((value) => ({ value, key: random() }));
        spread.sort((a, b) => a.key - b.key);
        for (const weights of [together, spread.map(({ value }) => value)]) {
          const { entries, decoded } = encode(weights, indexBits);
          assert.deepEqual(decoded, weights);
          const bytes = Math.ceil((entries * (4 + indexBits)) / 8);
          assert.ok(bytes <= bound, `${bytes} bytes are more than ${bound}`);
          if (weights === together && zeroShare < 1) assert.equal(bytes, bound);
        }
      }
    }
  });

  it('are stored densely where that takes less, and keep scales and biases', () => {
    const call = { op: 'dense', attributes: { inFeatures: 100, outFeatures: 10, bias: true } } as const;
    const weights = [
      { name: 'weight', shape: [10, 100], trainable: true },
      { name: 'bias', shape: [10], trainable: true },
    ];
    assert.equal(bytesAt(32, call, weights, 0.05), 4040);
    // 500 values and 15 fillers of 37 bits.
    assert.equal(bytesAt(32, call, weights, 0.5), Math.ceil((515 * 37) / 8) + 40);
    assert.equal(bytesAt(4, call, weights, 0.9), Math.ceil((128 * 9) / 8) + 40 + 40);
    // A ternary weight that is not zero is a sign.
    assert.equal(bytesAt('ternary', call, weights, 0.9), Math.ceil((128 * 6) / 8) + 40 + 40);
  });
});
