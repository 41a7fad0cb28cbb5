/**
 * What a model takes in memory, read in a process that does nothing else: the kernels' own count of weights and
 * values, and how much the process grew when it opened the model and drew from it. The growth is the operating
 * system's figure: it comes in pages and holds compiled code, so it is shown beside the count and judged by nobody.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Problem } from '../../core/problem.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { openPackedGenerator, type PackedGenerator } from '../kernels/packedGenerator.ts';
import { latentValues } from '../train/latents.ts';
import { probeFailed } from './problems.ts';

export interface MemoryReading {
  readonly residentBytes: number;
  readonly peakActivationBytes: number;
  readonly peakRunBytes: number;
  /** Resident set of the process: before the file is read, with the model open, and after drawing. */
  readonly rssBytes: readonly [empty: number, opened: number, drawn: number];
}

/** How to start a process that ends in `probe(args)`. */
export interface ProbeRunner {
  readonly command: string;
  readonly args: readonly string[];
}

/** Reads the memory of a model file in a fresh process. */
export function measureMemory(runner: ProbeRunner, model: string): Promise<Result<MemoryReading>> {
  return new Promise((resolve) => {
    execFile(runner.command, [...runner.args, model], { maxBuffer: 1 << 20 }, (error, stdout, stderr) => {
      const reading = error === null ? parseReading(stdout) : null;
      const lastWords = stderr.trim().slice(-300) || 'it said nothing';
      resolve(reading === null ? failure(probeFailed(lastWords)) : success(reading));
    });
  });
}

/** In the fresh process: the reading. */
export async function probe(model: string): Promise<Result<MemoryReading>> {
  const empty = process.memoryUsage.rss();
  const opened = await openPackedGenerator(new Uint8Array(await readFile(model)));
  if (!opened.ok) return opened;
  const loaded = process.memoryUsage.rss();
  draw(opened.value);
  return success({ ...opened.value.memory(), rssBytes: [empty, loaded, process.memoryUsage.rss()] });
}

function draw(generator: PackedGenerator): void {
  const shape = [1, generator.latentSize];
  generator.generate(latentValues({ distribution: 'normal', shape, count: 1, seed: 1, step: 0, purpose: 'bench' }));
}

function parseReading(text: string): MemoryReading | null {
  try {
    const reading = JSON.parse(text) as Partial<MemoryReading>;
    return typeof reading.residentBytes === 'number' ? (reading as MemoryReading) : null;
  } catch {
    return null;
  }
}

/** Prints the reading, or the problem. */
export async function runProbe(
  [model = '']: readonly string[],
  out: (text: string) => void,
  err: (problem: Problem) => void,
): Promise<0 | 2> {
  const reading = await probe(model);
  if (!reading.ok) {
    err(reading.problem);
    return 2;
  }
  out(`${JSON.stringify(reading.value)}\n`);
  return 0;
}

// As a script of its own, for processes that are not the built command line.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await runProbe(
    process.argv.slice(2),
    (text) => process.stdout.write(text),
    (problem) => process.stderr.write(`${problem.message}\n`),
  );
}
