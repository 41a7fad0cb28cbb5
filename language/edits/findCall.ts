/**
 * The call that builds a layer, found in the syntax tree by the place that the analysis reported, with the calls
 * around it. A tree is walked by its spans: a node without the place inside is not entered.
 */
import type { Argument, CallExpression, ClassParts, FunctionParts, SourceModule, Span } from '../syntax/ast.ts';
import type { LineMap } from '../syntax/lineMap.ts';

/** The calls whose span holds `span`, outermost first; the last one is at exactly that place, else null. */
export function callChain(module: SourceModule, span: Span): readonly CallExpression[] | null {
  const chain: CallExpression[] = [];
  visit(module.body, span, chain);
  const last = chain[chain.length - 1];
  return last !== undefined && last.start === span.start && last.end === span.end ? chain : null;
}

function visit(value: unknown, span: Span, chain: CallExpression[]): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, span, chain);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (isSpan(value) && 'kind' in value) {
    // Decorators stand before the definition that they belong to, so definitions are always entered.
    const isDefinition = /Definition$|^class$|^method$/.test(String(value.kind));
    if (!isDefinition && !(value.start <= span.start && span.end <= value.end)) return;
    if (value.kind === 'call') chain.push(value as unknown as CallExpression);
  }
  for (const inner of Object.values(value)) visit(inner, span, chain);
}

/** Calls that begin on a line, in the order of the text. */
export function callsOnLine(module: SourceModule, lines: LineMap, line: number): readonly CallExpression[] {
  const calls: CallExpression[] = [];
  eachNode(module.body, (node) => {
    if (node.kind === 'call' && lines.lineOf(node.start) === line) calls.push(node as unknown as CallExpression);
    return true;
  });
  return calls;
}

export interface EnclosingFunction {
  readonly definition: FunctionParts;
  /** The class that it is a method of; null: none. */
  readonly owner: string | null;
}

/** The functions around a place, innermost first. */
export function functionsAround(module: SourceModule, span: Span): readonly EnclosingFunction[] {
  const around: EnclosingFunction[] = [];
  const enter = (nodes: unknown, owner: string | null): void =>
    eachNode(nodes, (node) => {
      if (!(node.start <= span.start && span.end <= node.end)) return false;
      if (node.kind === 'classDefinition' || node.kind === 'class') {
        const definition = node['definition'] as ClassParts;
        enter(definition.body, definition.name);
        return false;
      }
      if (node.kind === 'functionDefinition' || node.kind === 'method' || node.kind === 'lambda') {
        const definition = node['definition'] as FunctionParts;
        around.unshift({ definition, owner });
        enter(definition.body, null);
        return false;
      }
      return true;
    });
  enter(module.body, null);
  return around;
}

type SyntaxNode = Span & { readonly kind: string; readonly [key: string]: unknown };

/** Every node below, while `enter` says so. */
function eachNode(value: unknown, enter: (node: SyntaxNode) => boolean): void {
  if (Array.isArray(value)) {
    for (const item of value) eachNode(item, enter);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (isSpan(value) && 'kind' in value && !enter(value as unknown as SyntaxNode)) return;
  for (const inner of Object.values(value)) eachNode(inner, enter);
}

function isSpan(value: object): value is Span {
  return 'start' in value && 'end' in value && typeof value.start === 'number' && typeof value.end === 'number';
}

/** The name that a call calls, without its module: `binarize` of `slimwise_layers.binarize(…)`. */
export function calledName({ callee }: CallExpression): string | null {
  if (callee.kind === 'name') return callee.id;
  return callee.kind === 'member' ? callee.property : null;
}

/** The argument of a name, or at a position; null where it is not written, `'hidden'` where a spread may hold it. */
export function argumentOf(call: CallExpression, name: string, position: number): Argument | null | 'hidden' {
  const byName = call.args.find((arg) => arg.kind === 'keyword' && arg.name === name);
  if (byName !== undefined) return byName;
  const before = call.args.slice(0, position + 1);
  if (call.args.some(({ kind }) => kind === 'keywordSpread') || before.some(({ kind }) => kind === 'spread'))
    return 'hidden';
  const own = before[position];
  return own?.kind === 'positional' ? own : null;
}
