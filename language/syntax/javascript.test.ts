import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parseJavascript } from './javascript.ts';
import { misplaced } from './misplaced.ts';

/** The tree without positions: short enough to compare. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !/^(start|end|propertySpan)$/.test(key));
  return Object.fromEntries(entries.map(([key, inner]) => [key, shape(inner)]));
}

function statement(text: string): Record<string, unknown> {
  const module = parseJavascript(text);
  assert.deepEqual(module.errors, [], text);
  return shape(module.body[0]) as Record<string, unknown>;
}

function expression(text: string): unknown {
  return statement(`(${text});`)['expression'];
}

const sample = readFileSync(new URL('../../samples/dcgan/dcgan_tfjs.ts', import.meta.url), 'utf8');

const name = (id: string) => ({ kind: 'name', id });
const number = (value: number) => ({ kind: 'number', value, isInteger: Number.isInteger(value) });
const string = (value: string) => ({ kind: 'string', value });

describe('parseJavascript', () => {
  it('reads calls, members, optional chains and spreads', () => {
    assert.deepEqual(expression('tf.layers?.dense({ units: 4, ...o, bias })'), {
      kind: 'call',
      callee: {
        kind: 'member',
        object: { kind: 'member', object: name('tf'), property: 'layers', optional: false },
        property: 'dense',
        optional: true,
      },
      args: [
        {
          kind: 'positional',
          name: null,
          value: {
            kind: 'dict',
            entries: [
              { key: string('units'), value: number(4) },
              { key: null, value: name('o') },
              { key: string('bias'), value: name('bias') },
            ],
          },
        },
      ],
      isNew: false,
      optional: false,
    });
    assert.deepEqual(expression('[...a, 1, , 2]'), {
      kind: 'list',
      items: [{ kind: 'spread', value: name('a') }, number(1), { kind: 'undefined' }, number(2)],
    });
  });

  it('makes types, casts and assertions vanish', () => {
    const plain = expression('f(x)');
    for (const text of [
      'f(x) as tf.SymbolicTensor',
      'f(x)!',
      'f<number>(x)',
      'f(x!)',
      '<any>f(x)',
      'f(x) satisfies T',
    ]) {
      assert.deepEqual(expression(text), plain, text);
    }
  });

  it('reads operators, defaults by ??, and steps', () => {
    assert.deepEqual(expression('a ?? b'), { kind: 'logical', operator: 'nullish', left: name('a'), right: name('b') });
    assert.deepEqual(expression('!a'), { kind: 'unary', operator: 'not', operand: name('a') });
    assert.deepEqual(expression('2 ** 3'), { kind: 'binary', operator: '**', left: number(2), right: number(3) });
    assert.deepEqual(expression("'k' in o"), {
      kind: 'compare',
      first: string('k'),
      links: [{ operator: 'has key', operand: name('o') }],
    });
    assert.deepEqual(expression('i++'), {
      kind: 'assignExpression',
      target: { kind: 'namePattern', id: 'i' },
      operator: '+',
      value: number(1),
      postfix: true,
    });
    assert.deepEqual(expression('o.x ??= 1'), {
      kind: 'assignExpression',
      target: { kind: 'placePattern', place: { kind: 'member', object: name('o'), property: 'x', optional: false } },
      operator: 'nullish',
      value: number(1),
      postfix: false,
    });
    assert.deepEqual(expression('`a${b}\\n`'), {
      kind: 'template',
      parts: ['a', { value: name('b'), spec: null }, '\n'],
    });
  });

  it('reads arrows, patterns with defaults, and rests', () => {
    const declared = statement('const f = ({ a, b: c = 2, ...r }, [d], ...e) => a;');
    const lambda = declared['value'] as { definition: Record<string, unknown> };
    assert.equal(lambda.definition['thisBinding'], 'lexical');
    assert.deepEqual(lambda.definition['body'], [{ kind: 'return', value: name('a') }]);
    const [first, second, third] = lambda.definition['parameters'] as Record<string, unknown>[];
    assert.deepEqual(first?.['target'], {
      kind: 'objectPattern',
      entries: [
        { key: string('a'), target: { kind: 'namePattern', id: 'a' } },
        {
          key: string('b'),
          target: { kind: 'defaultPattern', target: { kind: 'namePattern', id: 'c' }, value: number(2) },
        },
      ],
      rest: { kind: 'namePattern', id: 'r' },
    });
    assert.deepEqual(second?.['target'], { kind: 'sequencePattern', items: [{ kind: 'namePattern', id: 'd' }] });
    assert.equal(third?.['kind'], 'varPositional');
  });

  it('reads arrows whose destructured parameters have defaults', () => {
    for (const text of [
      'const f = ({ n } = {}) => n;',
      'const f = (a, { n = 2, k } = {}, [m] = []) => ({ n, k });',
      'const f = async ({ n, ...r } = {}): Promise<T> => { return g({ n, ...r }); };',
    ]) {
      const { definition } = statement(text)['value'] as { definition: { parameters: { defaultValue: unknown }[] } };
      assert.notEqual(
        definition.parameters.find(({ defaultValue }) => defaultValue !== null),
        undefined,
        text,
      );
    }
    assert.equal((expression('{ a } = { a: 1 }') as { kind: string }).kind, 'assignExpression');
  });

  it('reads classes: parameter properties assign, signatures vanish, accessors are marked', () => {
    const declared = statement(`class G extends B<T> {
      private size = 4; static K = 1;
      constructor(private width: number, b?: string) { super(); }
      get w(): number { return 1; }
      build(): void;
      build() { return this.width; }
    }`);
    const { bases, body } = declared['definition'] as { bases: unknown[]; body: Record<string, unknown>[] };
    assert.deepEqual(bases, [{ kind: 'positional', name: null, value: name('B') }]);
    assert.deepEqual(
      body.map((member) => [
        member['kind'],
        member['name'] ?? (member['definition'] as { name: string }).name,
        member['isStatic'],
        member['accessor'],
      ]),
      [
        ['field', 'size', false, undefined],
        ['field', 'K', true, undefined],
        ['method', 'constructor', false, null],
        ['method', 'w', false, 'get'],
        ['method', 'build', false, null],
      ],
    );
    const [assigned] = (body[2]?.['definition'] as { body: Record<string, unknown>[] }).body;
    assert.equal(assigned?.['kind'], 'assign');
  });

  it('reads imports in every form', () => {
    const imported = (path: string, names: unknown[], namespace: string | null = null) => ({
      kind: 'fromImport',
      path,
      names,
      star: false,
      namespace,
    });
    assert.deepEqual(statement("import * as tf from '@tensorflow/tfjs';"), imported('@tensorflow/tfjs', [], 'tf'));
    assert.deepEqual(
      statement("import d, { a, b as c } from './x';"),
      imported('./x', [
        { name: 'default', alias: 'd' },
        { name: 'a', alias: null },
        { name: 'b', alias: 'c' },
      ]),
    );
    assert.deepEqual(statement("const tf = require('@tensorflow/tfjs');"), imported('@tensorflow/tfjs', [], 'tf'));
    assert.deepEqual(statement("const { a: b } = require('./x');"), imported('./x', [{ name: 'a', alias: 'b' }]));
    assert.equal(statement("import type { A } from './x';")['kind'], 'empty');
  });

  it('reads exports', () => {
    assert.equal(statement('export default class A {}')['isDefault'], true);
    assert.deepEqual(statement('export { a as b };')['names'], [{ name: 'a', alias: 'b' }]);
    assert.equal((statement('export const a = 1;')['declaration'] as { kind: string }).kind, 'assign');
  });

  it('reads loops and branches', () => {
    assert.deepEqual(
      [
        'for (const [k, v] of o) f();',
        'for (let i = 0; i < 4; i++) f();',
        'do f(); while (x);',
        'switch (a) { case 1: f(); break; default: g(); }',
        'try { f(); } catch { g(); }',
      ].map((text) => statement(text)['kind']),
      ['for', 'classicFor', 'while', 'switch', 'try'],
    );
    const loop = statement('for (i = 0; ; ) {}');
    assert.equal(loop['test'], null);
    assert.equal((loop['init'] as { kind: string }).kind, 'expression');
    const choice = statement('switch (a) { case 1: f(); break; default: g(); }');
    assert.equal((choice['cases'] as unknown[]).length, 2);
  });

  it('reads enums as dictionaries', () => {
    const value = statement('enum E { A, B = 4, C }')['value'] as { entries: { value: { value: number } }[] };
    assert.deepEqual(
      value.entries.map((entry) => entry.value.value),
      [0, 4, 5],
    );
  });

  it('keeps comments for directives', () => {
    const { comments } = parseJavascript('// slimwise: G() input=(1,4)\n/* b */ x;');
    assert.deepEqual(
      comments.map(({ text }) => text),
      [' slimwise: G() input=(1,4)', ' b '],
    );
  });

  it('reads the sample without errors, with nested spans', () => {
    const module = parseJavascript(sample);
    assert.deepEqual(module.errors, []);
    assert.equal(misplaced(module.body, 0, sample.length), null);
  });

  it('gives a tree with nested spans for any edit of a real file', () => {
    fc.assert(
      fc.property(
        fc.nat(sample.length),
        fc.nat(200),
        fc.constantFrom('', '(', '}', '`', '${', '=>', '/*', '"', 'class ', 'for (', ' as ', '<', '\\', '...', '?.'),
        (at, length, inserted) => {
          const text = sample.slice(0, at) + inserted + sample.slice(at + length);
          assert.equal(misplaced(parseJavascript(text).body, 0, text.length), null);
        },
      ),
      { numRuns: 80 },
    );
  });

  it('survives what is no program at all', () => {
    for (const text of [
      '',
      '\0',
      '('.repeat(5000),
      'a.b'.repeat(3000),
      '{'.repeat(4000),
      'x = '.repeat(3000),
      '[[['.repeat(2000),
      '`${'.repeat(2000),
    ]) {
      assert.doesNotThrow(() => parseJavascript(text), text.slice(0, 20));
    }
  });
});
