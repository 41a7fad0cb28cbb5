/**
 * A parser of whole texts from one of their top-level statements: a text is cut into chunks, each is parsed by
 * itself and only once, and the trees are put together with their offsets moved. So an edit costs one statement.
 * What a parser with memory gives is what one without gives. Memory is bounded by characters; the chunks that
 * were used last stay longest.
 */
import type { Comment, SourceModule, SyntaxProblem } from './ast.ts';
import type { Statement } from './statement.ts';
import { shiftSpans } from './shiftSpans.ts';

/** What a chunk gives by itself, with offsets from its own start. */
export interface ParsedChunk {
  readonly body: readonly Statement[];
  readonly comments: readonly Comment[];
  readonly errors: readonly SyntaxProblem[];
}

export interface ChunkedLanguage {
  readonly language: SourceModule['language'];
  readonly maxReportedErrors: number;
  /** Offsets at which chunks begin, ascending; the first is 0. */
  starts(text: string): readonly number[];
  parse(chunk: string): ParsedChunk;
}

interface Chunk extends ParsedChunk {
  readonly text: string;
  /** Where in a text it was last seen; the offsets of its trees say the same. */
  readonly base: number;
}

/** For a chunk that would take too long (parseBounded.ts). */
export function unreadChunk(text: string): ParsedChunk {
  const span = { start: 0, end: text.length };
  const errors = [{ ...span, message: 'This is too tangled to be read.' }];
  return { body: [{ kind: 'error', ...span }], comments: [], errors };
}

/** Characters of chunks that a parser remembers; a tree takes about 80 bytes per character. */
const maxRemembered = 150_000;

export function parseInChunks(language: ChunkedLanguage, text: string): SourceModule {
  return assemble(language, text, (part, base) => chunkAt({ text: part, base: 0, ...language.parse(part) }, base));
}

/** A parser that remembers the statements it has seen. */
export function createChunkedParser(language: ChunkedLanguage): (text: string) => SourceModule {
  const chunks = new Map<string, Chunk>();
  let nCharacters = 0;
  const forgetOldest = (): void => {
    for (const oldest of chunks.keys()) {
      if (nCharacters <= maxRemembered) return;
      chunks.delete(oldest);
      nCharacters -= oldest.length;
    }
  };
  const fresh = (part: string): Chunk => {
    const text = ownCopy(part);
    nCharacters += text.length;
    return { text, base: 0, ...language.parse(text) };
  };
  return (text) => {
    const module = assemble(language, text, (part, base) => {
      const known = chunks.get(part);
      const chunk = chunkAt(known ?? fresh(part), base);
      // What was used last goes last; what is first in the map is dropped first.
      if (known !== undefined) chunks.delete(part);
      chunks.set(chunk.text, chunk);
      return chunk;
    });
    forgetOldest();
    return module;
  };
}

/**
 * A slice of a string keeps the whole string alive, and so do names that are cut from it: what is remembered
 * is cut from a copy of the statement alone.
 */
function ownCopy(part: string): string {
  return Buffer.from(part, 'utf16le').toString('utf16le');
}

function assemble(
  { language, maxReportedErrors, starts }: ChunkedLanguage,
  text: string,
  chunkOf: (chunkText: string, base: number) => Chunk,
): SourceModule {
  const bases = starts(text);
  const chunks = bases.map((base, idx) => chunkOf(text.slice(base, bases[idx + 1] ?? text.length), base));
  return {
    language,
    body: chunks.flatMap(({ body }) => body),
    comments: chunks.flatMap(({ comments }) => comments),
    errors: chunks.flatMap(({ errors }) => errors).slice(0, maxReportedErrors),
  };
}

function chunkAt(chunk: Chunk, base: number): Chunk {
  if (chunk.base === base) return chunk;
  const { body, comments, errors } = chunk;
  return { text: chunk.text, base, ...shiftSpans({ body, comments, errors }, base - chunk.base) };
}
