/**
 * One argument of a model as the user gives it: the shape of a tensor, or what some models take beside images:
 * a plain number, text, truth value or nothing, and lists and tables of these and of tensors. Written as in
 * Python, `(1,3,64,64)`, `0.5`, `None`, `'train'`, `[(1,512), (1,512)]`; a list of sizes alone is a shape.
 */
import type { Shape } from '../../core/graph/shape.ts';
import { NONE, bool, dict, float, int, list, string } from '../interpreter/values.ts';
import type { Value } from '../interpreter/values.ts';

export type ToldInput =
  Shape | number | boolean | string | null | readonly ToldInput[] | { readonly [name: string]: ToldInput };

export function isShape(input: ToldInput): input is Shape {
  return Array.isArray(input) && input.every((item) => typeof item === 'number' || item === '?');
}

/** The shapes of all tensors, in the order in which they are given. */
export function shapesIn(inputs: readonly ToldInput[]): Shape[] {
  return inputs.flatMap((input): Shape[] => {
    if (isShape(input)) return [input];
    if (input === null || typeof input !== 'object') return [];
    return shapesIn(Array.isArray(input) ? input : Object.values(input));
  });
}

/** As a value of the source; `tensor` is asked for every shape, in order. */
export function toldValue(input: ToldInput, tensor: () => Value): Value {
  if (isShape(input)) return tensor();
  if (input === null) return NONE;
  if (typeof input === 'number') return Number.isInteger(input) ? int(input) : float(input);
  if (typeof input === 'boolean') return bool(input);
  if (typeof input === 'string') return string(input);
  if (isList(input)) return list(input.map((item) => toldValue(item, tensor)));
  return dict(Object.entries(input).map(([name, item]) => [name, toldValue(item, tensor)] as const));
}

function isList(input: object): input is readonly ToldInput[] {
  return Array.isArray(input);
}

/** What stands behind `input=`; undefined where it cannot be read. */
export function parseToldInput(text: string): ToldInput | undefined {
  const json = text
    .replace(TOKENS, (token, single?: string) => {
      if (single !== undefined) return JSON.stringify(single);
      return WORDS[token] ?? token;
    })
    .replace(/(\d)\.(?!\d)/g, '$1.0')
    .replace(/,\s*]/g, ']');
  try {
    return sized(JSON.parse(json) as ToldInput);
  } catch {
    return undefined;
  }
}

/** A size that is no size is left open. */
function sized(input: ToldInput): ToldInput {
  if (isShape(input)) return input.map((dim) => (dim !== '?' && Number.isInteger(dim) && dim > 0 ? dim : '?'));
  if (input === null || typeof input !== 'object') return input;
  if (isList(input)) return input.map(sized);
  return Object.fromEntries(Object.entries(input).map(([name, item]) => [name, sized(item)]));
}

const TOKENS = /'([^'\\]*)'|"[^"]*"|[()?]|\b(?:None|True|False)\b/g;
const WORDS: Readonly<Record<string, string>> = {
  '(': '[',
  ')': ']',
  '?': '"?"',
  None: 'null',
  True: 'true',
  False: 'false',
};
