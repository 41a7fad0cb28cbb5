/**
 * Layers that several models list, each once: a combined model holds the layers of its generator, at times
 * under other names, and a class can be built in two ways. Two rows are the same layer where they were built
 * by the same calls and come to the same; within one model every row is a layer of its own.
 */
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import type { ModelRow } from '../report/modelRow.ts';

export interface OwnedRow extends ModelRow {
  /** The model that lists it. */
  readonly graph: ModelGraph;
}

export function distinctRows<Row extends OwnedRow>(rows: readonly Row[]): readonly Row[] {
  if (rows.every(({ graph }) => graph === rows[0]?.graph)) return rows;
  const nKept = new Map<string, number>();
  const nOfModel = new Map<ModelGraph, Map<string, number>>();
  return rows.filter(({ graph, row }) => {
    const key = identityOf(row);
    const counts = nOfModel.get(graph) ?? new Map<string, number>();
    nOfModel.set(graph, counts);
    const nHere = (counts.get(key) ?? 0) + 1;
    counts.set(key, nHere);
    if (nHere <= (nKept.get(key) ?? 0)) return false;
    nKept.set(key, nHere);
    return true;
  });
}

function identityOf({ type, file, line, column, stack, params, outputShape }: ModelRow['row']): string {
  const calls = stack.map((frame) => `${frame.file}:${frame.line}`).join(' ');
  return `${type} ${file}:${line}:${column} ${calls} ${String(params)} ${String(outputShape)}`;
}
