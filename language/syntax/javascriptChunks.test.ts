import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { createJavascriptParser, parseJavascript } from './javascript.ts';
import { javascriptChunkStarts } from './javascriptChunks.ts';

const sample = readFileSync(new URL('../../samples/dcgan/dcgan_tfjs.ts', import.meta.url), 'utf8');

function chunksOf(text: string): readonly string[] {
  const starts = javascriptChunkStarts(text);
  return starts.map((start, idx) => text.slice(start, starts[idx + 1] ?? text.length));
}

/** What could be mistaken for an end, or for a beginning. */
const source = [
  "import * as tf from '@tensorflow/tfjs';",
  'const pattern = /[/"]`{/.test("{") ? 1 / 2 : `a ${`b ${"}"}` + 1} {`;',
  'const text = `',
  'const inside = 1;',
  '`;',
  '/* const comment = {',
  'const other = 2;',
  '*/',
  '@decorated({',
  "  name: 'net',",
  '})',
  'class Net extends tf.layers.Layer {',
  '  build() { return 4 / 2 / 1; }',
  '}',
  'const size =',
  'function () { return 3; };',
  'export default',
  'class Other {}',
  "const open = 'a text without an end",
  'export async function train(tf) { await tf.ready(); } // }',
  '',
].join('\n');

describe('javascriptChunkStarts', () => {
  it('cuts where declarations begin, and nowhere else', () => {
    assert.deepEqual(
      chunksOf(source).map((chunk) => chunk.split('\n')[0]),
      [
        "import * as tf from '@tensorflow/tfjs';",
        'const pattern = /[/"]`{/.test("{") ? 1 / 2 : `a ${`b ${"}"}` + 1} {`;',
        'const text = `',
        '@decorated({',
        'const size =',
        'export default',
        "const open = 'a text without an end",
        'export async function train(tf) { await tf.ready(); } // }',
      ],
    );
  });

  it('leaves a statement with the line before that it is a part of', () => {
    const text =
      'if (a)\nvar b = 1;\nelse\nvar c = 2;\nfor (\n  const d of e\n)\n// each\nvar f = d;\ndo\nvar g = 1;\nwhile (g)\n';
    const { body, errors } = parseJavascript(text);
    assert.deepEqual([body.map(({ kind }) => kind), errors], [['if', 'for', 'while'], []]);
    const [first] = chunksOf('const a = f()\nconst b = 1\n');
    assert.equal(first, 'const a = f()\n');
  });

  it('gives the statements that stand there', () => {
    const { body, errors } = parseJavascript(source.replace("const open = 'a text without an end\n", ''));
    assert.deepEqual(
      body.map(({ kind }) => kind),
      ['fromImport', 'assign', 'assign', 'classDefinition', 'assign', 'export', 'export'],
    );
    assert.deepEqual(errors, []);
  });

  it('loses nothing of any text', () => {
    const part = fc.constantFrom(
      'const ',
      'class A ',
      '{',
      '}',
      '`',
      '${',
      "'",
      '/',
      '*',
      '/*',
      '*/',
      '\n',
      '\\',
      'a',
      '(',
      ')',
      '@x\n',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
        const text = parts.join('');
        assert.equal(chunksOf(text).join(''), text);
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  it('lets a parser with memory give what one without gives, at every edit', () => {
    const edit = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      removed: fc.nat(12),
      added: fc.constantFrom(
        '',
        '\n',
        '}',
        '{',
        '`',
        "'",
        '/',
        '/*',
        '// note\n',
        'const x = 1;\n',
        '(',
        '9',
        'export ',
      ),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 12 }), (edits) => {
        const parse = createJavascriptParser();
        let text = sample + source;
        for (const { at, removed, added } of edits) {
          const start = Math.floor(at * text.length);
          text = text.slice(0, start) + added + text.slice(start + removed);
          assert.deepEqual(parse(text), parseJavascript(text));
        }
      }),
      { numRuns: 12, seed: 5 },
    );
  }).timeout(60_000);
});
