/** Python programs and what their names are worth afterwards, by the rules of Python. */
import assert from 'node:assert/strict';
import { loadUnit } from '../imports.ts';
import { createMachine } from '../machine.ts';
import { argparseLibrary } from '../libraries/argparseLibrary.ts';
import { mathLibrary } from '../libraries/mathLibrary.ts';
import { numpyLibrary } from '../libraries/numpyLibrary.ts';
import { standardLibrary } from '../libraries/standardLibrary.ts';
import { memoryHost } from '../../sourceHost.ts';
import type { Value } from '../values.ts';
import { textOf } from './formatting.ts';
import { pythonSemantics } from './pythonSemantics.ts';

function run(source: string, files: Readonly<Record<string, string>> = {}): (name: string) => string {
  const machine = createMachine({
    host: memoryHost({ ...files, 'main.py': source }),
    semantics: [pythonSemantics],
    libraries: [numpyLibrary, mathLibrary, argparseLibrary, standardLibrary],
  });
  const unit = loadUnit(machine, 'main.py', '__main__');
  return (name) => show(unit?.scope.names.get(name));
}

function show(value: Value | undefined): string {
  if (value === undefined) return 'unbound';
  if (value.kind === 'unknown') return '?';
  if (value.kind === 'list' && value.unknown !== null) return '[?]';
  if (value.kind === 'dict') {
    const entries = [...value.entries.values()].map(({ key, value: item }) => `${show(key)}: ${show(item)}`);
    return `{${entries.join(', ')}${value.open === null ? '' : ', ?'}}`;
  }
  if (value.kind === 'list' || value.kind === 'tuple') {
    const items = value.items.map(show).join(', ');
    return value.kind === 'list' ? `[${items}]` : `(${items})`;
  }
  return textOf(value) ?? `<${value.kind}>`;
}

/** Each case: a program, and the value of `r`. */
const CASES: readonly (readonly [string, string])[] = [
  ['r = 7 // 2, -7 // 2, 7 % 3, -7 % 3, 7 / 2, 2 ** 10, 2 ** -1', '(3, -4, 1, 2, 3.5, 1024, 0.5)'],
  ['r = 4 / 2, int(4 / 2), 1e3, 3 * 0.5, True + 1', '(2.0, 2, 1000.0, 1.5, 2)'],
  ['r = int("12"), int(3.9), int(-3.9), float("2"), round(2.5), round(3.5), abs(-3)', '(12, 3, -3, 2.0, 2, 4, 3)'],
  ['r = min(3, 1, 2), max([4, 9]), sum([1, 2, 3]), sum([[1], [2]], [])', '(1, 9, 6, [1, 2])'],
  ['x = [1, 2, 3, 4]\nr = x[1:], x[:-1], x[::-1], x[-1], x[1:3]', '([2, 3, 4], [1, 2, 3], [4, 3, 2, 1], 4, [2, 3])'],
  ['x = [1]\ny = x\ny.append(2)\nx += [3]\nr = x, y', '([1, 2, 3], [1, 2, 3])'],
  [
    'x = [3, 1, 2]\nx.sort()\ny = sorted(x, reverse=True)\nx.insert(0, 9)\nr = x, y, x.pop(), x.index(1)',
    '([9, 1, 2], [3, 2, 1], 3, 1)',
  ],
  ['a, (b, *c), d = 1, (2, 3, 4), 5\nr = a, b, c, d', '(1, 2, [3, 4], 5)'],
  ['r = [i * j for i in range(3) for j in range(2) if i != j]', '[0, 0, 0, 2]'],
  ['r = {k: len(v) for k, v in dict(a="xy", b="z").items()}', '{a: 2, b: 1}'],
  [
    'r = list(enumerate("ab", 1)), list(zip([1, 2], (3, 4, 5))), list(reversed(range(3)))',
    '([(1, a), (2, b)], [(1, 3), (2, 4)], [2, 1, 0])',
  ],
  [
    'r = list(map(lambda v: v + 1, [1, 2])), list(filter(None, [0, 1, ""])), any([0, 1]), all([])',
    '([2, 3], [1], True, True)',
  ],
  ['r = "%d-%s-%02d-%.2f" % (1, "a", 3, 2.5), "{}:{x:>3}".format(1, x=2), f"{3!r:0>4}"', '(1-a-03-2.50, 1:  2, 0003)'],
  [
    'r = "a,b".split(","), "-".join(["x", "y"]), "Conv2d".find("Conv"), "ABC".lower(), " x ".strip()',
    '([a, b], x-y, 0, abc, x)',
  ],
  [
    'def f(a, b=2, *c, d=4, **e): return a, b, c, d, e\nr = f(1), f(1, 3, 5, d=6, z=7)',
    '((1, 2, (), 4, {}), (1, 3, (5), 6, {z: 7}))',
  ],
  ['def f(x, seen=[]):\n    seen.append(x)\n    return seen\nf(1)\nr = f(2)', '[1, 2]'],
  [
    'def outer():\n    n = 0\n    def inner():\n        nonlocal n\n        n += 1\n        return n\n    inner()\n    return inner()\nr = outer()',
    '2',
  ],
  ['n = 1\ndef f():\n    global n\n    n = 5\nf()\nr = n', '5'],
  ['def g():\n    for i in range(3): yield i * i\nr = list(g()), sum(g())', '([0, 1, 4], 5)'],
  [
    'class A:\n    k = 1\n    def __init__(self, v): self.v = v\n    @property\n    def w(self): return self.v * 2\n    @staticmethod\n    def s(x): return x\n    @classmethod\n    def c(cls): return cls(7)\na = A(3)\nr = a.k, a.v, a.w, A.s(4), A.c().v',
    '(1, 3, 6, 4, 7)',
  ],
  [
    'class A:\n    def f(self): return "A"\nclass B(A):\n    def f(self): return "B" + super().f()\nclass C(A):\n    def f(self): return "C" + super().f()\nclass D(B, C):\n    def f(self): return "D" + super(D, self).f()\nr = D().f()',
    'DBCA',
  ],
  [
    'class V:\n    def __init__(self, x): self.x = x\n    def __add__(self, o): return V(self.x + o.x)\n    def __len__(self): return self.x\n    def __getitem__(self, i): return i * 2\n    def __call__(self, y): return self.x + y\nv = V(1) + V(2)\nr = len(v), v[4], v(10), bool(V(0))',
    '(3, 8, 13, False)',
  ],
  [
    'from dataclasses import dataclass, field\n@dataclass\nclass C:\n    a: int = 1\n    b: list = field(default_factory=list)\n    c: str = "x"\nc = C(5, c="y")\nr = c.a, c.b, c.c',
    '(5, [], y)',
  ],
  [
    'from collections import namedtuple, OrderedDict, defaultdict\nP = namedtuple("P", "x y")\np = P(1, y=2)\nd = defaultdict(list)\nd["a"].append(1)\nr = p.x, p.y, d["a"], list(OrderedDict([("k", 1)]))',
    '(1, 2, [1], [k])',
  ],
  [
    'import functools, itertools, operator\nadd = functools.partial(max, 5)\nr = add(3), functools.reduce(operator.mul, [2, 3, 4]), list(itertools.chain([1], [2])), list(itertools.product([0, 1], repeat=2))',
    '(5, 24, [1, 2], [(0, 0), (0, 1), (1, 0), (1, 1)])',
  ],
  [
    'import math\nimport numpy as np\nr = math.ceil(2.1), math.log2(8), int(np.log2(64)), np.prod((3, 4)), int(np.prod([2, 2.0])), math.sqrt(16)',
    '(3, 3.0, 6, 12, 4, 4.0)',
  ],
  [
    'import argparse\np = argparse.ArgumentParser()\np.add_argument("--n-z", type=int, default="7")\np.add_argument("--flag", action="store_true")\np.add_argument("--pick", required=True, choices=["a", "b"])\np.add_argument("path")\no = p.parse_args()\nr = o.n_z, o.flag, o.pick, o.path',
    '(7, False, a, ?)',
  ],
  ['try:\n    raise ValueError("x")\nexcept ValueError as e:\n    r = 1\nelse:\n    r = 2\nfinally:\n    s = 3', '1'],
  [
    'x = {"a": 1}\nx.update(b=2)\ny = {**x, "c": 3}\nr = x.get("z", 9), y, "a" in x, list(x), x.pop("a")',
    '(9, {a: 1, b: 2, c: 3}, True, [a, b], 1)',
  ],
  ['r = [x for x in (1, 2)] + list("ab") * 2, (1,) + (2,), "ab" * 2', '([1, 2, a, b, a, b], (1, 2), abab)'],
  ['i = 0\nwhile True:\n    i += 1\n    if i == 2: continue\n    if i > 4: break\nr = i', '5'],
  ['r = (n := 3) + n', '6'],
  [
    'r = 1 < 2 < 3, not 0 or "x", None is None, 1 is not None, [] == [], (1, 2) < (1, 3)',
    '(True, True, True, True, True, True)',
  ],
  [
    'a, b, c = 0, 1, 0\nr = not a or b, a and not b or 5, not a and b or c, not (a or b), not not b and 2, not a == b',
    '(True, 5, 1, False, 2, True)',
  ],
  ['match 3:\n    case 1 | 2: r = "a"\n    case 3: r = "b"\n    case _: r = "c"', 'b'],
  ['def make(n): return [make(n - 1)] if n else []\nr = make(2)', '[[[]]]'],
  [
    'r = getattr("abc", "upper")(), isinstance(1, (str, int)), type(1) == int, hasattr([], "append")',
    '(ABC, True, True, True)',
  ],
];

describe('Python semantics', () => {
  for (const [source, expected] of CASES) {
    it(source.split('\n').slice(-1)[0] ?? source, () => assert.equal(run(source)('r'), expected));
  }

  it('keeps what both sides of an unknown condition agree on, and forgets the rest', () => {
    const value = run(`import mystery
flag = mystery.flag()
a = b = 1
xs = [1]
if flag:
    a = 2
    b = 5
    c = 1
    xs.append(2)
else:
    b = 5
d = 3 if flag else 3
`);
    assert.deepEqual(['a', 'b', 'c', 'd', 'xs'].map(value), ['?', '5', '?', '3', '[?]']);
  });

  it('takes a side that raises for one that is not taken', () => {
    assert.equal(run('import m\nif m.bad():\n    raise ValueError()\nelse:\n    r = 4\n')('r'), '4');
  });

  it('joins an early return with the rest of the function', () => {
    const value = run('import m\ndef f(x):\n    if m.flag(): return 1\n    return x\nr = f(1)\ns = f(2)\n');
    assert.deepEqual(['r', 's'].map(value), ['1', '?']);
  });

  it('forgets what a loop of unknown length changes, and keeps what it does not', () => {
    const value = run('import m\nn = 0\nk = 3\nfor x in m.items():\n    n += 1\n    k = 3\n');
    assert.deepEqual(['n', 'k'].map(value), ['?', '3']);
  });

  it('forgets what such a loop adds to a set, and what a comprehension does on the way', () => {
    const value = run(`import m
letters = set()
for text in m.lines():
    letters.add(text)
n = len(letters)
seen = []
def read(path):
    seen.append(path)
    return path
known = [read(path) for path in ['a', 'b']]
k = len(seen)
some = [read(path) for path in m.paths()]
o = len(seen)
`);
    assert.deepEqual(['n', 'k', 'o'].map(value), ['?', '2', '?']);
  });

  it('finds modules beside the file, in packages, by sys.path, and through cycles', () => {
    const value = run(
      'import sys\nsys.path.append("lib")\nfrom tools import two\nfrom pack import one, sub\nimport pack.sub as s\nfrom pack.sub import *\nr = one, two, s.three, three\n',
      {
        'pack/__init__.py': 'from .sub import three\none = 1\n',
        'pack/sub.py': 'import pack\nthree = 3\n_hidden = 4\n',
        'lib/tools.py': 'two = 2\n',
      },
    );
    assert.equal(value('r'), '(1, 2, 3, 3)');
    assert.equal(value('_hidden'), 'unbound');
  });

  it('says unknown for what stands outside of the workspace', () => {
    const value = run(
      'import requests\nr = requests.get("x").status\ns = open("f").read()\nimport os\nt = os.environ.get("HOME")\n',
    );
    assert.deepEqual(['r', 's', 't'].map(value), ['?', '?', '?']);
  });
});
