/**
 * Wraps the call that builds a layer: `nn.Conv2d(3, 64, 4)` becomes `binarize(nn.Conv2d(3, 64, 4))`, so arguments,
 * comments and formatting stay as they are. A wrapper for bits goes around any rewrite and replaces another one for
 * bits; a rewrite goes inside. Full precision takes the wrapper for bits away.
 */
import type { WeightBits } from '../../core/cost/weightBits.ts';
import type { Site } from '../../core/graph/modelGraph.ts';
import type { Rewrite } from '../../core/rewrite/rewriteLayer.ts';
import { moduleName, wrapperNamed, wrapperNames, type WrapperKind } from '../frameworks/slimwise/wrappers.ts';
import type { CallExpression, SourceModule, Span } from '../syntax/ast.ts';
import { createLineMap } from '../syntax/lineMap.ts';
import { callChain } from './findCall.ts';
import { importWrapper, type ImportPlace } from './importWrapper.ts';
import type { TextEdit } from './textEdit.ts';

/** A wrapper and what it is given after the layer. */
interface Wrapper {
  readonly kind: WrapperKind;
  readonly argument: number | null;
}

type Wrapped = { readonly edits: readonly TextEdit[] } | { readonly refused: string };

/** What is put around one layer; null: nothing of that kind. */
export interface LayerWrapping {
  readonly rewrite: Rewrite | null;
  readonly bits: WeightBits | null;
}

export function wrapLayer(place: ImportPlace, site: Site, { rewrite, bits }: LayerWrapping): Wrapped {
  const found = wrappersAt(place, site);
  if (typeof found === 'string') return { refused: found };
  const { call, around } = found;
  const own = around.find(({ kind }) => isForBits(kind));
  if (rewrite !== null && around.some(({ kind }) => !isForBits(kind)))
    return { refused: 'other layers stand in its place already' };
  if (rewrite !== null && place.module.language === 'python' && saysModelInput(call))
    return { refused: 'it says the input of its model (input_shape=…): put a keras.Input(shape=…) before it first' };
  const inside = rewrite === null ? null : { kind: rewrite.kind, argument: rankOf(rewrite) };
  if (bits === null) return inside === null ? { edits: [] } : wrap(place, call, [inside]);
  if (bits === 16) return { refused: '16-bit weights are a matter of the stored file, not of the source' };
  if (bits === 32 && own === undefined && inside === null) return { refused: 'it is at full precision already' };
  const outside = bits === 32 ? null : wrapperForBits(bits);
  // New wrappers around one expression are one insertion before it and one behind.
  if (own === undefined) {
    const span = inside === null ? (around[around.length - 1]?.call ?? call) : call;
    return wrap(place, span, [inside, outside].filter(isWrapper));
  }
  const changed = outside === null ? unwrap(place, own) : replaceWrapper(place, own, outside);
  if ('refused' in changed || inside === null) return changed;
  const replaced = wrap(place, call, [inside]);
  return 'refused' in replaced ? replaced : { edits: [...changed.edits, ...replaced.edits] };
}

/** Keras' first layers may; a layer of ours in their place has no such argument. */
function saysModelInput({ args }: CallExpression): boolean {
  return args.some(({ name }) => /^(batch_)?input_(shape|dim)$/.test(name ?? ''));
}

function isWrapper(wrapper: Wrapper | null): wrapper is Wrapper {
  return wrapper !== null;
}

function rankOf(rewrite: Rewrite): number | null {
  return rewrite.kind === 'lowRank' ? rewrite.rank : null;
}

function wrapperForBits(bits: Exclude<WeightBits, 16 | 32>): Wrapper {
  if (bits === 1) return { kind: 'binarize', argument: null };
  return bits === 'ternary' ? { kind: 'ternarize', argument: null } : { kind: 'quantize', argument: bits };
}

function isForBits(kind: WrapperKind): boolean {
  return kind === 'binarize' || kind === 'ternarize' || kind === 'quantize';
}

interface FoundWrapper {
  readonly kind: WrapperKind;
  readonly call: CallExpression;
  /** The wrapped expression. */
  readonly inner: Span;
}

/** The call at the site and the wrappers around it, innermost first; or why it cannot be found. */
function wrappersAt(
  { text, module }: ImportPlace,
  site: Site,
): { readonly call: CallExpression; readonly around: readonly FoundWrapper[] } | string {
  const lines = createLineMap(text);
  const span = {
    start: lines.offsetOf(site.line) + site.column,
    end: lines.offsetOf(site.endLine) + site.endColumn,
  };
  const chain = callChain(module, span);
  const call = chain?.[chain.length - 1];
  if (chain === null || call === undefined) return 'it is not built by a call of its own in the source';
  const names = importedWrappers(module);
  const around: FoundWrapper[] = [];
  let inner: Span = call;
  for (const outer of chain.slice(0, -1).reverse()) {
    const [first] = outer.args;
    const kind = outer.callee.kind === 'name' ? names.get(outer.callee.id) : undefined;
    if (kind === undefined || first?.value.start !== inner.start || first.value.end !== inner.end) break;
    around.push({ kind, call: outer, inner });
    inner = outer;
  }
  return { call, around };
}

/** What the source calls the wrappers that it imports. */
function importedWrappers(module: SourceModule): ReadonlyMap<string, WrapperKind> {
  const names = new Map<string, WrapperKind>();
  for (const statement of module.body) {
    if (statement.kind !== 'fromImport' || !statement.path.includes(moduleName)) continue;
    for (const { name, alias } of statement.names) {
      const kind = wrapperNamed(name);
      if (kind !== null) names.set(alias ?? name, kind);
    }
  }
  return names;
}

/** `wrappers` from the inside out. */
function wrap(place: ImportPlace, span: Span, wrappers: readonly Wrapper[]): Wrapped {
  const { file } = place;
  const edits: TextEdit[] = [];
  let [before, behind] = ['', ''];
  for (const wrapper of wrappers) {
    const imported = importWrapper(place, wrapperNames[wrapper.kind][place.module.language]);
    if (typeof imported === 'string') return { refused: imported };
    edits.push(...imported.edits);
    before = `${imported.name}(${before}`;
    behind += suffixOf(wrapper);
  }
  edits.push({ file, start: span.start, end: span.start, text: before });
  edits.push({ file, start: span.end, end: span.end, text: behind });
  return { edits };
}

function replaceWrapper(place: ImportPlace, found: FoundWrapper, wrapper: Wrapper): Wrapped {
  const around = surroundings(place, found);
  if (around === null) return { refused: 'a comment stands between the wrapper and its layer' };
  const imported = importWrapper(place, wrapperNames[wrapper.kind][place.module.language]);
  if (typeof imported === 'string') return { refused: imported };
  const { file } = place;
  const { call, inner } = found;
  return {
    edits: [
      ...imported.edits,
      { file, start: call.callee.start, end: call.callee.end, text: imported.name },
      { file, start: inner.end, end: call.end, text: suffixOf(wrapper) },
    ],
  };
}

/** The import stays: other layers may use it, and an import that nobody uses does no harm. */
function unwrap(place: ImportPlace, found: FoundWrapper): Wrapped {
  if (surroundings(place, found) === null) return { refused: 'a comment stands between the wrapper and its layer' };
  const { file } = place;
  const { call, inner } = found;
  return {
    edits: [
      { file, start: call.start, end: inner.start, text: '' },
      { file, start: inner.end, end: call.end, text: '' },
    ],
  };
}

/** What stands before and behind the wrapped expression; null where that holds a comment. */
function surroundings({ text }: ImportPlace, { call, inner }: FoundWrapper): readonly [string, string] | null {
  const before = text.slice(call.start, inner.start);
  const behind = text.slice(inner.end, call.end);
  return /#|\/\/|\/\*/.test(before + behind) ? null : [before, behind];
}

function suffixOf({ argument }: Wrapper): string {
  return argument === null ? ')' : `, ${argument})`;
}
