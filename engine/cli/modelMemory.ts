/**
 * The memory of a packed model beside what it should take and beside fp32: eq. (3), tensors and file on disk, weights
 * in memory and what a run needs beside them. The packed model and the same weights as floats are each opened in a
 * fresh process by the same runtime, so the two columns differ in their coding and in nothing else.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { formatBytes, formatRatio } from '../../core/format/numbers.ts';
import { peakActivation } from '../../core/memory/peakActivation.ts';
import { success, type Result } from '../../core/result.ts';
import { packedAccount, type PackedAccount } from '../formats/packedAccount.ts';
import { weightValues, writePacked, type PackedModel } from '../formats/packedModel.ts';
import { measureMemory, type MemoryReading, type ProbeRunner } from './memoryProbe.ts';
import { renderTable } from './renderTable.ts';

export interface ModelMemory {
  readonly account: PackedAccount;
  readonly fileBytes: number;
  /** By the network's shapes, before anything is run. */
  readonly predictedPeakBytes: number;
  readonly packed: MemoryReading;
  readonly fp32: MemoryReading;
}

export interface MemoryRequest {
  readonly runner: ProbeRunner;
  readonly model: string;
  readonly packed: PackedModel;
  readonly fileBytes: number;
}

export async function measureModelMemory(request: MemoryRequest): Promise<Result<ModelMemory>> {
  const { runner, model, packed, fileBytes } = request;
  const coded = await measureMemory(runner, model);
  if (!coded.ok) return coded;
  const plain = await withFloatFile(packed, (file) => measureMemory(runner, file));
  if (!plain.ok) return plain;
  return success({
    account: packedAccount(packed),
    fileBytes,
    predictedPeakBytes: peakActivation(packed.graph).bytes,
    packed: coded.value,
    fp32: plain.value,
  });
}

/** The same weights written out as floats, in a file that is gone afterwards. */
async function withFloatFile<T>(packed: PackedModel, use: (file: string) => Promise<T>): Promise<T> {
  const weights = [...packed.weights].map(
    ([name, weight]) => [name, { kind: 'float', shape: weight.shape, values: weightValues(weight) }] as const,
  );
  const folder = await mkdtemp(path.join(tmpdir(), 'slimwise-fp32-'));
  try {
    const file = path.join(folder, 'model.fp32.safetensors');
    await writeFile(file, writePacked({ ...packed, weights: new Map(weights) }));
    return await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A fresh process of this command line; from source where it is not built. */
export function thisCommandLine(): ProbeRunner {
  const own = fileURLToPath(import.meta.url);
  if (own.endsWith('.ts')) {
    const probe = fileURLToPath(new URL('memoryProbe.ts', import.meta.url));
    return { command: process.execPath, args: ['--import', 'tsx', probe] };
  }
  const entry = process.argv[1] ?? own;
  return { command: process.execPath, args: [entry, 'bench-model', '--probe'] };
}

export function memoryLines({ account, fileBytes, predictedPeakBytes, packed, fp32 }: ModelMemory): string[] {
  const row = (name: string, small: number, full: number): string[] => [
    name,
    formatBytes(small),
    formatBytes(full),
    formatRatio(full / small),
  ];
  const { eq3Bytes, scaleBytes, tensorBytes, fp32Bytes, nCoded, nWeights } = account;
  const metadata = fileBytes - tensorBytes;
  const grew = ({ rssBytes: [empty, , drawn] }: MemoryReading): number => drawn - empty;
  const table = renderTable(
    [
      { title: 'memory', align: 'left' },
      { title: 'packed', align: 'right' },
      { title: 'fp32', align: 'right' },
      { title: 'smaller', align: 'right' },
    ],
    [
      row('eq. (3): weights by their bits', eq3Bytes, fp32Bytes),
      row('  with one scale per channel', eq3Bytes + scaleBytes, fp32Bytes),
      row('tensors on disk', tensorBytes, fp32Bytes),
      row('whole file', fileBytes, fp32Bytes + metadata),
      row('weights in memory', packed.residentBytes, fp32.residentBytes),
      row('values between layers, peak', packed.peakActivationBytes, fp32.peakActivationBytes),
      row('values, tables and planes, peak', packed.peakRunBytes, fp32.peakRunBytes),
      row('growth of the process, file included', grew(packed), grew(fp32)),
    ],
  );
  return [
    ...table,
    '',
    `${nCoded.toLocaleString('en')} of ${nWeights.toLocaleString('en')} weights are coded; the file holds ${formatBytes(metadata)} of network and plan.`,
    `Weights in memory are ${share(packed.residentBytes, tensorBytes)} of the tensors on disk; these are ${share(tensorBytes, eq3Bytes + scaleBytes)} of eq. (3) with scales.`,
    `Values between layers were expected to take ${formatBytes(predictedPeakBytes)}. Each column is a fresh process; one image at a time.`,
  ];
}

function share(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}
