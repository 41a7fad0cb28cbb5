/**
 * Texts written to hurt an analysis, for `bench:corpus -- --robust`: each nests, repeats, doubles or never ends
 * in its own way. A case is a few files; its first is the one that is analysed. Python cases import torch and
 * scripts TF.js, because nothing else is looked into. Long ones stay just below the length that is refused.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { DEFAULT_LIMITS } from '../language/interpreter/machine.ts';

export type HostileCase = Readonly<Record<string, string>>;

const python = 'import torch\nimport torch.nn as nn\n';
const script = "import * as tf from '@tensorflow/tfjs';\n";

/** As often as fits into a file that is still read. */
function full(part: string, after = ''): string {
  const room = DEFAULT_LIMITS.sourceLength - 200 - after.length;
  return part.repeat(Math.floor(room / part.length)) + after;
}

function lines(count: number, line: (idx: number) => string): string {
  return Array.from({ length: count }, (_unused, idx) => line(idx)).join('\n');
}

/** `head(0)` on the first level, each next one inside it. */
function nested(depth: number, head: (idx: number) => string, indent = ' '): string {
  return `${lines(depth, (idx) => indent.repeat(idx) + head(idx))}\n${indent.repeat(depth)}pass\n`;
}

export function hostileCases(): Readonly<Record<string, HostileCase>> {
  const cases: Record<string, HostileCase> = {};
  for (const [name, text] of Object.entries(pythonTexts())) cases[name] = { 'a.py': python + text };
  for (const [name, text] of Object.entries(scriptTexts())) cases[name] = { 'a.ts': script + text };
  for (const [name, text] of Object.entries(notebookTexts())) cases[name] = { 'a.ipynb': text };
  return { ...cases, ...otherCases() };
}

const net = `class Net(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.a = nn.Conv2d(3, n, 3)
    def forward(self, x):
        return self.a(x)
`;

function pythonTexts(): Readonly<Record<string, string>> {
  const fiveMillion = 5_000_000;
  return {
    'a list of 5 MB on one line': `x = [${'1, '.repeat(fiveMillion / 3)}]`,
    'a text of 5 MB on one line': `x = '${'a'.repeat(fiveMillion)}'`,
    'a list just below the limit': `x = [${full('1, ')}]`,
    'open round brackets': full('('),
    'open square brackets': full('['),
    'open curly brackets': full('{1:'),
    'calls in calls': full('f('),
    'lambdas in lambdas': `x = ${full('lambda: ', '1')}`,
    'f-strings in f-strings': `x = ${full(`f"{f'{`)}`,
    'f-strings that are closed': `x = ${`f"{f'{`.repeat(20_000)}1${`}'}"`.repeat(20_000)}`,
    decorators: `${full('@d\n', 'def f(): pass')}`,
    'decorators in decorators': full('@d(lambda: '),
    'minus signs': `x = ${full('-', '1')}`,
    nots: `x = ${full('not ', '1')}`,
    powers: `x = ${full('2 ** ', '2')}`,
    'conditions in conditions': `x = ${full('1 if a else ', '2')}`,
    'a chain of attributes': `x = a${full('.b')}`,
    'a chain of calls': `x = a${full('()')}`,
    'a chain of indices': `x = a${full('[0]')}`,
    'a chain of comparisons': `x = ${full('1 < ', '2')}`,
    'a chain of ands': `x = ${full('a and ', 'b')}`,
    'a text in pieces': `x = ${full('"a" ')}`,
    'a sum': `x = ${full('1 + ', '1')}`,
    assignments: full('x = ', '1'),
    'blocks in blocks': nested(900, () => 'if x:'),
    'loops in loops': nested(400, (idx) => `for a${idx} in range(9):`),
    'classes in classes': nested(900, (idx) => `class A${idx}:`),
    'functions in functions': nested(900, (idx) => `def f${idx}():`),
    'handlers in handlers': `${nested(700, () => 'try:')}`,
    'elifs without end': `if x: pass\n${full('elif y: pass\n')}`,
    'names without end': lines(30_000, (idx) => `a${idx} = ${idx}`),
    'comments that are no commands': full('# slimwise: Net(\n'),
    'comments that are commands': `${net}${full('# slimwise: Net(8) input=(1,3,8,8)\n')}`,
    'suppressions without end': `${net}${full('# slimwise: ignore[SW101]\n')}`,
    'models without end': `${lines(2000, (idx) => net.replaceAll('Net', `Net${idx}`))}`,
    'models that are all run': `${lines(1200, (idx) => net.replaceAll('Net', `Net${idx}`))}\n${lines(1200, (idx) => `Net${idx}()(torch.randn(1, 3, 8, 8))`)}`,
    'a model built without end': `${net}${full('Net()(torch.randn(1, 3, 8, 8))\n')}`,
    'a chain of bases': lines(5000, (idx) => `class A${idx}(${idx === 0 ? 'nn.Module' : `A${idx - 1}`}): pass`),
    'diamonds of bases': lines(60, (idx) =>
      idx === 0
        ? 'class A0(nn.Module): pass'
        : `class B${idx}(A${idx - 1}): pass\nclass C${idx}(A${idx - 1}): pass\nclass A${idx}(B${idx}, C${idx}): pass`,
    ),
    'bases of each other': 'class A(B): pass\nclass B(A): pass\nclass C(A, B): pass\nC()\n',
    'comprehensions that multiply': `x = [1 ${'for a in range(999) '.repeat(12)}]`,
    'comprehensions in comprehensions': `x = ${'['.repeat(400)}1${' for a in range(3)]'.repeat(400)}`,
    'pairs of pairs':
      'x = ()\nfor i in range(200): x = (x, x)\ny = x == x\nz = {x: 1}\ns = str(x)\nh = hash(x)\nn = f"{x}"\n',
    'lists of lists':
      'import copy\nx = []\nfor i in range(200): x = [x, x]\ny = copy.deepcopy(x)\ns = str(y)\nq = x + y\nz = x < y\n',
    'dictionaries of dictionaries':
      'x = {}\nfor i in range(200): x = {"a": x, "b": x}\ny = dict(x)\ns = str(x)\nz = x == y\nnn.ModuleDict(x)\n',
    'modules of modules': 'x = nn.Linear(3, 3)\nfor i in range(200): x = nn.Sequential(x, x)\nx(torch.randn(1, 3))\n',
    'huge powers':
      'a = 10 ** 10 ** 10\nb = 9 ** 9 ** 9 ** 9\nc = 1 << 10 ** 12\nd = a * a\ne = pow(7, 10 ** 12)\nf = 2 ** -1e308\ng = (-3) ** 0.5\n',
    'huge repetitions':
      "a = 'a' * 10 ** 9\nb = [0] * 10 ** 9\nc = (1,) * 10 ** 12\nd = b'a' * 10 ** 10\ne = list('ab' * 10 ** 8)\n",
    'huge widths':
      "a = 'a'.ljust(10 ** 10)\nb = f'{1:1000000000d}'\nc = '%999999999d' % 1\nd = '{:>999999999}'.format(1)\ne = 'a'.zfill(10 ** 9)\nf = 'a'.center(10 ** 9)\ng = f'{1:.999999999f}'\n",
    'texts that double':
      "s = 'ab'\nfor i in range(400):\n    s = s.replace('a', 'aa')\nt = 'x'\nfor i in range(400):\n    t = t.join([t, t])\nu = 'x'\nwhile True:\n    u = f'{u}{u}'\n",
    'huge ranges':
      'a = list(range(10 ** 12))\nb = sum(range(10 ** 15))\nc = 5 in range(10 ** 18)\nd = sorted(range(10 ** 9))\ne = [i for i in range(10 ** 12)]\nf = dict.fromkeys(range(10 ** 9))\ng = max(range(10 ** 12))\nh = list(reversed(range(10 ** 12)))\nk = set(range(10 ** 10))\nfor i in range(10 ** 12):\n    nn.Linear(i, i)\n',
    'products without end':
      'import itertools\na = list(itertools.product(range(10 ** 6), repeat=10))\nb = list(itertools.permutations(range(20)))\nc = list(itertools.combinations(range(64), 32))\nd = list(itertools.count())\ne = list(itertools.cycle([1]))\nf = list(itertools.repeat(1))\ng = list(zip(itertools.count(), itertools.count()))\nh = list(enumerate(itertools.count()))\nk = list(map(str, itertools.count()))\n',
    'huge arrays':
      'import numpy as np\na = np.zeros((10 ** 6, 10 ** 6, 10 ** 6))\nb = np.arange(10 ** 12).tolist()\nc = np.linspace(0, 1, 10 ** 11)\nd = list(torch.zeros(10 ** 12))\ne = torch.randn(*[2] * 4000)\nf = np.ones(10 ** 9).reshape(-1, 7)\nfor x in torch.zeros(10 ** 12): pass\n',
    'huge sums of mathematics':
      'import math\na = math.factorial(10 ** 8)\nb = math.comb(10 ** 9, 10 ** 8)\nc = math.gcd(10 ** 300, 7)\nd = math.prod(range(1, 10 ** 9))\ne = round(10 ** 400)\nf = divmod(10 ** 400, 3)\ng = int("9" * 5000)\n',
    'generators without end':
      'def g():\n    while True:\n        yield from g()\n        yield 1\nlist(g())\nnext(g())\nfor x in g(): pass\nsum(g())\n',
    'an iterator without end':
      'class I:\n    def __iter__(self): return self\n    def __next__(self): return 1\nlist(I())\nfor x in I(): pass\na, b = I()\n',
    'recursions that grow':
      'def f(n): return f(n - 1) + f(n - 2) if n > 1 else 1\nf(90)\ndef a(m, n): return n + 1 if m == 0 else a(m - 1, 1 if n == 0 else a(m, n - 1))\na(5, 5)\n(lambda f: f(f))(lambda f: f(f))\n',
    'a model that calls itself':
      'class A(nn.Module):\n    def __init__(self, n=99):\n        super().__init__()\n        self.l = nn.Linear(3, 3)\n        self.b = A(n - 1)\n        self.c = A(n - 1)\n    def forward(self, x): return self.forward(self.l(x)) + self(x)\nA()(torch.randn(1, 3))\n',
    'a model in a doubling tree':
      'class A(nn.Module):\n    def __init__(self, n):\n        super().__init__()\n        self.k = nn.ModuleList([A(n - 1), A(n - 1)]) if n else nn.ModuleList()\n        self.l = nn.Linear(3, 3)\n    def forward(self, x):\n        for k in self.k: x = k(x)\n        return self.l(x)\nA(40)(torch.randn(1, 3))\n',
    'a very deep model':
      'class A(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.m = nn.Sequential(*[nn.Conv2d(3, 3, 3, padding=1) for _ in range(10 ** 7)])\n    def forward(self, x):\n        for _ in range(10 ** 7): x = self.m(x)\n        return x\nA()(torch.randn(1, 3, 8, 8))\n',
    'conditions that nobody knows': `import q\nclass A(nn.Module):\n    def __init__(self):\n        super().__init__()\n${lines(3000, (idx) => `        if q.f(${idx}): self.l${idx % 7} = nn.Linear(${(idx % 5) + 1}, 3)`)}\n    def forward(self, x):\n${lines(3000, (idx) => `        if q.g(${idx}): x = self.l${idx % 7}(x)`)}\n        return x\nA()(torch.randn(1, 3))\n`,
    'properties that ask themselves':
      'class A(nn.Module):\n    def __getattr__(self, n): return getattr(self, n)\n    def __call__(self, x): return self(x)\n    def __len__(self): return len(self)\n    def __iter__(self): return iter(self)\n    def __eq__(self, o): return self == o\n    def __hash__(self): return hash(self)\nA()(1)\nlen(A())\nlist(A())\nA() == A()\n{A(): 1}\n',
    'Python 2':
      'print "x" % 3\nexec "y"\nclass A: pass\nraise A, "no"\nx = 0777L\nprint >>f, `x`\ntry: pass\nexcept A, e: pass\nif 1 <> 2: pass\ndef f((a, b), c): pass\n',
    'tabs mixed with spaces': 'class A(nn.Module):\n\tdef f(self):\n        x = 1\n\t    y = 2\n  \t print "a"\n',
    'carriage returns': `${net}Net()(torch.randn(1, 3, 8, 8))\n`.replaceAll('\n', '\r\n') + net.replaceAll('\n', '\r'),
    'a mark before the text': `\uFEFF${net}`,
    'odd spaces and directions': `x\u2028=\u20291\n\u202Ey = 2\n\u200Bz\u00A0= 3\n\f\v\nw = 4\n${net}`,
    'half characters': `x = "\uD800"\n\uDFFF = 1\n${net}`,
    'null bytes': full('\0\uFFFD'),
    'an open text': `x = """${full('a\n')}`,
    backslashes: full('\\\n'),
    'at signs': full('@'),
    colons: full(':'),
    'a class that is not closed': `class A(${full('nn.Module, ')}`,
  };
}

function scriptTexts(): Readonly<Record<string, string>> {
  return {
    'a script of 5 MB': `const x = '${'y'.repeat(5_000_000)}';`,
    'arrows in arrows': `const x = ${full('a => ', '1')};`,
    'arrows with defaults': full('const f = ({ n } = {}) => n;\n'),
    'defaults that are no arrows': full('({ n } = {'),
    'templates in templates': full('`${'),
    'generics in generics': `type A = ${'Array<'.repeat(60_000)}1${'>'.repeat(60_000)};`,
    'generics that may be comparisons': `const x = ${full('a < b > (c) < ')}`,
    'types that depend': `type A<T> = ${full('T extends infer U ? ', '1')}`,
    'unions without end': `type A = ${full("'a' | ", "'b'")};`,
    'overloads without end': `class A<T extends B<T>> {\n${full('  f<U extends A<U>>(x: Map<U, Set<T>>): Promise<Array<[U, T]>>;\n')}}`,
    'objects in objects': full('({a:'),
    'arrays in arrays': `const x = tf.layers.dense(${full('[')}`,
    news: `const x = ${full('new ', 'A')}`,
    'exclamation marks': `const x = ${full('!', '1')}`,
    'optional chains': `const x = a${full('?.b')}`,
    'conditions in conditions (script)': `const x = ${full('a ? b : ', 'c')};`,
    'blocks in blocks (script)': `${full('{')}`,
    'functions in functions (script)': full('function f() {'),
    'classes in classes (script)': full('class A { static x = '),
    'an open comment': `/*${full('*')}`,
    'regular expressions': full('/(a+)+$/.test(b);\n'),
    'markup in markup': full('<a b={'),
    'loops without end': 'for (;;) { tf.sequential(); }\n',
    'texts that double (script)': "let a = 'xx';\nwhile (true) a = a + a + `${a}`;\n",
    'lists that double (script)':
      'let a = [1];\nwhile (true) a = [...a, ...a].concat(a);\nconst b = new Array(1e9).fill(0);\nconst c = Array.from({ length: 1e9 });\n',
    'huge widths (script)':
      "const a = 'a'.repeat(2 ** 40);\nconst b = 'a'.padStart(1e12);\nconst c = 2 ** 2 ** 2 ** 99;\nconst d = (1).toFixed(1e9);\n",
    'lists of lists (script)':
      'let x: unknown = [];\nfor (let i = 0; i < 300; i++) x = [x, x];\nconst y = x.flat(Infinity);\nconst s = JSON.stringify(x);\nconst t = `${x}`;\nconst u = structuredClone(x);\n',
    'recursions that grow (script)':
      'const f = (n: number): number => (n < 2 ? 1 : f(n - 1) + f(n - 2));\nf(90);\nfunction g(): void { g(); g(); }\ng();\nclass A { constructor() { new A(); new A(); } get x() { return this.x; } }\nnew A().x;\n',
    'models without end (script)': `const m = tf.sequential();\n${full("m.add(tf.layers.conv2d({inputShape: [28, 28, 1], filters: 8, kernelSize: 3, padding: 'same'}));\n")}`,
    'a model in itself':
      'const m = tf.sequential();\nm.add(m);\nm.add(tf.layers.dense({units: 3, inputShape: [3]}));\nm.add(m);\nm.predict(tf.zeros([1, 3]));\n',
    'null bytes (script)': full('\0'),
  };
}

function notebookTexts(): Readonly<Record<string, string>> {
  const notebook = (source: unknown, outputs: unknown = []): string =>
    JSON.stringify({ cells: [{ cell_type: 'code', metadata: {}, outputs, source }], metadata: {}, nbformat: 4 });
  const sound = notebook(python + net);
  return {
    'a notebook cut off': sound.slice(0, -40),
    'a notebook with a comma too many': sound.replace('[', '[,'),
    'a notebook of brackets': `{"nbformat": 4, "cells": ${'['.repeat(2_000_000)}`,
    'a notebook of objects': `{"nbformat": 4, "cells": ${'{"cells":'.repeat(300_000)}`,
    'a notebook with huge outputs': notebook(python + net, [{ data: { 'image/png': 'A'.repeat(40_000_000) } }]),
    'a notebook with a long line': notebook([`${python}# ${'x'.repeat(5_000_000)}`]),
    'a notebook with many cells': JSON.stringify({
      cells: Array.from({ length: 60_000 }, () => ({ cell_type: 'code', source: `${python}${net}` })),
      nbformat: 4,
    }),
    'a notebook with many lines': notebook(Array.from({ length: 400_000 }, () => 'x = 1\n')),
    'a notebook with backslashes': `{"nbformat": 4, "cells": "${'\\'.repeat(5_000_001)}"}`,
    'a notebook with magics': notebook(full('!%?%%bash\n')),
    'a notebook that is none': '[]',
  };
}

function otherCases(): Readonly<Record<string, HostileCase>> {
  const required = createRequire(import.meta.url);
  const bundle = readFileSync(required.resolve('@tensorflow/tfjs-layers/dist/tf-layers.min.js'), 'utf8');
  const wide = `${python}${net}Net()(torch.randn(1, 3, 8, 8))\n`;
  return {
    'a minified bundle': { 'a.js': bundle },
    'a bundle as TypeScript': { 'a.ts': bundle },
    'UTF-16': { 'a.py': Buffer.from(`\uFEFF${wide}`, 'utf16le').toString('utf8') },
    'a binary file': { 'a.py': `\u007FELF torch ${'\u0001\uFFFD\u0002'.repeat(150_000)}` },
    'neighbours that nobody closes': {
      'net.py': python + net.replace('nn.Conv2d(3, n, 3)', 'nn.Conv2d(width, n, 3)'),
      'other.py': `import net\n${full('class A(Net ')}`,
      'more.py': `from net import Net\n${full('x. width ')}`,
    },
    'neighbours that import each other': Object.fromEntries(
      Array.from({ length: 200 }, (_unused, idx) => [
        idx === 0 ? 'a.py' : `a${idx}.py`,
        `${python}from a${(idx * 7 + 1) % 200} import *\nfrom a${(idx * 11 + 3) % 200} import *\n${net.replaceAll('Net', `Net${idx}`)}\nNet${idx}()(torch.randn(1, 3, 8, 8))\n`,
      ]),
    ),
    'a hundred scripts that use a model': {
      'net.py': python + net,
      ...Object.fromEntries(
        Array.from({ length: 100 }, (_unused, idx) => [
          `train${idx}.py`,
          `from net import Net\nimport argparse\np = argparse.ArgumentParser()\np.add_argument('--n', type=int)\no = p.parse_args()\nwhile True:\n    Net(o.n)\n`,
        ]),
      ),
    },
    'commands without end': {
      'train.py': `${python}import argparse\np = argparse.ArgumentParser()\np.add_argument('--n', type=int)\n${net}Net(p.parse_args().n)(torch.randn(1, 3, 8, 8))\n`,
      'README.md': `python train.py ${'--n 4 '.repeat(60_000)}\n${'python train.py --n '.repeat(20_000)}`,
      'run.sh': 'python train.py \\\n'.repeat(20_000),
    },
  };
}
