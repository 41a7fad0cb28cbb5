/**
 * A JSON reader for untrusted headers. Unlike `JSON.parse` it refuses duplicate keys, numbers that a
 * double cannot hold exactly, deep nesting and anything after the value, and it returns objects as maps,
 * so `__proto__` is a name like any other. It says where it stopped; it never throws.
 */

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | ReadonlyMap<string, JsonValue>;

export type StrictJson =
  { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; readonly reason: string };

export interface JsonLimits {
  readonly deepest?: number;
  /** Objects, arrays, numbers and strings together: what bounds the memory that a text can take. */
  readonly maxValues?: number;
}

export function parseStrictJson(text: string, limits: JsonLimits = {}): StrictJson {
  const { deepest = 32, maxValues = 10_000_000 } = limits;
  let nValues = 0;
  let at = 0;
  try {
    const value = readValue(0);
    skipSpace();
    if (at < text.length) fail('something follows the value');
    return { ok: true, value };
  } catch (error) {
    if (error instanceof NotJson) return { ok: false, reason: error.message };
    throw error;
  }

  function readValue(depth: number): JsonValue {
    if (depth > deepest) fail('it is nested too deeply');
    if (++nValues > maxValues) fail('it holds too many values');
    skipSpace();
    const first = text[at];
    if (first === '{') return readObject(depth);
    if (first === '[') return readArray(depth);
    if (first === '"') return readString();
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (text.startsWith(word, at)) {
        at += word.length;
        return value;
      }
    }
    return readNumber();
  }

  function readObject(depth: number): ReadonlyMap<string, JsonValue> {
    const object = new Map<string, JsonValue>();
    at++;
    skipSpace();
    if (text[at] === '}') return (at++, object);
    for (;;) {
      skipSpace();
      if (text[at] !== '"') fail('a key is missing');
      const key = readString();
      if (object.has(key)) fail(`the key ${JSON.stringify(key.slice(0, 60))} appears twice`);
      expect(':');
      object.set(key, readValue(depth + 1));
      skipSpace();
      if (text[at] === '}') return (at++, object);
      expect(',');
    }
  }

  function readArray(depth: number): readonly JsonValue[] {
    const array: JsonValue[] = [];
    at++;
    skipSpace();
    if (text[at] === ']') return (at++, array);
    for (;;) {
      array.push(readValue(depth + 1));
      skipSpace();
      if (text[at] === ']') return (at++, array);
      expect(',');
    }
  }

  function readString(): string {
    const start = at++;
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    if (at >= text.length) fail('a string has no end');
    at++;
    try {
      return JSON.parse(text.slice(start, at)) as string;
    } catch {
      return fail('a string is malformed');
    }
  }

  function readNumber(): number {
    const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
    number.lastIndex = at;
    const found = number.exec(text);
    if (found === null) return fail('a value is missing');
    at += found[0].length;
    const value = Number(found[0]);
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
      fail('a number is too large');
    return value;
  }

  function expect(character: string): void {
    skipSpace();
    if (text[at] !== character) fail(`'${character}' is missing`);
    at++;
  }

  function skipSpace(): void {
    while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++;
  }

  function fail(reason: string): never {
    throw new NotJson(`${reason} (at character ${at})`);
  }
}

class NotJson extends Error {}
