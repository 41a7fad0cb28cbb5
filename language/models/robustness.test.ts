/**
 * Whatever stands in a file, the analysis ends, soon, with an answer that is the same every time: random
 * edits of real sources, and texts written to hurt. Nothing of a source is executed.
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import type { AnalyzeReport } from '../../core/report/analyzeReport.ts';
import { describeFile, toReport } from '../describeFile.ts';
import { defaultSettings } from '../settings.ts';
import { memoryHost } from '../sourceHost.ts';

const SAMPLES = 'samples/dcgan';

function analyze(source: string, path = 'model.py'): AnalyzeReport {
  return toReport(describeFile(memoryHost({ [path]: source }), path, defaultSettings, {}));
}

function checkSound(report: AnalyzeReport, source: string): void {
  const nLines = source.split('\n').length;
  for (const model of report.models) {
    const names = model.layers.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length, 'layer names are unique');
    for (const layer of model.layers) {
      assert.ok(1 <= layer.line && layer.line <= nLines, `line ${layer.line}`);
      assert.ok(layer.params === null || (Number.isSafeInteger(layer.params) && 0 <= layer.params));
      assert.ok(layer.macs === null || (Number.isFinite(layer.macs) && 0 <= layer.macs));
      for (const dim of layer.outputShape ?? [])
        assert.ok(dim === '?' || (Number.isInteger(dim) && 0 < dim), `dim ${dim}`);
    }
  }
}

describe('analysis of any text', () => {
  it('survives random edits of real sources, and says the same of the same text', () => {
    const sources = readdirSync(SAMPLES)
      .filter((name) => name.endsWith('.py'))
      .map((name) => readFileSync(`${SAMPLES}/${name}`, 'utf8'));
    assert.ok(sources.length >= 2);
    const junk = fc.constantFrom(
      '',
      '(',
      ')',
      ':',
      '\n',
      '    ',
      'x',
      '1',
      '0',
      '-',
      '*',
      'None',
      'self.',
      'for ',
      '= ',
      '"',
      ', ',
      '[',
      '**',
    );
    const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat(12), text: junk });
    fc.assert(
      fc.property(fc.nat(sources.length - 1), fc.array(edit, { minLength: 1, maxLength: 6 }), (which, edits) => {
        let text = sources[which] ?? '';
        for (const { at, length, text: inserted } of edits) {
          const offset = Math.floor(at * text.length);
          text = text.slice(0, offset) + inserted + text.slice(offset + length);
        }
        const first = analyze(text);
        checkSound(first, text);
        assert.deepEqual(analyze(text), first);
      }),
      { numRuns: 60 },
    );
  });

  const hostile: readonly (readonly [string, string])[] = [
    ['an endless loop', 'while True:\n    x = 1\n'],
    ['an endless loop that grows a list', 'x = []\nwhile True:\n    x.append(x)\n'],
    ['endless recursion', 'def f(n):\n    return f(n + 1)\nf(0)\n'],
    [
      'mutual recursion through a class',
      'class A:\n    def __init__(self): self.b = B()\nclass B:\n    def __init__(self): self.a = A()\nA()\n',
    ],
    ['exponential recursion', 'def f(n):\n    return f(n - 1) + f(n - 2) if n > 1 else 1\nf(60)\n'],
    ['a text that doubles', "s = 'a'\nfor i in range(100):\n    s = s + s\n"],
    ['a list that doubles', 'x = [1]\nfor i in range(100):\n    x = x + x\n'],
    ['a tuple in tuples', 'x = ()\nfor i in range(10000):\n    x = (x, x)\ny = x == x\n'],
    ['a huge repetition', "x = [0] * 10 ** 9\ny = 'a' * 10 ** 12\nz = list(range(10 ** 12))\n"],
    ['huge numbers', 'x = 10 ** 10 ** 10\ny = 2 ** -1e300\nz = 1 << 10 ** 9\n'],
    ['a class that inherits from itself', 'class A(A): pass\nclass B(A, A): pass\n'],
    ['an import of itself', 'import model\nfrom model import *\nfrom . import model as m\n'],
    ['decorators that call themselves', 'def d(f): return d(f)\n@d\ndef g(): pass\n'],
    ['a property that reads itself', 'class A:\n    @property\n    def x(self): return self.x\nA().x\n'],
    ['getattr that asks itself', 'class A:\n    def __getattr__(self, n): return getattr(self, n + "a")\nA().x\n'],
    ['deep brackets', '['.repeat(50_000)],
    ['deep brackets where none can stand', `import torch\n${'@d(lambda: '.repeat(20_000)}`],
    ['deep dictionaries', `import torch\nx = ${'{1: '.repeat(50_000)}`],
    [
      'tuples that share their parts',
      'import copy, torch, q\nx = ()\ny = ()\nfor i in range(200):\n    x = (x, x)\n    y = (y, y)\na = {x: 1}\nb = str(x)\nc = f"{x}"\nd = x == y\ne = x < y\nf = copy.deepcopy(x)\ng = x if q.f() else y\nraise ValueError(x)\n',
    ],
    [
      'lists that share their parts',
      'import copy, torch, q\nx = []\ny = []\nfor i in range(200):\n    x = [x, x]\n    y = [y, y]\na = str(x)\nb = copy.deepcopy(x)\nc = x if q.f() else y\nd = x == y\n',
    ],
    ['a text that grows by replacing', "import torch\ns = 'ab'\nfor i in range(400):\n    s = s.replace('a', 'aa')\n"],
    [
      'a long chain of bases',
      `import torch.nn as nn\n${Array.from({ length: 3000 }, (_unused, idx) => `class A${idx}(${idx === 0 ? 'nn.Module' : `A${idx - 1}`}): pass`).join('\n')}`,
    ],
    [
      'a class of thirty thousand bases',
      `import torch.nn as nn\nclass A(${'nn.Module, '.repeat(30_000)}): pass\nA()\n`,
    ],
    [
      'thousands of entries in comments',
      `import torch.nn as nn\nclass A(nn.Module):\n    def __init__(self, n):\n        super().__init__()\n        self.l = nn.Linear(n, n)\n    def forward(self, x): return self.l(x)\n${Array.from({ length: 8000 }, (_unused, idx) => `# slimwise: A(${idx + 1}) input=(1,${idx + 1})`).join('\n')}\n`,
    ],
    ['a script of colons', `import torch\n${':'.repeat(400_000)}`],
    ['deep indentation', Array.from({ length: 500 }, (_unused, idx) => `${' '.repeat(idx)}if x:`).join('\n')],
    ['a long sum', `x = ${'1 + '.repeat(20_000)}1`],
    ['many names', Array.from({ length: 20_000 }, (_unused, idx) => `a${idx} = ${idx}`).join('\n')],
    ['nested comprehensions', 'x = [a for a in range(4000) for b in range(4000) for c in range(4000)]\n'],
    [
      'nested loops',
      'n = 0\nfor a in range(1000):\n  for b in range(1000):\n    for c in range(1000):\n      n += 1\n',
    ],
    [
      'branches on branches',
      `import q\n${Array.from({ length: 24 }, (_unused, idx) => `x${idx} = 1 if q.f() else x${idx - 1}`).join('\n')}`,
    ],
    [
      'a module that holds itself',
      'import torch.nn as nn\nclass A(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.me = self\n        self.l = nn.Linear(1, 1)\n    def forward(self, x): return self.me(self.l(x))\nA()\n',
    ],
    [
      'a thousand nested modules',
      'import torch.nn as nn\nclass A(nn.Module):\n    def __init__(self, n):\n        super().__init__()\n        self.inner = A(n - 1) if n else nn.Linear(1, 1)\n    def forward(self, x): return self.inner(x)\nA(1000)\n',
    ],
    [
      'silly sizes',
      'import torch.nn as nn\nclass A(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Conv2d(-1, 0, 10 ** 20, stride=0, groups=0)\n        self.b = nn.Linear(2.5, None)\n    def forward(self, x): return self.b(self.a(x))\nA()\n',
    ],
    ['Python 2 with tabs', 'def f(x):\n\tprint "a", x\n        return `x`\nexec "import os"\nraise ValueError, "x"\n'],
    ['a line of five million characters', `import torch\nx = '${'a'.repeat(5_000_000)}'\n`],
    ['a generated list, just below the limit', `import torch\nx = [${'1, '.repeat(160_000)}]\n`],
    ['no text at all', ''],
    ['binary', '\u0000\u0001\ufffd\ud800'],
  ];
  for (const [name, source] of hostile) {
    it(`ends on ${name}`, () => {
      const before = process.cpuUsage();
      checkSound(analyze(source), source);
      const used = process.cpuUsage(before);
      assert.ok((used.user + used.system) / 1e6 < 10, 'takes no more than linear time');
    });
  }

  it('executes nothing', () => {
    const canary = 'SLIMWISE_CANARY';
    Reflect.deleteProperty(process.env, canary);
    analyze(
      `import os, subprocess\nos.environ['${canary}'] = '1'\nsubprocess.run(['touch', '/tmp/${canary}'])\neval("os.system('x')")\n`,
    );
    assert.equal(process.env[canary], undefined);
  });
});
