/** Comparing reported layers with the truth: by name where names are stable, else by line and type in order. */
import type { LayerReport, ModelReport } from '../core/report/analyzeReport.ts';
import type { ToldInput } from '../language/models/toldInput.ts';

export interface TruthFile {
  readonly repo: string;
  readonly path: string;
  readonly framework: 'pytorch' | 'keras' | 'tfjs';
  readonly entries: readonly TruthEntry[];
}

export interface TruthEntry {
  readonly class: string;
  readonly ctor: string;
  /** Shapes, and plain values beside them. */
  readonly inputs?: readonly ToldInput[];
  readonly layers: readonly TruthLayer[];
}

export interface TruthLayer {
  readonly name: string;
  readonly type: string;
  readonly params: number;
  readonly nonTrainable?: number;
  readonly inputShape: readonly unknown[] | null;
  readonly outputShape: readonly unknown[] | null;
  readonly macs: number | null;
  readonly site: { readonly file: string; readonly line: number } | null;
  readonly unused?: boolean;
}

export interface Tally {
  layers: number;
  right: number;
  unknown: number;
  missing: number;
  wrong: number;
  extra: number;
  /** Right in type, line and parameters, whatever is known of the shapes. */
  exactParams: number;
}

export function emptyTally(): Tally {
  return { layers: 0, right: 0, unknown: 0, missing: 0, wrong: 0, extra: 0, exactParams: 0 };
}

export function addTally(total: Tally, tally: Tally): void {
  for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += tally[key];
}

/** The best of the reported models is taken for the entry. */
export function scoreEntry(
  facts: TruthFile,
  entry: TruthEntry,
  models: readonly ModelReport[],
  isVerbose: boolean,
): Tally {
  let best: { tally: Tally; notes: string[] } | null = null;
  const named = models.filter(({ name }) => name === entry.class);
  for (const model of named.length > 0 ? named : models) {
    const scored = scoreModel(facts, entry, model);
    const value = ({ right, unknown, wrong }: Tally): number => right * 3 + unknown - wrong;
    if (best === null || value(scored.tally) > value(best.tally)) best = scored;
  }
  if (best === null) {
    const layers = entry.layers.length;
    best = { tally: { ...emptyTally(), layers, missing: layers }, notes: [`no model for ${entry.class}`] };
  }
  if (isVerbose) for (const note of best.notes.slice(0, 12)) console.log(`      ${entry.class}: ${note}`);
  return best.tally;
}

function scoreModel(facts: TruthFile, entry: TruthEntry, model: ModelReport): { tally: Tally; notes: string[] } {
  const tally = { ...emptyTally(), layers: entry.layers.length };
  const notes: string[] = [];
  const free = new Set(model.layers);
  for (const layer of entry.layers) {
    const row = take(facts, layer, free);
    if (row === undefined) {
      tally.missing++;
      notes.push(`missing ${layer.name} ${layer.type} line ${layer.site?.line ?? '-'}`);
      continue;
    }
    const { verdict, why } = compare(facts, layer, row);
    tally[verdict]++;
    if (verdict !== 'wrong' && row.params !== null) tally.exactParams++;
    if (verdict !== 'right')
      notes.push(`${verdict} ${layer.name} ${layer.type} line ${layer.site?.line ?? '-'}: ${why}`);
  }
  tally.extra = free.size;
  for (const row of free) notes.push(`extra ${row.name} ${row.type} line ${row.line}`);
  return { tally, notes };
}

function take(facts: TruthFile, layer: TruthLayer, free: Set<LayerReport>): LayerReport | undefined {
  const candidates = [...free].filter((row) =>
    facts.framework === 'pytorch'
      ? row.name === layer.name
      : sameType(layer.type, row) && (layer.site === null || row.line === layer.site.line),
  );
  // Rows without a place are told apart by what they are: two inputs of a model.
  const isPlaceless = layer.site === null && candidates.length > 1;
  const found = isPlaceless
    ? (candidates.find((row) => compare(facts, layer, row).verdict === 'right') ?? candidates[0])
    : candidates[0];
  if (found !== undefined) free.delete(found);
  return found;
}

function sameType(type: string, row: LayerReport): boolean {
  return row.type === type || type === `op:${row.type}` || type === `op:${row.op}`;
}

function compare(
  facts: TruthFile,
  layer: TruthLayer,
  row: LayerReport,
): { verdict: 'right' | 'unknown' | 'wrong'; why: string } {
  if (!sameType(layer.type, row)) return { verdict: 'wrong', why: `type ${row.type}` };
  if (layer.site !== null && row.line !== layer.site.line) return { verdict: 'wrong', why: `line ${row.line}` };
  // The truth counts frozen weights, and of PyTorch no running statistics.
  const isCounted = facts.framework !== 'pytorch' || !/Norm/.test(row.type);
  const params = row.params === null ? null : row.params + (isCounted ? row.nonTrainable : 0);
  const isRun = layer.unused !== true && layer.outputShape !== null;
  const pairs: [string, unknown, unknown][] = [
    ['params', params, layer.params],
    ...(isRun
      ? ([
          ['macs', row.macs, layer.macs ?? 0],
          ...(layer.type === 'InputLayer' || layer.inputShape?.length === 0
            ? []
            : [['input', inputOf(layer, row), layer.inputShape] as const]),
          ['output', row.outputShape, layer.outputShape],
        ] as [string, unknown, unknown][])
      : []),
  ];
  let unknown: string | null = null;
  for (const [name, ours, theirs] of pairs) {
    const relation = relate(ours, theirs);
    if (relation === 'different')
      return { verdict: 'wrong', why: `${name} ${JSON.stringify(ours)} is ${JSON.stringify(theirs)}` };
    if (relation === 'unknown') unknown ??= `${name} ${JSON.stringify(ours)} (${row.unknown ?? 'no reason'})`;
  }
  return unknown === null ? { verdict: 'right', why: '' } : { verdict: 'unknown', why: unknown };
}

function inputOf(layer: TruthLayer, row: LayerReport): unknown {
  const isSeveral = Array.isArray(layer.inputShape?.[0]);
  return isSeveral ? row.inputShapes : (row.inputShapes?.[0] ?? null);
}

function relate(ours: unknown, theirs: unknown): 'same' | 'unknown' | 'different' {
  if (ours === null || ours === undefined || ours === '?') return 'unknown';
  if (Array.isArray(ours) && Array.isArray(theirs)) {
    if (ours.length !== theirs.length) return 'different';
    const relations = ours.map((item, idx) => relate(item, theirs[idx]));
    return relations.includes('different') ? 'different' : relations.includes('unknown') ? 'unknown' : 'same';
  }
  return ours === theirs ? 'same' : 'different';
}
