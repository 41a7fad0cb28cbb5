/**
 * How the user says a model is built and fed: `--entry "Generator(100)"`, or a comment in the source,
 * `# slimwise: Generator(100) input=(1,100,1,1)`. The expression is evaluated in the file, so it may use
 * the file's own names; nothing runs. In a comment, a name without a call stands for the model as it is found.
 */
import type { Dim, Shape } from '../../core/graph/shape.ts';
import { findMember } from '../interpreter/attributes.ts';
import { evaluate } from '../interpreter/expressions.ts';
import { evaluateArguments } from '../interpreter/callExpressions.ts';
import { RaisedError } from '../interpreter/calls.ts';
import { moduleFrame } from '../interpreter/imports.ts';
import type { CallArguments } from '../interpreter/library.ts';
import { noArguments } from '../interpreter/library.ts';
import type { Machine, SourceUnit } from '../interpreter/machine.ts';
import { isExhausted } from '../interpreter/machine.ts';
import type { ClassValue } from '../interpreter/values.ts';
import type { Comment } from '../syntax/ast.ts';

export interface EntryRequest {
  readonly expression: string;
  readonly inputs: readonly Shape[] | null;
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

/** `Generator(100) input=(1,100,1,1) input=(1,10)`; null where it is no entry. */
export function parseEntry(text: string): EntryRequest | null {
  const inputs: Shape[] = [];
  const expression = text.replace(/\binputs?\s*=\s*[([]([^)\]]*)[)\]]/g, (_whole, dims: string) => {
    inputs.push(
      dims
        .split(',')
        .map((dim) => dim.trim())
        .filter(Boolean)
        .map(parseDim),
    );
    return '';
  });
  const trimmed = expression.trim().replace(/[,;]$/, '');
  if (!/^[A-Za-z_][\w.]*\s*(\(.*\))?$/s.test(trimmed)) return null;
  return { expression: trimmed, inputs: inputs.length === 0 ? null : inputs, isOnly: false };
}

/** What an entry names: `nets.Generator` of `nets.Generator(100)`. */
export function entryName(expression: string): string {
  return expression.replace(/\s*\(.*$/s, '');
}

function parseDim(text: string): Dim {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : '?';
}

/** The class and arguments that an expression constructs; null where it constructs no user class. */
export function constructEntry(
  machine: Machine,
  unit: SourceUnit,
  expression: string,
): { readonly cls: ClassValue; readonly args: CallArguments } | null {
  const [statement] = unit.semantics.parse(expression).body;
  if (statement?.kind !== 'expression') return null;
  const frame = moduleFrame(machine, unit);
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
