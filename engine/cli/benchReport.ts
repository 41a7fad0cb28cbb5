/** What `slimwise bench-model` found, as lines for people and as JSON for programs. */
import { cpus } from 'node:os';
import type { DeviceProfile } from '../../core/devices.ts';
import { formatBytes } from '../../core/format/numbers.ts';
import type { PackedGenerator } from '../kernels/packedGenerator.ts';
import type { Request, Timing } from './benchModelCommand.ts';
import { memoryLines, type ModelMemory } from './modelMemory.ts';
import { renderTable } from './renderTable.ts';

export interface BenchFindings {
  readonly generator: PackedGenerator;
  readonly request: Request;
  readonly timings: readonly Timing[];
  readonly memory: ModelMemory | null;
  readonly verdict: BudgetVerdict | null;
}

export interface BudgetVerdict {
  readonly device: DeviceProfile;
  readonly fileBytes: number;
  readonly fits: boolean;
}

/** The whole file against the device's budget: that is what has to be shipped and held. */
export function budgetVerdict(device: DeviceProfile, fileBytes: number): BudgetVerdict {
  return { device, fileBytes, fits: fileBytes <= device.budgetBytes };
}

export function benchJson({ generator, request, timings, memory, verdict }: BenchFindings, fileBytes: number): unknown {
  const { layers, image } = generator;
  const cpu = cpuName();
  return {
    version: 1,
    cpu,
    batch: request.batch,
    fileBytes,
    ...generator.memory(),
    timings,
    image,
    layers,
    memory,
    budget: verdict && { device: verdict.device.id, bytes: verdict.device.budgetBytes, fits: verdict.fits },
  };
}

export function benchLines({ generator, request, timings, memory, verdict }: BenchFindings, file: string): string[] {
  const { height, width, channels } = generator.image;
  const rows = timings.map(({ precision, medianMs, bestMs }) => [
    precision,
    medianMs.toFixed(3),
    bestMs.toFixed(3),
    ((1000 * request.batch) / medianMs).toFixed(0),
  ]);
  const columns = ['median ms', 'best ms', 'images/s'].map((title) => ({ title, align: 'right' }) as const);
  return [
    `${file}: ${generator.name}, ${width}×${height}×${channels}, batch ${request.batch}, one thread of ${cpuName()}`,
    '',
    ...renderTable([{ title: 'tables', align: 'left' }, ...columns], rows),
    ...(memory === null ? [] : ['', ...memoryLines(memory)]),
    ...(verdict === null ? [] : ['', verdictLine(verdict)]),
  ];
}

function verdictLine({ device, fileBytes, fits }: BudgetVerdict): string {
  const sizes = `${formatBytes(fileBytes)} of ${formatBytes(device.budgetBytes)}`;
  return `${device.label}: ${fits ? 'it fits' : 'it does not fit'}, ${sizes}.`;
}

function cpuName(): string {
  return cpus()[0]?.model ?? 'unknown processor';
}
