/**
 * The cells of an `.ipynb` file (nbformat 3 and 4), read without building what is not wanted: outputs,
 * attachments and metadata are stepped over, however large they are. Bounded in nesting and in cells; a file
 * that is no notebook is null. Nothing of it is executed.
 */

export interface NotebookCell {
  readonly kind: 'code' | 'markdown' | 'raw';
  readonly source: string;
}

const maxCells = 5_000;
const maxDepth = 200;
/** Characters of one cell; more is data, not code. */
const maxSource = 1_000_000;

export function readNotebook(text: string): readonly NotebookCell[] | null {
  const reader = new NotebookReader(text);
  try {
    return reader.read();
  } catch (error) {
    if (error instanceof NotANotebook || error instanceof SyntaxError) return null;
    throw error;
  }
}

class NotANotebook extends Error {}

/** A cursor over JSON text that builds only what it is asked for. */
class NotebookReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    if (text.charCodeAt(0) === 0xfeff) this.#at = 1;
  }

  read(): readonly NotebookCell[] {
    const cells: NotebookCell[] = [];
    let isNotebook = false;
    this.#object((key) => {
      if (key === 'nbformat') isNotebook = true;
      if (key === 'cells') this.#array(() => this.#cell(cells));
      else if (key === 'worksheets') this.#array(() => this.#worksheet(cells));
      else this.#skip();
    });
    if (!isNotebook) throw new NotANotebook();
    return cells;
  }

  #worksheet(cells: NotebookCell[]): void {
    this.#object((key) => {
      if (key === 'cells') this.#array(() => this.#cell(cells));
      else this.#skip();
    });
  }

  #cell(cells: NotebookCell[]): void {
    let kind: unknown = null;
    let source: unknown = '';
    this.#object((key) => {
      if (key === 'cell_type') kind = this.#value();
      else if (key === 'source' || key === 'input') source = this.#value();
      else this.#skip();
    });
    if (cells.length >= maxCells) return;
    const text = Array.isArray(source) ? source.filter((line) => typeof line === 'string').join('') : source;
    cells.push({
      kind: kind === 'code' ? 'code' : kind === 'markdown' ? 'markdown' : 'raw',
      source: typeof text === 'string' && text.length <= maxSource ? text : '',
    });
  }

  #object(onKey: (key: string) => void): void {
    this.#expect('{');
    if (this.#peek() === '}') return this.#expect('}');
    for (;;) {
      const key = this.#value();
      if (typeof key !== 'string') throw new NotANotebook();
      this.#expect(':');
      onKey(key);
      if (this.#peek() !== ',') break;
      this.#expect(',');
    }
    this.#expect('}');
  }

  #array(onItem: () => void): void {
    this.#expect('[');
    if (this.#peek() === ']') return this.#expect(']');
    for (;;) {
      onItem();
      if (this.#peek() !== ',') break;
      this.#expect(',');
    }
    this.#expect(']');
  }

  #value(): unknown {
    this.#peek();
    const start = this.#at;
    this.#skip();
    return JSON.parse(this.#text.slice(start, this.#at)) as unknown;
  }

  /** Steps over one value without recursion. */
  #skip(): void {
    let depth = 0;
    do {
      const character = this.#peek();
      if (character === '"') this.#skipString();
      else if (character === '{' || character === '[') {
        if (++depth > maxDepth) throw new NotANotebook();
        this.#at++;
      } else if (character === '}' || character === ']') {
        depth--;
        this.#at++;
      } else if (character === ',' || character === ':') {
        if (depth === 0) throw new NotANotebook();
        this.#at++;
      } else this.#skipWord();
    } while (depth > 0);
  }

  #skipString(): void {
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      const code = this.#text.charCodeAt(at);
      if (code === 92) at++;
      else if (code === 34) {
        this.#at = at + 1;
        return;
      }
    }
    throw new NotANotebook();
  }

  /** A number, or `true`, `false`, `null`. */
  #skipWord(): void {
    const start = this.#at;
    while (this.#at < this.#text.length && /[\w.+-]/.test(this.#text[this.#at] ?? '')) this.#at++;
    if (this.#at === start) throw new NotANotebook();
  }

  #peek(): string {
    while (' \n\r\t'.includes(this.#text[this.#at] ?? 'x')) this.#at++;
    const character = this.#text[this.#at];
    if (character === undefined) throw new NotANotebook();
    return character;
  }

  #expect(character: string): void {
    if (this.#peek() !== character) throw new NotANotebook();
    this.#at++;
  }
}
