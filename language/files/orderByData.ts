/**
 * Operators in the order of their data. Formats demand that order of files, and most keep it; a file that does not
 * is sorted, and one that runs in a circle is refused. Linear in nodes and names.
 */
import { fault, quote } from './modelFault.ts';

export interface DataNode {
  readonly type: string;
  readonly name: string;
  /** Names of values; `''` is none. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** `known` are the names of inputs and weights. */
export function orderByData<T extends DataNode>(
  nodes: readonly T[],
  known: ReadonlyMap<string, unknown>,
): readonly T[] {
  const makers = new Map<string, number>();
  for (const [idx, { outputs }] of nodes.entries()) {
    for (const name of outputs) {
      if (name === '') continue;
      if (makers.has(name) || known.has(name)) fault(`the value ${quote(name)} is given twice`);
      makers.set(name, idx);
    }
  }
  const users = new Map<number, number[]>();
  const waiting = nodes.map(({ inputs, type }, idx) => {
    const from = new Set<number>();
    for (const name of inputs) {
      if (name === '' || known.has(name)) continue;
      from.add(makers.get(name) ?? fault(`${type} reads ${quote(name)}, which nothing gives`));
    }
    for (const maker of from) {
      const list = users.get(maker);
      if (list === undefined) users.set(maker, [idx]);
      else list.push(idx);
    }
    return from.size;
  });
  if (isOrdered(nodes, makers)) return nodes;
  const ordered: T[] = [];
  const ready = waiting.flatMap((count, idx) => (count === 0 ? [idx] : []));
  for (let at = 0; at < ready.length; at++) {
    const idx = ready[at] ?? 0;
    const node = nodes[idx];
    if (node !== undefined) ordered.push(node);
    for (const user of users.get(idx) ?? []) {
      const left = (waiting[user] ?? 0) - 1;
      waiting[user] = left;
      if (left === 0) ready.push(user);
    }
  }
  if (ordered.length < nodes.length) {
    const stuck = nodes[waiting.findIndex((count) => count > 0)];
    fault(`${stuck?.type ?? 'a node'} ${quote(stuck?.name || stuck?.outputs[0] || '')} needs its own output: a circle`);
  }
  return ordered;
}

function isOrdered(nodes: readonly DataNode[], makers: ReadonlyMap<string, number>): boolean {
  return nodes.every(({ inputs }, idx) => inputs.every((name) => (makers.get(name) ?? -1) < idx));
}
