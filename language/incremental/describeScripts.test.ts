import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describeFile, toReport } from '../describeFile.ts';
import { defaultSettings } from '../settings.ts';
import { memoryHost } from '../sourceHost.ts';
import { describeAgain, type Described, type Effort } from './describeAgain.ts';

const path = 'gan.ts';
const sample = readFileSync(new URL('../../samples/dcgan/dcgan_tfjs.ts', import.meta.url), 'utf8');

const source = `import * as tf from '@tensorflow/tfjs';

export class Critic {
  private readonly width = 8;

  build(size: number) {
    // down by two
    const input = tf.input({ shape: [size, size, 1] });
    if (size > 4) {
      console.log('large');
    }
    const out = tf.layers.conv2d({ filters: this.width, kernelSize: 3, strides: 2 }).apply(input);
    return tf.model({ inputs: input, outputs: out as tf.SymbolicTensor });
  }
}

export function main() {
  return new Critic().build(
    12, // pixels
  );
}

const start = async () => {
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 2, inputShape: [3] }));
};
`;

function describeText(text: string, before: Described | null): Described {
  return describeAgain(memoryHost({ [path]: text }), path, defaultSettings, before);
}

function assertFresh(described: Described, text: string): void {
  const fresh = describeFile(memoryHost({ [path]: text }), path, defaultSettings);
  assert.deepEqual(toReport(described.description), toReport(fresh));
  assert.deepEqual(
    described.description.models.map(({ graph }) => graph),
    fresh.models.map(({ graph }) => graph),
  );
}

describe('describeAgain of a script', () => {
  const cases: readonly (readonly [name: string, from: string, to: string, effort: Effort])[] = [
    ['nothing for a comment in a method', '// down by two', '// down by a half', 'nothing'],
    ['nothing for lines in the place of as many characters', '// down by two', '//\n\n//  by two', 'nothing'],
    ['nothing for a blank line', 'export function main', '\n\nexport function main', 'nothing'],
    ['nothing for a space at the end of a line', 'size, 1] });', 'size, 1] });  ', 'nothing'],
    ['everything for a number', 'kernelSize: 3', 'kernelSize: 5', 'everything'],
    ['everything for a comment within a call, which is shown with it', '// pixels', '// dots', 'everything'],
    ['everything for a comment that says how', '// down by two', '// slimwise: main()', 'everything'],
    ['everything for a comment that could make it a module', '// down by two', '/*\nimport\n*/', 'everything'],
  ];
  for (const [name, from, to, effort] of cases) {
    it(`does ${name}`, () => {
      const before = describeText(source, null);
      const text = source.replace(from, to);
      assert.notEqual(text, source);
      const after = describeText(text, before);
      assertFresh(after, text);
      assert.equal(after.effort, effort);
      assertFresh(describeText(source, after), source);
    });
  }

  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    isLine: fc.boolean(),
    removed: fc.nat(6),
    added: fc.constantFrom(
      '',
      '\n',
      '\n\n',
      '// note\n',
      '/* hm */',
      '2',
      ' ',
      '(',
      '}',
      '{',
      '`',
      "'",
      ', 1',
      'if (x) ',
      'await ',
    ),
  });
  for (const [name, text] of [
    ['the source above', source],
    ['the TF.js sample', sample],
  ] as const) {
    it(`gives at every edit of ${name} what a fresh analysis gives`, () => {
      fc.assert(
        fc.property(fc.array(edit, { minLength: 1, maxLength: 8 }), (edits) => {
          let now = text;
          let described = describeText(now, null);
          for (const { at, isLine, removed, added } of edits) {
            const offset = Math.floor(at * now.length);
            const start = isLine ? now.lastIndexOf('\n', offset) + 1 : offset;
            now = now.slice(0, start) + added + now.slice(start + (isLine ? 0 : removed));
            described = describeText(now, described);
            assertFresh(described, now);
          }
        }),
        { numRuns: 6, seed: 11 },
      );
    }).timeout(60_000);
  }
});
