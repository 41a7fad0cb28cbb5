import assert from 'node:assert/strict';
import { memoryHost } from '../../sourceHost.ts';
import { loadUnit } from '../imports.ts';
import { createMachine } from '../machine.ts';
import type { Value } from '../values.ts';
import { javascriptSemantics } from './javascriptSemantics.ts';

/** What `result` is at the end of `main.ts`, as plain data; `?` is unknown. */
function run(text: string, others: Readonly<Record<string, string>> = {}): unknown {
  const machine = createMachine({
    host: memoryHost({ 'src/main.ts': text, ...others }),
    semantics: [javascriptSemantics],
    libraries: [],
  });
  const unit = loadUnit(machine, 'src/main.ts', 'main');
  assert.ok(unit);
  const result = unit.scope.names.get('result');
  assert.ok(result, 'result is not set');
  return plain(result);
}

function plain(value: Value): unknown {
  switch (value.kind) {
    case 'number':
    case 'string':
    case 'bool':
      return value.value;
    case 'none':
      return null;
    case 'undefined':
      return undefined;
    case 'list':
      return value.unknown === null ? value.items.map(plain) : '?';
    case 'tuple':
      return value.items.map(plain);
    case 'dict':
      return Object.fromEntries([...value.entries.values()].map((entry) => [plain(entry.key), plain(entry.value)]));
    case 'external':
      return value.path;
    default:
      return value.kind === 'unknown' ? '?' : value.kind;
  }
}

/** Code, and what it leaves in `result`. */
const cases: readonly (readonly [code: string, result: unknown])[] = [
  ['const result = 2 ** 3 + 7 % 4 - 10 / 4;', 8.5],
  ["const result = 'a' + 1 + `-${[1, 2]}`;", 'a1-1,2'],
  ['const result = [null ?? 1, 0 ?? 1, 0 || 2, "" && 3];', [1, 0, 2, '']],
  [
    'const o = { a: 1, b: { c: 2 } }; const { a, b: { c }, d = 4 } = o; const result = [a, c, d, o.x, o?.b?.["c"]];',
    [1, 2, 4, undefined, 2],
  ],
  [
    'const f = ({ n = 2, ...rest } = {}) => ({ n, ...rest }); const result = [f(), f({ n: 3, k: 1 })];',
    [{ n: 2 }, { n: 3, k: 1 }],
  ],
  ['const result = [1, 2, 3].map((x, i) => x * i).filter((x) => x > 0).reduce((a, b) => a + b, 10);', 18],
  [
    'const defaults = { k: 3, s: 1 }; const result = [{ f: 8 }, { f: 16, s: 2 }].map((x) => ({ ...defaults, ...x }));',
    [
      { k: 3, s: 1, f: 8 },
      { k: 3, s: 2, f: 16 },
    ],
  ],
  ['const result = [(x) => x + 1, (x) => x * 2].reduce((x, f) => f(x), 3);', 8],
  ['const result = []; for (let i = 0; i < 4; i++) { if (i === 2) continue; result.push(i); }', [0, 1, 3]],
  ['const result = []; for (const [i, c] of ["x", "y"].entries()) result.push(c + i);', ['x0', 'y1']],
  ['const result = []; for (const k in { a: 1, b: 2 }) result.push(k);', ['a', 'b']],
  ['let n = 28; let result = 0; while (n % 2 === 0) { n /= 2; result++; }', 2],
  [
    'function f(k) { switch (k) { case 1: case 2: return "low"; default: return "high"; } } const result = [f(1), f(2), f(9)];',
    ['low', 'low', 'high'],
  ],
  [
    'const result = [Math.floor(7 / 2), Math.max(1, 5), Math.log2(64), Math.pow(2, 4), parseInt("12px")];',
    [3, 5, 6, 16, 12],
  ],
  ['const result = Array.from({ length: 3 }, (_, i) => i * i).concat([9], new Array(2).fill(0));', [0, 1, 4, 9, 0, 0]],
  ['const result = Object.entries({ a: 1 }).flat().concat(Object.keys({ b: 2 }));', ['a', 1, 'b']],
  [
    'class A { k = 2; constructor(n) { this.n = n; } get double() { return this.n * this.k; } static of(n) { return new A(n); } } class B extends A { constructor() { super(5); this.k = 3; } } const result = [A.of(4).double, new B().double];',
    [8, 15],
  ],
  [
    'class A { build() { return [1, 2].map((x) => x + this.off); } off = 10; } const result = new A().build();',
    [11, 12],
  ],
  ['const result = later(2); function later(x) { return x + 1; }', 3],
  ['const [a, , ...rest] = [1, 2, 3, 4]; const result = [a, rest];', [1, [3, 4]]],
  ['const s = new Set([1, 2, 2]); const result = [s.size, s.has(2), [...s]];', [2, true, [1, 2]]],
  ["const result = ['a', 'b'].includes('b') && 'Conv'.toLowerCase().startsWith('co');", true],
  [
    'const f = function (x) { return this.k * x; }; const result = [f.call({ k: 2 }, 3), f.bind({ k: 4 })(5)];',
    [6, 20],
  ],
  ['const f = (a, b) => a - b; const result = f.bind(null, 9)(2);', 7],
  [
    'const result = [(3.14159).toFixed(2), (255).toString(16), (7).toString(), 2.5.toFixed()];',
    ['3.14', 'ff', '7', '3'],
  ],
  ['const a = [3, 1, 2]; const result = [a.pop(), a.sort(), a.slice(-1), a.indexOf(3)];', [2, [1, 3], [3], 1]],
  ['const result = [Math.random(), undefinedName, [1, 2].map(undefinedName)];', ['?', '?', ['?', '?']]],
  ['const a = []; if (Math.random() > 0.5) a.push(1); const result = a;', '?'],
];

describe('JavaScript', () => {
  for (const [code, result] of cases) {
    it(code, () => assert.deepEqual(run(code), result));
  }

  it('follows imports between files, with their defaults and namespaces', () => {
    const files = {
      'src/config.js': 'export const width = 64; export default { depth: 3 };',
      'src/blocks/index.ts':
        'import { width } from "../config"; export function double(): number { return width * 2; }',
    };
    const code = `
      import config, { width as w } from './config';
      import * as blocks from './blocks';
      import * as tf from '@tensorflow/tfjs-node';
      const result = [config.depth, w, blocks.double(), tf.layers.dense];`;
    assert.deepEqual(run(code, files), [3, 64, 128, 'tf.layers.dense']);
  });

  it('sees through require', () => {
    const files = { 'src/config.js': 'exports.width = 64; module.exports.depth = 2;' };
    assert.deepEqual(
      run("const tf = require('@tensorflow/tfjs'); const result = tf.sequential;", files),
      'tf.sequential',
    );
  });
});
