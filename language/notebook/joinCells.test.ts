import assert from 'node:assert/strict';
import fc from 'fast-check';
import { joinCells } from './joinCells.ts';

describe('joinCells', () => {
  const cases: readonly (readonly [name: string, cell: string, python: string])[] = [
    ['line magics', '%matplotlib inline\nx = 1', 'pass\nx = 1'],
    ['shell commands', 'if x:\n    !pip install "torch\ny = 2', 'if x:\n    pass\ny = 2'],
    ['shell commands over two lines', '!pip install \\\n  torch\ny = 2', 'pass\n\ny = 2'],
    ['help', 'nn.Conv2d?\n?print\nx??', 'pass\npass\npass'],
    ['what a magic gives', 'files = !ls\nt = %time f()', 'files = _\nt = _'],
    ['cell magics that run Python', '%%time\nx = 1', 'pass\nx = 1'],
    ['cells in another language', '%%bash\necho "(', '\n'],
    ['a remainder', 'x = (7\n% 4)', 'x = (7\n% 4)'],
    ['a text with percent signs', '"""\n%d\n!x\n"""', '"""\n%d\n!x\n"""'],
    ['not equal', 'x = a != b', 'x = a != b'],
    ['a statement that is left open', 'x = 1\ny = nn.Sequential(\n  nn.ReLU(),', 'x = 1\n\n'],
  ];
  for (const [name, cell, python] of cases) {
    it(`keeps the lines of ${name}`, () => {
      const { text } = joinCells([cell, 'z = 3']);
      assert.equal(text, `${python}\n\nz = 3\n`);
    });
  }

  it('leads from each line back to its cell, whatever the cells hold', () => {
    const cell = fc.array(fc.constantFrom('x = 1', '', '%time', '!ls', '(', ')', '"""', '%%bash', '\\', '# c'), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 5 }), (cells) => {
        const joined = joinCells(cells.map((lines) => lines.join('\n')));
        const lines = joined.text.split('\n');
        for (const [cellIdx, own] of cells.entries()) {
          assert.equal(joined.nLinesOf(cellIdx), Math.max(1, own.length));
          for (let line = 1; line <= joined.nLinesOf(cellIdx); line++) {
            const at = joined.firstLineOf(cellIdx) + line - 1;
            assert.deepEqual(joined.placeOf(at), { cellIdx, line });
            const text = lines[at - 1];
            assert.ok(text === own[line - 1] || text === 'pass' || text === '' || own.length === 0, text);
          }
        }
      }),
      { seed: 3 },
    );
  });
});
