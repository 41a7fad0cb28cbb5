/**
 * Turns one issue of the schema library into a Problem in words: which field, what it must be, what it is,
 * and what was probably meant. Knows the forms of valibot's issues; the schemas say what was expected.
 */
import type * as v from 'valibot';
import type { Problem } from '../problem.ts';
import type { JsonDocument } from './jsonDocument.ts';
import { nearestName } from './nearestName.ts';
import { missingKey, unknownKey, wrongValue } from './problems.ts';
import { knownKeys, schemaAt, type PathKey } from './schemaPaths.ts';

export function issueProblem(
  issue: v.BaseIssue<unknown>,
  schema: v.GenericSchema,
  document: JsonDocument,
  path: string,
  within: readonly PathKey[] = [],
): Problem {
  const keys = [...within, ...(issue.path ?? []).map((item) => item.key as PathKey)];
  const place = { path, line: document.lineOf(keys) };
  const key = String(keys[keys.length - 1] ?? '');
  const parent = keys.slice(0, -1);
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const known = knownKeys(schemaAt(schema, parent.slice(within.length), document.value, within));
    return unknownKey(key, whereIs(parent), nearestName(key, known), known, place);
  }
  if (issue.received === 'undefined') return missingKey(key, whereIs(parent), place);
  const received = issue.input;
  const choices = literalChoices(issue.expected);
  const nearest = typeof received === 'string' ? nearestName(received, choices) : null;
  return wrongValue(fieldName(keys), expectedWords(issue), shortJson(received), nearest, place);
}

/** `stages[0].rep` */
export function fieldName(keys: readonly PathKey[]): string {
  if (keys.length === 0) return 'The plan';
  const written = keys.map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`));
  return `"${written.join('')}"`;
}

function whereIs(keys: readonly PathKey[]): string {
  return keys.length === 0 ? 'at its top level' : `in ${fieldName(keys)}`;
}

function expectedWords(issue: v.BaseIssue<unknown>): string {
  switch (issue.type) {
    case 'integer':
      return 'a whole number';
    case 'min_value':
      return `at least ${String(issue.requirement)}`;
    case 'max_value':
      return `at most ${String(issue.requirement)}`;
    case 'gt_value':
      return `greater than ${String(issue.requirement)}`;
    case 'lt_value':
      return `less than ${String(issue.requirement)}`;
    case 'min_length':
      return typeof issue.input === 'string' ? 'a text that is not empty' : 'a list that is not empty';
    default:
      return typeWords(issue.expected ?? 'something else');
  }
}

/** `("a" | number)` becomes `"a" or a number`. */
function typeWords(expected: string): string {
  const names: Readonly<Record<string, string>> = {
    Object: 'an object',
    Array: 'a list',
    string: 'a text',
    number: 'a number',
    boolean: 'true or false',
  };
  const parts = expected.replace(/^\(|\)$/g, '').split(' | ');
  const words = parts.map((part) => names[part] ?? part);
  const lastWord = words[words.length - 1] ?? expected;
  return words.length < 2 ? lastWord : `${words.slice(0, -1).join(', ')} or ${lastWord}`;
}

function literalChoices(expected: string | null): readonly string[] {
  return [...(expected ?? '').matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? '');
}

function shortJson(value: unknown): string {
  const json = JSON.stringify(value) ?? 'absent';
  return json.length <= 60 ? json : `${json.slice(0, 57)}…`;
}
