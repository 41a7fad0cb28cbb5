/**
 * Parsing the same text twice gives the same tree, and an analysis reads the files beside it again after
 * every keystroke: this keeps the trees of the texts that were read last. A text that is an edit of one it
 * holds takes its place. Bounded by characters, so that a large workspace cannot fill the memory; trees are
 * immutable, so sharing them is safe.
 */
import type { SourceModule } from './ast.ts';

/** A tree takes about 80 bytes per character. */
const maxCharacters = 800_000;

export function rememberParse(parse: (text: string) => SourceModule): (text: string) => SourceModule {
  const modules = new Map<string, SourceModule>();
  let nCharacters = 0;
  const forget = (text: string): void => {
    if (modules.delete(text)) nCharacters -= text.length;
  };
  return (text) => {
    const known = modules.get(text);
    if (known !== undefined) {
      // What was used last goes last; what is first in the map is dropped first.
      modules.delete(text);
      modules.set(text, known);
      return known;
    }
    const module = parse(text);
    for (const older of modules.keys()) if (isEditOf(older, text)) forget(older);
    modules.set(text, module);
    nCharacters += text.length;
    for (const oldest of modules.keys()) {
      if (nCharacters <= maxCharacters || oldest === text) break;
      forget(oldest);
    }
    return module;
  };
}

/** The texts agree but for one place of at most a few lines. */
function isEditOf(older: string, newer: string): boolean {
  const shorter = Math.min(older.length, newer.length);
  if (shorter < 200 || Math.abs(older.length - newer.length) > 400) return false;
  let start = 0;
  while (start < shorter && older.charCodeAt(start) === newer.charCodeAt(start)) start++;
  let end = 0;
  const rest = shorter - start;
  while (end < rest && older.charCodeAt(older.length - 1 - end) === newer.charCodeAt(newer.length - 1 - end)) end++;
  return shorter - start - end <= 400;
}
