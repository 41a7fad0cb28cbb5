import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { chunkStarts } from './pythonChunks.ts';
import { createPythonParser, parsePython } from './python.ts';

function chunksOf(text: string): string[] {
  const starts = chunkStarts(text);
  return starts.map((start, idx) => text.slice(start, starts[idx + 1] ?? text.length));
}

describe('chunkStarts', () => {
  const cases: readonly (readonly [name: string, chunks: readonly string[]])[] = [
    ['statements at the margin', ['a = 1\n', 'def f():\n    return a\n\n# about g\n', 'g = f\n']],
    [
      'else, elif, except and finally with what they belong to',
      ['if a:\n  b\nelif c:\n  d\nelse:\n  e\n', 'elsewhere = 1'],
    ],
    ['decorators with what they decorate', ['@a\n@b(\n1)\n# why\nclass A:\n  pass\n', 'x']],
    ['brackets over several lines', ['x = [\n1,\n2,\n]\n', 'y = (\n"("\n)\n', 'z']],
    ['strings over several lines', ['"""\nclass A:\n"""\n', "x = '''\ny = 1\n''' + \\\n\"'\"\n", 'z = 3']],
    ['strings without an end', ['x = "abc\n', 'y = 1']],
    ['an unclosed bracket before a definition', ['x = nn.Sequential(\n', 'class A:\n  pass\n']],
    ['carriage returns', ['a = 1\r', 'b = 2\r\n', 'c = 3']],
    ['comments with quotes and brackets', ["a = 1  # don't (\n", 'b']],
    ['nothing', ['']],
  ];
  for (const [name, chunks] of cases) {
    it(`keeps ${name}`, () => assert.deepEqual(chunksOf(chunks.join('')), chunks));
  }
});

describe('a parser with memory', () => {
  const sample = readFileSync(new URL('../../samples/dcgan/dcgan_torch.py', import.meta.url), 'utf8');
  const inserted = [
    '',
    '\n',
    '(',
    ')',
    '"""',
    "'",
    '    ',
    '\t',
    ':',
    '@',
    '\\\n',
    '#',
    'class A:\n',
    'else:\n',
    '\r',
    'x = 1\n',
  ];
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(60),
    text: fc.constantFrom(...inserted),
  });

  it('gives at every edit what a parser without memory gives', () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 8 }), (edits) => {
        const parse = createPythonParser();
        let text = sample;
        parse(text);
        for (const { at, length, text: added } of edits) {
          const start = Math.floor(at * text.length);
          text = text.slice(0, start) + added + text.slice(start + length);
          assert.equal(chunksOf(text).join(''), text);
          assert.deepEqual(parse(text), parsePython(text));
        }
      }),
      { numRuns: 25, seed: 20261122 },
    );
  }).timeout(20_000);

  it('leaves a tree alone that it gave before', () => {
    const parse = createPythonParser();
    const before = parse(sample);
    const copy = structuredClone(before);
    parse(`# one more line\n${sample}`);
    assert.deepEqual(before, copy);
  });

  it('confines a half-typed statement to itself', () => {
    const { body, errors } = parsePython('x = nn.Sequential(\nclass A:\n    y = 1\n');
    assert.deepEqual(
      body.map(({ kind }) => kind),
      ['assign', 'classDefinition'],
    );
    assert.equal(errors.length > 0, true);
  });
});
