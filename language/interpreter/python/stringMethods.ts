/** Methods of Python strings, as far as names, paths and configuration use them. */
import { MAX_JOINED_TEXT, NONE, bool, builtin, int, list, string, unknown } from '../values.ts';
import type { BuiltinValue, Value } from '../values.ts';
import { formatBraces, textOf } from './formatting.ts';

export function stringAttribute(text: string, name: string): Value | null {
  const method = stringMethod(text, name);
  if (method === null) return null;
  return builtin(name, (args, context) => {
    const result = method(args, context);
    return result.kind === 'string' && result.value.length > MAX_JOINED_TEXT ? unknown('the text is too long') : result;
  });
}

function stringMethod(text: string, name: string): BuiltinValue['call'] | null {
  const withText = (apply: (...texts: string[]) => Value): BuiltinValue['call'] => {
    return ({ positional }) => {
      const texts = positional.map((value) => (value.kind === 'string' ? value.value : null));
      return texts.includes(null) ? unknown(`the argument of ${name} is not known`) : apply(...(texts as string[]));
    };
  };
  switch (name) {
    case 'format':
      return (args) => (args.open === null ? formatBraces(text, args.positional, args.keywords) : unknown(args.open));
    case 'join':
      return ({ positional }, context) => {
        const items = context.iterate(positional[0] ?? NONE);
        const texts = items?.map((item) => (item.kind === 'string' ? item.value : null)) ?? [null];
        return texts.includes(null) ? unknown('a part of this text is not known') : string(texts.join(text));
      };
    case 'split':
      return ({ positional, keywords }) => {
        const [separator] = positional;
        const limit = positional[1] ?? keywords.get('maxsplit');
        if (
          limit !== undefined ||
          (separator !== undefined && separator.kind !== 'string' && separator.kind !== 'none')
        ) {
          return unknown('how this text is split is not known');
        }
        const parts = separator?.kind === 'string' ? text.split(separator.value) : text.split(/\s+/).filter(Boolean);
        return list(parts.map(string));
      };
    case 'splitlines':
      return () => list(text.split(/\r?\n/).map(string));
    case 'lower':
    case 'casefold':
      return () => string(text.toLowerCase());
    case 'upper':
      return () => string(text.toUpperCase());
    case 'title':
      return () =>
        string(text.replace(/[a-zA-Z]+/g, (word) => (word[0] ?? '').toUpperCase() + word.slice(1).toLowerCase()));
    case 'capitalize':
      return () => string(text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase());
    case 'strip':
    case 'lstrip':
    case 'rstrip':
      return withText((characters) => string(stripped(text, name, characters)));
    case 'replace':
      return withText((from, to) =>
        from === undefined || to === undefined ? NONE : string(text.replaceAll(from, to)),
      );
    case 'startswith':
    case 'endswith':
      return ({ positional }) => {
        const [affix] = positional;
        const options = affix?.kind === 'tuple' ? affix.items : affix === undefined ? [] : [affix];
        const test = (option: string): boolean =>
          name === 'startswith' ? text.startsWith(option) : text.endsWith(option);
        if (options.some((option) => option.kind !== 'string')) return unknown('what is compared is not known');
        return bool(options.some((option) => option.kind === 'string' && test(option.value)));
      };
    case 'find':
    case 'index':
      return withText((part) => int(text.indexOf(part ?? '')));
    case 'rfind':
      return withText((part) => int(text.lastIndexOf(part ?? '')));
    case 'count':
      return withText((part) => int(text.split(part ?? '').length - 1));
    case 'isdigit':
    case 'isnumeric':
      return () => bool(/^\d+$/.test(text));
    case 'isalpha':
      return () => bool(/^\p{L}+$/u.test(text));
    case 'isupper':
      return () => bool(text !== text.toLowerCase() && text === text.toUpperCase());
    case 'zfill':
    case 'rjust':
    case 'ljust':
      return ({ positional }) => {
        const width = positional[0]?.kind === 'number' ? Math.min(positional[0].value, 200) : 0;
        if (name === 'ljust') return string(text.padEnd(width));
        return string(text.padStart(width, name === 'zfill' ? '0' : ' '));
      };
    case 'encode':
    case 'decode':
      return () => string(text);
    case '__len__':
      return () => int(text.length);
    case '__str__':
      return () => string(textOf(string(text)) ?? text);
    default:
      return null;
  }
}

function stripped(text: string, name: string, characters: string | undefined): string {
  const isCut = (character: string): boolean =>
    characters === undefined ? /\s/.test(character) : characters.includes(character);
  let start = 0;
  let end = text.length;
  if (name !== 'rstrip') while (start < end && isCut(text[start] ?? '')) start++;
  if (name !== 'lstrip') while (end > start && isCut(text[end - 1] ?? '')) end--;
  return text.slice(start, end);
}
