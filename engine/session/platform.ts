/** The machine that a run is made on, in words for its report. */
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
