/**
 * How the user says a model is built and fed: `--entry "Generator(100)"`, or a comment in the source,
 * `# slimwise: Generator(100) input=(1,100,1,1)`. The expression is evaluated in the file, so it may use
 * the file's own names, and a few that people expect everywhere (`SimpleNamespace`, `nn`); nothing runs. In a comment, a name without a call stands for the model as it is found.
 */
import { findMember } from '../interpreter/attributes.ts';
import { evaluate } from '../interpreter/expressions.ts';
import { evaluateArguments } from '../interpreter/callExpressions.ts';
import { RaisedError } from '../interpreter/calls.ts';
import { moduleFrame } from '../interpreter/imports.ts';
import type { CallArguments } from '../interpreter/library.ts';
import { noArguments } from '../interpreter/library.ts';
import type { Frame, Machine, SourceUnit } from '../interpreter/machine.ts';
import { isExhausted } from '../interpreter/machine.ts';
import { external } from '../interpreter/values.ts';
import type { ClassValue } from '../interpreter/values.ts';
import { createScope, lookup } from '../interpreter/scope.ts';
import type { Comment } from '../syntax/ast.ts';
import { parseToldInput, type ToldInput } from './toldInput.ts';

export interface EntryRequest {
  readonly expression: string;
  readonly inputs: readonly ToldInput[] | null;
  /** Asked for by an option: then no other model is looked for. */
  readonly isOnly: boolean;
}

/** The entries that comments of a file name. */
export function commentEntries(comments: readonly Comment[]): EntryRequest[] {
  const entries = new Map<string, EntryRequest>();
  for (const { text } of comments) {
    const request = /^\s*slimwise:\s*(?!ignore\b)(\S.*)$/.exec(text)?.[1]?.trimEnd();
    const entry = request === undefined || request.length > 500 ? null : parseEntry(request);
    if (request !== undefined && entry !== null) entries.set(request, entry);
    if (entries.size >= maxEntries) break;
  }
  return [...entries.values()];
}

/** Each is built and run by itself. */
const maxEntries = 24;

/** `Generator(100) input=(1,100,1,1) input=0.5`; null where it is no entry. */
export function parseEntry(text: string): EntryRequest | null {
  const [first = '', ...given] = splitInputs(text);
  const inputs: ToldInput[] = [];
  for (const part of given) {
    const input = parseToldInput(trimmedEnd(part));
    if (input === undefined) return null;
    inputs.push(input);
  }
  const trimmed = trimmedEnd(first);
  if (!/^[A-Za-z_][\w.]*\s*(\(.*\))?$/s.test(trimmed)) return null;
  return { expression: trimmed, inputs: inputs.length === 0 ? null : inputs, isOnly: false };
}

/** The text before the first `input=` outside of brackets and quotes, and what stands behind each. */
function splitInputs(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const token of text.matchAll(/'[^'\n]*'|"[^"\n]*"|[([{]|[)\]}]|\binputs?\s*=/g)) {
    const [found] = token;
    if (/^[([{]$/.test(found)) depth++;
    else if (/^[)\]}]$/.test(found)) depth--;
    else if (depth === 0 && found.endsWith('=')) {
      parts.push(text.slice(start, token.index));
      start = token.index + found.length;
    }
  }
  return [...parts, text.slice(start)];
}

function trimmedEnd(text: string): string {
  return text.trim().replace(/[,;]$/, '').trim();
}

/** What an entry names: `nets.Generator` of `nets.Generator(100)`. */
export function entryName(expression: string): string {
  return expression.replace(/\s*\(.*$/s, '');
}

/** The class and arguments that an expression constructs; null where it constructs no user class. */
export function constructEntry(
  machine: Machine,
  unit: SourceUnit,
  expression: string,
): { readonly cls: ClassValue; readonly args: CallArguments } | null {
  const [statement] = unit.semantics.parse(expression).body;
  if (statement?.kind !== 'expression') return null;
  const frame = entryFrame(machine, unit, expression);
  machine.current = unit.semantics;
  try {
    const written = statement.expression;
    const callee = evaluate(machine, frame, written.kind === 'call' ? written.callee : written);
    if (callee.kind !== 'class') return null;
    const args = written.kind === 'call' ? evaluateArguments(machine, frame, written.args) : noArguments();
    return { cls: callee, args: withKnownNames(callee, args) };
  } catch (error) {
    if (error instanceof RaisedError || isExhausted(error)) return null;
    throw error;
  }
}

/** The file's own names, then those that an entry may use wherever the file does not have them. */
function entryFrame(machine: Machine, unit: SourceUnit, expression: string): Frame {
  const frame = moduleFrame(machine, unit);
  const scope = createScope('block', frame.scope);
  for (const word of expression.match(/[A-Za-z_]\w*/g) ?? []) {
    const path = EXPECTED_NAMES.get(word);
    if (path !== undefined && lookup(frame.scope, word) === undefined) scope.names.set(word, external(path));
  }
  return scope.names.size === 0 ? frame : { ...frame, scope };
}

const EXPECTED_NAMES = new Map([
  ['SimpleNamespace', 'types.SimpleNamespace'],
  ['types', 'types'],
  ['Namespace', 'argparse.Namespace'],
  ['argparse', 'argparse'],
  ['AttrDict', 'easydict.EasyDict'],
  ['EasyDict', 'easydict.EasyDict'],
  ['edict', 'easydict.EasyDict'],
  ['functools', 'functools'],
  ['partial', 'functools.partial'],
  ['torch', 'torch'],
  ['nn', 'torch.nn'],
  ['F', 'torch.nn.functional'],
  ['np', 'numpy'],
  ['numpy', 'numpy'],
  ['math', 'math'],
]);

/** Keywords that the constructor does not have stand for the parameters that are still missing, in order. */
function withKnownNames(cls: ClassValue, args: CallArguments): CallArguments {
  const constructor = findMember(cls, cls.unit.semantics.constructorName)?.value;
  if (constructor?.kind !== 'function') return args;
  const parameters = constructor.definition.parameters.slice(1);
  if (parameters.some(({ kind }) => kind === 'varKeyword')) return args;
  const names = parameters.map(({ target }) => (target.kind === 'namePattern' ? target.id : ''));
  const missing = parameters.flatMap(({ defaultValue }, idx) => {
    const name = names[idx] ?? '';
    return defaultValue === null && idx >= args.positional.length && !args.keywords.has(name) ? [name] : [];
  });
  const keywords = new Map(
    [...args.keywords].map(
      ([name, value]) => [names.includes(name) ? name : (missing.shift() ?? name), value] as const,
    ),
  );
  return { ...args, keywords };
}
