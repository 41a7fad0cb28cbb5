import assert from 'node:assert/strict';
import { parseEntry } from './entries.ts';
import { parseToldInput, shapesIn } from './toldInput.ts';

describe('inputs as they are told', () => {
  it('are shapes, plain values, lists and tables, written as in Python', () => {
    const read = ['(1,3,8,8)', '[1, ?]', '0.5', '1.', 'None', 'True', "'a (b)'", '[(1,2), (1,2),]', "{'t': (1,)}"];
    assert.deepEqual(read.map(parseToldInput), [
      [1, 3, 8, 8],
      [1, '?'],
      0.5,
      1,
      null,
      true,
      'a (b)',
      [
        [1, 2],
        [1, 2],
      ],
      { t: [1] },
    ]);
    assert.equal(parseToldInput('Generator('), undefined);
  });

  it('leave open what is no size', () => {
    assert.deepEqual(parseToldInput('(1, -1, 2.5, 0)'), [1, '?', '?', '?']);
  });

  it('give the tensors in order', () => {
    assert.deepEqual(shapesIn([[1, 2], 3, [[4], { a: [5], b: null }], 'x']), [[1, 2], [4], [5]]);
  });

  it('stand behind the expression, not inside of it', () => {
    assert.deepEqual(parseEntry('Net(input=(1,2), n=3) input=(1,4), input=2'), {
      expression: 'Net(input=(1,2), n=3)',
      inputs: [[1, 4], 2],
      isOnly: false,
    });
    assert.equal(parseEntry('Net() input=(1,'), null);
  });
});
