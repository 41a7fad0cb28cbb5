/**
 * `node --import=tsx bench/profileShares.ts FILE`: where a step's time goes, by kind of operator, from a profile
 * that `npm run bench:train -- --profile PREFIX` wrote (the largest file is the training step). Takes the least
 * time of every node over all steps, so that what else ran on the machine does not count.
 */
import { readFileSync } from 'node:fs';

interface ProfileEvent {
  readonly cat?: string;
  readonly name: string;
  readonly dur: number;
  readonly args?: { readonly op_name?: string; readonly node_index?: string };
}

const [, , file = ''] = process.argv;
const events = JSON.parse(readFileSync(file, 'utf8')) as readonly ProfileEvent[];
const least = new Map<string, { kind: string; ms: number }>();
for (const { cat, name, dur, args } of events) {
  if (cat !== 'Node' || !name.endsWith('_kernel_time')) continue;
  const key = `${args?.node_index ?? ''} ${name}`;
  const ms = Math.min(dur / 1000, least.get(key)?.ms ?? Infinity);
  least.set(key, { kind: args?.op_name ?? 'unknown', ms });
}
const kinds = new Map<string, { ms: number; nNodes: number }>();
let totalMs = 0;
for (const { kind, ms } of least.values()) {
  const sum = kinds.get(kind) ?? { ms: 0, nNodes: 0 };
  kinds.set(kind, { ms: sum.ms + ms, nNodes: sum.nNodes + 1 });
  totalMs += ms;
}
const nSteps = events.filter(({ name }) => name === 'model_run').length;
console.log(`${least.size} nodes, ${nSteps} steps, ${totalMs.toFixed(1)} ms of least times`);
for (const [kind, { ms, nNodes }] of [...kinds].sort((a, b) => b[1].ms - a[1].ms)) {
  const share = ((100 * ms) / totalMs).toFixed(1).padStart(5);
  console.log(`${kind.padEnd(20)} ${String(nNodes).padStart(5)} nodes ${ms.toFixed(2).padStart(9)} ms ${share} %`);
}
