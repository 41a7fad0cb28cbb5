import assert from 'node:assert/strict';
import { rememberParse } from './rememberParse.ts';

describe('rememberParse', () => {
  const counting = () => {
    const texts: string[] = [];
    const parse = rememberParse((text) => {
      texts.push(text);
      return { language: 'python', body: [], comments: [], errors: [] };
    });
    return { parse, texts };
  };

  it('parses a text once', () => {
    const { parse, texts } = counting();
    assert.equal(parse('a'), parse('a'));
    parse('b');
    assert.deepEqual(texts, ['a', 'b']);
  });

  it('lets an edited text take the place of the one before', () => {
    const { parse, texts } = counting();
    const text = 'x = 1\n'.repeat(100);
    const edited = `${text.slice(0, 300)}y = 2\n${text.slice(300)}`;
    const other = 'z = 3\n'.repeat(100);
    for (const wanted of [text, other, edited, other, edited, text]) parse(wanted);
    assert.deepEqual(texts, [text, other, edited, text]);
  });

  it('forgets what was not used for long, and nothing else', () => {
    const { parse, texts } = counting();
    const large = (letter: string): string => letter.repeat(300_000);
    for (const letter of ['a', 'b', 'a', 'c', 'a', 'b']) parse(large(letter));
    assert.deepEqual(
      texts.map((text) => text[0]),
      ['a', 'b', 'c', 'b'],
    );
  });
});
