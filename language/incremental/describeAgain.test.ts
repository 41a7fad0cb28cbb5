import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describeFile, toReport } from '../describeFile.ts';
import { defaultSettings } from '../settings.ts';
import { memoryHost } from '../sourceHost.ts';
import { describeAgain, type Described, type Effort } from './describeAgain.ts';

const path = 'net.py';
const sample = (name: string): string => readFileSync(new URL(`../../samples/dcgan/${name}`, import.meta.url), 'utf8');

/** Two models with trainers of their own, a shared block, and a global that one trainer changes. */
const source = `import torch
import torch.nn as nn

counts = []

class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, padding=1)

    def forward(self, x):
        # runs twice
        return self.conv(self.conv(x))

class Generator(nn.Module):
    def __init__(self, width=64):
        """Widens."""
        super().__init__()
        self.up = nn.ConvTranspose2d(width, 32, 4, 2, 1)
        self.block = Block(32)

    def forward(self, z):
        return self.block(self.up(z))

class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(3, 8, 4, 2, 1)

    def forward(self, x):
        return self.down(x)

def train_generator():
    net = Generator()
    return net(torch.randn(1, 64, 8, 8))

def train_critic():
    net = Critic()
    return net(torch.randn(1, 3, 16, 16))

def note():
    counts.append(1)
`;

type Files = Readonly<Record<string, string>>;

/** The models of the source above, with the script that trains them in a file of its own, and one of others. */
const project: Files = {
  [path]: source.slice(0, source.indexOf('def train_generator')),
  'train.py': `import torch
from net import Generator, Critic

width = 24
net = Generator(width)
fake = net(torch.randn(1, width, 8, 8))
critic = Critic()
for epoch in range(3):
    score = critic(torch.randn(1, 3, 16, 16))
`,
  'draw.py': `from elsewhere import Generator

size = 3
picture = Generator(size)
`,
};

const kerasProject: Files = {
  [path]: `from keras.layers import Dense, Input, Reshape
from keras.models import Model, Sequential

def build_generator(latents):
    model = Sequential()
    model.add(Dense(64, input_dim=latents, activation='relu'))
    model.add(Dense(784))
    # as a picture
    model.add(Reshape((28, 28, 1)))
    return model

def build_critic(shape=(28, 28, 1)):
    image = Input(shape=shape)
    score = Dense(1)(image)
    return Model(image, score)
`,
  'train.py': `from net import build_generator, build_critic

generator = build_generator(100)
critic = build_critic()
for epoch in range(30):
    critic.train_on_batch(generator.predict(None), None)
`,
};

function describeFiles(files: Files, before: Described | null): Described {
  return describeAgain(memoryHost(files), path, defaultSettings, before);
}

function describeText(text: string, before: Described | null): Described {
  return describeFiles({ [path]: text }, before);
}

function assertFresh(described: Described, text: string, beside: Files = {}): void {
  const fresh = describeFile(memoryHost({ ...beside, [path]: text }), path, defaultSettings);
  assert.deepEqual(toReport(described.description), toReport(fresh));
  assert.deepEqual(
    described.description.models.map(({ graph, rows }) => ({ graph, rows })),
    fresh.models.map(({ graph, rows }) => ({ graph, rows })),
  );
}

describe('describeAgain', () => {
  it('does not parse what the analysis refuses', () => {
    for (const refused of [`import torch\nx = [${'1, '.repeat(200_000)}]`, 'import torch\0']) {
      const described = describeAgain(memoryHost({ [path]: refused }), path, defaultSettings, null);
      assert.equal(described.parsed, null);
      assert.equal(described.description.problems.length, 1);
    }
  });

  const cases: readonly (readonly [name: string, from: string, to: string, effort: Effort])[] = [
    ['nothing for a comment', '# runs twice', '# runs two times', 'nothing'],
    ['nothing for a blank line', 'class Critic', '\n\nclass Critic', 'nothing'],
    ['nothing for a docstring', 'Widens.', 'Widens\n        the image.', 'nothing'],
    ['one model for its layer', 'Conv2d(3, 8', 'Conv2d(3, 9', 'some models'],
    ['one model for how it is fed', '(1, 64, 8, 8)', '(1, 64, 4, 4)', 'some models'],
    ['one model for a default', 'width=64', 'width=16', 'some models'],
    ['models with the block for a block', 'Conv2d(c, c, 3, padding=1)', 'Conv2d(c, c, 5, padding=2)', 'some models'],
    ['everything for an import', 'import torch\n', 'import torch, math\n', 'everything'],
    ['everything for a new class', 'class Critic', 'class Other(nn.Module):\n    pass\n\nclass Critic', 'everything'],
    ['everything for what others see', 'counts.append(1)', 'counts.append(2)', 'everything'],
    ['everything for a comment that says how', '# runs twice', '# slimwise: Generator(32)', 'everything'],
    ['everything for a comment that makes a class name another', '# runs twice', '# as a Generator', 'everything'],
    ['nothing for a comment that names a class which is named there', '# runs twice', '# a Block', 'nothing'],
    ['nothing for a comment with words of the trade', '# runs twice', '# the model: parser options', 'nothing'],
    ['nothing for a comment behind a statement', 'counts = []', 'counts = []  # of a class', 'nothing'],
    ['everything for a docstring that names an attribute', 'Widens.', 'Widens by self.up', 'everything'],
  ];
  for (const [name, from, to, effort] of cases) {
    it(`does ${name}`, () => {
      const before = describeText(source, null);
      const text = source.replace(from, to);
      const after = describeText(text, before);
      assertFresh(after, text);
      assert.equal(after.effort, effort);
      assertFresh(describeText(source, after), source);
    });
  }

  it('does some models of a long file whose classes and helpers use nn.Sequential', () => {
    const blocks = source.replace('nn.Conv2d(3, 8, 4, 2, 1)', 'nn.Sequential(nn.Conv2d(3, 8, 4, 2, 1), nn.ReLU())');
    const text = `${blocks}\ndef block(c=8):\n    return nn.Sequential(nn.Conv2d(c, c, 3))\n`;
    const before = describeText(text, null);
    const edited = text.replace('ConvTranspose2d(width, 32', 'ConvTranspose2d(width, 40');
    const after = describeText(edited, before);
    assertFresh(after, edited);
    assert.equal(after.effort, 'some models');
  });

  it('looks at the files beside it again', () => {
    const files = { [path]: 'from size import width\n' + source, 'size.py': 'width = 8\n' };
    const before = describeAgain(memoryHost(files), path, defaultSettings, null);
    const changed = { ...files, 'size.py': 'width = 9\n' };
    assert.equal(describeAgain(memoryHost(files), path, defaultSettings, before).effort, 'nothing');
    assert.equal(describeAgain(memoryHost(changed), path, defaultSettings, before).effort, 'everything');
  });

  it('follows a script that has nothing to do with the file again when it changes', () => {
    const before = describeFiles(project, null);
    assertFresh(before, project[path] ?? '', project);
    const edited = { ...project, [path]: (project[path] ?? '').replace('width=64', 'width=48') };
    const after = describeFiles(edited, before);
    assertFresh(after, edited[path] ?? '', edited);
    const used = { ...edited, 'train.py': '', 'draw.py': 'from net import Generator\npicture = Generator(5)\n' };
    const again = describeFiles(used, after);
    assertFresh(again, used[path] ?? '', used);
    assert.equal(
      again.description.models.find(({ graph }) => graph.name === 'Generator')?.graph.instantiation,
      'Generator(5)',
    );
  });

  it('keeps what was found of the models that an edit leaves as they are', () => {
    const before = describeFiles(kerasProject, null);
    const text = (kerasProject[path] ?? '').replace('Dense(1)', 'Dense(2)');
    const after = describeFiles({ ...kerasProject, [path]: text }, before);
    assertFresh(after, text, kerasProject);
    assert.equal(after.effort, 'everything');
    const rowsOf = ({ description }: Described) => description.models.map(({ rows }) => rows);
    const kept = rowsOf(after).filter((rows) => rowsOf(before).includes(rows));
    assert.equal(kept.length, 1);
  });

  const inserted = [
    '',
    '\n',
    '\n\n',
    '# note\n',
    '    # hm\n',
    '2',
    '0',
    ' ',
    '(',
    ')',
    '"',
    '"""',
    ':',
    'x',
    ', 1',
    'if x:\n',
    '@',
  ];
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    kind: fc.constantFrom('digit', 'line', 'twice', 'text', 'text and back'),
    length: fc.nat(6),
    text: fc.constantFrom(...inserted),
  });
  for (const [name, files] of [
    ['the source above', { [path]: source }],
    ['the PyTorch sample', { [path]: sample('dcgan_torch.py') }],
    ['the Keras sample', { [path]: sample('dcgan_keras.py') }],
    ['a project of two files', project],
    ['a Keras project of two files', kerasProject],
  ] as const) {
    const names: readonly string[] = Object.keys(files);
    it(`gives at every edit of ${name} what a fresh analysis gives`, () => {
      fc.assert(
        fc.property(fc.array(edit, { minLength: 1, maxLength: 8 }), (edits) => {
          let now: Files = files;
          let described = describeFiles(now, null);
          for (const change of edits) {
            // Most edits are of the file itself, some of those beside it.
            const edited = change.length < 5 ? path : (names[change.length % names.length] ?? path);
            for (const next of applied(now[edited] ?? '', change)) {
              now = { ...now, [edited]: next };
              described = describeFiles(now, described);
              assertFresh(described, now[path] ?? '', now);
            }
          }
        }),
        { numRuns: 8, seed: 7 },
      );
    }).timeout(60_000);
  }
});

interface Edit {
  readonly at: number;
  readonly kind: 'digit' | 'line' | 'twice' | 'text' | 'text and back';
  readonly length: number;
  readonly text: string;
}

/** The texts that come of an edit, in order. */
function applied(text: string, { at, kind, length, text: added }: Edit): readonly string[] {
  const lines = text.split('\n');
  const lineIdx = Math.floor(at * lines.length);
  const line = lines[lineIdx] ?? '';
  const inserting = (added: string): string => [...lines.slice(0, lineIdx), added, ...lines.slice(lineIdx)].join('\n');
  if (kind === 'digit')
    return [lines.map((other, idx) => (idx === lineIdx ? line.replace(/\d/, String(1 + length)) : other)).join('\n')];
  if (kind === 'line') return [inserting(added.trim() === '' ? '' : '    # a note')];
  if (kind === 'twice') return [inserting(line)];
  const start = Math.floor(at * text.length);
  const changed = text.slice(0, start) + added + text.slice(start + length);
  return kind === 'text' ? [changed] : [changed, text];
}
