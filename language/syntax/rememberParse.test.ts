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

  it('forgets what was not used for long, and nothing else', () => {
    const { parse, texts } = counting();
    const large = (letter: string): string => letter.repeat(1_500_000);
    for (const letter of ['a', 'b', 'a', 'c', 'a', 'b']) parse(large(letter));
    assert.deepEqual(
      texts.map((text) => text[0]),
      ['a', 'b', 'c', 'b'],
    );
  });
});
