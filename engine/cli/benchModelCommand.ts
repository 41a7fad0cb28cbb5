/**
 * `slimwise bench-model <model.safetensors>`: how long an image takes on the bit kernels, with fp32 tables and
 * with int8 activations, and what the model takes on disk and in memory. Medians of many runs on this machine,
 * one thread; nothing is estimated.
 */
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { failure, success, type Result } from '../../core/result.ts';
import { openPackedGenerator, type PackedGenerator } from '../kernels/packedGenerator.ts';
import type { Precision } from '../kernels/tapLayer.ts';
import { latentValues } from '../train/latents.ts';
import { fail, type CliCommand, type CliIo, type ExitCode } from './command.ts';
import { badUsage, modelNotFound } from './problems.ts';
import { renderTable } from './renderTable.ts';

const usage = `Usage: slimwise bench-model <model.safetensors> [options]

  --batch N    images per run (default 1)
  --runs N     runs of each kind (default 50)
  --json       print JSON`;

interface Request {
  readonly model: string;
  readonly batch: number;
  readonly runs: number;
  readonly json: boolean;
}

interface Timing {
  readonly precision: Precision;
  readonly medianMs: number;
  readonly bestMs: number;
}

const maxBatch = 64;
const maxRuns = 10_000;
const nWarmUps = 5;

export const benchModelCommand: CliCommand = {
  summary: 'Times a packed generator and measures its memory.',
  usage,
  async run(args, io) {
    const request = parseRequest(args, io.cwd);
    return request.ok ? benchModel(request.value, io) : fail(io, request.problem);
  },
};

async function benchModel(request: Request, io: CliIo): Promise<ExitCode> {
  const file = await readFile(request.model).catch(() => null);
  if (file === null) return fail(io, modelNotFound(request.model));
  const opened = await openPackedGenerator(file);
  if (!opened.ok) return fail(io, { ...opened.problem, path: request.model });
  const generator = opened.value;
  const timings = time(generator, request);
  const memory = generator.memory();
  const cpu = cpus()[0]?.model ?? 'unknown processor';
  if (request.json) {
    const { layers, image } = generator;
    const report = { version: 1, cpu, batch: request.batch, fileBytes: file.length, ...memory, timings, image, layers };
    io.out(`${JSON.stringify(report, null, 2)}\n`);
    return 0;
  }
  const { height, width, channels } = generator.image;
  const rows = timings.map(({ precision, medianMs, bestMs }) => [
    precision,
    medianMs.toFixed(3),
    bestMs.toFixed(3),
    ((1000 * request.batch) / medianMs).toFixed(0),
  ]);
  const number = (bytes: number): string => bytes.toLocaleString('en');
  io.out(
    [
      `${path.relative(io.cwd, request.model)}: ${generator.name}, ${width}×${height}×${channels}, batch ${request.batch}, one thread of ${cpu}`,
      '',
      ...renderTable(
        [
          { title: 'tables', align: 'left' },
          { title: 'median ms', align: 'right' },
          { title: 'best ms', align: 'right' },
          { title: 'images/s', align: 'right' },
        ],
        rows,
      ),
      '',
      `on disk            ${number(file.length)} bytes`,
      `weights in memory  ${number(memory.residentBytes)} bytes`,
      `while it runs      ${number(memory.peakRunBytes)} bytes more, of which values ${number(memory.peakActivationBytes)}`,
      '',
    ].join('\n'),
  );
  return 0;
}

/** The two kinds take turns, so that both see the same machine. */
function time(generator: PackedGenerator, { batch, runs }: Request): Timing[] {
  const shape = [1, generator.latentSize];
  const latents = latentValues({ distribution: 'normal', shape, count: batch, seed: 1, step: 0, purpose: 'bench' });
  const kinds: readonly Precision[] = generator.layers.some((layer) => layer.hasInt8) ? ['fp32', 'int8'] : ['fp32'];
  const times = new Map<Precision, number[]>(kinds.map((precision) => [precision, []]));
  for (let run = -nWarmUps; run < runs; run++) {
    for (const [precision, known] of times) {
      const began = performance.now();
      generator.generate(latents, { precision });
      if (run >= 0) known.push(performance.now() - began);
    }
  }
  return [...times].map(([precision, known]) => {
    const sorted = known.sort((a, b) => a - b);
    return { precision, medianMs: sorted[Math.floor(sorted.length / 2)] ?? NaN, bestMs: sorted[0] ?? NaN };
  });
}

function parseRequest(args: readonly string[], cwd: string): Result<Request> {
  const wrong = (message: string): Result<Request> => failure(badUsage(message, 'bench-model'));
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        batch: { type: 'string', default: '1' },
        runs: { type: 'string', default: '50' },
        json: { type: 'boolean', default: false },
      },
    });
    const [model, ...more] = positionals;
    if (model === undefined) return wrong('Say which model file to time.');
    if (more.length > 0) return wrong(`One model at a time: '${more[0] ?? ''}' is one too many.`);
    const [batch, runs] = [Number(values.batch), Number(values.runs)];
    if (!(Number.isInteger(batch) && 1 <= batch && batch <= maxBatch))
      return wrong(`--batch is a whole number from 1 to ${maxBatch}, not '${values.batch}'.`);
    if (!(Number.isInteger(runs) && 1 <= runs && runs <= maxRuns))
      return wrong(`--runs is a whole number from 1 to ${maxRuns}, not '${values.runs}'.`);
    return success({ model: path.resolve(cwd, model), batch, runs, json: values.json });
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}
