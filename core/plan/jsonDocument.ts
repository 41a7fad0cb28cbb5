/**
 * A JSON text with the line of every value in it, so that a fault in a plan can be shown where it is written.
 * Strict JSON (no comments, no trailing commas); a key that stands twice in an object is an error, since one
 * of the two would be lost. Nesting is bounded; nothing here recurses deeper than that bound.
 */

export interface JsonDocument {
  readonly value: unknown;
  /** 1-based line of the value at `path`, or of the closest value around it. */
  lineOf(path: readonly (string | number)[]): number;
}

export interface JsonError {
  readonly message: string;
  readonly line: number;
}

export type JsonParse =
  { readonly ok: true; readonly document: JsonDocument } | { readonly ok: false; readonly error: JsonError };

export const maxJsonDepth = 64;

export function parseJsonDocument(source: string): JsonParse {
  const reader = new Reader(source);
  try {
    const root = reader.document();
    return { ok: true, document: { value: root.value, lineOf: (path) => lineOf(root, path) } };
  } catch (error) {
    if (error instanceof SyntaxFault) return { ok: false, error: { message: error.message, line: error.line } };
    throw error;
  }
}

interface Located {
  readonly value: unknown;
  readonly line: number;
  readonly children: ReadonlyMap<string, Located>;
}

function lineOf(root: Located, path: readonly (string | number)[]): number {
  let at = root;
  for (const key of path) {
    const child = at.children.get(String(key));
    if (child === undefined) break;
    at = child;
  }
  return at.line;
}

class SyntaxFault extends Error {
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

const none: ReadonlyMap<string, Located> = new Map();

class Reader {
  private readonly source: string;
  private position = 0;
  private line = 1;

  constructor(source: string) {
    this.source = source.startsWith('\uFEFF') ? source.slice(1) : source;
  }

  document(): Located {
    const root = this.value(0);
    this.space();
    if (this.position < this.source.length) this.fail('there is more text after the end of the plan');
    return root;
  }

  private value(depth: number): Located {
    if (depth > maxJsonDepth) this.fail(`values are nested more than ${maxJsonDepth} deep`);
    this.space();
    const line = this.line;
    switch (this.source[this.position]) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return { value: this.string(), line, children: none };
      default:
        return { value: this.word(), line, children: none };
    }
  }

  private object(depth: number): Located {
    const { line } = this;
    const children = new Map<string, Located>();
    this.items('}', () => {
      const keyLine = this.line;
      if (this.source[this.position] !== '"') this.fail('a key in double quotes is missing');
      const key = this.string();
      if (children.has(key)) this.fail(`the key "${key}" stands here twice`);
      this.space();
      if (this.source[this.position] !== ':') this.fail(`a colon is missing after "${key}"`);
      this.position++;
      children.set(key, { ...this.value(depth + 1), line: keyLine });
    });
    const entries = [...children].map(([key, child]) => [key, child.value] as const);
    return { value: Object.fromEntries(entries), line, children };
  }

  private array(depth: number): Located {
    const { line } = this;
    const items: Located[] = [];
    this.items(']', () => items.push(this.value(depth + 1)));
    const children = new Map(items.map((item, index) => [String(index), item]));
    return { value: items.map((item) => item.value), line, children };
  }

  /** Reads what stands between the bracket at hand and `close`, separated by commas. */
  private items(close: string, item: () => void): void {
    this.position++;
    this.space();
    if (this.source[this.position] === close) {
      this.position++;
      return;
    }
    for (;;) {
      item();
      this.space();
      const next = this.source[this.position++];
      if (next === close) return;
      if (next !== ',') {
        this.position--;
        this.fail(next === undefined ? `the plan ends before "${close}"` : `a comma or "${close}" is missing`);
      }
      this.space();
      if (this.source[this.position] === close) this.fail('there is a comma after the last item');
    }
  }

  private string(): string {
    const token = /"(?:[^"\\\n\r]|\\.)*"/y;
    return this.scalar(token, 'a text is not closed on its line') as string;
  }

  private word(): unknown {
    if (this.position >= this.source.length) this.fail('the plan ends where a value should stand');
    return this.scalar(/[-+\w.]+/y, 'a value is missing');
  }

  private scalar(token: RegExp, otherwise: string): unknown {
    token.lastIndex = this.position;
    const found = token.exec(this.source)?.[0];
    if (found === undefined) this.fail(otherwise);
    this.position += found.length;
    try {
      return JSON.parse(found) as unknown;
    } catch {
      this.fail(`${found} is not a JSON value`);
    }
  }

  private space(): void {
    for (; ; this.position++) {
      const character = this.source[this.position];
      if (character === '\n') this.line++;
      else if (character !== ' ' && character !== '\t' && character !== '\r') return;
    }
  }

  private fail(message: string): never {
    throw new SyntaxFault(message, this.line);
  }
}
