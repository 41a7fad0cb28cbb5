/** Python text to the shared tree: shapes of constructs, and that any text gives a sound tree. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Expression } from './ast.ts';
import type { Statement } from './statement.ts';
import { createLineMap } from './lineMap.ts';
import { misplaced } from './misplaced.ts';
import { parsePython } from './python.ts';

function only(source: string): Statement {
  const [statement, ...rest] = parsePython(source).body;
  assert.equal(rest.length, 0, source);
  assert.ok(statement !== undefined);
  return statement;
}

function expressionOf(source: string): Expression {
  const statement = only(source);
  assert.ok(statement.kind === 'expression');
  return statement.expression;
}

describe('parsePython', () => {
  it('reads calls with every kind of argument', () => {
    const call = expressionOf('f(a, *b, c=1, **d)');
    assert.ok(call.kind === 'call');
    assert.deepEqual(
      call.args.map(({ kind, name }) => [kind, name]),
      [
        ['positional', null],
        ['spread', null],
        ['keyword', 'c'],
        ['keywordSpread', null],
      ],
    );
  });

  it('reads a generator with several targets as one argument', () => {
    const call = expressionOf('dict((k, v) for v, k in enumerate(names))');
    assert.ok(call.kind === 'call');
    assert.equal(call.args.length, 1);
    const [argument] = call.args;
    assert.ok(argument?.value.kind === 'comprehension');
    const [clause] = argument.value.clauses;
    assert.ok(clause?.kind === 'for' && clause.target.kind === 'sequencePattern');
    assert.equal(clause.target.items.length, 2);
    assert.equal(clause.iterable.kind, 'call');
  });

  it('reads numbers as Python does', () => {
    const value = (text: string): unknown => {
      const node = expressionOf(text);
      return node.kind === 'number' ? [node.value, node.isInteger] : node.kind;
    };
    assert.deepEqual(value('1_000'), [1000, true]);
    assert.deepEqual(value('0x1F'), [31, true]);
    assert.deepEqual(value('2.'), [2, false]);
    assert.deepEqual(value('1e-3'), [0.001, false]);
    assert.equal(value('2j'), 'unknown');
  });

  it('reads strings, prefixes, escapes and implicit concatenation', () => {
    const value = (text: string): unknown => {
      const node = expressionOf(text);
      return node.kind === 'string' ? node.value : node.kind;
    };
    assert.equal(value(`'a\\tb' "c"`), 'a\tbc');
    assert.equal(value(`r'a\\tb'`), 'a\\tb');
    assert.equal(value('"""two\nlines"""'), 'two\nlines');
    const template = expressionOf(`f"w{i:02d}_{{x}}"`);
    assert.ok(template.kind === 'template');
    assert.deepEqual(
      template.parts.map((part) => (typeof part === 'string' ? part : part.spec)),
      ['w', '02d', '_{x}'],
    );
  });

  it('reads chained comparisons as one, and parenthesized ones as two', () => {
    const chain = expressionOf('a < b <= c');
    assert.ok(chain.kind === 'compare');
    assert.deepEqual(
      chain.links.map(({ operator }) => operator),
      ['<', '<='],
    );
    const nested = expressionOf('(a < b) == c');
    assert.ok(nested.kind === 'compare' && nested.links.length === 1);
    const not = expressionOf('a is not b');
    assert.ok(not.kind === 'compare' && not.links[0]?.operator === 'is not');
  });

  it('reads slices, ellipses and new axes in an index', () => {
    const index = expressionOf('x[..., 1:, ::2, None]');
    assert.ok(index.kind === 'index' && index.index.kind === 'tuple');
    assert.deepEqual(
      index.index.items.map(({ kind }) => kind),
      ['ellipsis', 'slice', 'slice', 'none'],
    );
  });

  it('reads parameters with defaults, stars and annotations', () => {
    const statement = only('def f(a, b: int = 2, *args, c=3, **kw): pass');
    assert.ok(statement.kind === 'functionDefinition');
    assert.deepEqual(
      statement.definition.parameters.map(({ kind, defaultValue }) => [kind, defaultValue !== null]),
      [
        ['positional', false],
        ['positional', true],
        ['varPositional', false],
        ['keywordOnly', true],
        ['varKeyword', false],
      ],
    );
  });

  it('reads if chains, loops with else, try and with', () => {
    const statement = only('if a:\n  b\nelif c:\n  d\nelse:\n  e\n');
    assert.ok(statement.kind === 'if');
    const [nested] = statement.whenFalse;
    assert.ok(nested?.kind === 'if' && nested.whenFalse.length === 1);
    const loop = only('for i, (a, b) in x:\n  pass\nelse:\n  y\n');
    assert.ok(loop.kind === 'for' && loop.otherwise.length === 1 && loop.target.kind === 'sequencePattern');
    const guarded = only('try:\n  a\nexcept (B, C) as e:\n  d\nfinally:\n  f\n');
    assert.ok(guarded.kind === 'try' && guarded.handlers.length === 1 && guarded.finalizer.length === 1);
    const managed = only('with a() as b, c:\n  pass\n');
    assert.ok(managed.kind === 'with' && managed.items.length === 2);
  });

  it('reads imports with dots, aliases and stars', () => {
    assert.deepEqual(pick(only('from ..a.b import c as d, e')), { path: '..a.b', names: ['c', 'e'], star: false });
    assert.deepEqual(pick(only('from x import *')), { path: 'x', names: [], star: true });
    const plain = only('import a.b as c, d');
    assert.ok(plain.kind === 'import');
    assert.deepEqual(plain.modules, [
      { path: 'a.b', alias: 'c' },
      { path: 'd', alias: null },
    ]);
  });

  it('keeps what stands around text that does not parse', () => {
    const module = parsePython('a = 1\nb = = 2\nclass C(:\n  pass\nd = 4\n');
    assert.ok(module.errors.length > 0);
    const names = module.body.flatMap((statement) =>
      statement.kind === 'assign' && statement.targets[0]?.kind === 'namePattern' ? [statement.targets[0].id] : [],
    );
    assert.ok(names.includes('a') && names.includes('d'));
  });

  it('accepts Python 2', () => {
    const module = parsePython('print "hello"\nexec "x"\nx = 0777\n');
    assert.ok(module.body.some(({ kind }) => kind === 'assign'));
  });

  it('survives deep nesting', () => {
    const deep = `${'('.repeat(20000)}1${')'.repeat(20000)}`;
    assert.doesNotThrow(() => parsePython(deep));
    assert.doesNotThrow(() => parsePython(`x = ${'-'.repeat(20000)}1`));
  });

  it('nests what stands in a bracket that is not closed', () => {
    const text = 'x = y[a, b,\n  c=1)\n';
    assert.equal(misplaced(parsePython(text).body, 0, text.length), null);
  });

  it('gives a tree with nested spans for any text', () => {
    const pieces = fc.constantFrom(
      'class A(nn.Module):',
      '\n',
      '    ',
      'def f(self, x=1, *y):',
      'return',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      ':',
      ',',
      '.',
      'for i in range(3):',
      'x',
      'self.x = ',
      '"a',
      "'",
      '"""',
      'f"{x',
      '*',
      '**',
      '=',
      '==',
      'lambda:',
      'if',
      'else',
      '#',
      '1.',
      '\\',
      'import a.b',
      'from . import',
      'try:',
      'except',
      'with',
      'yield',
      'print x',
      '@',
      '\t',
      'é',
      '𝒙',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces, { maxLength: 60 }).map((list) => list.join('')),
        ),
        (text) => {
          const module = parsePython(text);
          assert.equal(misplaced(module.body, 0, text.length), null);
          assert.deepEqual(parsePython(text), module);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('createLineMap', () => {
  it('counts lines as editors do', () => {
    const lines = createLineMap('a\r\nbc\rd\n');
    assert.deepEqual(
      [0, 1, 3, 4, 6, 8].map((offset) => [lines.lineOf(offset), lines.columnOf(offset)]),
      [
        [1, 0],
        [1, 1],
        [2, 0],
        [2, 1],
        [3, 0],
        [4, 0],
      ],
    );
    assert.equal(lines.nLines, 4);
  });
});

function pick(statement: Statement): unknown {
  if (statement.kind !== 'fromImport') return statement.kind;
  return { path: statement.path, names: statement.names.map(({ name }) => name), star: statement.star };
}
