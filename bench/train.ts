/**
 * `npm run bench:train`: seconds per DCGAN training step on our backend and on what a user could pick instead,
 * one process per peer, their steps interleaved in one run so that all see the same machine. Prints a table
 * and writes `bench/results/train.json`. A peer that is not there is null, and a figure says what made it.
 * Options: --size NAME (repeatable), --rounds N, --threads N, --profile PREFIX (ours only).
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { DcganSize } from './dcgan.ts';
import { gflopPerStep } from './dcganCost.ts';
import { fetchTensorflow, tensorflowIsThere } from './fetchTensorflow.ts';
import { median } from './median.ts';
import { talkTo, type Peer as AnyPeer } from './talkTo.ts';

interface Reply {
  readonly seconds?: number;
  readonly peakBytes?: number;
  readonly gflops?: number;
  readonly version?: string;
}

type Peer = AnyPeer<PeerName, 'step' | 'peak', Reply>;

type PeerName = 'onnxruntime' | 'tensorflow' | 'pytorch' | 'wasm';

const allPeers: readonly PeerName[] = ['onnxruntime', 'tensorflow', 'pytorch', 'wasm'];
const sizes: readonly DcganSize[] = [
  { name: 'dcgan64-b64', batch: 64, imageSize: 64, imageChannels: 3, width: 64, kernel: 5 },
  { name: 'sample32-b32', batch: 32, imageSize: 32, imageChannels: 1, width: 64, kernel: 4 },
  { name: 'dcgan64-b16-gf32', batch: 16, imageSize: 64, imageChannels: 3, width: 32, kernel: 5 },
];
/** A step of the large size would take tfjs-wasm minutes. */
const tooLargeForWasm: ReadonlySet<string> = new Set(['dcgan64-b64']);
/** The first compiles, and ONNX Runtime plans its memory by it before the second. */
const nWarmUpSteps = 2;

const { values: options } = parseArgs({
  options: {
    size: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '7' },
    threads: { type: 'string', default: String(availableParallelism()) },
    peer: { type: 'string', multiple: true },
    profile: { type: 'string' },
  },
});

const wanted = sizes.filter((size) => options.size === undefined || options.size.includes(size.name));
const results = [];
for (const size of wanted) results.push(await measure(size));

const folder = fileURLToPath(new URL('./results/', import.meta.url));
mkdirSync(folder, { recursive: true });
const machine = {
  cores: cpus().length,
  model: cpus()[0]?.model ?? 'unknown',
  memoryBytes: totalmem(),
  node: process.version,
  loadAverageBefore: loadavg()[0],
};
const output = { date: new Date().toISOString(), machine, threads: Number(options.threads), sizes: results };
writeFileSync(new URL('./results/train.json', import.meta.url), JSON.stringify(output, null, 2) + '\n');

async function measure(size: DcganSize) {
  const peers: Peer[] = [];
  for (const name of allPeers) {
    if (options.peer !== undefined && !options.peer.includes(name)) continue;
    if (name === 'wasm' && tooLargeForWasm.has(size.name)) continue;
    const peer = startPeer(name, size);
    if (peer !== null) peers.push(peer);
  }
  const seconds = new Map<PeerName, number[]>(peers.map((peer) => [peer.name, []]));
  const firstStep: Partial<Record<PeerName, number>> = {};
  const peakBytes: Partial<Record<PeerName, number>> = {};
  const versions: Partial<Record<PeerName, string>> = {};
  let matmulPeakGflops = 0;
  const nRounds = Number(options.rounds);
  for (let round = -nWarmUpSteps; round < nRounds; round++) {
    for (const peer of peers) {
      const reply = await peer.ask('step');
      if (round === -nWarmUpSteps) firstStep[peer.name] = reply.seconds;
      if (round >= 0) seconds.get(peer.name)?.push(reply.seconds ?? NaN);
      peakBytes[peer.name] = reply.peakBytes;
      versions[peer.name] = reply.version;
    }
    const [ours] = peers;
    if (ours?.name === 'onnxruntime') {
      matmulPeakGflops = Math.max(matmulPeakGflops, (await ours.ask('peak')).gflops ?? 0);
    }
  }
  for (const peer of peers) peer.end();
  const secondsPerStep = Object.fromEntries(
    allPeers.map((name) => [name, seconds.has(name) ? median(seconds.get(name) ?? []) : null]),
  ) as Record<PeerName, number | null>;
  const gflop = gflopPerStep(size);
  print(size, gflop, matmulPeakGflops, secondsPerStep, firstStep, peakBytes, versions);
  return {
    name: size.name,
    gflopPerStep: gflop,
    matmulPeakGflops,
    secondsPerStep,
    firstStepSeconds: firstStep,
    peakBytes,
    versions,
    rounds: nRounds,
  };
}

function startPeer(name: PeerName, size: DcganSize): Peer | null {
  const { batch, imageSize, imageChannels, width, kernel } = size;
  if (name === 'pytorch') {
    const python = '/usr/bin/python3';
    if (!succeeds(python, ['-c', 'import torch'])) return absent(name, "Debian's python3-torch is not installed");
    const script = fileURLToPath(new URL('./dcgan_torch.py', import.meta.url));
    const numbers = [batch, imageSize, imageChannels, width, kernel].map(String);
    return talkTo(name, spawn(python, [script, ...numbers, options.threads]));
  }
  if (name === 'tensorflow' && !tensorflowIsThere()) {
    try {
      fetchTensorflow();
    } catch (error) {
      return absent(name, error instanceof Error ? error.message : String(error));
    }
  }
  const script = fileURLToPath(new URL('./trainPeer.ts', import.meta.url));
  const profile = name === 'onnxruntime' && options.profile !== undefined ? [options.profile] : [];
  const args = ['--import=tsx', script, name, JSON.stringify(size), options.threads, ...profile];
  return talkTo(name, spawn(process.execPath, args));
}

function absent(name: PeerName, reason: string): null {
  console.log(`${name}: left out, ${reason}`);
  return null;
}

function succeeds(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function print(
  size: DcganSize,
  gflop: number,
  peak: number,
  seconds: Readonly<Record<PeerName, number | null>>,
  firstStep: Partial<Record<PeerName, number>>,
  peakBytes: Partial<Record<PeerName, number>>,
  versions: Partial<Record<PeerName, string>>,
): void {
  console.log(`\n${size.name}: ${gflop.toFixed(1)} GFLOP per step, matrix product peak ${peak.toFixed(0)} GFLOP/s`);
  console.log('peer          s/step   GFLOP/s  of peak  times ours  first step   peak MB  version');
  const ours = seconds.onnxruntime;
  for (const name of allPeers) {
    const perStep = seconds[name];
    if (perStep === null) continue;
    const rate = gflop / perStep;
    const cells = [
      name.padEnd(12),
      perStep.toFixed(3).padStart(8),
      rate.toFixed(1).padStart(9),
      `${((100 * rate) / peak).toFixed(0)} %`.padStart(8),
      (ours === null ? '' : (perStep / ours).toFixed(2)).padStart(11),
      `${(firstStep[name] ?? NaN).toFixed(2)} s`.padStart(11),
      ((peakBytes[name] ?? NaN) / 1e6).toFixed(0).padStart(9),
      `  ${name === 'tensorflow' ? `tfjs-node ${versions[name] ?? ''} on libtensorflow 1.15` : (versions[name] ?? '')}`,
    ];
    console.log(cells.join(' '));
  }
}
