/** The machine that a run is made on: in words for its report, and what of its memory is free. */
import os from 'node:os';
import process from 'node:process';
import type { ReportPlatform } from '../runs/report/reportData.ts';

export function thisPlatform(): ReportPlatform {
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.versions.node,
  };
}

/** Memory that a process may still take: of its container, where it has one. */
export function bytesFree(): number {
  const { availableMemory } = process as { readonly availableMemory?: () => number };
  return availableMemory?.() ?? os.freemem();
}
