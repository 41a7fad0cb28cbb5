import assert from 'node:assert/strict';
import { layer, model } from '../testing.ts';
import { rowAt } from './rowAt.ts';

const file = '/ws/gan.py';
const generator = model({
  name: 'Generator',
  line: 10,
  layers: [
    layer({ name: 'block', line: 12, endLine: 18 }),
    layer({ name: 'block.conv', line: 14, endLine: 14 }),
    layer({ name: 'up.0', line: 3, endLine: 3, stack: [{ file, line: 20 }] }),
    layer({ name: 'up.1', line: 3, endLine: 3, stack: [{ file, line: 21 }] }),
    layer({ name: 'relu', line: 22, endLine: 22, params: 0, dor: null }),
  ],
});
const critic = model({ name: 'Critic', line: 30, layers: [layer({ name: 'up.0', line: 3, endLine: 3 })] });
const models = [generator, critic];

function nameAt(
  line: number,
  options: { readonly first?: typeof critic; readonly at?: string; readonly cell?: number } = {},
) {
  const { first = null, at = file, cell } = options;
  const row = rowAt(models, { file: at, line, ...(cell === undefined ? {} : { cell }) }, first);
  return row === null ? null : `${row.model.name}/${row.layer?.name ?? ''}`;
}

describe('rowAt', () => {
  const cases: readonly (readonly [string, string | null, string | null])[] = [
    ['the innermost layer of the line', nameAt(14), 'Generator/block.conv'],
    ['the layer around it', nameAt(16), 'Generator/block'],
    ['the layer that a call builds', nameAt(21), 'Generator/up.1'],
    ['the model of the class line', nameAt(10), 'Generator/'],
    ['the model that is shown first', nameAt(3, { first: critic }), 'Critic/up.0'],
    ['no row for a layer that the tree leaves out', nameAt(22), null],
    ['no row elsewhere', nameAt(25), null],
    ['no row in another file', nameAt(14, { at: '/ws/other.py' }), null],
    ['no row in a cell of another notebook', nameAt(14, { cell: 2 }), null],
  ];
  for (const [what, found, expected] of cases) it(`takes ${what}`, () => assert.equal(found, expected));

  it('keeps the row that the user chose, where the line builds several', () => {
    const [, , , second] = generator.layers;
    assert.ok(second);
    const kept = rowAt(models, { file, line: 3 }, null, { model: generator, layer: second });
    assert.equal(kept?.layer?.name, 'up.1');
  });
});
