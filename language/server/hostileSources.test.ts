import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describeFile } from '../describeFile.ts';
import { inlayHints } from '../hints/inlayHints.ts';
import { maxLabelLength } from '../hints/layerLabel.ts';
import { toReport } from '../describeFile.ts';
import { defaultSettings } from '../settings.ts';
import { memoryHost } from '../sourceHost.ts';
import { startTwin } from './editorTwin.ts';

const sample = (name: string): string => readFileSync(new URL(`../../samples/dcgan/${name}`, import.meta.url), 'utf8');
const torch = sample('dcgan_torch.py');
const tfjs = sample('dcgan_tfjs.ts');

/** Processor time of this process: what others do on the machine is not counted. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Analysis and hints of a text, timed; hints keep their width whatever the text. */
function analyse(path: string, text: string): { readonly ms: number; readonly report: string } {
  const startedAt = cpuMs();
  const description = describeFile(memoryHost({ [path]: text }), path, defaultSettings);
  for (const { label, line } of inlayHints(description.models, path)) {
    assert.ok(label.length <= maxLabelLength, label);
    assert.ok(1 <= line && line <= text.split(/\r\n|\r|\n/).length);
  }
  return { ms: cpuMs() - startedAt, report: JSON.stringify(toReport(description)) };
}

/** What users are promised at most. */
const maxMs = 2000;

const hostile: readonly (readonly [name: string, path: string, text: string])[] = [
  [
    'Python 2',
    'a.py',
    'import torch\nprint "x" % 3\nexec "y"\nclass A: pass\nraise A, "no"\nx = 0777L\nprint >>f, `x`\n',
  ],
  [
    'tabs mixed with spaces',
    'a.py',
    'import torch.nn as nn\nclass A(nn.Module):\n\tdef __init__(self):\n        super().__init__()\n\t\tself.a = nn.Linear(2, 3)\n',
  ],
  ['a line of 450,000 characters', 'a.py', `import torch\nx = [${'1, '.repeat(150_000)}]\n`],
  ['a line of 5 MB', 'a.py', `import torch\nx = "${'y'.repeat(5_000_000)}"\n`],
  ['a script of 5 MB', 'a.js', `import * as tf from "@tensorflow/tfjs";\nconst x = "${'y'.repeat(5_000_000)}";\n`],
  ['brackets without end', 'a.py', `import torch\nx = ${'('.repeat(20_000)}`],
  ['operators without end', 'a.py', `import torch\nx = ${'1 + '.repeat(20_000)}1\n`],
  [
    'nested blocks',
    'a.py',
    `import torch\n${Array.from({ length: 400 }, (_unused, depth) => `${' '.repeat(depth)}if x:`).join('\n')}\n`,
  ],
  ['an endless loop', 'a.py', 'import torch.nn as nn\nwhile True:\n    nn.Linear(3, 4)\n'],
  [
    'endless recursion',
    'a.py',
    'import torch.nn as nn\ndef f(n):\n    return f(n + 1) + f(n + 2)\nclass A(nn.Module):\n    def __init__(self):\n        self.a = f(0)\n',
  ],
  [
    'a huge model',
    'a.py',
    'import torch.nn as nn\nnet = nn.Sequential(*[nn.Linear(10 ** 9, 10 ** 9) for _ in range(10 ** 8)])\n',
  ],
  ['doubling lists', 'a.py', 'import torch\nx = [1]\nfor _ in range(200):\n    x = x + x\n'],
  ['null bytes and lone surrogates', 'a.py', 'import torch\nx = "\0\ud800"\n\0\0\0'],
  ['carriage returns only', 'a.py', torch.replaceAll('\n', '\r')],
  ['an endless script', 'a.ts', 'import * as tf from "@tensorflow/tfjs";\nfor (;;) { tf.sequential(); }\n'],
  [
    'a growing script',
    'a.ts',
    'import * as tf from "@tensorflow/tfjs";\nlet a = [1];\nwhile (true) a = a.concat(a);\n',
  ],
  [
    'lists that share their parts',
    'a.ts',
    'import * as tf from "@tensorflow/tfjs";\nlet x: unknown = [];\nfor (let i = 0; i < 300; i++) x = [x, x];\nconst a = x.flat(Infinity);\nconst b = `${x}`;\nconst c = structuredClone(x);\n',
  ],
  ['a growing text', 'a.ts', 'import * as tf from "@tensorflow/tfjs";\nlet a = "xx";\nwhile (true) a = a + a;\n'],
];

describe('hostile sources', () => {
  for (const [name, path, text] of hostile) {
    it(`survives ${name}`, () => {
      const { ms } = analyse(path, text);
      assert.ok(ms < maxMs, `${ms.toFixed(0)} ms`);
    });
  }

  it('survives every cut of a real file, and any small damage', () => {
    const damage = fc.record({
      file: fc.constantFrom(['a.py', torch] as const, ['a.ts', tfjs] as const),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat(120),
      inserted: fc.constantFrom(
        '',
        '(',
        ')',
        '"""',
        '\n',
        '    ',
        ':',
        '*',
        '**',
        '\\',
        '#',
        '`',
        '{',
        'class ',
        'for ',
        ' = ',
        '0',
        'self.',
      ),
    });
    fc.assert(
      fc.property(damage, ({ file: [path, text], at, length, inserted }) => {
        const offset = Math.floor(at * text.length);
        const { ms } = analyse(path, text.slice(0, offset) + inserted + text.slice(offset + length));
        assert.ok(ms < maxMs, `${ms.toFixed(0)} ms`);
      }),
      { numRuns: 40 },
    );
  });

  it('shows after any edits what a fresh server shows', async () => {
    const edits = fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        length: fc.nat(30),
        inserted: fc.constantFrom('', '\n', '(', '2', ' x', '"'),
      }),
      { minLength: 1, maxLength: 6 },
    );
    const uri = 'file:///w/a.py';
    await fc.assert(
      fc.asyncProperty(edits, async (changes) => {
        const editor = await startTwin();
        await editor.open(uri, torch);
        let text = torch;
        let version = 1;
        for (const { at, length, inserted } of changes) {
          const start = Math.floor(at * text.length);
          const end = Math.min(text.length, start + length);
          const range = { start: positionAt(text, start), end: positionAt(text, end) };
          await editor.connection.sendNotification('textDocument/didChange', {
            textDocument: { uri, version: ++version },
            contentChanges: [{ range, text: inserted }],
          });
          text = text.slice(0, start) + inserted + text.slice(end);
        }
        const hints = await editor.hints(uri);
        const { models } = describeFile(memoryHost({ 'a.py': text }), 'a.py', defaultSettings);
        const fresh = inlayHints(models, 'a.py');
        await editor.close();
        assert.deepEqual(
          hints.map(({ position, label }) => [position.line + 1, label]),
          fresh.map(({ line, label }) => [line, label]),
        );
      }),
      { numRuns: 15 },
    );
  });
});

function positionAt(text: string, offset: number): { line: number; character: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length - 1, character: (before[before.length - 1] ?? '').length };
}
