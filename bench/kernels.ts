/**
 * `npm run bench:kernels`: milliseconds of the bit kernels and of what a user could run instead, one process per
 * peer, interleaved in one run so that all see the same machine. With all threads, batches of ours are drawn by a
 * pool of generators. Prints a table and writes `bench/results/kernels.json`. A peer that is not there is null.
 * Outputs are compared before anything is timed.
 * Options: --case NAME and --peer NAME (repeatable), --rounds N, --threads 1|all.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fetchTensorflow, tensorflowIsThere } from './fetchTensorflow.ts';
import { kernelFloors, measureMachine } from './kernelsFloor.ts';
import { caseName, type KernelCase } from './kernelsModel.ts';
import { median } from './median.ts';
import { talkTo, type Peer as AnyPeer } from './talkTo.ts';

const peers = ['packed-fp32', 'packed-int16', 'wasm-fp32', 'ort-native', 'ort-web', 'tfjs-wasm', 'tensorflow'] as const;
type PeerName = (typeof peers)[number];

interface Reply {
  readonly ms?: readonly number[];
  readonly count?: number;
  readonly sum?: number;
  readonly squares?: number;
  readonly version?: string;
}

type Peer = AnyPeer<PeerName, 'run' | 'sums', Reply>;

/** Sum of squares, by which outputs are compared: fp32 peers differ in the order of additions, int8 in 8 bits. */
const tolerance: Readonly<Record<PeerName, number>> = {
  'packed-fp32': 1e-3,
  'packed-int16': 0.05,
  'wasm-fp32': 1e-3,
  'ort-native': 1e-3,
  'ort-web': 1e-3,
  'tfjs-wasm': 1e-3,
  // Its images are shifted by a pixel (kernelsPeer.ts), which changes what is cropped.
  tensorflow: 0.2,
};
/** A peer that takes this long per round, in milliseconds, is timed in so many of them. */
const fewRounds: readonly (readonly [ms: number, rounds: number])[] = [
  [2000, 1],
  [200, 3],
];
/** Those whose time depends on the number of threads; the others are asked for one thread only. */
const threaded: ReadonlySet<PeerName> = new Set(['packed-fp32', 'packed-int16', 'ort-native', 'ort-web', 'tensorflow']);

const { values: options } = parseArgs({
  options: {
    case: { type: 'string', multiple: true },
    peer: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '8' },
    threads: { type: 'string' },
  },
});

const cases: readonly KernelCase[] = [512, 1024].flatMap((width) =>
  [1, 8].flatMap((batch) => (['layers', 'generator'] as const).map((part) => ({ width, batch, part }))),
);
const threadCounts = [...new Set([1, availableParallelism()])].filter(
  (n) =>
    options.threads === undefined ||
    n === (options.threads === 'all' ? availableParallelism() : Number(options.threads)),
);
const loadBefore = loadavg()[0];
const measured = measureMachine();
console.log(
  `clock ${measured.clockGhz.toFixed(2)} GHz, copies ${measured.copyGbps.toFixed(1)} GB/s, load ${loadBefore?.toFixed(2)}`,
);
const rows = [];
for (const threads of threadCounts) {
  for (const kernelCase of cases) {
    if (options.case !== undefined && !options.case.includes(caseName(kernelCase))) continue;
    rows.push(await measure(kernelCase, threads));
  }
}
mkdirSync(fileURLToPath(new URL('./results/', import.meta.url)), { recursive: true });
const machine = {
  cores: cpus().length,
  model: cpus()[0]?.model ?? 'unknown',
  memoryBytes: totalmem(),
  node: process.version,
  loadAverageBefore: loadBefore,
  ...measured,
};
const output = { date: new Date().toISOString(), machine, rows };
writeFileSync(new URL('./results/kernels.json', import.meta.url), JSON.stringify(output, null, 2) + '\n');

async function measure(kernelCase: KernelCase, threads: number) {
  const name = caseName(kernelCase);
  const running: Peer[] = [];
  const versions: Partial<Record<PeerName, string>> = {};
  let reference: Reply | null = null;
  for (const peer of peers) {
    if (options.peer !== undefined && !options.peer.includes(peer)) continue;
    if (threads > 1 && !usesThreads(peer, kernelCase)) continue;
    try {
      if (peer === 'tensorflow' && !tensorflowIsThere()) fetchTensorflow();
      const started = startPeer(peer, kernelCase, threads);
      const sums = await started.ask('sums');
      reference ??= sums;
      compare(peer, sums, reference);
      versions[peer] = sums.version;
      running.push(started);
    } catch (error) {
      console.log(
        `${name}: ${peer} is left out, ${error instanceof Error ? error.message.slice(0, 300) : String(error)}`,
      );
    }
  }
  const times = new Map<PeerName, number[]>(running.map((peer) => [peer.name, []]));
  const nRounds = Number(options.rounds);
  for (let round = 0; round < nRounds; round++) {
    for (const peer of running) {
      const known = times.get(peer.name) ?? [];
      const few = fewRounds.find(([slow]) => (known[0] ?? 0) > slow);
      if (few && round >= few[1]) continue;
      known.push(...((await peer.ask('run')).ms ?? []));
    }
  }
  for (const peer of running) peer.end();
  const summary = (pick: (ms: readonly number[]) => number) =>
    Object.fromEntries(peers.map((peer) => [peer, times.has(peer) ? pick(times.get(peer) ?? []) : null])) as Record<
      PeerName,
      number | null
    >;
  const ms = summary(median);
  const best = summary((values) => Math.min(...values));
  const floors = kernelFloors(kernelCase, measured);
  print(name, threads, ms, best, floors);
  return { case: name, threads, ms, bestMs: best, ...floors, versions };
}

/** Our kernels alone run on one thread; a pool of generators draws several images at once. */
function usesThreads(peer: PeerName, { part, batch }: KernelCase): boolean {
  if (!threaded.has(peer)) return false;
  return !peer.startsWith('packed') || (part === 'generator' && batch > 1);
}

/** Throws where a peer computes something else than the first. */
function compare(peer: PeerName, sums: Reply, reference: Reply): void {
  const off = Math.abs((sums.squares ?? NaN) / (reference.squares ?? NaN) - 1);
  if (sums.count !== reference.count || !(off < tolerance[peer])) {
    throw new Error(`its outputs differ (${JSON.stringify(sums)}, not ${JSON.stringify(reference)})`);
  }
}

function startPeer(name: PeerName, kernelCase: KernelCase, threads: number): Peer {
  const script = fileURLToPath(new URL('./kernelsPeer.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import=tsx', script, name, JSON.stringify(kernelCase), String(threads)]);
  return talkTo(name, child);
}

function print(
  name: string,
  threads: number,
  ms: Readonly<Record<PeerName, number | null>>,
  best: Readonly<Record<PeerName, number | null>>,
  { floorMs, floorInt16Ms }: { readonly floorMs: number; readonly floorInt16Ms: number },
): void {
  console.log(
    `\n${name}, ${threads} thread${threads === 1 ? '' : 's'}; one thread's floor ${floorMs.toFixed(3)} ms, int16 ${floorInt16Ms.toFixed(3)} ms`,
  );
  console.log('peer            median ms     best ms  packed-fp32 is  packed-int16 is');
  for (const peer of peers) {
    const [middle, least] = [ms[peer], best[peer]];
    if (middle === null || least === null) continue;
    const times = (ours: number | null) => (ours === null ? '' : `${(middle / ours).toFixed(2)}×`);
    console.log(
      `${peer.padEnd(14)} ${middle.toFixed(3).padStart(10)} ${least.toFixed(3).padStart(11)} ${times(ms['packed-fp32']).padStart(15)} ${times(ms['packed-int16']).padStart(16)}`,
    );
  }
}
