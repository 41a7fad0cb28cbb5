/** Weights found under other names, and never guessed. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { matchWeights, type MatchedWeights } from './matchWeights.ts';

const wanted = [
  { name: 'dense.kernel', shape: [4, 8] },
  { name: 'conv2d.kernel', shape: [3, 3, 2, 2] },
  { name: 'conv2d_1.kernel', shape: [3, 3, 2, 2] },
  { name: 'conv2d_1.bias', shape: [2] },
];

const match = (
  names: readonly string[],
  options: { framework?: 'keras' | 'pytorch'; keepsOrder?: boolean; prefix?: string } = {},
): MatchedWeights => {
  const { framework = 'keras', keepsOrder = false, prefix = '' } = options;
  const shapes = [[4, 8], [3, 3, 2, 2], [3, 3, 2, 2], [2]];
  const tensors = new Map(names.map((name, idx) => [name, { shape: shapes[idx] ?? [] }]));
  return matchWeights(wanted, { tensors, keepsOrder }, framework, prefix);
};

describe('matching weights to a model', () => {
  it('goes by name, with either separator and a prefix', () => {
    const plain = match(['dense.kernel', 'conv2d.kernel', 'conv2d_1.kernel', 'conv2d_1.bias']);
    assert.deepEqual([plain.by, plain.names.size], ['name', 4]);
    const slashed = match(['g/dense/kernel', 'g/conv2d/kernel', 'g/conv2d_1/kernel', 'g/conv2d_1/bias'], {
      prefix: 'g/',
    });
    assert.deepEqual([slashed.by, slashed.names.size], ['name', 4]);
  });

  it('takes layers of one kind by their numbers, nine before ten', () => {
    const { by, names } = match(['dense_4/kernel', 'conv2d_9/kernel', 'conv2d_10/kernel', 'conv2d_10/bias']);
    assert.equal(by, 'number');
    assert.deepEqual(
      wanted.map(({ name }) => names.get(name)),
      ['dense_4/kernel', 'conv2d_9/kernel', 'conv2d_10/kernel', 'conv2d_10/bias'],
    );
  });

  it('takes other names in order only where the file keeps the order', () => {
    const others = ['head/kernel', 'body/kernel', 'tail/kernel', 'tail/bias'];
    assert.equal(match(others, { keepsOrder: true }).by, 'order');
    assert.equal(match(others).names.size, 0);
  });

  it('guesses nothing for PyTorch, for other shapes, or among another number of layers', () => {
    const shifted = ['dense_4/kernel', 'conv2d_9/kernel', 'conv2d_10/kernel', 'conv2d_10/bias'];
    assert.equal(match(shifted, { framework: 'pytorch' }).names.size, 0);
    assert.equal(match([...shifted, 'conv2d_11/kernel'], { keepsOrder: true }).by, 'name');
    const swapped = match(['conv2d_9/kernel', 'dense_4/kernel', 'conv2d_10/kernel', 'conv2d_10/bias']);
    assert.ok(swapped.names.size < wanted.length);
  });
});
