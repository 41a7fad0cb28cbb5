/** JavaScript's strings: the methods that configuration code uses, on known text with known arguments. */
import { MAX_JOINED_TEXT, UNDEFINED, bool, builtin, int, list, string, unknown } from '../values.ts';
import type { Value } from '../values.ts';

export function stringAttribute(text: string, name: string): Value | null {
  if (name === 'toString') return builtin('String.toString', () => string(text));
  if (name === 'length') return int(text.length);
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method === undefined) return null;
  return builtin(`String.${name}`, ({ positional }) => {
    const args = positional.map(plain);
    if (args.includes(null)) return unknown('an argument is not known');
    const result = method(text, args as Plain[]);
    return result.kind === 'string' && result.value.length > MAX_JOINED_TEXT ? unknown('the text is too long') : result;
  });
}

type Plain = string | number | undefined;

function plain(value: Value): Plain | null {
  if (value.kind === 'string' || value.kind === 'number') return value.value;
  return value.kind === 'undefined' ? undefined : null;
}

const textOf = (value: Plain): string => String(value ?? '');
const numberOf = (value: Plain): number | undefined => (typeof value === 'number' ? value : undefined);

const methods: Readonly<Record<string, (text: string, args: readonly Plain[]) => Value>> = {
  toLowerCase: (text) => string(text.toLowerCase()),
  toUpperCase: (text) => string(text.toUpperCase()),
  trim: (text) => string(text.trim()),
  split: (text, [separator]) => list(text.split(textOf(separator)).map(string)),
  includes: (text, [part]) => bool(text.includes(textOf(part))),
  startsWith: (text, [part]) => bool(text.startsWith(textOf(part))),
  endsWith: (text, [part]) => bool(text.endsWith(textOf(part))),
  indexOf: (text, [part]) => int(text.indexOf(textOf(part))),
  slice: (text, [from, to]) => string(text.slice(numberOf(from), numberOf(to))),
  substring: (text, [from, to]) => string(text.substring(numberOf(from) ?? 0, numberOf(to))),
  charAt: (text, [idx]) => string(text.charAt(numberOf(idx) ?? 0)),
  at: (text, [idx]) => string(text.at(numberOf(idx) ?? 0) ?? ''),
  repeat: (text, [count]) => string(text.repeat(Math.min(1000, Math.max(0, numberOf(count) ?? 0)))),
  padStart: (text, [width, fill]) => string(text.padStart(Math.min(1000, numberOf(width) ?? 0), textOf(fill ?? ' '))),
  replace: (text, [from, to]) => string(text.replace(textOf(from), () => textOf(to))),
  replaceAll: (text, [from, to]) => string(text.replaceAll(textOf(from), () => textOf(to))),
  concat: (text, parts) => string(text + parts.map(textOf).join('')),
  charCodeAt: (text, [idx]) => {
    const code = text.charCodeAt(numberOf(idx) ?? 0);
    return Number.isNaN(code) ? UNDEFINED : int(code);
  },
};
