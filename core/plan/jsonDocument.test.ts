/** The JSON reader with lines, against the language's own JSON.parse, and the lines that it gives. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { maxJsonDepth, parseJsonDocument } from './jsonDocument.ts';
import { nearestName } from './nearestName.ts';

describe('parseJsonDocument', () => {
  it('reads every value as JSON.parse does, however it is indented', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(0, 2, '\t', '\r\n'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const parsed = parseJsonDocument(
          indent === '\r\n' ? JSON.stringify(value, null, 1).replace(/\n/g, '\r\n') : text,
        );
        assert.ok(parsed.ok, text);
        assert.deepEqual(parsed.document.value, JSON.parse(text));
      }),
    );
  });

  it('takes no text that JSON.parse refuses, and refuses no text that it takes but for doubled keys', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b',
      '1',
      '-0.5e3',
      '01',
      'true',
      'nul',
      ' ',
      '\n',
      '\\',
      '+1',
      '.5',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const parsed = parseJsonDocument(text);
        const expected = parseOrNothing(text);
        if (parsed.ok) assert.deepEqual([parsed.document.value], expected, text);
        else if (expected.length === 1) assert.match(parsed.error.message, /stands here twice/, text);
      }),
      { numRuns: 5000 },
    );
  });

  it('knows the line of each value, or of what is around it', () => {
    const parsed = parseJsonDocument('{\n  "a": [\n    1,\n    { "b":\n 2 }\n  ]\n}');
    assert.ok(parsed.ok);
    const { lineOf } = parsed.document;
    assert.deepEqual(
      [lineOf([]), lineOf(['a']), lineOf(['a', 0]), lineOf(['a', 1]), lineOf(['a', 1, 'b'])],
      [1, 2, 3, 4, 4],
    );
    assert.equal(lineOf(['a', 1, 'c', 'd']), 4);
  });

  it('keeps a key named __proto__ to itself', () => {
    const parsed = parseJsonDocument('{ "__proto__": { "polluted": true } }');
    assert.ok(parsed.ok);
    assert.equal((parsed.document.value as { polluted?: boolean }).polluted, undefined);
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });

  it('stops at a depth that no plan needs, without exhausting the stack', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    assert.ok(parseJsonDocument(nested(maxJsonDepth)).ok);
    assert.ok(!parseJsonDocument(nested(1e6)).ok);
  });
});

describe('nearestName', () => {
  const known = ['steps', 'batch', 'optimizer', 'checkpointEvery'];
  const rows = [['step', 'steps'], ['Batch', 'batch'], ['optimiser', 'optimizer'], ['checkpoint_every', 'checkpointEvery'], ['momentum', null]] as const; // prettier-ignore
  for (const [written, meant] of rows) {
    it(`takes “${written}” for ${meant ?? 'nothing that it knows'}`, () =>
      assert.equal(nearestName(written, known), meant));
  }
});

function parseOrNothing(text: string): readonly unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}
