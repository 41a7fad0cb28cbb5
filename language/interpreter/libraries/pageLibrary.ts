/**
 * The fields of the page that a script stands in or is loaded by: `document.getElementById('units').value` is what
 * the page says before anybody touches it, as an option of the command line is its default. Whatever else a page
 * knows stays unknown. The markup is read as text, once, and only where a script asks for an element.
 */
import { attributeOf, endOfTag } from '../../syntax/scriptBlocks.ts';
import type { ForeignObject } from '../foreign.ts';
import type { CallArguments } from '../library.ts';
import { bool, builtin, dict, foreign, string, unknown, type DictValue, type Value } from '../values.ts';
import { number } from '../javascript/operators.ts';

/** What an input, a choice or a text field of a page holds at first. */
export interface PageField {
  readonly id: string;
  /** null: not known. */
  readonly value: string | null;
  /** Of boxes to tick. */
  readonly checked: boolean | null;
}

const reason = 'what the page shows is not known';

/** `document`; `markup` gives the page's text, null where there is none. */
export function pageDocument(markup: () => string | null): Value {
  let elements: Map<string, DictValue> | null = null;
  const find = (id: string | null): Value => {
    elements ??= new Map(pageFields(markup() ?? '').map((field) => [field.id, elementOf(field)]));
    return (id === null ? undefined : elements.get(id)) ?? unknown(reason);
  };
  const object: ForeignObject = {
    typeName: 'Document',
    typePaths: ['Document'],
    attribute(name) {
      if (name === 'getElementById') return builtin(name, (args) => find(textOf(args)));
      if (name === 'querySelector')
        return builtin(name, (args) =>
          find(/^\s*(?:input|select|textarea)?#([\w-]+)\s*$/.exec(textOf(args) ?? '')?.[1] ?? null),
        );
      return unknown(reason);
    },
    setAttribute: () => true,
    truth: () => true,
  };
  return foreign(object);
}

function textOf({ positional: [value] }: CallArguments): string | null {
  return value?.kind === 'string' ? value.value : null;
}

function elementOf({ value, checked }: PageField): DictValue {
  const known: [string, Value][] = [];
  if (value !== null)
    known.push(['value', string(value)], ['valueAsNumber', number(value === '' ? NaN : Number(value))]);
  if (checked !== null) known.push(['checked', bool(checked)]);
  const element = dict(known);
  element.open = reason;
  return element;
}

const maxFields = 500;

/** The fields with an id, in order; of two with the same id the first counts, as in a page. */
export function pageFields(page: string): readonly PageField[] {
  const fields = new Map<string, PageField>();
  const opening = /<(input|select|textarea)(?=[\s>/])/gi;
  for (let match = opening.exec(page); match !== null && fields.size < maxFields; match = opening.exec(page)) {
    const end = endOfTag(page, opening.lastIndex);
    if (end === null) break;
    const attributes = page.slice(opening.lastIndex, end - 1);
    const id = attributeOf(attributes, 'id');
    if (id === null || fields.has(id)) continue;
    const tag = match[1]?.toLowerCase() ?? '';
    fields.set(
      id,
      tag === 'input' ? inputField(id, attributes) : { id, value: heldText(page, tag, end), checked: null },
    );
  }
  return [...fields.values()];
}

function inputField(id: string, attributes: string): PageField {
  const type = attributeOf(attributes, 'type')?.toLowerCase() ?? 'text';
  const value = attributeOf(attributes, 'value');
  if (type === 'checkbox' || type === 'radio')
    return { id, value: value ?? 'on', checked: /(?:^|\s)checked(?=[\s=/]|$)/i.test(attributes) };
  // A slider stands in the middle of its range, and a colour is black.
  const isEmpty = type !== 'range' && type !== 'color';
  return { id, value: value ?? (isEmpty ? '' : null), checked: null };
}

const maxOptions = 5000;

/** What a list of options or a text field holds at first. */
function heldText(page: string, tag: string, start: number): string | null {
  const end = page.slice(start, start + maxOptions * 40).search(tag === 'select' ? /<\/select/i : /<\/textarea/i);
  if (end < 0) return null;
  const inside = page.slice(start, start + end);
  if (tag === 'textarea') return inside.replace(/^\r?\n/, '');
  const options = [...inside.matchAll(/<option\b([^>]*)>([^<]*)/gi)].slice(0, maxOptions);
  const chosen = options.find(([, attributes = '']) => /(?:^|\s)selected(?=[\s=/]|$)/i.test(attributes)) ?? options[0];
  if (chosen === undefined) return null;
  return attributeOf(chosen[1] ?? '', 'value') ?? (chosen[2] ?? '').trim().replace(/\s+/g, ' ');
}
