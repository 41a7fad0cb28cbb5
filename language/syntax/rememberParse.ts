/**
 * Parsing the same text twice gives the same tree, and an analysis reads the files beside it again after
 * every keystroke: this keeps the trees of the texts that were read last. Bounded by characters, so that
 * a large workspace cannot fill the memory; trees are immutable, so sharing them is safe.
 */
import type { SourceModule } from './ast.ts';

const maxCharacters = 4_000_000;

export function rememberParse(parse: (text: string) => SourceModule): (text: string) => SourceModule {
  const modules = new Map<string, SourceModule>();
  let nCharacters = 0;
  return (text) => {
    const known = modules.get(text);
    if (known !== undefined) {
      // What was used last goes last; what is first in the map is dropped first.
      modules.delete(text);
      modules.set(text, known);
      return known;
    }
    const module = parse(text);
    modules.set(text, module);
    nCharacters += text.length;
    for (const oldest of modules.keys()) {
      if (nCharacters <= maxCharacters || oldest === text) break;
      modules.delete(oldest);
      nCharacters -= oldest.length;
    }
    return module;
  };
}
